"""Names of enterprises cut into bigrams, so that a list is narrowed by a part of a name without reading it all."""

import re
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Table,
    delete,
    false,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from core.bulk import insert_lines
from core.db import Base
from core.lists.beside import Beside
from core.text import forms
from core.text.grams import grams, is_cjk, runs
from core.types import BIG
from crm.enterprises.cutting import LONGEST_GRAM, Cuts, grams_of
from crm.enterprises.duplicates import keys
from crm.enterprises.models import Enterprise

MOST = 6
"""So many grams of what is typed are asked for; the text itself is compared after them."""

_CODE = re.compile(r"[0-9A-Z]{2,18}")
_COMMON = frozenset(gram for form in forms.LEGAL_FORMS for gram in grams(form))
"""Grams that nearly every name has: asked for last."""

_BATCH = 500


class EnterpriseGram(Base):
    """A bigram of characters, or a word of letters and digits, of a name or short name.

    Compared by code point on both databases: a prefix is a range of the index.
    """

    __tablename__ = "enterprise_gram"
    gram: Mapped[str] = mapped_column(
        String(LONGEST_GRAM).with_variant(String(LONGEST_GRAM, collation="C"), "postgresql"), primary_key=True
    )
    enterprise_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("enterprise.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )

    __table_args__ = (
        Index("ix_enterprise_gram_enterprise_id", "enterprise_id"),
        {"sqlite_with_rowid": False},
    )


def renew(session: Session, ids: Collection[int], *, fresh: bool = False) -> None:
    """Cut the names of these enterprises again, and write the keys that like names meet under.

    Call it after every change of a present, short or former name; `fresh` ones have nothing yet.
    """
    numbers = sorted(ids)
    for start in range(0, len(numbers), _BATCH):
        some = numbers[start : start + _BATCH]
        if not fresh:
            session.execute(delete(EnterpriseGram).where(EnterpriseGram.enterprise_id.in_(some)))
        named = {
            row.id: (row.name, row.short_name)
            for row in session.execute(
                select(Enterprise.id, Enterprise.name, Enterprise.short_name).where(Enterprise.id.in_(some))
            )
        }
        keys.renew(session, named, fresh=fresh)
        _enter(session, sorted((gram, number) for number, each in named.items() for gram in grams_of(*each)))


def enter(session: Session, cuts: Cuts, numbers: Mapping[int, int]) -> None:
    """What is kept of the names of new enterprises, whose ids are `numbers` by the numbers of the cuts."""
    keys.enter(session, [(key, numbers[each]) for key, each in cuts.keys])
    _enter(session, [(gram, numbers[each]) for gram, several in cuts.grams for each in several])


def _enter(session: Session, pairs: Sequence[tuple[str, int]]) -> None:
    """In the order of the table, each of its pages is opened once."""
    table = cast(Table, EnterpriseGram.__table__)
    insert_lines(session.connection(), table, ("gram", "enterprise_id"), pairs)


def matching(words: str) -> ColumnElement[bool]:
    """Enterprises with these words in name or short name, or whose credit or stock code begins so.

    Characters are found in pairs, a word of letters and digits by its beginning, each from an index.
    """
    found = beside(words)
    if found is None:
        return false()
    clause: ColumnElement[bool] = Enterprise.id.in_(found.ids(None))
    return clause if found.more is None else clause & found.more


def beside(words: str) -> Beside | None:
    """The same for a list, which may also ask each enterprise; None where nothing can be found."""
    asked = _asked(words)
    code = forms.norm(words).upper()
    codes: list[ColumnElement[bool]] = []
    if _CODE.fullmatch(code):
        # Upper bounds of letters and digits alone order alike in every collation.
        codes.append(Enterprise.uscc.between(code, code.ljust(18, "Z")))
        codes.append(Enterprise.stock_code.between(code[:6], code.ljust(6, "9")))
    if not asked and not codes:
        return None
    whole = _whole(forms.norm(words)) if len(asked) > 1 and len(runs(words)) == 1 else None
    usual = all(gram in _COMMON for gram, _begins in asked)
    return Beside(Enterprise.id, partial(_found, asked, codes), partial(_here, asked, codes), whole, usual)


def _found(asked: Sequence[tuple[str, bool]], codes: Sequence[ColumnElement[bool]], _most: int | None) -> Any:
    """The keys of enterprises with these grams or one of these codes, each once."""
    ids = [_having(asked)] if asked else []
    ids += [select(Enterprise.id).where(clause) for clause in codes]
    several = len(ids) > 1 or any(begins for _gram, begins in asked)
    return select(union_all(*ids).subquery()).distinct() if several else ids[0]


def _here(asked: Sequence[tuple[str, bool]], codes: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    """The same of the enterprise at hand."""
    return or_(*[_having(asked, Enterprise.id).exists()] if asked else (), *codes)


def _asked(words: str) -> list[tuple[str, bool]]:
    """(gram, whether it is a beginning only), the telling ones first."""
    found: dict[str, bool] = {}
    for run in runs(words):
        pairs = grams(run)
        begins = not is_cjk(run[0]) or len(run) == 1
        found |= {gram[:LONGEST_GRAM]: begins for gram in pairs}
    return sorted(found.items(), key=lambda each: each[0] in _COMMON)[:MOST]


def _having(asked: Sequence[tuple[str, bool]], of: Any = None) -> Any:
    first = aliased(EnterpriseGram)
    statement = select(first.enterprise_id).where(_is(first.gram, *asked[0]))
    if of is not None:
        statement = statement.where(first.enterprise_id == of).correlate(Enterprise)
    for gram, begins in asked[1:]:
        other = aliased(EnterpriseGram)
        statement = statement.join(other, other.enterprise_id == first.enterprise_id).where(
            _is(other.gram, gram, begins)
        )
    return statement


def _is(column: Any, gram: str, begins: bool) -> ColumnElement[bool]:
    clause: ColumnElement[bool] = (
        (column >= gram) & (column < gram + "\U0010ffff") if begins else column == gram
    )
    return clause


def _whole(text: str) -> ColumnElement[bool]:
    """The pairs of a longer run may stand apart; of the few that are left the text is compared."""
    return or_(
        Enterprise.core_name.contains(text, autoescape=True),
        Enterprise.short_name.contains(text, autoescape=True),
    )
