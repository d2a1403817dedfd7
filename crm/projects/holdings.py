"""Projects as open work: as specialist (with a hand-over note), as B 角, as the leader who answers for them,
and the rows of plans that somebody is to fulfil."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Session

from core import clock
from core.accounts import holdings
from core.accounts.holdings import Piece
from core.accounts.models import Account
from core.dirty import touch
from core.i18n import _
from core.i18n import lazy as _l
from crm.leads.holdings import unfit
from crm.projects import standards
from crm.projects.facts import KIND
from crm.projects.lifecycle import PROJECT
from crm.projects.models import PlanRow, Project
from crm.projects.service import load_of


def _open() -> ColumnElement[bool]:
    return Project.stage.in_(PROJECT.open_codes())


def _piece(project: Any) -> Piece:
    """With the draft of its hand-over note: stage, plan, next step, what is still to be done."""
    stage = str(PROJECT.label_of(project.stage))
    open_rows = [row.promise for row in project.plan_rows if row.done_on is None]
    parts = [_("现阶段：%(stage)s。", stage=stage)]
    if project.next_planned_on:
        parts.append(_("下一节点计划 %(day)s。", day=project.next_planned_on.isoformat()))
    if project.next_step:
        parts.append(_("下一步：%(step)s。", step=project.next_step))
    if open_rows:
        parts.append(
            _("一策未兑现 %(count)s 条：%(rows)s。", count=len(open_rows), rows="；".join(open_rows[:5]))
        )
    return Piece(project.id, project.label, f"/projects/{project.public_id}", "".join(map(str, parts)))


def _refusal(session: Session, projects: Sequence[Any], receiver: Account) -> Any | None:
    """A specialist is of the project's unit, cleared for it, and below the limit of projects in hand."""
    if words := unfit(session, {project.unit_id for project in projects}, projects, receiver):
        return words
    limit = standards.on(clock.today()).specialist_limit
    if load_of(session, [receiver.id]).get(receiver.id, 0) + len(projects) > limit:
        return _(
            "%(name)s接手后在办项目超过上限 %(limit)s 个，请分给几个人。", name=receiver.name, limit=limit
        )
    return None


def _unfulfilled() -> ColumnElement[bool]:
    return and_(PlanRow.done_on.is_(None), PlanRow.project.has(_open()))


def _row(row: Any) -> Piece:
    project = row.project
    return Piece(
        row.id, f"{project.project_no} {row.promise}"[:300], f"/projects/{project.public_id}#plan",
        row.due_on.isoformat(),
    )  # fmt: skip


def _row_refusal(session: Session, rows: Sequence[Any], receiver: Account) -> Any | None:
    projects = [row.project for row in rows]
    return unfit(session, {project.unit_id for project in projects}, projects, receiver)


def _row_moved(session: Session, row: Any, receiver: Account) -> None:
    """The page names who answers now; the project's document is built from its rows."""
    row.owner = receiver.name
    touch(KIND, [row.project_id])


KINDS = holdings.register(
    holdings.Kind(
        "project", _l("项目（专员）"), KIND, Project, "specialist_id", _open, _piece, unit="unit_id",
        order=30, noted=True, refusal=_refusal,
    ),
    holdings.Kind("project_deputy", _l("项目（B 角）"), KIND, Project, "deputy_id", _open, _piece, order=31),
    holdings.Kind("project_led", _l("包抓的项目"), KIND, Project, "leader_id", _open, _piece, order=32),
    holdings.Kind(
        "plan_row", _l("一项一策的承诺"), "project_plan_row", PlanRow, "owner_id", _unfulfilled, _row, order=33,
        refusal=_row_refusal, moved=_row_moved, searched=False,
    ),
)  # fmt: skip
