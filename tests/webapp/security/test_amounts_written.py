"""Writing an amount without the right to see it is refused by name, or changes nothing (SECURITY C4)."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import unit_of_work
from core.errors import Invalid
from core.permissions import Actor, Reach, RoleGrant
from crm import roles
from crm.leads import access as lead_access
from crm.leads import queries as lead_queries
from crm.leads import service as leads
from crm.projects import access, plan
from crm.projects import service as projects
from crm.projects.models import Project
from tests.crm.projects.conftest import make_lead, make_project, node_id
from tests.support.browser import fill, saved
from tests.webapp.security.test_amounts import CHANGED, FIXED, Actors, ClientAs, _traces, lead, project

__all__ = ["lead", "make_lead", "make_project", "node_id", "project"]


def _without(actor: Actor, *rights: str) -> Actor:
    patterns = ("*:*:*", *(f"!{right}" for right in rights))
    grant = RoleGrant("test", patterns, Reach(everything=True))
    return Actor(
        actor.account_id, actor.name, "staff", (grant,), unit_id=actor.unit_id, clearance="restricted"
    )


def test_writing_a_hidden_field_is_refused_by_its_name_and_changes_nothing(
    project: Project, lead: str, actor: Actors, session: Session
) -> None:
    by = _without(actor("spec_a"), access.AMOUNTS, lead_access.AMOUNTS)
    for verb, pid in ((projects.update, project.public_id), (leads.update, lead)):
        with pytest.raises(Invalid) as refused, unit_of_work() as writing:
            verb(writing, pid, {"total_investment_wan": Decimal(1)}, version=None, actor=by)  # type: ignore[operator]  # both take the same
        assert [(fault.field, fault.code) for fault in refused.value.faults] == [
            ("total_investment_wan", "hidden")
        ]
        assert not _traces(str(refused.value.faults[0].message))
        with unit_of_work() as writing:
            verb(writing, pid, {"content": "只改内容", "total_investment_wan": None}, version=None, actor=by)  # type: ignore[operator]  # both take the same
    session.rollback()
    session.expire_all()
    kept = session.scalars(select(Project).where(Project.public_id == project.public_id)).one()
    assert (kept.content, kept.total_investment_wan) == ("只改内容", CHANGED)
    assert lead_queries.get(session, lead, actor=actor("spec_a")).total_investment_wan == CHANGED


def test_a_form_neither_shows_nor_takes_a_hidden_field(
    project: Project, lead: str, client_as: ClientAs, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    less = (*roles.PATTERNS["specialist"], f"!{access.AMOUNTS}", f"!{lead_access.AMOUNTS}")
    monkeypatch.setitem(roles.PATTERNS, "specialist", less)
    client = client_as("spec_a")
    for address in (f"/projects/{project.public_id}/edit/basics", f"/leads/{lead}/edit"):
        page = client.get(address).get_data(as_text=True)
        assert not _traces(page) and 'name="total_investment_wan"' not in page, address
        saved(fill(client, address, content="换了内容", total_investment_wan="1"))
    session.rollback()
    session.expire_all()
    kept = session.scalars(select(Project).where(Project.public_id == project.public_id)).one()
    assert (kept.content, kept.total_investment_wan) == ("换了内容", CHANGED)


def test_a_promise_keeps_the_amount_that_its_editor_does_not_see(
    project: Project, actor: Actors, session: Session
) -> None:
    session.rollback()
    row = session.get_one(Project, project.id).plan_rows[0]
    values: dict[str, Any] = {name: getattr(row, name) for name in plan.FIELDS if name != "amount_wan"}
    pid, version = row.public_id, row.version
    by = _without(actor("spec_a"), access.AMOUNTS)
    with unit_of_work() as writing:
        plan.change_row(
            writing, project.public_id, pid, {**values, "basis": "第 4 条"}, version=version, actor=by
        )
    session.rollback()
    session.expire_all()
    kept = session.get_one(Project, project.id).plan_rows[0]
    assert (kept.basis, kept.amount_wan) == ("第 4 条", FIXED)
