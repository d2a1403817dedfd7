"""Versions of a map: review, publishing that freezes, revising, archiving, comparing."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from chains import editing, editor, queries, versions
from chains.exchange import ChainDraft
from chains.models import Chain, ChainVersion
from core import notify
from core.db import unit_of_work
from core.errors import Conflict, NotFound, NotPermitted, Refused
from core.permissions import SYSTEM, Actor
from crm.enterprises import map_versions
from tests.support import maps
from tests.support.world import World

DAY = date(2026, 9, 30)


@pytest.fixture
def chain(session: Session) -> str:
    with unit_of_work() as writing:
        made = maps.build(writing)
        maps.place(writing, maps.firm(writing, "三利谱", region_code="440000"), "X-01-01", "leading")
        return made.public_id


def take(chain: str, verb: str, actor: Actor = SYSTEM, version: int | None = None, **more: object) -> None:
    with unit_of_work() as writing:
        map_versions.take(writing, chain, verb, version=version, actor=actor, **more)  # type: ignore[arg-type]  # reason, as_of


def publish(chain: str) -> None:
    take(chain, "submit")
    take(chain, "publish", as_of=DAY)


def test_publishing_freezes_nodes_edges_and_firms(session: Session, chain: str) -> None:
    publish(chain)
    frozen = session.scalars(select(ChainVersion)).one()
    assert (frozen.number, frozen.as_of) == (1, DAY)
    assert [node["code"] for node in frozen.content["nodes"]][:2] == ["X-01", "X-01-01"]
    assert [(firm["name"], firm["node"], firm["role"]) for firm in frozen.firms] == [
        ("三利谱", "X-01-01", "leading")
    ]
    found = session.scalars(select(Chain)).one()
    assert (found.status, found.number, found.as_of) == ("published", 1, DAY)


def test_a_published_map_is_not_edited_before_the_next_version_is_begun(session: Session, chain: str) -> None:
    publish(chain)

    def link() -> None:
        with unit_of_work() as writing:
            editor.edit(
                writing, chain, lambda draft: editing.changed(draft, "X-03", name="整机"), label="改名",
                version=None, actor=SYSTEM,
            )  # fmt: skip

    with pytest.raises(Refused):
        link()
    take(chain, "revise")
    link()
    frozen = session.scalars(select(ChainVersion)).one()
    assert "电视整机" in str(frozen.content)
    assert session.scalars(select(Chain)).one().number == 2


def test_publishing_needs_a_review_and_a_day(chain: str) -> None:
    with pytest.raises(Refused):
        take(chain, "publish", as_of=DAY)
    take(chain, "submit")
    with pytest.raises(Refused) as refused:
        take(chain, "publish")
    assert refused.value.missing[0].field == "as_of"
    with pytest.raises(Refused):
        take(chain, "send_back", reason=" ")


def test_an_empty_map_is_not_submitted(session: Session) -> None:
    with unit_of_work() as writing:
        empty = Chain(code="LEER", name="空链")
        writing.add(empty)
        writing.flush()
        pid = empty.public_id
    with pytest.raises(Refused) as refused:
        take(pid, "submit")
    assert refused.value.missing[0].code == "no_nodes"


def test_a_stale_page_is_a_conflict(chain: str) -> None:
    take(chain, "submit", version=1)
    with pytest.raises(Conflict):
        take(chain, "send_back", version=1, reason="缺依据")


def test_whoever_submitted_hears_the_answer(
    session: Session, actor: Callable[[str], Actor], chain: str
) -> None:
    head, office = actor("head_a"), actor("office")
    take(chain, "submit", head)
    take(chain, "send_back", office, reason="缺中游依据")
    told = notify.latest(session, head.account_id or 0)
    assert [notice.code for notice in told] == ["chains.sent_back"]
    assert "缺中游依据" in notify.text_of(told[0])


def test_whoever_submitted_does_not_publish(
    session: Session, actor: Callable[[str], Actor], chain: str
) -> None:
    office, head = actor("office"), actor("head_a")
    take(chain, "submit", office)
    with pytest.raises(Refused) as refused:
        take(chain, "publish", office, as_of=DAY)
    assert [gap.code for gap in refused.value.missing] == ["own_request"]
    assert session.scalars(select(Chain.status)).one() == "review"
    session.rollback()
    take(chain, "send_back", office, reason="自己撤回")
    take(chain, "submit", office)
    take(chain, "publish", head, as_of=DAY)
    assert session.scalars(select(ChainVersion.published_by)).one() == head.account_id


def test_who_only_reads_takes_no_step(world: World, actor: Callable[[str], Actor], chain: str) -> None:
    for username in ("spec_a", "leader"):
        with pytest.raises(NotPermitted):
            take(chain, "submit", actor(username))


def test_an_archived_map_that_was_published_reopens_as_the_next_version(session: Session, chain: str) -> None:
    publish(chain)
    take(chain, "archive", reason="并入新材料链")
    take(chain, "reopen", reason="恢复单列")
    found = session.scalars(select(Chain)).one()
    assert (found.status, found.number, found.status_note) == ("draft", 2, "恢复单列")


def test_two_versions_are_compared_by_nodes_edges_and_firms(session: Session, chain: str) -> None:
    publish(chain)
    take(chain, "revise")
    with unit_of_work() as writing:
        maps.place(writing, maps.firm(writing, "本地面板"), "X-02", "anchor", product="液晶面板")
        editor.edit(
            writing, chain, lambda draft: editing.removed(draft, "X-04"), label="删", version=None, actor=SYSTEM
        )  # fmt: skip

    def renewed(draft: ChainDraft) -> ChainDraft:
        return editing.added(
            editing.changed(draft, "X-03", name="整机"), parent=None, stage="down", name="车载"
        )[0]

    with unit_of_work() as writing:
        editor.edit(writing, chain, renewed, label="加", actor=SYSTEM)
    found = queries.get(session, chain, actor=SYSTEM)
    now = map_versions.comparison(session, found, 1, 0)
    assert [node.name for node in now.added] == ["车载"]
    assert [node.code for node in now.gone] == ["X-04"]
    assert [(old.name, new.name, names) for old, new, names in now.changed] == [
        ("电视整机", "整机", ("name",))
    ]
    assert [(edge.source, edge.target) for edge in now.links_gone] == [("X-04", "X-02")]
    assert [firm.name for firm in now.firms_added] == ["本地面板"]
    assert not now.firms_gone and not now.same
    back = map_versions.comparison(session, found, 0, 1)
    assert [node.code for node in back.added] == ["X-04"]
    assert [firm.name for firm in back.firms_gone] == ["本地面板"]
    assert map_versions.comparison(session, found, 1, 1).same
    with pytest.raises(NotFound):
        versions.frozen(session, found.chain, 7)
