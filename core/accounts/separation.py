"""三员分立: three administrators, each apart from the others and from all business (DOMAIN 1, SECURITY C6)."""

from collections.abc import Iterable
from typing import Final

from core.errors import Fault, Invalid
from core.i18n import lazy as _l

SYSTEM_ADMINISTRATOR: Final = "administrator"
SECURITY_ADMINISTRATOR: Final = "security_administrator"
AUDIT_ADMINISTRATOR: Final = "audit_administrator"
ADMINISTRATORS: Final = frozenset({SYSTEM_ADMINISTRATOR, SECURITY_ADMINISTRATOR, AUDIT_ADMINISTRATOR})


def conflict(held: Iterable[str], wanted: str) -> str | None:
    """The role already held that `wanted` must not stand beside, or None."""
    for role in sorted(set(held) - {wanted}):
        if role in ADMINISTRATORS or wanted in ADMINISTRATORS:
            return role
    return None


def ensure_apart(held: Iterable[str], wanted: str) -> None:
    """Refuse an administrator's role beside any other role, and any role beside an administrator's."""
    if conflict(held, wanted) is not None:
        raise Invalid(
            Fault(
                "role",
                "separated",
                _l(
                    "三员分立：系统、安全、审计管理员只能单独担任，不能再兼别的角色。请另开账号或先收回原角色。"
                ),
            )
        )
