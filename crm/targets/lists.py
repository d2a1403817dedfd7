"""Target lists: made for a chain or a campaign, changed, closed, and frozen each quarter (DOMAIN 5)."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from chains.models import Chain
from core import audit, clock
from core.db import load, new_ulid
from core.errors import Conflict, Fault, Invalid, NotPermitted
from core.i18n import lazy as _l
from core.permissions import SYSTEM, Actor, require
from crm.targets import access, queries
from crm.targets.models import Target, TargetList, TargetVersion, TargetVersionRow

KIND = "target_list"
BATCH = 500
LONGEST = 300
_KEPT = (
    "enterprise_id", "node_id", "name", "uscc", "region", "chain", "stage", "node", "category", "product",
    "revenue_wan", "revenue_year", "fit_points", "fit_known", "maturity", "contact_status", "unit",
    "specialist", "progress_on", "next_step", "next_contact_on",
)  # fmt: skip


def quarter_of(day: date) -> str:
    """`2026Q4`."""
    return f"{day.year}Q{(day.month + 2) // 3}"


def quarter_before(day: date) -> str:
    """The quarter that was over before the one of `day` began."""
    return quarter_of(date(day.year, 3 * ((day.month - 1) // 3) + 1, 1) - timedelta(days=1))


def create(
    session: Session, name: str, *, unit_id: int, chain: Chain | None = None, campaign: str = "", actor: Actor
) -> TargetList:
    """A new list of a chain or campaign, owned by a unit."""
    require(actor, access.LIST_EDIT, unit_id=unit_id)
    _named(name)
    chain_id = chain.id if chain is not None else None
    made = TargetList(name=name.strip(), unit_id=unit_id, chain_id=chain_id, campaign=campaign.strip())
    session.add(made)
    session.flush()
    audit.record("targets.list_created", KIND, made.id, actor=actor, label=made.name)
    return made


def _named(name: str) -> None:
    if not name.strip():
        raise Invalid(Fault("name", "required", _l("请给名单起个名字。")))


def _mine(session: Session, public_id: str, version: int | None, actor: Actor) -> TargetList:
    found = load(session, TargetList, public_id, version, where=access.lists_visible_to(actor))
    if not access.can_edit_list(actor, found):
        raise NotPermitted()
    return found


def change(
    session: Session,
    public_id: str,
    *,
    name: str,
    chain_id: int | None,
    campaign: str,
    version: int,
    actor: Actor,
) -> TargetList:
    """Another name, chain or campaign."""
    found = _mine(session, public_id, version, actor)
    _named(name)
    found.name, found.chain_id, found.campaign = name.strip(), chain_id, campaign.strip()
    changes = audit.changes_of(found)
    session.flush()
    audit.record("targets.list_changed", KIND, found.id, actor=actor, label=found.name, changes=changes)
    return found


def close(session: Session, public_id: str, *, version: int, actor: Actor) -> TargetList:
    """Nothing is added to it any more; its targets go on."""
    return _turn(session, public_id, "targets.list_closed", True, version, actor)


def reopen(session: Session, public_id: str, *, version: int, actor: Actor) -> TargetList:
    return _turn(session, public_id, "targets.list_reopened", False, version, actor)


def _turn(
    session: Session, public_id: str, action: str, closed: bool, version: int, actor: Actor
) -> TargetList:
    found = _mine(session, public_id, version, actor)
    if (found.closed_at is not None) is closed:
        raise Conflict(_l("名单已关闭。") if closed else _l("名单是开放的。"))
    found.closed_at = clock.now() if closed else None
    session.flush()
    audit.record(action, KIND, found.id, actor=actor, label=found.name)
    return found


def freeze(session: Session, public_id: str, *, actor: Actor) -> TargetVersion:
    """Freeze this quarter's version. Refused when there is one, or when the list is empty."""
    return _freeze(session, _mine(session, public_id, None, actor), quarter_of(clock.today()), actor)


def freeze_quarter(session: Session, *, actor: Actor) -> int:
    """Freeze the quarter that has just ended of every open list that lacks it; how many were frozen."""
    quarter = quarter_before(clock.today())
    done = select(TargetVersion.list_id).where(TargetVersion.quarter == quarter)
    statement = select(TargetList).where(
        TargetList.closed_at.is_(None),
        TargetList.id.not_in(done),
        select(Target.id).where(Target.list_id == TargetList.id).exists(),
    )
    found = session.scalars(statement.order_by(TargetList.id)).all()
    for each in found:
        _freeze(session, each, quarter, actor)
    return len(found)


def _freeze(session: Session, target_list: TargetList, quarter: str, actor: Actor) -> TargetVersion:
    known = select(TargetVersion.id).where(
        TargetVersion.list_id == target_list.id, TargetVersion.quarter == quarter
    )
    if session.scalar(known) is not None:
        raise Invalid(Fault("quarter", "taken", _l("%(quarter)s 的版本已经冻结。", quarter=quarter)))
    made = TargetVersion(
        list_id=target_list.id,
        quarter=quarter,
        as_of=clock.today(),
        frozen_by=actor.account_id,
        frozen_by_name=actor.name,
    )
    session.add(made)
    session.flush()
    rows = standing(session, target_list.id)
    if not rows:
        raise Invalid(Fault("quarter", "empty", _l("名单里还没有企业，没有可冻结的。")))
    made.count = len(rows)
    numbered = [{**row, "version_id": made.id, "position": place} for place, row in enumerate(rows, 1)]
    session.execute(insert(TargetVersionRow), numbered)
    audit.record(
        "targets.list_frozen", KIND, target_list.id, actor=actor, label=target_list.name,
        changes={"quarter": (None, quarter), "count": (None, made.count)},
    )  # fmt: skip
    return made


def standing(session: Session, list_id: int) -> list[dict[str, Any]]:
    """The rows that a version of now would have, by chain, node and name."""
    ids = list(session.scalars(select(Target.id).where(Target.list_id == list_id).order_by(Target.id)))
    found: list[queries.Row] = []
    for start in range(0, len(ids), BATCH):
        found += queries.rows(session, ids[start : start + BATCH], actor=SYSTEM).values()
    found.sort(key=lambda row: (row.chain, row.stage, row.node, row.name, row.id))
    return [_kept(row) for row in found]


def _kept(row: queries.Row) -> dict[str, Any]:
    plain = asdict(row)
    return {
        "public_id": new_ulid(),
        "target_pid": row.public_id,
        "progress": row.progress[:LONGEST],
        **{name: plain[name] for name in _KEPT},
    }


def rows_of(session: Session, version_id: int) -> Sequence[TargetVersionRow]:
    """A version's rows in order."""
    statement = select(TargetVersionRow).where(TargetVersionRow.version_id == version_id)
    return session.scalars(statement.order_by(TargetVersionRow.position)).all()
