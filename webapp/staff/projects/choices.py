"""Choices of the projects' forms from the database, and where a missing field is entered."""

from typing import Any

from flask import url_for
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from chains import queries as chains
from core import clock, places, settings
from core.accounts import queries as accounts
from core.places import Region
from crm.projects import service
from crm.projects.models import Project
from webapp.staff.projects.forms import SECTIONS

ASKED_BY_STEP = ("actual_on", "reason", "approval", "resume_expected_on", "lost_to", "release_doc_no")


def people(session: Session, unit_id: int) -> list[tuple[int, Any]]:
    """The unit's staff with the number of projects each has in hand."""
    found = accounts.staff_below(session, unit_id)
    load = service.load_of(session, [account.id for account in found])
    return [(account.id, f"{account.name}（{load.get(account.id, 0)}）") for account in found]


def colleagues(session: Session, unit_id: int) -> list[tuple[int, str]]:
    """The unit's staff by name."""
    return [(account.id, account.name) for account in accounts.staff_below(session, unit_id)]


def regions(session: Session, chosen: str | None = None) -> list[tuple[str, str]]:
    """The home city and its counties, then the provinces for whoever registered elsewhere.

    Those of today, and the one that is chosen already.
    """
    home = settings.get(session, "home_region")
    within = Region.level == 1
    if home:
        first, last = places.regions_within(str(home))
        within = within | ((Region.code >= first) & (Region.code < last))
    statement = (
        select(Region.code, Region.full_name)
        .where(or_(and_(within, places.standing(clock.today())), Region.code == chosen))
        .order_by(Region.level.desc(), Region.code)
    )
    return [(row.code, row.full_name) for row in session.execute(statement)]


def of_section(
    session: Session, unit_id: int, project: Project | None = None
) -> dict[str, list[tuple[Any, Any]]]:
    return {
        "chain_node_id": list(chains.node_choices(session)),
        "park_id": places.parks_to_choose(session, project.park_id if project else None),
        "leader_id": accounts.leaders(session),
        "deputy_id": list(colleagues(session, unit_id)),
        "specialist_id": people(session, unit_id),
        "company_region_code": regions(session, project.company_region_code if project else None),
    }


def field_url(pid: str, field: str | None, verb: str = "") -> str | None:
    """Where a field that a step misses is entered."""
    if field is None:
        return None
    if field == "plan_rows":
        return url_for("projects.new_row", pid=pid)
    if field == "files":
        return url_for("activity.new_file", kind="project", pid=pid)
    if field == "specialist_id":
        return url_for("projects.specialist", pid=pid)
    if field in ("admission_state", "admission_doc_no", "admission_tier"):
        return url_for("projects.show", pid=pid, _anchor="admission")
    if field in ASKED_BY_STEP:
        return url_for("projects.step", pid=pid, verb=verb, _anchor=field) if verb else None
    for section, form in SECTIONS.items():
        if hasattr(form, field):
            return url_for("projects.edit", pid=pid, section=section, _anchor=field)
    return None
