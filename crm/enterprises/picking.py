"""Finding a trade, a region or a group's mother by a few letters: for pickers, and for what is typed without them."""

from collections.abc import Callable, Sequence
from functools import lru_cache

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from core import clock, places_today
from core.errors import NotFound
from core.fields.picks import Pick
from core.i18n import _
from core.kept import kept
from core.permissions import Actor
from core.places import Region, standing
from core.text import forms, readings
from crm.enterprises import access, name_grams
from crm.enterprises.models import Enterprise, Industry

MOST = 12


@lru_cache(maxsize=4096)
def _spoken(name: str) -> tuple[str, str]:
    return readings.pinyin(name).replace(" ", "").lower(), readings.initials(name).lower()


def industries(session: Session, typed: str, actor: Actor) -> list[Pick]:
    """Classes of GB/T 4754 first, then groups and divisions, by code, words of the name, pinyin or initials."""
    words = forms.norm(typed).strip().lower().replace(" ", "")
    if not words:
        return []
    code = words[1:] if words[:1].isalpha() and words[1:].isdigit() else words
    rows = kept(session, industries, _all_industries)
    names = {row.code: row.name for row in rows}
    ranked = [
        (rank != 0, -row.level, rank, row.code)
        for row in rows
        if (rank := _rank(row, code, words)) is not None
    ]
    return [
        Pick(found, names[found], names.get(found[:2], "") if len(found) > 2 else "")
        for *_fit, found in sorted(ranked)[:MOST]
    ]


Trade = Row[str, str, int]
"""Code, name and level of a trade."""


def _all_industries(session: Session) -> Sequence[Trade]:
    """Every trade that can be a firm's; sections are letters and none. Read anew after each commit: columns alone."""
    read = select(Industry.code, Industry.name, Industry.level).where(Industry.level > 1)
    return session.execute(read.order_by(Industry.code)).all()


def _rank(row: Trade, code: str, words: str) -> int | None:
    """How well a trade fits what was typed: 0 is itself; None not at all."""
    name = row.name
    if code.isdigit():
        return 0 if row.code == code else 1 if row.code.startswith(code) else None
    if words in name:
        return 0 if words == name else 2 if name.startswith(words) else 3
    if not words.isascii():
        return None
    pinyin, initials = _spoken(name)
    if pinyin.startswith(words) or initials == words:
        return 4
    return 5 if len(words) > 1 and (words in pinyin or words in initials) else None


def regions(session: Session, typed: str, actor: Actor, *, kept_code: str | None = None) -> list[Pick]:
    """Regions that exist today, by code or words of their whole name, the larger ones first.

    Who types one that has ended is offered what follows it. `kept_code` is where the record lies already: whoever
    leaves it as it stands means it.
    """
    words = "".join(typed.split())
    if not words:
        return []
    columns = select(Region.code, Region.full_name)
    if words == kept_code:
        return [Pick(*row) for row in session.execute(columns.where(Region.code == words))]
    match = (
        Region.code.startswith(words, autoescape=True)
        if words.isdigit()
        else Region.full_name.contains(words, autoescape=True)
    )
    statement = (
        columns.where(match, standing(clock.today()))
        .order_by(Region.name != words, Region.level, Region.code)
        .limit(MOST)
    )
    found = [Pick(code, full_name) for code, full_name in session.execute(statement)]
    return found or _instead(session, columns.where(match, Region.valid_to < clock.today()).limit(MOST))


def _instead(session: Session, ended: Select[str, str]) -> list[Pick]:
    """What follows regions that have ended, each with the name that it had."""
    after = places_today.successors(session)
    found: dict[str, Pick] = {}
    for code, full_name in session.execute(ended):
        for place in places_today.following(after, code):
            note = _("原%(code)s %(name)s", code=code, name=full_name)
            found.setdefault(place.code, Pick(place.code, place.full_name, note))
    return list(found.values())[:MOST]


def firms(session: Session, typed: str, actor: Actor) -> list[Pick]:
    """Enterprises by a part of the name or the beginning of a code."""
    words = typed.strip()
    if len(words) < 2:
        return []
    statement = (
        select(Enterprise.id, Enterprise.name, Enterprise.uscc, Enterprise.stock_code)
        .where(name_grams.matching(words), access.visible_to(actor))
        .order_by(Enterprise.name != words, Enterprise.sort_key)
        .limit(MOST)
    )
    return [
        Pick(row.uscc or row.stock_code or row.name, row.name, row.uscc or row.stock_code or "", row.id)
        for row in session.execute(statement)
    ]


Finder = Callable[[Session, str, Actor], Sequence[Pick]]
FINDERS: dict[str, Finder] = {"industry": industries, "region": regions, "firm": firms}


def finder(what: str) -> Finder:
    """Raises NotFound for what cannot be picked."""
    if what not in FINDERS:
        raise NotFound()
    return FINDERS[what]
