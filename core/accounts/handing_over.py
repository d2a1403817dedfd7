"""The hand-over when somebody changes post: laid out by one, confirmed by another, moved in one unit of work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from core import audit, clock
from core.accounts import holdings
from core.accounts.models import Account, Handover, HandoverRow
from core.db import load
from core.errors import Fault, Invalid, Missing, NotFound, NotPermitted, Refused
from core.i18n import _
from core.i18n import lazy as _l
from core.notify import notify, words
from core.permissions import Actor

PREPARE = "accounts:handover:prepare"

words("accounts.handover_asked", _l("%(name)s的工作交接单等您确认，共 %(count)s 件。"))
words("accounts.handover_done", _l("%(name)s的工作已交接，%(count)s 件归您办理。"))
words("accounts.handover_closed", _l("%(name)s的工作交接已办完，共 %(count)s 件。"))


@dataclass(frozen=True)
class Given:
    """Who takes one piece over, and the note that goes with it."""

    receiver_id: int | None
    note: str = ""


def may_prepare(account: Account, actor: Actor) -> bool:
    """Everybody lays out his own work; a head that of his people."""
    return account.id == actor.account_id or (
        account.unit_id is not None and actor.covers(PREPARE, account.unit_id)
    )


def prepare(
    session: Session,
    account: Account,
    given: Mapping[tuple[str, int], Given],
    *,
    reason: str,
    actor: Actor,
) -> Handover:
    """Lay out all that `account` owns. `given` maps (kind, record id) to its receiver.

    Raises Invalid naming every piece without a receiver or a note, and every receiver who does not fit.
    """
    if not may_prepare(account, actor):
        raise NotPermitted()
    if open_of(session, account.id) is not None:
        raise Refused([Missing(None, "open", _l("已经有一张交接单在等确认，请先确认或撤回。"))])
    rows, faults = _rows(session, account, given)
    if not reason.strip():
        faults.append(Fault("reason", "required", _l("请写明交接原因，比如调任。")))
    if not rows and not faults:
        faults.append(Fault(None, "nothing", _l("他名下没有在办工作，不用交接。")))
    if faults:
        raise Invalid(faults)
    made = Handover(
        account_id=account.id, reason=reason.strip(), prepared_by=actor.account_id, prepared_name=actor.name
    )
    made.rows = rows
    session.add(made)
    session.flush()
    audit.record(
        "accounts.handover_prepared", "account", account.id, actor=actor, label=account.username,
        changes={"rows": (None, len(rows))}, reason=reason.strip(),
    )  # fmt: skip
    params = {"name": account.name, "count": len(rows)}
    receivers = {row.receiver_id for row in rows} - {actor.account_id}
    notify(session, receivers, "accounts.handover_asked", params, f"/handovers/{made.public_id}")
    return made


def _rows(
    session: Session, account: Account, given: Mapping[tuple[str, int], Given]
) -> tuple[list[HandoverRow], list[Fault]]:
    rows: list[HandoverRow] = []
    faults: list[Fault] = []
    people = _people(session, [each.receiver_id for each in given.values() if each.receiver_id])
    for kind in holdings.kinds():
        taken: dict[int, list[Any]] = {}
        for record in holdings.records_of(session, kind, account.id):
            piece, each = kind.piece(record), given.get((kind.code, record.id), Given(None))
            field = f"{kind.code}-{record.id}"
            receiver = people.get(each.receiver_id or 0)
            if receiver is None or receiver.id == account.id:
                faults.append(Fault(field, "receiver", _("“%(label)s”还没有选接手人。", label=piece.label)))
                continue
            note = each.note.strip()
            if kind.noted and len(note) < 4:
                faults.append(Fault(field, "note", _("“%(label)s”要写交接内容。", label=piece.label)))
            taken.setdefault(receiver.id, []).append(record)
            rows.append(
                HandoverRow(
                    kind=kind.code, record_id=record.id, label=piece.label[:300], url=piece.url,
                    receiver_id=receiver.id, note=note,
                )
            )  # fmt: skip
        faults += _misfits(session, kind, taken, people)
    return rows, faults


def _misfits(
    session: Session, kind: holdings.Kind, taken: Mapping[int, Sequence[Any]], people: Mapping[int, Account]
) -> list[Fault]:
    if kind.refusal is None:
        return []
    faults = []
    for receiver_id, records in taken.items():
        if words_ := kind.refusal(session, records, people[receiver_id]):
            faults.append(Fault(f"{kind.code}-{records[0].id}", "receiver", words_))
    return faults


def may_confirm(handover: Handover, actor: Actor) -> bool:
    """A second person: a head of the giver's unit, or the one who takes everything over."""
    if handover.state != "open" or actor.account_id == handover.prepared_by:
        return False
    receivers = {row.receiver_id for row in handover.rows}
    unit_id = handover.account.unit_id
    own = [grant for grant in actor.giving(PREPARE) if grant.for_id != handover.prepared_by]
    heads = any(grant.reach.covers(unit_id) for grant in own) and actor.account_id != handover.account_id
    return receivers == {actor.account_id} or heads


def confirm(session: Session, public_id: str, *, version: int | None, actor: Actor) -> Handover:
    """Move everything at once. What ended meanwhile stays; what is new is named and must be added first."""
    handover = load(session, Handover, public_id, version)
    if handover.state != "open":
        raise Refused([Missing(None, "closed", _l("这张交接单已经办完。"))])
    if not may_confirm(handover, actor):
        raise NotPermitted(_l("交接单要由另一个人确认：他的单位负责人，或接手全部工作的人。"))
    moved = _move(session, handover, actor)
    handover.state, handover.confirmed_at = "confirmed", clock.now()
    handover.confirmed_by, handover.confirmed_name = actor.account_id, actor.name
    session.flush()
    account = handover.account
    audit.record(
        "accounts.handed_over", "account", account.id, actor=actor, label=account.username,
        changes={"rows": (None, sum(moved.values()))}, reason=handover.reason,
    )  # fmt: skip
    url = f"/handovers/{handover.public_id}"
    for receiver_id, count in moved.items():
        params = {"name": account.name, "count": count}
        notify(session, [receiver_id], "accounts.handover_done", params, url)
    closed = {"name": account.name, "count": sum(moved.values())}
    notify(session, {account.id, handover.prepared_by}, "accounts.handover_closed", closed, url)
    return handover


def _move(session: Session, handover: Handover, actor: Actor) -> dict[int, int]:
    """Receiver → how many pieces he got."""
    people = _people(session, [row.receiver_id for row in handover.rows])
    moved: dict[int, int] = {}
    fresh: list[str] = []
    for kind in holdings.kinds():
        records = {record.id: record for record in holdings.records_of(session, kind, handover.account_id)}
        listed = {row.record_id: row for row in handover.rows if row.kind == kind.code}
        fresh += [kind.piece(record).label for number, record in records.items() if number not in listed]
        rows = [row for number, row in listed.items() if number in records]
        taken: dict[int, list[Any]] = {}
        for row in rows:
            taken.setdefault(row.receiver_id, []).append(records[row.record_id])
            moved[row.receiver_id] = moved.get(row.receiver_id, 0) + 1
        if faults := _misfits(session, kind, taken, people):
            raise Refused([Missing(None, fault.code, fault.message) for fault in faults])
        moves = [holdings.Move(row.record_id, row.receiver_id, row.note) for row in rows]
        holdings.move(session, kind, moves, people, actor)
    if fresh:
        message = _("交接单开出后又有新工作：%(labels)s。请撤回重开。", labels="、".join(fresh[:5]))
        raise Refused([Missing(None, "fresh", message)])
    return moved


def withdraw(session: Session, public_id: str, *, version: int | None, actor: Actor) -> Handover:
    """Take the sheet back while nobody has confirmed it."""
    handover = load(session, Handover, public_id, version)
    if handover.state != "open":
        raise Refused([Missing(None, "closed", _l("这张交接单已经办完。"))])
    if actor.account_id != handover.prepared_by and not may_prepare(handover.account, actor):
        raise NotPermitted()
    handover.state = "withdrawn"
    session.flush()
    audit.record(
        "accounts.handover_withdrawn", "account", handover.account_id, actor=actor,
        label=handover.account.username,
    )  # fmt: skip
    return handover


def open_of(session: Session, account_id: int) -> Handover | None:
    statement = select(Handover).where(Handover.account_id == account_id, Handover.state == "open")
    return session.scalars(statement).first()


def concerning(session: Session, actor: Actor, limit: int = 50) -> list[Handover]:
    """The sheets that somebody gave, prepared or is to receive, and those of his people; the latest first."""
    received = select(HandoverRow.handover_id).where(HandoverRow.receiver_id == actor.account_id)
    reach = actor.reach(PREPARE)
    his = Handover.account.has(true() if reach.everything else Account.unit_id.in_(sorted(reach.unit_ids)))
    statement = (
        select(Handover)
        .where(
            (Handover.account_id == actor.account_id)
            | (Handover.prepared_by == actor.account_id)
            | Handover.id.in_(received)
            | his
        )
        .options(joinedload(Handover.account), selectinload(Handover.rows).joinedload(HandoverRow.receiver))
        .order_by(Handover.id.desc())
        .limit(limit)
    )
    return list(session.scalars(statement))


def people_of(session: Session, actor: Actor) -> list[Account]:
    """Whose hand-over somebody may prepare, himself first."""
    reach = actor.reach(PREPARE)
    his = true() if reach.everything else Account.unit_id.in_(sorted(reach.unit_ids))
    statement = (
        select(Account)
        .where(Account.kind == "staff", Account.active, (Account.id == actor.account_id) | his)
        .options(joinedload(Account.unit))
        .order_by(Account.id != actor.account_id, Account.name, Account.id)
        .limit(300)
    )
    return list(session.scalars(statement))


def get(session: Session, public_id: str, actor: Actor) -> Handover:
    """A sheet, for those whom it concerns: the giver, the receivers, his heads. Others find nothing."""
    statement = (
        select(Handover)
        .where(Handover.public_id == public_id)
        .options(
            joinedload(Handover.account).joinedload(Account.unit),
            selectinload(Handover.rows).joinedload(HandoverRow.receiver),
        )
    )
    found = session.scalars(statement).one_or_none()
    if found is None or not concerns(found, actor):
        raise NotFound()
    return found


def concerns(handover: Handover, actor: Actor) -> list[Any]:
    """Why a sheet is this actor's to read, in words; nothing when it is not."""
    me, giver = actor.account_id, handover.account
    because = (
        (me == handover.account_id, _l("您是移交人")),
        (me == handover.prepared_by, _l("这张单由您开出")),
        (me in {row.receiver_id for row in handover.rows}, _l("其中有工作由您接手")),
        (me != giver.id and may_prepare(giver, actor), _l("移交人的单位在您的管理范围内")),
    )
    return [words for holds, words in because if holds]


def _people(session: Session, numbers: Sequence[int | None]) -> dict[int, Account]:
    wanted = sorted({number for number in numbers if number})
    statement = select(Account).where(Account.id.in_(wanted), Account.kind == "staff", Account.active)
    return {account.id: account for account in session.scalars(statement)}
