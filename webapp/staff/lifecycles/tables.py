"""Every table of states and steps in plain words: for the page 流程说明 and for docs/lifecycles.md."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from chains import lifecycle as maps
from core.criteria.lifecycle import VERSION
from core.i18n import _
from core.lifecycle_table import PREVIOUS, Guard, Lifecycle, Step, StepKind
from core.permissions import Actor, Reach, RoleGrant
from crm import roles
from crm.appraisals import lifecycle as appraisals
from crm.greencards import lifecycle as greencards
from crm.inspections import lifecycle as inspections
from crm.leads import lifecycle as leads
from crm.policies import lifecycle as policies
from crm.projects import admission as admission
from crm.projects import lifecycle as projects
from crm.quotas import lifecycle as quotas
from crm.service_requests import lifecycle as requests
from crm.sites import lifecycle as sites
from crm.supervision import lifecycle as supervision
from crm.targets import lifecycle as targets

_MODULES: Final = (
    maps, targets, leads, projects, admission, greencards, requests, policies, inspections, sites, appraisals,
    supervision, quotas,
)  # fmt: skip


def _found() -> tuple[Lifecycle, ...]:
    tables: dict[str, Lifecycle] = {}
    for module in _MODULES:
        for value in vars(module).values():
            if isinstance(value, Lifecycle):
                tables.setdefault(value.code, value)
    return (*tables.values(), VERSION)


TABLES: Final = _found()


@dataclass(frozen=True)
class Line:
    """One step in words."""

    label: Any
    sources: str
    target: str
    who: str
    needs: tuple[str, ...]
    guards: tuple[str, ...]
    remarks: tuple[str, ...]


class _Open(defaultdict[str, Any]):
    """Facts of no record in particular: what a sentence quotes of them stands as an ellipsis."""

    def __init__(self) -> None:
        super().__init__(lambda: _Ellipsis())

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if default is None else default


class _Ellipsis:
    def __str__(self) -> str:
        return "…"

    def __iter__(self) -> Iterator[str]:
        return iter(("…",))

    def __getattr__(self, _name: str) -> Any:
        return lambda *_given: "…"


def owners(permission: str) -> list[Any]:
    """Labels of the roles that hold a permission."""
    return [role.label for role in roles.ROLES if _holds(role, permission)]


def _holds(role: roles.Role, permission: str) -> bool:
    grant = RoleGrant(role.code, role.patterns, Reach(everything=True))
    return Actor(1, "", "staff", (grant,)).can(permission)


def lines(table: Lifecycle) -> list[Line]:
    return [_line(table, step) for step in table.steps]


def _line(table: Lifecycle, step: Step) -> Line:
    target = _("原来的状态") if step.to == PREVIOUS else str(table.label_of(step.to))
    who = str(_("系统到时自动办理")) if step.automatic else "、".join(map(str, owners(step.permission)))
    return Line(
        label=step.label,
        sources="、".join(str(table.label_of(source)) for source in step.sources),
        target=target,
        who=who or "—",
        needs=tuple(_need(each) for each in step.all_needs()),
        guards=tuple(sentence(each) for each in step.guards),
        remarks=tuple(_remarks(step)),
    )


def _need(need: Any) -> str:
    marks = [str(_("附件"))] if need.file else []
    if need.when is not None:
        marks.append(str(_("视情况")))
    if need.waivable:
        marks.append(str(_("可写明原因放行")))
    return f"{need.label}（{'，'.join(marks)}）" if marks else str(need.label)


def sentence(guard: Guard) -> str:
    """What a guard says when it fails, of no record in particular."""
    said = _said(guard)
    return f"{said}{_('（可写明原因放行）')}" if guard.waivable else said


def _said(guard: Guard) -> str:
    if not callable(guard.message):
        return str(guard.message)
    try:
        return str(guard.message(_Open()))
    except (
        KeyError,
        TypeError,
        ValueError,
    ):  # a label of a state: the sentence of a record that has none yet
        return str(guard.message({}))


def _remarks(step: Step) -> list[str]:
    found = {
        StepKind.ROLLBACK: _("退回，须写事由"),
        StepKind.REOPEN: _("重新打开，须写事由"),
        StepKind.SIDE: _("支线"),
    }.get(step.kind)
    remarks = [str(found)] if found else []
    if step.approval:
        remarks.append(str(_("须有审批依据")))
    if step.second:
        remarks.append(str(_("申请后由另一个人批准：%(who)s", who="、".join(map(str, owners(step.second))))))
    return remarks
