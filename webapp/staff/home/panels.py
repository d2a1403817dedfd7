"""The panels of 今天 that look across areas: my projects, who was not heard of, what was said to me."""

from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from core import notify
from core.lists import reading
from core.lists.query import ListQuery
from core.permissions import Actor
from crm.enterprises import access as enterprises_access
from crm.enterprises import listing as enterprises
from crm.leads import access as leads_access
from crm.leads import listing as leads
from crm.projects import access as projects_access
from crm.projects import listing as projects
from crm.projects import queries as project_queries
from crm.projects.lifecycle import ADVANCE, PROJECT
from webapp.web import home

SHOWN = 8
FEW = 5


@home.section(
    "projects.mine", template="staff/home/_projects.html", permission=projects_access.VIEW, order=20
)
def my_projects(session: Session, actor: Actor) -> dict[str, Any]:
    """My projects by the day of their next stage; who leads none sees those that are late in his reach."""
    for view in ("mine", "late"):
        query = ListQuery({"view": (view,)}, sort="plan", size=20)
        page = reading.page(session, projects.LIST, query, actor=actor)
        if page.rows:
            break
    return {
        "rows": page.rows[:SHOWN],
        "page": page,
        "view": view,
        "lifecycle": PROJECT,
        "amounts": projects_access.MONEY.open_everywhere(actor),
    }


@home.section(
    "projects.city", template="staff/home/_city.html", permission=projects_access.VIEW, order=5, column="top"
)
def the_city(session: Session, actor: Actor) -> dict[str, Any] | None:
    """For whoever oversees everything and moves nothing himself: what has been signed, and where it is stuck."""
    if actor.can(ADVANCE) or not actor.reach(projects_access.VIEW).everything:
        return None
    lines = project_queries.by_unit(session, actor=actor)
    whole = project_queries.UnitLine(
        "", sum(line.signed for line in lines), sum((line.total_wan for line in lines), Decimal(0)),
        sum((line.received_wan for line in lines), Decimal(0)), sum(line.started for line in lines),
        sum(line.late for line in lines),
    )  # fmt: skip
    return {
        "lines": lines,
        "whole": whole,
        "amounts": projects_access.MONEY.open_everywhere(actor),
        "signed": project_queries.SIGNED,
        "started": project_queries.STARTED,
    }


@home.section(
    "leads.silent", template="staff/home/_silent.html", permission=leads_access.VIEW, order=30, column="side"
)
def silent_leads(session: Session, actor: Actor) -> dict[str, Any]:
    """Open leads that nobody has spoken to for too long, the longest first."""
    query = ListQuery({"view": ("silent",)}, sort="contact", size=20)
    page = reading.page(session, leads.LIST, query, actor=actor)
    return {"rows": page.rows[:FEW], "page": page}


@home.section(
    "enterprises.silent",
    template="staff/home/_silent_firms.html",
    permission=enterprises_access.EDIT,
    order=35,
    column="side",
)
def silent_firms(session: Session, actor: Actor) -> dict[str, Any] | None:
    """Enterprises of mine that nobody has spoken to for too long, the longest first."""
    query = ListQuery({"mine": ("yes",), "contact": ("silent",)}, sort="contact", size=20)
    page = reading.page(session, enterprises.LIST, query, actor=actor)
    return {"rows": page.rows[:FEW], "page": page} if page.rows else None


@home.section("notices.latest", template="staff/home/_latest.html", order=40, column="side")
def latest_notices(session: Session, actor: Actor) -> dict[str, Any]:
    return {"rows": newest(session, actor)[:FEW]}


def newest(session: Session, actor: Actor) -> list[tuple[notify.Notice, str]]:
    """The latest notices with their words, by the instant that they tell of."""
    return [(row, notify.text_of(row)) for row in notify.latest(session, actor.account_id)]
