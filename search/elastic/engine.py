"""Search on Elasticsearch: external versions, an alias that names the serving index, dual writes."""

import contextlib
import logging
from collections.abc import Iterator, Sequence
from typing import Any

from core import clock
from core.lazy import lazy
from search import highlight, nearness, query, ranker
from search.document import FACETS, Card, Filters, Hit, Key, Results
from search.elastic import body, bulk, mapping
from search.engine import DEEPEST, NO_FILTERS, POOL, EngineDown, Entry, Failure, Health
from search.query import Query

elasticsearch = lazy("elasticsearch")
log = logging.getLogger(__name__)

_BULK_SECONDS = 30
_BULK = 500
_WINDOW = POOL // 2
_SUGGESTED = 40
_PAGE = 5000

Graded = tuple[ranker.Grade, Card]


@contextlib.contextmanager
def _answering() -> Iterator[None]:
    """Whatever the server or the way to it does becomes EngineDown; the caller falls back."""
    try:
        yield
    except elasticsearch.ApiError as error:
        log.warning("search_engine_refused", extra={"status": error.status_code, "error": str(error)[:500]})
        raise EngineDown(f"{error.status_code}") from error
    except elasticsearch.TransportError as error:
        raise EngineDown(type(error).__name__) from error


def connect(url: str, username: str = "", password: str = "", api_key: str = "", ca_certs: str = "") -> Any:
    """The official client. It connects at the first request, not here."""
    options: dict[str, Any] = {"request_timeout": 2, "max_retries": 1, "retry_on_timeout": True}
    options["serializer"] = elasticsearch.OrjsonSerializer()
    if api_key:
        options["api_key"] = api_key
    elif username:
        options["basic_auth"] = (username, password)
    if ca_certs:
        options["ca_certs"] = ca_certs
    return elasticsearch.Elasticsearch(url, **options)


class ElasticEngine:
    """One alias for all kinds; the index behind it is named by the hash of its mapping."""

    name = "elasticsearch"

    def __init__(self, client: Any, alias: str = "lianzhao") -> None:
        self._client, self.alias, self._building = client, alias, f"{alias}-building"
        self._ensured = False

    def _ensure(self) -> None:
        """Make the first index. Its name is fixed, so that two processes cannot make two."""
        if self._ensured:
            return
        if not self._client.indices.exists_alias(name=self.alias):
            first = f"{self.alias}-{mapping.fingerprint()}-first"
            with contextlib.suppress(elasticsearch.BadRequestError):
                self._client.indices.create(
                    index=first,
                    mappings=mapping.MAPPING,
                    settings=mapping.SETTINGS,
                    aliases={self.alias: {}},
                )
        self._ensured = True

    def index(self, entries: Sequence[Entry]) -> dict[Key, Failure]:
        return self._write([(document.key, version, document) for document, version in entries])

    def delete(self, keys: Sequence[tuple[Key, int]]) -> dict[Key, Failure]:
        return self._write([(key, version, None) for key, version in keys])

    def _write(self, writes: Sequence[bulk.Write]) -> dict[Key, Failure]:
        """To the serving index, and to the one being built. Whether one is being built is asked at every
        write: an answer kept from before would lose what is written meanwhile."""
        failures: dict[Key, Failure] = {}
        with _answering():
            self._ensure()
            building = bool(self._client.indices.exists_alias(name=self._building))
        for start in range(0, len(writes), _BULK):
            operations = bulk.operations_of(writes[start : start + _BULK])
            with _answering():
                failures |= self._bulk(operations, self.alias)
                if building:
                    second = self._bulk(operations, self._building)
                    failures |= {key: why for key, why in second.items() if why.reason != "404"}
        return failures

    def _bulk(self, operations: list[dict[str, Any]], index: str, alias: bool = True) -> dict[Key, Failure]:
        client = self._client.options(request_timeout=_BULK_SECONDS)
        answer = client.bulk(operations=operations, index=index, require_alias=alias)
        return bulk.failures_of(answer["items"]) if answer["errors"] else {}

    def search(
        self,
        typed: str,
        acl: Sequence[str],
        filters: Filters = NO_FILTERS,
        facets: Sequence[str] = FACETS,
        page: int = 1,
        size: int = 20,
    ) -> Results:
        asked = query.analyse(typed)
        offset = (page - 1) * size
        if not asked or not acl or page < 1 or offset + size > DEEPEST:
            return Results()
        window = max(_WINDOW // size, 1) * size
        ranked = offset < window
        request = body.search(
            body.strict(asked),
            acl,
            filters,
            facets,
            offset=0 if ranked else offset,
            size=window if ranked else size,
        )
        answer = self._ask(request)
        total = answer["hits"]["total"]
        found = _graded(asked, answer)
        if ranked:
            found = ranker.best_first(found)
            if page == 1:
                found += self._near(asked, acl, filters, found)
            found = found[offset : offset + size]
        hits = tuple(highlight.hit(asked, card, grade) for grade, card in found)
        counts = {facet: _counts(answer["aggregations"][facet]) for facet in facets}
        return Results(hits, total["value"], total["relation"] == "gte", counts)

    def suggest(self, typed: str, acl: Sequence[str], limit: int = 10) -> tuple[Hit, ...]:
        asked = query.analyse(typed)
        if not asked or not acl:
            return ()
        tiers = body.strict(asked, everywhere=False)
        answer = self._ask(body.search(tiers, acl, NO_FILTERS, size=_SUGGESTED, counted=False))
        found = ranker.best_first(_graded(asked, answer))
        found += self._near(asked, acl, NO_FILTERS, found)
        return tuple(highlight.hit(asked, card, grade) for grade, card in found[:limit])

    def _near(self, asked: Query, acl: Sequence[str], filters: Filters, found: list[Graded]) -> list[Graded]:
        tiers = body.relaxed(asked) if nearness.wanted(asked, found) else []
        if not tiers:
            return []
        answer = self._ask(body.search(tiers, acl, filters, size=POOL, counted=False))
        seen = {card.key for _grade, card in found}
        graded: list[Graded] = []
        for card in _cards(answer):
            grade = nearness.near(asked, card) if card.key not in seen else None
            if grade is not None:
                graded.append((grade, card))
        return ranker.best_first(graded)

    def _ask(self, request: dict[str, Any]) -> Any:
        with _answering():
            self._ensure()
            return self._client.perform_request(
                "POST",
                f"/{self.alias}/_search",
                headers={"accept": "application/json", "content-type": "application/json"},
                body=request,
            )

    @contextlib.contextmanager
    def rebuild(self) -> Iterator["_Building"]:
        with _answering():
            self._ensure()
            stamp = clock.now().strftime("%Y%m%d%H%M%S%f")
            fresh = f"{self.alias}-{mapping.fingerprint()}-{stamp}"
            self._drop(self._building)
            self._client.indices.create(
                index=fresh,
                mappings=mapping.MAPPING,
                settings=mapping.BUILDING,
                aliases={self._building: {}},
            )
        try:
            yield _Building(self, fresh)
        except BaseException:
            with contextlib.suppress(elasticsearch.ApiError, elasticsearch.TransportError):
                self._client.indices.delete(index=fresh)
            raise
        with _answering():
            self._switch(fresh)

    def _drop(self, alias: str) -> None:
        """Remove what a rebuild that was killed has left behind."""
        if self._client.indices.exists_alias(name=alias):
            self._client.indices.delete(index=",".join(self._client.indices.get_alias(name=alias)))

    def _switch(self, fresh: str) -> None:
        indices = self._client.options(request_timeout=_BULK_SECONDS).indices
        served = ("auto_expand_replicas", "refresh_interval")
        indices.put_settings(index=fresh, settings={name: mapping.SETTINGS[name] for name in served})
        indices.refresh(index=fresh)
        old = list(indices.get_alias(name=self.alias))
        actions = [{"remove": {"index": index, "alias": self.alias}} for index in old]
        actions += [
            {"add": {"index": fresh, "alias": self.alias}},
            {"remove": {"index": fresh, "alias": self._building}},
        ]
        indices.update_aliases(actions=actions)
        if old:
            indices.delete(index=",".join(old))

    def versions(self) -> Iterator[tuple[Key, int]]:
        after: list[Any] | None = None
        while True:
            with _answering():
                self._ensure()
                answer = self._client.search(
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

    def refresh(self) -> None:
        with _answering():
            self._ensure()
            self._client.indices.refresh(index=self.alias)

    def health(self) -> Health:
        try:
            with _answering():
                self._ensure()
                state = self._client.cluster.health(index=self.alias, timeout="1s")
                serving = list(self._client.indices.get_alias(name=self.alias))
                count = self._client.count(index=self.alias)["count"]
        except EngineDown as error:
            return Health(up=False, note=str(error))
        stale = not any(mapping.fingerprint() in name for name in serving)
        return Health(up=state["status"] != "red", stale=stale, documents=count, note=state["status"])

    def remove(self) -> None:
        """Delete every index of this alias; for throw-away storage."""
        with _answering():
            for alias in (self.alias, self._building):
                self._drop(alias)

    def close(self) -> None:
        self._client.close()


class _Building:
    """The index that a rebuild fills."""

    def __init__(self, engine: ElasticEngine, index: str) -> None:
        self._engine, self._index = engine, index

    def index(self, entries: Sequence[Entry]) -> dict[Key, Failure]:
        operations = bulk.operations_of([(document.key, version, document) for document, version in entries])
        with _answering():
            return self._engine._bulk(operations, self._index, alias=False)


def _cards(answer: Any) -> list[Card]:
    return [mapping.card(hit["_source"]) for hit in answer["hits"]["hits"]]


def _graded(asked: Query, answer: Any) -> list[Graded]:
    return [(ranker.grade(asked, card), card) for card in _cards(answer)]


def _counts(aggregation: Any) -> dict[str, int]:
    buckets = aggregation.get("values", aggregation)["buckets"]
    return {bucket["key"]: bucket["doc_count"] for bucket in buckets}
