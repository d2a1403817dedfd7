"""Terms that mean one thing: 高企 and 高新技术企业. Pure."""

from core.text.data_files import entries
from core.text.forms import squash


def _table() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for line in entries("synonyms.txt"):
        terms = tuple(dict.fromkeys(squash(term) for term in line.split()))
        for term in terms:
            table[term] = tuple(other for other in terms if other != term)
    return table


_EQUAL = _table()


def equals_of(term: str) -> tuple[str, ...]:
    """The other terms for a squashed term; none for most."""
    return _EQUAL.get(term, ())
