"""The organisation tree: create, rename, move, dissolve. Paths are rewritten, cycles refused."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from core import audit, place_following
from core.accounts import holdings
from core.accounts.models import ACCOUNT, UNIT, Account, Grant, Unit
from core.db import Base, load
from core.dirty import touch
from core.errors import Fault, Invalid, Missing, Refused
from core.i18n import _
from core.i18n import lazy as _l
from core.permissions import Actor, require
from core.places import Park

MANAGE = "accounts:unit:manage"


@dataclass(frozen=True)
class UnitValues:
    """What a unit is called, of which kind it is, and how it is reached."""

    name: str
    short_name: str
    kind: str
    phone: str = ""


@dataclass(frozen=True)
class Holding:
    """What still belongs to a unit: units below it, people, parks, roles held at it, open work by kind."""

    units: int
    people: int
    parks: int
    grants: int
    work: dict[str, int]

    def __bool__(self) -> bool:
        return bool(self.units or self.people or self.parks or self.grants or self.work)


def create_unit(
    session: Session,
    *,
    code: str,
    name: str,
    kind: str,
    parent: Unit | None,
    actor: Actor,
    short_name: str = "",
    phone: str = "",
) -> Unit:
    """Add a unit below `parent`. Raises Invalid when the code is taken."""
    require(actor, MANAGE)
    if session.scalar(select(Unit.id).where(Unit.code == code)) is not None:
        raise Invalid(Fault("code", "taken", _l("这个单位代码已经用了。")))
    unit = Unit(
        code=code,
        name=name,
        kind=kind,
        short_name=short_name or name,
        phone=phone,
        parent_id=parent.id if parent else None,
    )
    session.add(unit)
    session.flush()
    unit.path = f"{parent.path if parent else '/'}{unit.id}/"
    touch(UNIT, [unit.id])
    audit.record("accounts.unit_created", "unit", unit.id, actor=actor, label=name)
    return unit


def change(
    session: Session, public_id: str, values: UnitValues, *, version: int | None, actor: Actor
) -> Unit:
    """Rename a unit or correct its kind and telephone. Its code stands in numbers and stays."""
    require(actor, MANAGE)
    unit = load(session, Unit, public_id, version)
    if not values.name.strip():
        raise Invalid(Fault("name", "required", _l("请填名称。")))
    unit.name, unit.kind, unit.phone = values.name.strip(), values.kind, values.phone.strip()
    unit.short_name = values.short_name.strip() or unit.name[:40]
    _noted(session, unit, "accounts.unit_changed", actor)
    return unit


def move(session: Session, public_id: str, parent: Unit, *, version: int | None, actor: Actor) -> Unit:
    """Put a unit, with all below it, below another one. Raises Invalid for a cycle or the city itself."""
    require(actor, MANAGE)
    unit = load(session, Unit, public_id, version)
    if unit.parent_id is None:
        raise Invalid(Fault("parent", "root", _l("最上级单位不能移到别的单位下面。")))
    if parent.path.startswith(unit.path):
        raise Invalid(Fault("parent", "cycle", _l("不能移到自己或自己的下级单位下面。")))
    if not parent.active:
        raise Invalid(Fault("parent", "dissolved", _l("这个单位已经撤销，请另选上级单位。")))
    before, after = unit.path, f"{parent.path}{unit.id}/"
    unit.parent_id = parent.id
    unit.path = after
    _noted(session, unit, "accounts.unit_moved", actor)
    _rewrite_paths(session, before, after)
    return unit


def dissolve(
    session: Session,
    public_id: str,
    successor: Unit | None,
    *,
    reason: str,
    version: int | None,
    actor: Actor,
) -> Unit:
    """Close a unit: when nothing belongs to it any more, or all of it to a successor in the same step."""
    require(actor, MANAGE)
    unit = load(session, Unit, public_id, version)
    if not reason.strip():
        raise Invalid(Fault("reason", "required", _l("请写明撤销的依据，比如文号。")))
    if unit.parent_id is None:
        raise Invalid(Fault("reason", "root", _l("最上级单位不能撤销。")))
    if not unit.active:
        raise Refused([Missing(None, "dissolved", _l("这个单位已经撤销。"))])
    held = holding_of(session, unit)
    if held and successor is None:
        raise Refused([Missing("successor", "not_empty", _words(held))])
    if successor is not None:
        if successor.path.startswith(unit.path) or not successor.active:
            raise Invalid(Fault("successor", "not_fit", _l("承接单位不能是它自己、它的下级或已撤销的单位。")))
        _hand_over(session, unit, successor, actor)
    unit.active = False
    _noted(session, unit, "accounts.unit_dissolved", actor, reason=reason.strip())
    return unit


def holding_of(session: Session, unit: Unit) -> Holding:
    def count(model: type[Base], *clauses: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count()).select_from(model).where(*clauses)) or 0

    return Holding(
        units=count(Unit, Unit.parent_id == unit.id, Unit.active.is_(True)),
        people=count(Account, Account.unit_id == unit.id, Account.active.is_(True)),
        parks=count(Park, Park.unit_id == unit.id),
        grants=count(Grant, Grant.unit_id == unit.id),
        work=holdings.counts_in(session, unit.id),
    )


def _words(held: Holding) -> Any:
    return _(
        "还有下级单位 %(units)s 个、在用账号 %(people)s 个、园区 %(parks)s 个、角色 %(grants)s 个、"
        "在办工作 %(work)s 件。请先移走，或选一个承接单位一并接过去。",
        units=held.units, people=held.people, parks=held.parks, grants=held.grants,
        work=sum(held.work.values()),
    )  # fmt: skip


def _hand_over(session: Session, unit: Unit, successor: Unit, actor: Actor) -> None:
    for below in session.scalars(select(Unit).where(Unit.parent_id == unit.id)):
        before, after = below.path, f"{successor.path}{below.id}/"
        below.parent_id, below.path = successor.id, after
        _noted(session, below, "accounts.unit_moved", actor)
        _rewrite_paths(session, before, after)
    touch(ACCOUNT, session.scalars(select(Account.id).where(Account.unit_id == unit.id)))
    parks = list(session.scalars(select(Park.id).where(Park.unit_id == unit.id)))
    if parks:
        place_following.follow_soon(session, parks, left=[unit.id], actor=actor)
    for model in (Account, Grant, Park):
        statement = update(model).where(model.unit_id == unit.id).values(unit_id=successor.id)
        session.execute(statement, execution_options={"synchronize_session": "fetch"})
    moved = holdings.move_unit(session, unit.id, successor.id, actor)
    audit.record(
        "accounts.unit_handed_over", "unit", unit.id, actor=actor, label=unit.name,
        changes={"successor": (None, successor.name), **{kind: (count, 0) for kind, count in moved.items()}},
    )  # fmt: skip


def _rewrite_paths(session: Session, before: str, after: str) -> None:
    session.execute(
        update(Unit)
        .where(Unit.path.startswith(before, autoescape=True))
        .values(path=after + func.substr(Unit.path, len(before) + 1)),
        execution_options={"synchronize_session": "fetch"},
    )


def _noted(session: Session, unit: Unit, action: str, actor: Actor, reason: str = "") -> None:
    changes = audit.changes_of(unit)
    session.flush()
    touch(UNIT, [unit.id])
    audit.record(action, "unit", unit.id, actor=actor, label=unit.name, changes=changes, reason=reason)
