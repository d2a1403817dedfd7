"""The rail: which places there are, and which of them this person may enter."""

from dataclasses import dataclass
from typing import Any

from flask import current_app, request

from core.i18n import lazy as _l
from core.permissions import any_of
from webapp.web.access import access_of
from webapp.web.acting import acting


@dataclass(frozen=True)
class Place:
    """A place of the rail; `thumb` stays on a phone."""

    endpoint: str
    label: Any
    icon: str
    thumb: bool = False


GROUPS: tuple[tuple[Place, ...], ...] = (
    (
        Place("home.today", _l("今天"), "sun", thumb=True),
        Place("enterprises.index", _l("企业"), "firm"),
        Place("chains.index", _l("图谱"), "chain"),
        Place("targets.index", _l("目标"), "target"),
        Place("leads.index", _l("线索"), "lead"),
        Place("projects.index", _l("项目"), "project", thumb=True),
    ),
    (
        Place("greencards.index", _l("绿卡"), "card"),
        Place("requests.index", _l("诉求"), "request", thumb=True),
        Place("cultivation.index", _l("培优"), "ladder"),
    ),
    (Place("admin.accounts", _l("管理"), "gear"),),
)


def may_enter(endpoint: str) -> bool:
    """Whether this person may call a route: the same mark decides that guards the route itself."""
    access = access_of(endpoint)
    if access is None:
        return False
    return access.kind != "permission" or any_of(acting(), access.permissions)


def groups() -> list[list[Place]]:
    """The places that exist and that this person may enter, group by group."""
    allowed = ([place for place in group if may_enter(place.endpoint)] for group in GROUPS)
    return [group for group in allowed if group]


def is_current(place: Place) -> bool:
    return place.endpoint.split(".")[0] == (request.blueprint or "").split(".")[0]


def exists(endpoint: str) -> bool:
    return endpoint in current_app.view_functions
