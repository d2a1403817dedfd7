"""Saved views of lists: one's own, one's unit's, everybody's; and what a person chose for a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from core import audit
from core.db import load
from core.errors import Fault, Invalid, NotFound, NotPermitted
from core.i18n import lazy as _l
from core.lists.models import SavedView
from core.permissions import Actor

SHARE = "lists:view:share"
PUBLISH = "lists:view:publish"
KIND = "saved_view"
LONGEST_QUERY = 4000
MOST_OWN = 50
_DEMANDS = {"unit": SHARE, "public": PUBLISH}


@dataclass(frozen=True)
class Kept:
    """What is kept of one list for one person: the views he may use, his own columns, the view it opens with."""

    views: Sequence[SavedView]
    columns: tuple[str, ...]
    opens_with: SavedView | None


NOTHING = Kept((), (), None)


def of_list(session: Session, list_key: str, *, actor: Actor) -> Kept:
    """One statement: own views, those of the unit, public ones, and the choice."""
    rows = session.scalars(
        select(SavedView)
        .where(SavedView.list_key == list_key, _usable(actor))
        .order_by(SavedView.position, SavedView.id)
    ).all()
    choice = next((row for row in rows if row.scope == "choice"), None)
    views = [row for row in rows if row.scope != "choice"]
    columns = tuple(parse_qs(choice.query).get("cols", [""])[0].split(",")) if choice and choice.query else ()
    opens = next((row for row in views if choice and row.public_id == choice.opens_with), None)
    return Kept(views, columns, opens)


def _usable(actor: Actor) -> ColumnElement[bool]:
    shared = [SavedView.account_id == actor.account_id, SavedView.scope == "public"]
    if actor.unit_id is not None:
        shared.append((SavedView.scope == "unit") & (SavedView.unit_id == actor.unit_id))
    return or_(*shared)


def may_change(actor: Actor, view: SavedView) -> bool:
    """One's own view, or a shared one for who may share as far."""
    if view.scope == "own":
        return view.account_id == actor.account_id
    if view.scope == "unit" and view.account_id != actor.account_id:
        return actor.reach(SHARE).covers(view.unit_id)
    return actor.can(_DEMANDS[view.scope])


def save(
    session: Session, list_key: str, *, name: str, query: str, scope: str, position: int = 0, actor: Actor
) -> SavedView:
    """Keep a new view. Raises NotPermitted for a scope that the actor may not share with, Invalid for a twin."""
    _check(session, list_key, name, query, scope, actor, None)
    view = SavedView(
        list_key=list_key,
        name=name,
        query=query,
        scope=scope,
        position=position,
        account_id=actor.account_id,
        unit_id=actor.unit_id if scope == "unit" else None,
    )
    session.add(view)
    session.flush()
    _note("lists.view_published", view, actor)
    return view


def change(
    session: Session,
    public_id: str,
    *,
    version: int,
    name: str,
    scope: str,
    position: int,
    query: str | None,
    actor: Actor,
) -> SavedView:
    """Rename, share otherwise, move, or take the list's present state. Raises Conflict on a stale version."""
    view = _mine(session, public_id, actor, version)
    _check(session, view.list_key, name, view.query if query is None else query, scope, actor, view.id)
    was = view.scope
    view.name, view.scope, view.position = name, scope, position
    view.unit_id = (view.unit_id or actor.unit_id) if scope == "unit" else None
    if query is not None:
        view.query = query
    changes = audit.changes_of(view)
    session.flush()
    if was != "own" or scope != "own":
        audit.record("lists.view_changed", KIND, view.id, actor=actor, label=view.name, changes=changes)
    return view


def drop(session: Session, public_id: str, *, version: int, actor: Actor) -> str:
    """Delete a view; the list's key comes back. Who opened the list with it gets the plain list again."""
    view = _mine(session, public_id, actor, version)
    _note("lists.view_deleted", view, actor)
    session.delete(view)
    return view.list_key


def choose(
    session: Session,
    list_key: str,
    *,
    columns: Sequence[str] | None = None,
    opens_with: str | None = None,
    actor: Actor,
) -> None:
    """Remember a person's columns or the view that a list opens with; an empty value forgets it."""
    found = session.scalars(
        select(SavedView).where(
            SavedView.list_key == list_key,
            SavedView.account_id == actor.account_id,
            SavedView.scope == "choice",
        )
    ).one_or_none()
    if found is None:
        found = SavedView(list_key=list_key, scope="choice", account_id=actor.account_id)
        session.add(found)
    if columns is not None:
        found.query = urlencode({"cols": ",".join(columns)}) if columns else ""
    if opens_with is not None:
        found.opens_with = opens_with
    session.flush()


def get(session: Session, public_id: str, *, actor: Actor) -> SavedView:
    """A view that the actor may use, to be read. Raises NotFound."""
    view = session.scalars(
        select(SavedView).where(SavedView.public_id == public_id, _readable(actor))
    ).one_or_none()
    if view is None:
        raise NotFound()
    return view


def _readable(actor: Actor) -> ColumnElement[bool]:
    return (SavedView.scope != "choice") & _usable(actor)


def _mine(session: Session, public_id: str, actor: Actor, version: int) -> SavedView:
    view = load(session, SavedView, public_id, version, where=_readable(actor))
    if not may_change(actor, view):
        raise NotPermitted()
    return view


def _check(
    session: Session, list_key: str, name: str, query: str, scope: str, actor: Actor, own_id: int | None
) -> None:
    demanded = _DEMANDS.get(scope)
    if scope not in ("own", "unit", "public") or (demanded and not actor.can(demanded)):
        raise NotPermitted()
    if scope == "unit" and actor.unit_id is None:
        raise Invalid(Fault("scope", "no_unit", _l("您不属于任何单位，不能在单位内共享。")))
    if len(query) > LONGEST_QUERY:
        raise Invalid(Fault("name", "too_long", _l("条件太多，存不下。请去掉几个条件再存。")))
    own = SavedView.account_id == actor.account_id
    twins = session.execute(
        select(SavedView.id, SavedView.name).where(
            SavedView.list_key == list_key, own, SavedView.scope != "choice"
        )
    ).all()
    if any(row.name == name and row.id != own_id for row in twins):
        raise Invalid(Fault("name", "taken", _l("您已有一个叫“%(name)s”的视图，请换个名字。", name=name)))
    if own_id is None and len(twins) >= MOST_OWN:
        raise Invalid(Fault("name", "too_many", _l("一张列表最多存 50 个视图，请先删掉不用的。")))


def _note(action: str, view: SavedView, actor: Actor) -> None:
    if view.scope != "own":
        audit.record(
            action, KIND, view.id, actor=actor, label=view.name, changes={"scope": (None, view.scope)}
        )
