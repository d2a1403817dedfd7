"""The forms of one name that the ranker compares with a query, kept for names that come again."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

from core.text import forms, readings
from core.text.brand import places_in_front

_KEPT = 20_000


@dataclass(eq=False)  # not frozen: a search makes hundreds
class Name:
    """`front` characters of `core` are provinces and cities."""

    squashed: str
    core: str
    front: int

    @cached_property
    def sounds(self) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
        """(syllables, first letters) of every reading."""
        return tuple(
            (reading, tuple(readings.initial_parts(reading, self.core)))
            for reading in readings.variants(self.core)
        )

    @property
    def brand(self) -> str:
        return self.core[self.front :]


@lru_cache(maxsize=_KEPT)
def name_of(name: str) -> Name:
    """Compute the forms of a name. For a name that is only a legal form the core is the whole."""
    squashed = forms.squash(name)
    core = forms.core_of(squashed) or squashed
    return Name(squashed, core, places_in_front(core))
