"""Roles of DOMAIN 1 as data: which permissions each holds. A grant says over which units.

A pattern matches `area:noun:verb`; several roles add up, the most generous wins.
"""

from dataclasses import dataclass
from typing import Any

from core.i18n import lazy as _l


@dataclass(frozen=True)
class Role:
    """A role, its label, its permission patterns and the data scope that it usually has."""

    code: str
    label: Any
    patterns: tuple[str, ...]
    scope: str
    kind: str = "staff"


ROLES: tuple[Role, ...] = (
    Role(
        "administrator",
        _l("系统管理员"),
        (
            "accounts:*:*",
            "settings:*:*",
            "search:index:*",
            "jobs:job:*",
            "lists:view:*",
            "messages:*:*",
            "calendar:*:*",
            "places:*:*",
            "greencards:term:set",
            "enterprises:enterprise:view",
        ),
        "all",
    ),
    Role("leader", _l("领导"), ("*:*:view",), "all"),
    Role(
        "promotion_office",
        _l("经合局（投促局）"),
        (
            "*:*:view",
            "enterprises:*:*",
            "chains:*:*",
            "targets:*:*",
            "leads:*:*",
            "projects:*:*",
            "activity:*:*",
            "greencards:card:review",
            "greencards:card:manage",
            "jobs:job:view",
            "lists:*:*",
        ),
        "all",
    ),
    Role("government_office", _l("市政府办公室"), ("*:*:view", "greencards:card:approve"), "all"),
    Role(
        "unit_head",
        _l("单位负责人"),
        (
            "enterprises:*:*",
            "chains:*:*",
            "targets:*:*",
            "leads:lead:*",
            "leads:assignment:*",
            "projects:project:*",
            "projects:stage:*",
            "projects:specialist:*",
            "projects:selfreview:*",
            "activity:*:*",
            "greencards:card:view",
            "greencards:card:first_review",
            "greencards:case:*",
            "requests:*:*",
            "cultivation:*:*",
            "jobs:job:view",
            "lists:view:share",
            "lists:export:approve",
        ),
        "below",
    ),
    Role(
        "specialist",
        _l("项目专员"),
        (
            "enterprises:enterprise:*",
            "enterprises:contact:*",
            "chains:*:view",
            "chains:placement:*",
            "targets:*:*",
            "leads:lead:*",
            "projects:project:*",
            "activity:*:*",
            "greencards:card:view",
            "greencards:card:apply",
            "greencards:case:*",
            "requests:request:view",
            "cultivation:*:view",
            "cultivation:*:evaluate",
            "jobs:job:view",
        ),
        "unit",
    ),
    Role(
        "service_desk",
        _l("企服专员"),
        (
            "enterprises:*:*",
            "chains:*:view",
            "requests:*:*",
            "greencards:card:view",
            "greencards:card:use",
            "greencards:case:*",
            "cultivation:*:*",
            "activity:*:*",
            "projects:project:view",
            "jobs:job:view",
        ),
        "below",
    ),
    Role("enterprise_user", _l("企业用户"), ("portal:*:*",), "self", kind="enterprise"),
)

BY_CODE: dict[str, Role] = {role.code: role for role in ROLES}

PATTERNS: dict[str, tuple[str, ...]] = {role.code: role.patterns for role in ROLES}
"""What `core.accounts.sessions.role_grants` needs."""
