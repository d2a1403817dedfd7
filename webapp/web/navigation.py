"""The rail: which places there are, which of them this person may enter, and in what order he works in them."""

from dataclasses import dataclass
from typing import Any

from flask import current_app, request

from core.i18n import lazy as _l
from core.permissions import any_of
from webapp.web.access import access_of
from webapp.web.acting import acting


@dataclass(frozen=True)
class Place:
    """A place of the rail. Whoever holds one of `work` does something there and does not only read.

    `also` are pages of other areas that stand below it.
    """

    endpoint: str
    label: Any
    icon: str
    work: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


ADMIN_TABS = (
    "search.keeping",
    "jobs.index",
    "outbox.index",
    "calendar.index",
    "security.rules",
    "security.register",
)
TARGET_LISTS = tuple(
    f"target_lists.{name}" for name in ("index", "new", "show", "edit", "frozen", "comparison")
)
TODAY = Place("home.today", _l("今天"), "sun")
GROUPS: tuple[tuple[Place, ...], ...] = (
    (
        Place("enterprises.index", _l("企业"), "firm"),
        Place("chains.index", _l("图谱"), "chain"),
        Place("targets.index", _l("目标"), "target", ("targets:target:add",), TARGET_LISTS),
        Place("leads.index", _l("线索"), "lead", ("leads:lead:register",)),
        Place("projects.index", _l("项目"), "project", ("projects:project:advance",)),
    ),
    (
        Place("greencards.index", _l("绿卡"), "card", ("greencards:card:review", "greencards:card:approve")),
        Place(
            "requests.index", _l("诉求"), "request", ("requests:request:accept", "requests:request:handle")
        ),
        Place("cultivation.index", _l("培优"), "ladder", ("cultivation:roster:manage",)),
    ),
    (
        Place("admin.accounts", _l("管理"), "gear", ("accounts:account:manage",), ADMIN_TABS),
        Place("criteria.index", _l("标准"), "ladder", ("criteria:version:draft",)),
        Place("audit.index", _l("审计"), "lock"),
    ),
)
THUMBS = ("projects.index", "requests.index", "greencards.index", "admin.accounts", "enterprises.index")
"""What a phone shows beside 今天, in this order of preference: first where one works, then where one reads."""
THUMB_COUNT = 2


def may_enter(endpoint: str) -> bool:
    """Whether this person may call a route: the same mark decides that guards the route itself."""
    access = access_of(endpoint)
    if access is None:
        return False
    return access.kind != "permission" or any_of(acting(), access.permissions)


def works_at(place: Place) -> bool:
    return any_of(acting(), place.work)


def groups() -> list[list[Place]]:
    """The places that this person may enter, the groups that he works in first; 今天 always leads."""
    allowed = [[place for place in group if may_enter(place.endpoint)] for group in GROUPS]
    ordered = sorted((group for group in allowed if group), key=lambda group: not any(map(works_at, group)))
    return [[TODAY, *ordered[0]], *ordered[1:]] if ordered else [[TODAY]]


def thumbs() -> list[str]:
    """The endpoints that stay in the bar of a phone."""
    places = {place.endpoint: place for group in groups() for place in group}
    wished = sorted(
        (places[name] for name in THUMBS if name in places), key=lambda place: not works_at(place)
    )
    return [TODAY.endpoint, *(place.endpoint for place in wished[:THUMB_COUNT])]


def is_current(place: Place) -> bool:
    return (
        request.endpoint in place.also
        or place.endpoint.split(".")[0] == (request.blueprint or "").split(".")[0]
    )


def exists(endpoint: str) -> bool:
    return endpoint in current_app.view_functions
