"""The queue of pairs, and what has been merged, as lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from core.i18n import lazy as _l
from core.lists.fields import Asking, Choice, Day, Number, Words
from core.lists.query import AnySelect
from core.lists.spec import Column, ListSpec, Sort, register
from core.permissions import Actor
from crm.enterprises import access, name_grams
from crm.enterprises.duplicates.models import Merge, Suspect
from crm.enterprises.duplicates.rules import REASONS
from crm.enterprises.models import Enterprise

STATES: Mapping[str, Any] = {
    "open": _l("待核对"),
    "later": _l("以后再看"),
    "distinct": _l("不是同一家"),
}
MERGE_STATES: Mapping[str, Any] = {"merged": _l("已合并"), "undone": _l("已撤销")}

_first, _second = aliased(Enterprise), aliased(Enterprise)


@dataclass(frozen=True)
class PairRow:
    """One pair: both with name, address and code."""

    id: int
    public_id: str
    score: int
    reason_codes: Sequence[str]
    state: str
    decided_name: str
    note: str
    updated_at: datetime
    first: str
    first_pid: str
    first_code: str | None
    second: str
    second_pid: str
    second_code: str | None

    @property
    def reasons(self) -> list[str]:
        return [str(REASONS[code]) for code in self.reason_codes if code in REASONS]


def within(actor: Actor) -> ColumnElement[bool]:
    """Pairs of which the actor may decide: both in his units, or in nobody's."""
    reach = actor.reach(access.MERGE)
    if reach.everything:
        return true()
    units = sorted(reach.unit_ids)
    clauses = [or_(each.unit_id.is_(None), each.unit_id.in_(units)) for each in (_first, _second)]
    return clauses[0] & clauses[1]


def _base(actor: Actor) -> AnySelect:
    return (
        select(Suspect.id)
        .join(_first, _first.id == Suspect.first_id)
        .join(_second, _second.id == Suspect.second_id)
        .where(within(actor))
    )


def _rows(session: Session, ids: Sequence[int], actor: Actor) -> dict[int, PairRow]:
    statement = _base(actor).with_only_columns(
        Suspect.id, Suspect.public_id, Suspect.score, Suspect.reasons, Suspect.state, Suspect.decided_name,
        Suspect.note, Suspect.updated_at, _first.name, _first.public_id, _first.uscc, _second.name,
        _second.public_id, _second.uscc,
    )  # fmt: skip
    return {row[0]: PairRow(*row) for row in session.execute(statement.where(Suspect.id.in_(ids)))}


def _named(words: str, _asking: Asking) -> ColumnElement[bool]:
    found = select(Enterprise.id).where(name_grams.matching(words))
    return or_(Suspect.first_id.in_(found), Suspect.second_id.in_(found))


def _open_only(query: Any, _asking: Asking) -> Any:
    return true() if query.mentions("state") else Suspect.state == "open"


PAIRS = register(
    ListSpec(
        key="duplicates",
        title=_l("疑似重复的企业"),
        unit=_l("对"),
        permission=access.MERGE,
        endpoint="duplicates.index",
        id_column=Suspect.id,
        pid_column=Suspect.public_id,
        base=_base,
        rows=_rows,
        fields=(
            Words("q", _l("企业名称"), quick=True, where=_named),
            Choice("state", _l("状态"), quick=True, options=list(STATES.items()), column=Suspect.state),
            Number("score", _l("相似度"), column=Suspect.score),
            Day("updated", _l("更新时间"), column=Suspect.updated_at, instant=True),
        ),
        columns=(
            Column("first", _l("两家企业"), cls="p1"),
            Column("score", _l("相似度"), "number", sort="score", cls="p3"),
            Column("reasons", _l("依据"), "many", cls="p2"),
            Column("state", _l("状态"), "code", labels=STATES, cls="nw"),
            Column("decided_name", _l("核对人")),
            Column("note", _l("说明"), shown=False),
            Column("updated_at", _l("更新时间"), "instant", sort="updated", shown=False),
        ),
        sorts={
            "score": Sort(_l("相似度"), Suspect.score, kind="whole"),
            "updated": Sort(_l("更新时间"), Suspect.updated_at, kind="instant"),
        },
        default_sort="-score",
        definition=_l("名称相同或近似、信用代码不冲突的两家。只有人能定是不是同一家。"),
        always=_open_only,
    )
)


@dataclass(frozen=True)
class MergeRow:
    """One merge: who went into whom, when, by whom, and whether it was undone."""

    id: int
    public_id: str
    absorbed_name: str
    survivor: str
    survivor_pid: str
    account_name: str
    merged_at: datetime
    undone_at: datetime | None
    reason: str

    @property
    def state(self) -> str:
        return "undone" if self.undone_at else "merged"


def _merges(actor: Actor) -> AnySelect:
    """Merges into what the actor may see."""
    visible = select(Enterprise.id).where(access.visible_to(actor))
    return select(Merge.id).where(true() if actor.can(access.VIEW) else Merge.survivor_id.in_(visible))


def _merge_rows(session: Session, ids: Sequence[int], actor: Actor) -> dict[int, MergeRow]:
    statement = (
        _merges(actor)
        .outerjoin(Enterprise, Enterprise.id == Merge.survivor_id)
        .with_only_columns(
            Merge.id, Merge.public_id, Merge.absorbed_name, func.coalesce(Enterprise.name, "—"),
            Merge.survivor_pid, Merge.account_name, Merge.merged_at, Merge.undone_at, Merge.reason,
        )
        .where(Merge.id.in_(ids))
    )  # fmt: skip
    return {row[0]: MergeRow(*row) for row in session.execute(statement)}


def _in_state(values: tuple[str, ...], _asking: Asking) -> ColumnElement[bool]:
    clauses = {"merged": Merge.undone_at.is_(None), "undone": Merge.undone_at.is_not(None)}
    return or_(*[clauses[value] for value in values if value in clauses])


MERGES = register(
    ListSpec(
        key="merges",
        title=_l("合并记录"),
        unit=_l("次"),
        permission=access.MERGE,
        endpoint="merges.index",
        id_column=Merge.id,
        pid_column=Merge.public_id,
        base=_merges,
        rows=_merge_rows,
        fields=(
            Words("q", _l("被合并企业"), quick=True,
                  where=lambda words, _asking: Merge.absorbed_name.contains(words, autoescape=True)),
            Choice("state", _l("状态"), quick=True, options=list(MERGE_STATES.items()), where=_in_state),
            Day("merged", _l("合并时间"), column=Merge.merged_at, instant=True),
        ),
        columns=(
            Column("absorbed_name", _l("被合并企业"), cls="p1"),
            Column("survivor", _l("并入"), cls="p2"),
            Column("account_name", _l("合并人")),
            Column("merged_at", _l("合并时间"), "instant", sort="merged", cls="nw p3"),
            Column("state", _l("状态"), "code", labels=MERGE_STATES, cls="nw"),
            Column("reason", _l("原因"), shown=False),
        ),
        sorts={"merged": Sort(_l("合并时间"), Merge.merged_at, kind="instant")},
        default_sort="-merged",
        definition=_l("每次合并都能撤销，之后改过的内容保留现在的。"),
    )
)  # fmt: skip
