"""The indexes behind the alias: made, filled beside the serving one, switched, walked through."""

import contextlib
from collections.abc import Iterator
from typing import Any

from core import clock
from core.lazy import lazy
from search.document import Key
from search.elastic import mapping

elasticsearch = lazy("elasticsearch")

FIRST = "first"
"""Ends the name of an index that was made because there was none: it is not complete until a rebuild."""

_SECONDS = 60
_PAGE = 5000


class Indices:
    """Every index of one alias. Errors of the client pass through; the engine turns them round."""

    def __init__(self, client: Any, alias: str) -> None:
        self._client, self.alias, self.building = client, alias, f"{alias}-building"

    def ensure(self) -> None:
        """Make the first index. Its name is fixed, so that two processes cannot make two."""
        if self._client.indices.exists_alias(name=self.alias):
            return
        self._clear(self.alias)
        name = f"{self.alias}-{mapping.fingerprint()}-{FIRST}"
        try:
            self._client.indices.create(
                index=name, mappings=mapping.MAPPING, settings=mapping.SETTINGS, aliases={self.alias: {}}
            )
        except elasticsearch.BadRequestError as error:
            if error.error != "resource_already_exists_exception":
                raise
            self._client.indices.put_alias(index=name, name=self.alias)

    def serving(self) -> list[str]:
        return list(self._client.indices.get_alias(name=self.alias))

    def stale(self) -> bool:
        """Whether a rebuild is due: another mapping, other tokens, or an index that was never filled."""
        return not any(
            mapping.fingerprint() in name and not name.endswith(f"-{FIRST}") for name in self.serving()
        )

    def is_building(self) -> bool:
        return bool(self._client.indices.exists_alias(name=self.building))

    def begin(self) -> str:
        """A new index under the building alias; from now on writes go to both."""
        stamp = clock.now().strftime("%Y%m%d%H%M%S%f")
        fresh = f"{self.alias}-{mapping.fingerprint()}-{stamp}"
        self.drop(self.building)
        self._client.indices.create(
            index=fresh, mappings=mapping.MAPPING, settings=mapping.BUILDING, aliases={self.building: {}}
        )
        return fresh

    def abandon(self, fresh: str) -> None:
        with contextlib.suppress(elasticsearch.ApiError, elasticsearch.TransportError):
            self._client.indices.delete(index=fresh)

    def switch(self, fresh: str) -> None:
        """Readers see the old index, then the new one, in one step; the old one is dropped."""
        indices = self._client.options(request_timeout=_SECONDS).indices
        served = ("auto_expand_replicas", "refresh_interval")
        indices.put_settings(index=fresh, settings={name: mapping.SETTINGS[name] for name in served})
        indices.refresh(index=fresh)
        old = self.serving()
        actions = [{"remove": {"index": index, "alias": self.alias}} for index in old]
        actions += [
            {"add": {"index": fresh, "alias": self.alias}},
            {"remove": {"index": fresh, "alias": self.building}},
        ]
        indices.update_aliases(actions=actions)
        if old:
            indices.delete(index=",".join(old))

    def drop(self, alias: str) -> None:
        """Remove what an alias names, e.g. what a rebuild that was killed has left behind."""
        if self._client.indices.exists_alias(name=alias):
            self._client.indices.delete(index=",".join(self._client.indices.get_alias(name=alias)))
        else:
            self._clear(alias)

    def _clear(self, alias: str) -> None:
        """Remove an index that took an alias's name: a deletion that comes when the alias has just gone makes the
        server create one, `require_alias` or not, and no alias of that name could be made ever after."""
        if self._client.indices.exists(index=alias):
            self._client.indices.delete(index=alias)

    def versions(self) -> Iterator[tuple[Key, int]]:
        after: list[Any] | None = None
        while True:
            answer = self._client.options(request_timeout=_SECONDS).search(
                index=self.alias,
                query={"match_all": {}},
                sort=[{"kind": "asc"}, {"id": "asc"}],
                source=False,
                version=True,
                size=_PAGE,
                search_after=after,
            )
            hits = answer["hits"]["hits"]
            if not hits:
                return
            for hit in hits:
                yield mapping.key_of(hit["_id"]), hit["_version"]
            after = hits[-1]["sort"]
