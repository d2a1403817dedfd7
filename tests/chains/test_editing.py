"""Editing a map: pure steps, then in the database with undo, refusals and what stands on nodes."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chains import comparing, editing, editor, exchange, queries, service
from chains.exchange import ChainDraft, EdgeDraft
from chains.models import Chain, ChainEdge, ChainEdit, ChainNode
from core import clock
from core.audit import AuditEntry
from core.db import unit_of_work
from core.errors import Conflict, Invalid, Refused
from core.permissions import SYSTEM
from tests.support import maps

Change = Callable[[ChainDraft], ChainDraft]


@pytest.fixture
def draft() -> ChainDraft:
    read, report = exchange.read(maps.CONTENT)
    assert read is not None and report.sound
    return read


@pytest.fixture
def chain(session: Session) -> str:
    with unit_of_work() as writing:
        return maps.build(writing).public_id


def codes(draft: ChainDraft) -> list[str]:
    return [node.code for node in draft.nodes]


def test_a_new_node_stands_last_below_its_parent_with_the_next_code(draft: ChainDraft) -> None:
    after, code = editing.added(draft, parent="X-01", stage="", name="光学膜")
    assert code == "X-01-03"
    assert codes(after)[:4] == ["X-01", "X-01-01", "X-01-02", "X-01-03"]
    assert (editing.find(after, code).stage, editing.find(after, code).level) == ("up", 2)


def test_a_branch_moves_with_its_nodes_stage_and_levels(draft: ChainDraft) -> None:
    after = editing.moved(draft, "X-01", parent="X-02")
    assert codes(after) == ["X-02", "X-01", "X-01-01", "X-01-02", "X-03", "X-04"]
    found = editing.find(after, "X-01-02")
    assert (found.stage, found.level, found.parent) == ("mid", 3, "X-01")
    assert exchange.faults(after) == []


def test_a_node_never_comes_below_itself(draft: ChainDraft) -> None:
    with pytest.raises(Invalid):
        editing.moved(draft, "X-01", parent="X-01-02")


@pytest.mark.parametrize(
    ("code", "way", "order"),
    [
        ("X-01-02", "up", ["X-01", "X-01-02", "X-01-01", "X-02", "X-03", "X-04"]),
        ("X-01-01", "down", ["X-01", "X-01-02", "X-01-01", "X-02", "X-03", "X-04"]),
        ("X-01-01", "up", ["X-01", "X-01-01", "X-01-02", "X-02", "X-03", "X-04"]),
        ("X-01-02", "down", ["X-01", "X-01-01", "X-01-02", "X-02", "X-03", "X-04"]),
    ],
)
def test_keys_move_a_node_among_its_siblings(
    draft: ChainDraft, code: str, way: str, order: list[str]
) -> None:
    assert codes(editing.stepped(draft, code, way)) == order


def test_in_and_out_take_each_other_back(draft: ChainDraft) -> None:
    inside = editing.stepped(draft, "X-01-02", "in")
    assert editing.find(inside, "X-01-02").parent == "X-01-01"
    assert editing.find(inside, "X-01-02").level == 3
    assert editing.stepped(inside, "X-01-02", "out") == draft


def test_a_removed_branch_takes_its_edges_along(draft: ChainDraft) -> None:
    after = editing.removed(draft, "X-01")
    assert codes(after) == ["X-02", "X-03", "X-04"]
    assert {(edge.source, edge.target) for edge in after.edges} == {("X-02", "X-03"), ("X-04", "X-02")}


CHANGES: dict[str, Change] = {
    "add": lambda draft: editing.added(draft, parent="X-01", stage="", name="光学膜")[0],
    "change": lambda draft: editing.changed(draft, "X-03", name="整机", keywords=["电视"]),
    "move": lambda draft: editing.moved(draft, "X-04", parent="X-02"),
    "remove": lambda draft: editing.removed(draft, "X-01"),
    "link": lambda draft: editing.linked(draft, EdgeDraft("X-01-01", "X-03", "supply", "工艺")),
    "unlink": lambda draft: editing.unlinked(draft, EdgeDraft("X-02", "X-03", "supply")),
    "rename": lambda draft: replace(draft, name="显示"),
}


@pytest.mark.parametrize("name", list(CHANGES))
def test_a_difference_leads_forward_and_back(draft: ChainDraft, name: str) -> None:
    after = CHANGES[name](draft)
    change = comparing.difference(draft, after)
    assert change
    assert exchange.write(comparing.patched(draft, change)) == exchange.write(after)
    back = exchange.write(comparing.patched(after, change, backwards=True))
    same = exchange.write(draft)
    assert back["nodes"] == same["nodes"]
    assert sorted(map(str, back["edges"])) == sorted(map(str, same["edges"]))


def edit(chain: str, change: Change, version: int | None = None) -> bool:
    with unit_of_work() as writing:
        return editor.edit(writing, chain, change, label="试一步", version=version, actor=SYSTEM)


def undo(session: Session, chain: str, redo: bool = False) -> str:
    session.rollback()
    with unit_of_work() as writing:
        step = editor.steps(writing, writing.scalars(select(Chain)).one())[1 if redo else 0]
        return editor.undo(writing, chain, step.public_id if step else "", actor=SYSTEM, redo=redo)


def content(session: Session, chain: str) -> dict[str, object]:
    session.rollback()
    session.expire_all()
    written = exchange.write(queries.draft_of(queries.get(session, chain, actor=SYSTEM)))
    return {**written, "edges": sorted(map(str, written["edges"]))}


@pytest.mark.parametrize("name", list(CHANGES))
def test_each_step_is_undone_and_redone_in_the_database(session: Session, chain: str, name: str) -> None:
    before = content(session, chain)
    assert edit(chain, CHANGES[name])
    after = content(session, chain)
    assert after != before
    assert undo(session, chain) == "试一步"
    assert content(session, chain) == before
    undo(session, chain, redo=True)
    assert content(session, chain) == after


def test_nodes_keep_their_ids_and_the_order_of_the_map(session: Session, chain: str) -> None:
    known = {node.code: node.id for node in session.scalars(select(ChainNode))}
    edit(chain, lambda draft: editing.moved(draft, "X-03", parent="X-01", before="X-01-02"))
    session.rollback()
    found = queries.get(session, chain, actor=SYSTEM)
    assert [node.code for node in found.nodes] == ["X-01", "X-01-01", "X-03", "X-01-02", "X-02", "X-04"]
    assert {node.code: node.id for node in found.nodes} == known
    assert found.by_code["X-03"].parent_id == known["X-01"]


def test_a_ring_of_supply_is_refused_and_named(session: Session, chain: str) -> None:
    ring = EdgeDraft("X-03", "X-01-01", "supply")
    with pytest.raises(Invalid) as refused:
        edit(chain, lambda draft: editing.linked(draft, ring))
    assert refused.value.faults[0].code == "ring"
    assert "X-01-01 → X-02 → X-03 → X-01-01" in str(refused.value.faults[0].message)
    assert session.scalar(select(func.count()).select_from(ChainEdge)) == 4
    session.rollback()
    assert edit(chain, lambda draft: editing.linked(draft, replace(ring, kind="substitute")))


def test_a_fifth_level_and_an_unknown_node_are_refused(chain: str) -> None:
    def deep(draft: ChainDraft) -> ChainDraft:
        parent = "X-01-01"
        for _level in range(3):
            draft, parent = editing.added(draft, parent=parent, stage="", name="深")
        return draft

    with pytest.raises(Invalid) as refused:
        edit(chain, deep)
    assert refused.value.faults[0].code == "too_deep"
    with pytest.raises(Invalid, match="invalid") as unknown:
        edit(chain, lambda draft: editing.linked(draft, EdgeDraft("X-03", "X-99", "supply")))
    assert "X-99" in str(unknown.value.faults[0].message)


def test_a_node_with_firms_is_not_deleted(session: Session, chain: str) -> None:
    with unit_of_work() as writing:
        maps.place(writing, maps.firm(writing, "三利谱"), "X-01-01")
    with pytest.raises(Invalid) as refused:
        edit(chain, lambda draft: editing.removed(draft, "X-01"))
    assert refused.value.faults[0].code == "in_use"
    assert "X-01-01 偏光片（1）" in str(refused.value.faults[0].message)
    assert session.scalar(select(func.count()).select_from(ChainNode)) == 6


def test_every_step_counts_the_version_so_that_a_stale_form_is_a_conflict(
    session: Session, chain: str
) -> None:
    edit(chain, CHANGES["link"], version=1)
    with pytest.raises(Conflict):
        edit(chain, CHANGES["change"], version=1)
    assert edit(chain, CHANGES["change"], version=2)
    assert not edit(chain, lambda draft: draft, version=3)
    actions = session.scalars(select(AuditEntry.action)).all()
    assert actions.count("chains.edited") == 2


def test_a_new_step_ends_what_could_be_redone(session: Session, chain: str) -> None:
    edit(chain, CHANGES["change"])
    undo(session, chain)
    edit(chain, CHANGES["link"])
    with pytest.raises(Refused):
        undo(session, chain, redo=True)
    assert session.scalar(select(func.count()).select_from(ChainEdit)) == 1


def test_a_node_that_somebody_changed_meanwhile_is_a_conflict(session: Session, chain: str) -> None:
    def rename(name: str, version: int) -> None:
        with unit_of_work() as writing:
            editor.edit(
                writing, chain, lambda draft: editing.changed(draft, "X-03", name=name), label=name,
                seen=("X-03", version), actor=SYSTEM,
            )  # fmt: skip

    rename("整机", 1)
    with pytest.raises(Conflict):
        rename("终端", 1)
    edit(chain, CHANGES["link"])
    rename("终端", 2)


def test_nobody_takes_back_a_step_he_has_not_seen(session: Session, chain: str) -> None:
    edit(chain, CHANGES["change"])
    with unit_of_work() as writing:
        mine = editor.steps(writing, writing.scalars(select(Chain)).one())[0]
    assert mine is not None
    edit(chain, CHANGES["link"])
    with pytest.raises(Refused), unit_of_work() as writing:
        editor.undo(writing, chain, mine.public_id, actor=SYSTEM)


def test_a_shared_node_refers_to_the_original(session: Session, chain: str) -> None:
    other = {
        "chain": "集成电路", "code": "JCDL",
        "nodes": [
            {"code": "J-01", "name": "驱动芯片", "stage": "上游"},
            {"code": "J-02", "name": "偏光片", "stage": "配套", "shared": "XXXS/X-01-01"},
        ],
    }  # fmt: skip
    read, report = exchange.read(other)
    assert read is not None and report.sound
    with unit_of_work() as writing:
        made = service.create_from(writing, read, actor=SYSTEM).public_id
    assert content(session, made)["nodes"][1]["shared"] == "XXXS/X-01-01"  # type: ignore[index]  # a list of nodes
    session.rollback()
    for wrong in ("XXXS/X-99", "JCDL/J-01"):
        with pytest.raises(Invalid) as refused:
            edit(made, lambda draft, wrong=wrong: editing.changed(draft, "J-01", shared=wrong))  # type: ignore[misc]  # bound early
        assert wrong in str(refused.value.faults[0].message)
    with pytest.raises(Invalid) as used:
        edit(chain, lambda draft: editing.removed(draft, "X-01-01"))
    assert used.value.faults[0].code == "in_use"


def test_only_drafts_are_edited(session: Session, chain: str) -> None:
    with unit_of_work() as writing:
        found = writing.scalars(select(Chain)).one()
        found.status, found.as_of = "published", clock.today()
    with pytest.raises(Refused):
        edit(chain, CHANGES["link"])
