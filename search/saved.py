"""Searches under a name, and telling their owners of new hits."""

import logging
from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit, clock, notify
from core.accounts.models import Account
from core.db import load, unit_of_work
from core.errors import Fault, Invalid
from core.i18n import lazy as _l
from core.permissions import Actor
from search.document import FACETS, Filters
from search.finder import Finder
from search.models import SavedSearch
from search.query import LONGEST, analyse

log = logging.getLogger(__name__)

KIND = "saved_search"
TELL = "search.tell"
NEW_HITS = "search.new_hits"
WATCHED = 500
"""A search with more hits than this is not watched: nobody reads its news."""

MOST = 50
_NAME = 80

ActorOf = Callable[[Session, Account], Actor]

notify.words(NEW_HITS, _l("您保存的搜索“%(name)s”有 %(count)s 条新结果"))


def own(session: Session, *, actor: Actor) -> list[SavedSearch]:
    statement = (
        select(SavedSearch).where(SavedSearch.account_id == actor.account_id).order_by(SavedSearch.name)
    )
    return list(session.scalars(statement))


def filters_of(chosen: Mapping[str, Sequence[str]]) -> Filters:
    return Filters.of(**{facet: list(chosen.get(facet, ())) for facet in FACETS})


def save(
    session: Session,
    finder: Finder,
    *,
    name: str,
    typed: str,
    chosen: Mapping[str, Sequence[str]],
    tell: bool,
    actor: Actor,
) -> SavedSearch:
    """Keep a search. One of the same name is replaced. Raises Invalid when nothing was typed, or when it
    is to be watched and finds too much."""
    typed, name = typed.strip()[:LONGEST], name.strip()[:_NAME] or typed.strip()[:_NAME]
    if not analyse(typed):
        raise Invalid(Fault("name", "required", _l("请先输入要找的内容，再保存这次搜索。")))
    found = session.scalars(
        select(SavedSearch).where(SavedSearch.account_id == actor.account_id, SavedSearch.name == name)
    ).one_or_none()
    if found is None and len(own(session, actor=actor)) >= MOST:
        raise Invalid(Fault("name", "too_many", _l("最多保存 50 个搜索，请先删去用不到的。")))
    kept = {facet: list(chosen[facet]) for facet in FACETS if chosen.get(facet)}
    search = found or SavedSearch(account_id=actor.account_id, name=name)
    search.typed, search.chosen = typed, kept
    session.add(search)
    _watch(session, finder, search, tell, actor=actor)
    session.flush()
    audit.record("search.saved", KIND, search.id, actor=actor, label=name, changes={"tell": (None, tell)})
    return search


def watch(session: Session, finder: Finder, public_id: str, tell: bool, *, actor: Actor) -> SavedSearch:
    """Begin or stop telling. Raises NotFound for another person's, Invalid when it finds too much."""
    search = load(session, SavedSearch, public_id, where=SavedSearch.account_id == actor.account_id)
    before = search.tell
    _watch(session, finder, search, tell, actor=actor)
    audit.record(
        "search.watched", KIND, search.id, actor=actor, label=search.name, changes={"tell": (before, tell)}
    )
    return search


def remove(session: Session, public_id: str, *, actor: Actor) -> None:
    search = load(session, SavedSearch, public_id, where=SavedSearch.account_id == actor.account_id)
    audit.record("search.forgotten", KIND, search.id, actor=actor, label=search.name)
    session.delete(search)


def _watch(session: Session, finder: Finder, search: SavedSearch, tell: bool, *, actor: Actor) -> None:
    search.tell = tell
    search.known = []
    if tell:
        found = _hits(session, finder, search, actor=actor)
        if found is None:
            raise Invalid(Fault("tell", "down", _l("检索服务暂时不可用，稍后再设提醒。")))
        if len(found) > WATCHED:
            raise Invalid(Fault("tell", "too_many", _l("结果超过 500 条，请先缩小范围再设提醒。")))
        search.known, search.asked_at = found, clock.now()


def _hits(session: Session, finder: Finder, search: SavedSearch, *, actor: Actor) -> list[str] | None:
    """Keys of what the search finds for the actor now; None while the engine is down. One more than is
    watched says that it is too much."""
    results = finder.find(session, search.typed, actor=actor, filters=filters_of(search.chosen), size=WATCHED)
    if results.limited:
        return None
    found = [str(hit.card.key) for hit in results.hits if not hit.near]
    return [*found, ""] if results.total > WATCHED else found


def tell_all(finder: Finder, session: Session, actor_of: ActorOf) -> int:
    """Ask every watched search with the rights that its owner has now; how many owners were told."""
    waiting = session.execute(
        select(SavedSearch.id, SavedSearch.account_id)
        .where(SavedSearch.tell.is_(True))
        .order_by(SavedSearch.id)
    ).all()
    return sum(_tell(finder, session, search_id, account_id, actor_of) for search_id, account_id in waiting)


def _tell(finder: Finder, session: Session, search_id: int, account_id: int, actor_of: ActorOf) -> bool:
    session.rollback()
    account, search = session.get(Account, account_id), session.get(SavedSearch, search_id)
    if account is None or search is None or not account.active or not search.tell:
        return False
    found = _hits(session, finder, search, actor=actor_of(session, account))
    if found is None or len(found) > WATCHED:
        return False
    fresh = set(found) - set(search.known)
    if not fresh and set(found) == set(search.known):
        return False
    with unit_of_work() as writing:
        kept = writing.get(SavedSearch, search_id)
        if kept is None or not kept.tell:
            return False
        kept.known, kept.asked_at = found, clock.now()
        if fresh:
            notify.notify(
                writing, [account_id], NEW_HITS, {"name": kept.name, "count": len(fresh)}, address(kept)
            )
    return bool(fresh)


def address(search: SavedSearch) -> str:
    """Where its results stand, the latest change first."""
    return f"/search/saved/{search.public_id}"
