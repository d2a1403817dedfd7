"""Search on Elasticsearch: external versions, an alias that names the serving index, dual writes."""

import contextlib
import logging
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from core.lazy import lazy
from search import highlight, nearness, query, ranker
from search.document import FACETS, Card, Filters, Hit, Key, Results
from search.elastic import body, bulk, mapping
from search.elastic.indices import Indices
from search.engine import BEST, DEEPEST, LATEST, NO_FILTERS, POOL, EngineDown, Entry, Failure, Health
from search.query import Query

elasticsearch = lazy("elasticsearch")
log = logging.getLogger(__name__)

_BULK_SECONDS = 10
_FILL_SECONDS = 60
_BULK = 500
_NEAR = 200
_SUGGESTED = 40
_SLOW_SECONDS = 0.8
"""When the first answer took longer, nothing near is looked for: the page must come."""

_GONE = "404"

Graded = tuple[ranker.Grade, Card]


def connect(url: str, username: str = "", password: str = "", api_key: str = "", ca_certs: str = "") -> Any:
    """The official client. It connects at the first request, not here.

    A broken connection is tried once more, a server that is silent or busy is not: the caller falls back.
    """
    options: dict[str, Any] = {"request_timeout": 2, "max_retries": 1, "retry_on_timeout": False}
    options |= {"retry_on_status": (), "serializer": elasticsearch.OrjsonSerializer()}
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
        self._client, self.alias = client, alias
        self._indices = Indices(client, alias)
        self._ensured = False

    @contextlib.contextmanager
    def _answering(self) -> Iterator[None]:
        """Whatever the server or the way to it does becomes EngineDown; the caller falls back."""
        try:
            yield
        except elasticsearch.ApiError as error:
            if error.status_code == 404:
                self._ensured = False  # the index is gone: make one before the next write
            log.warning("search_engine_refused", extra={"status": error.status_code})
            raise EngineDown(f"{error.status_code}") from error
        except elasticsearch.TransportError as error:
            raise EngineDown(type(error).__name__) from error

    def _ensure(self) -> None:
        if not self._ensured:
            self._indices.ensure()
            self._ensured = True

    def index(self, entries: Sequence[Entry]) -> dict[Key, Failure]:
        return self._write([(document.key, version, document) for document, version in entries])

    def delete(self, keys: Sequence[tuple[Key, int]]) -> dict[Key, Failure]:
        return self._write([(key, version, None) for key, version in keys])

    def _write(self, writes: Sequence[bulk.Write]) -> dict[Key, Failure]:
        """To the serving index, and to the one being built. Whether one is being built is asked at every
        write: an answer kept from before would lose what is written meanwhile."""
        failures: dict[Key, Failure] = {}
        with self._answering():
            self._ensure()
            building = self._indices.is_building()
        for start in range(0, len(writes), _BULK):
            operations = bulk.operations_of(writes[start : start + _BULK])
            with self._answering():
                failures |= self._bulk(operations, self.alias)
                if building:
                    second = self._bulk(operations, self._indices.building)
                    failures |= {key: why for key, why in second.items() if why.reason != _GONE}
            if any(why.reason == _GONE for why in failures.values()):
                self._ensured = False
                raise EngineDown("index is gone")
        return failures

    def _bulk(self, operations: list[dict[str, Any]], index: str) -> dict[Key, Failure]:
        client = self._client.options(request_timeout=_BULK_SECONDS, max_retries=0)
        answer = client.bulk(operations=operations, index=index, require_alias=True)
        return bulk.failures_of(answer["items"]) if answer["errors"] else {}

    def fill(self, lines: bytes, index: str) -> dict[Key, Failure]:
        """Ready lines into an index that nobody reads yet."""
        with self._answering():
            client = self._client.options(request_timeout=_FILL_SECONDS)
            answer = client.perform_request(
                "POST",
                f"/{index}/_bulk",
                headers={"accept": "application/json", "content-type": "application/x-ndjson"},
                body=lines,
            )
        return bulk.failures_of(answer["items"]) if answer["errors"] else {}

    def search(
        self,
        typed: str,
        acl: Sequence[str],
        filters: Filters = NO_FILTERS,
        facets: Sequence[str] = FACETS,
        page: int = 1,
        size: int = 20,
        *,
        order: str = BEST,
        without: Sequence[Key] = (),
    ) -> Results:
        asked = query.analyse(typed)
        offset = (page - 1) * size
        if not asked or not acl or page < 1 or offset + size > DEEPEST:
            return Results()
        window = max(POOL // size, 1) * size
        ranked = offset < window and order != LATEST
        request = body.search(
            body.strict(asked),
            acl,
            filters,
            facets,
            offset=0 if ranked else offset,
            size=window if ranked else size,
            latest=order == LATEST,
            without=without,
        )
        answer, slow = self._timed(request)
        total = answer["hits"]["total"]
        found = _graded(asked, answer)
        if ranked:
            found = ranker.best_first(found)
            if page == 1 and not slow:
                found += self._near(asked, acl, filters, found, without)
            found = found[offset : offset + size]
        hits = tuple(highlight.hit(asked, card, grade) for grade, card in found)
        counts = {facet: _counts(answer["aggregations"][facet]) for facet in facets}
        partial = total["relation"] == "gte" or answer["timed_out"]
        return Results(hits, total["value"], partial, counts)

    def _timed(self, request: dict[str, Any]) -> tuple[Any, bool]:
        """The answer, and whether it took so long that nothing more should be asked."""
        asked_at = time.monotonic()
        answer = self._ask(request)
        return answer, time.monotonic() - asked_at > _SLOW_SECONDS

    def suggest(self, typed: str, acl: Sequence[str], limit: int = 10) -> tuple[Hit, ...]:
        asked = query.analyse(typed)
        if not asked or not acl:
            return ()
        tiers = body.strict(asked, everywhere=False)
        answer = self._ask(body.search(tiers, acl, NO_FILTERS, size=_SUGGESTED, counted=False))
        found = ranker.best_first(_graded(asked, answer))
        found += self._near(asked, acl, NO_FILTERS, found)
        return tuple(highlight.hit(asked, card, grade) for grade, card in found[:limit])

    def _near(
        self,
        asked: Query,
        acl: Sequence[str],
        filters: Filters,
        found: list[Graded],
        without: Sequence[Key] = (),
    ) -> list[Graded]:
        tiers = body.relaxed(asked) if nearness.wanted(asked, found) else []
        if not tiers:
            return []
        answer = self._ask(body.search(tiers, acl, filters, size=_NEAR, counted=False, without=without))
        seen = {card.key for _grade, card in found}
        scores = [hit["_score"] for hit in answer["hits"]["hits"]]
        cards = [pair for pair in zip(scores, _cards(answer), strict=True) if pair[1].key not in seen]
        graded: list[Graded] = []
        for stage, (above, least) in enumerate(pairwise(body.STAGES)):
            if not nearness.enough(graded):
                some = [card for score, card in cards if least <= score < above]
                graded += nearness.graded(asked, some, heard=stage == 0)
        return nearness.nearest(graded)

    def _ask(self, request: dict[str, Any]) -> Any:
        with self._answering():
            self._ensure()
            return self._client.perform_request(
                "POST",
                f"/{self.alias}/_search",
                headers={"accept": "application/json", "content-type": "application/json"},
                body=request,
            )

    @contextlib.contextmanager
    def rebuild(self) -> Iterator["_Building"]:
        with self._answering():
            self._ensure()
            fresh = self._indices.begin()
        try:
            yield _Building(self, fresh)
        except BaseException:
            self._indices.abandon(fresh)
            raise
        with self._answering():
            self._indices.switch(fresh)

    def versions(self) -> Iterator[tuple[Key, int]]:
        with self._answering():
            self._ensure()
            yield from self._indices.versions()

    def refresh(self) -> None:
        with self._answering():
            self._ensure()
            self._client.indices.refresh(index=self.alias)

    def health(self) -> Health:
        try:
            with self._answering():
                self._ensure()
                state = self._client.cluster.health(index=self.alias, timeout="1s")
                stale = self._indices.stale()
                count = self._client.count(index=self.alias)["count"]
        except EngineDown as error:
            return Health(up=False, note=str(error))
        return Health(up=state["status"] != "red", stale=stale, documents=count, note=state["status"])

    def remove(self) -> None:
        """Delete every index of this alias; for throw-away storage."""
        with self._answering():
            for alias in (self.alias, self._indices.building):
                self._indices.drop(alias)

    def close(self) -> None:
        self._client.close()


class _Building:
    """The index that a rebuild fills."""

    lanes = 2
    make = staticmethod(bulk.lines_of)

    def __init__(self, engine: ElasticEngine, index: str) -> None:
        self._engine, self._index = engine, index

    def put(self, made: bulk.Lines) -> tuple[int, dict[Key, Failure]]:
        failures: dict[Key, Failure] = {}
        for lines in made.parts:
            failures |= self._engine.fill(lines, self._index)
        return made.documents - len(failures), failures

    def index(self, entries: Sequence[Entry]) -> dict[Key, Failure]:
        return self.put(self.make(entries))[1]

    def delete(self, keys: Sequence[tuple[Key, int]]) -> dict[Key, Failure]:
        return self._engine.fill(bulk.deletions_of(keys), self._index)


def _cards(answer: Any) -> list[Card]:
    return [mapping.card(hit["_source"]) for hit in answer["hits"]["hits"]]


def _graded(asked: Query, answer: Any) -> list[Graded]:
    return [(ranker.grade(asked, card), card) for card in _cards(answer)]


def _counts(aggregation: Any) -> dict[str, int]:
    buckets = aggregation.get("values", aggregation)["buckets"]
    return {bucket["key"]: bucket["doc_count"] for bucket in buckets}
