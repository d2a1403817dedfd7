"""Yearly figures: entered from a source, verified by somebody else, every version kept (DOMAIN 3)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from core import audit, clock
from core.db import load
from core.dirty import touch
from core.errors import Conflict, Fault, Invalid, NotPermitted, Refused
from core.errors import Missing as Gap
from core.i18n import lazy as _l
from core.permissions import Actor
from crm.enterprises import access, rules, sizes
from crm.enterprises.models import Enterprise, EnterpriseYear, YearVersion
from crm.enterprises.service import KIND, reachable

NAMES = (*rules.FIGURE_LABELS, "energy_basis")
_SIGNED = ("net_profit_wan", "value_added_wan")
FIRST_YEAR = 1980


def record_year(
    session: Session,
    public_id: str,
    year: int,
    source: str,
    figures: Mapping[str, Any],
    *,
    actor: Actor,
    version: int | None = None,
    fresh: bool = False,
) -> EnterpriseYear:
    """Enter a year's figures from one source. What stood there before is kept as a version; audited.

    Only what `figures` names is written. Entering anew what was verified asks for a new verification. `fresh` says
    that nothing is thought to stand there: Invalid where something does, or where no figure is given.
    Raises Conflict when the row is no longer at `version`.
    """
    enterprise = reachable(session, public_id, actor)
    _check(year, figures)
    row = _row(session, enterprise.id, year, source.strip(), version)
    known = row is not None
    if fresh:
        _check_fresh(row, figures)
    if row is None:
        row = EnterpriseYear(enterprise_id=enterprise.id, year=year, source=source.strip())
        enterprise.years.append(row)
    before = {name: getattr(row, name) for name in NAMES}
    changed = [name for name in NAMES if name in figures and figures[name] != before[name]]
    if known and not changed:
        return row
    if known:
        _keep(session, row, before)
    for name in changed:
        setattr(row, name, figures[name])
    row.entered_by, row.verified_by, row.verified_at = actor.account_id, None, None
    follow(enterprise)
    session.flush()
    changes = {name: (before[name], getattr(row, name)) for name in changed}
    _note("enterprises.year_recorded", enterprise, row, actor, changes)
    return row


def _row(
    session: Session, enterprise_id: int, year: int, source: str, version: int | None
) -> EnterpriseYear | None:
    statement = select(EnterpriseYear).where(
        EnterpriseYear.enterprise_id == enterprise_id,
        EnterpriseYear.year == year,
        EnterpriseYear.source == source,
    )
    row = session.scalars(statement.with_for_update()).one_or_none()
    if row is not None and version is not None and row.version != version:
        raise Conflict(present=row)
    return row


def _check(year: int, figures: Mapping[str, Any]) -> None:
    faults = [
        Fault(name, "negative", _l("这一项不能是负数。"))
        for name, value in figures.items()
        if name in rules.FIGURE_LABELS and value is not None and value < 0 and name not in _SIGNED
    ]
    if not FIRST_YEAR <= year <= clock.today().year:
        faults.append(Fault("year", "range", _l("年度要在 1980 年到今年之间。")))
    if figures.get("energy_tce") is not None and not figures.get("energy_basis", "other"):
        faults.append(Fault("energy_basis", "required", _l("综合能耗请写明是等价值还是当量值。")))
    if faults:
        raise Invalid(faults)


def _check_fresh(row: EnterpriseYear | None, figures: Mapping[str, Any]) -> None:
    """What others entered is never blanked by somebody who did not see it."""
    if row is not None:
        message = _l(
            "%(year)s 年“%(source)s”已经登记过，请到“来源和核验”里更正那一条。",
            year=row.year,
            source=row.source,
        )
        raise Invalid(Fault("source", "present", message))
    if all(figures.get(name) is None for name in rules.FIGURE_LABELS):
        raise Invalid(Fault("revenue_wan", "empty", _l("至少填一项数据。")))


def _keep(session: Session, row: EnterpriseYear, before: Mapping[str, Any]) -> None:
    """The row as it stands becomes a version."""
    last = session.scalar(select(func.max(YearVersion.number)).where(YearVersion.year_id == row.id)) or 0
    session.add(
        YearVersion(
            year_id=row.id,
            enterprise_id=row.enterprise_id,
            number=last + 1,
            figures={name: audit.plain(value) for name, value in before.items() if value not in (None, "")},
            entered_by=row.entered_by,
            entered_at=row.updated_at,
            verified_by=row.verified_by,
            verified_at=row.verified_at,
        )
    )


def follow(enterprise: Enterprise) -> None:
    """The record carries the newest year's revenue; a source that knows only other figures does not blank it."""
    told = sorted(
        enterprise.years, key=lambda row: row.year
    )  # Of a year the source that was entered later wins.
    last = next((row for row in reversed(told) if row.revenue_wan is not None), None)
    enterprise.latest_year = last.year if last else None
    enterprise.latest_revenue_wan = last.revenue_wan if last else None
    sizes.renew(enterprise, clock.today())


def verify(session: Session, year_pid: str, *, version: int, actor: Actor) -> EnterpriseYear:
    """Say that the figures agree with their source. Nobody verifies what he entered himself."""
    row = load(session, EnterpriseYear, year_pid, version)
    enterprise = session.get_one(Enterprise, row.enterprise_id)
    if not access.can_verify(actor, enterprise):
        raise NotPermitted()
    if row.entered_by == actor.account_id:
        raise Refused([Gap(None, "own", _l("自己填的数不能自己核验，请另一位同事核验。"))])
    if row.verified_at is None:
        row.verified_by, row.verified_at = actor.account_id, clock.now()
        session.flush()
        _note("enterprises.year_verified", enterprise, row, actor, {})
    return row


def remove(session: Session, year_pid: str, *, reason: str, version: int, actor: Actor) -> Enterprise:
    """Take out a year that was entered by mistake, e.g. under a wrong year or source; the audit keeps its figures."""
    row = load(session, EnterpriseYear, year_pid, version)
    enterprise = session.get_one(Enterprise, row.enterprise_id)
    if not access.can_edit(actor, enterprise):
        raise NotPermitted()
    if not reason.strip():
        raise Invalid(Fault("reason", "required", _l("请写明为什么删除。")))
    gone = {name: (getattr(row, name), None) for name in NAMES if getattr(row, name) not in (None, "")}
    enterprise.years.remove(row)
    follow(enterprise)
    session.flush()
    _note("enterprises.year_removed", enterprise, row, actor, gone, reason)
    return enterprise


def _note(
    action: str,
    enterprise: Enterprise,
    row: EnterpriseYear,
    actor: Actor,
    changes: dict[str, tuple[Any, Any]],
    reason: str = "",
) -> None:
    label = f"{enterprise.name}：{row.year} {row.source}"
    audit.record(
        action, KIND, enterprise.id, actor=actor, label=label, changes=changes, reason=reason.strip()
    )
    touch(KIND, [enterprise.id])


def get(session: Session, year_pid: str, *, actor: Actor) -> EnterpriseYear:
    """One year's row of an enterprise that the actor may see. Raises NotFound."""
    return load(
        session, EnterpriseYear, year_pid, where=EnterpriseYear.enterprise.has(access.visible_to(actor))
    )


def versions(session: Session, year_id: int) -> list[YearVersion]:
    """What the row said before, the newest first, with who entered it."""
    statement = (
        select(YearVersion)
        .where(YearVersion.year_id == year_id)
        .options(joinedload(YearVersion.enterer), joinedload(YearVersion.verifier))
        .order_by(YearVersion.number.desc())
        .limit(200)
    )
    return list(session.scalars(statement))
