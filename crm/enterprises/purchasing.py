"""A year's purchases of an anchor are noted, mended and taken away."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from chains import access as chain_access
from core import audit, clock
from core.db import load
from core.errors import Fault, Invalid
from core.i18n import lazy as _l
from core.permissions import Actor, require
from crm.enterprises import access, homes, purchases
from crm.enterprises.models import Enterprise
from crm.enterprises.placing import ensure_within
from crm.enterprises.purchases import AnchorPurchase

KIND = "enterprise"
FIRST_YEAR = 2000


@dataclass(frozen=True)
class PurchaseValues:
    """Amounts in 万元; `source` says where they come from."""

    year: int | None
    total_wan: Decimal | None
    local_wan: Decimal | None
    source: str


def note(
    session: Session,
    enterprise_pid: str,
    home: str,
    values: PurchaseValues,
    *,
    version: int | None,
    actor: Actor,
) -> AnchorPurchase:
    """Note a year's purchases, or mend what is noted of the year.

    `version` is that of the row that was looked at; None for a year that is noted for the first time.
    Raises Invalid, Conflict.
    """
    require(actor, chain_access.PLACE)
    enterprise = load(session, Enterprise, enterprise_pid, where=access.visible_to(actor))
    ensure_within(enterprise, actor)
    faults = faults_of(values)
    if not homes.known(session, home):
        faults.append(Fault(None, "home", _l("请先选一个地方。")))
    if faults:
        raise Invalid(faults)
    assert values.year is not None and values.total_wan is not None and values.local_wan is not None
    row = _of_year(session, enterprise, home, values.year, version)
    row.total_wan, row.local_wan, row.source = values.total_wan, values.local_wan, values.source.strip()
    changes = audit.changes_of(row)
    session.flush()
    audit.record(
        "chains.purchases_noted", KIND, enterprise.id, actor=actor, changes=changes,
        label=f"{enterprise.name} {values.year} {home}",
    )  # fmt: skip
    return row


def _of_year(
    session: Session, enterprise: Enterprise, home: str, year: int, version: int | None
) -> AnchorPurchase:
    """The row of the year as it was looked at, or a new one when nothing was."""
    row = purchases.of_year(session, enterprise.id, home, year)
    if version is None:
        if row is not None:
            raise Invalid([Fault("year", "taken", _l("这一年已经记过，请在采购额清单里修改。"))])
        row = AnchorPurchase(enterprise_id=enterprise.id, home=home, year=year)
        session.add(row)
        return row
    if row is None:
        raise Invalid([Fault("year", "unknown", _l("这一年没有记过，或刚才被删除；请从采购额清单再记。"))])
    return load(session, AnchorPurchase, row.public_id, version)


def remove(session: Session, public_id: str, *, version: int, actor: Actor) -> AnchorPurchase:
    """Take a year's purchases away; the audit trail keeps them."""
    require(actor, chain_access.PLACE)
    row = load(session, AnchorPurchase, public_id, version)
    load(session, Enterprise, row.enterprise.public_id, where=access.visible_to(actor))
    ensure_within(row.enterprise, actor)
    changes = {"total_wan": (row.total_wan, None), "local_wan": (row.local_wan, None)}
    audit.record(
        "chains.purchases_removed", KIND, row.enterprise_id, actor=actor, changes=changes,
        label=f"{row.enterprise.name} {row.year} {row.home}",
    )  # fmt: skip
    session.delete(row)
    session.flush()
    return row


def faults_of(values: PurchaseValues) -> list[Fault]:
    """What is wrong with a year's values themselves, by field."""
    found = []
    this_year = clock.today().year
    if values.year is None or not FIRST_YEAR <= values.year <= this_year:
        found.append(
            Fault(
                "year", "range", _l("年度要在 %(first)s 到 %(last)s 之间。", first=FIRST_YEAR, last=this_year)
            )
        )
    if values.total_wan is None or values.total_wan <= 0:
        found.append(Fault("total_wan", "range", _l("采购总额要大于 0。")))
    elif values.local_wan is None or not 0 <= values.local_wan <= values.total_wan:
        found.append(Fault("local_wan", "range", _l("本地采购额不能小于 0，也不能大于采购总额。")))
    if not values.source.strip():
        found.append(Fault("source", "required", _l("请写明数据来源，如“企业报送 2025 年采购台账”。")))
    return found
