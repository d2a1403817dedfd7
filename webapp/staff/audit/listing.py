"""The audit trail as a list: what it can be filtered and grouped by, and what its columns say, also in a file."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from core import audit_trail
from core.accounts.models import Account
from core.audit import AuditEntry
from core.i18n import lazy as _l
from core.lists.fields import Asking, Choice, Day, Number, Option, Words
from core.lists.query import AnySelect, ListQuery
from core.lists.spec import Column, GroupBy, ListSpec, Sort, register
from core.permissions import Actor
from webapp.staff.audit import words

VIEW = "audit:entry:view"


def _base(actor: Actor) -> AnySelect:
    return select(AuditEntry.seq)


def _rows(session: Session, ids: Sequence[int], actor: Actor) -> dict[int, AuditEntry]:
    found = session.scalars(select(AuditEntry).where(AuditEntry.seq.in_(ids)))
    return {entry.seq: entry for entry in found}


def _by(name: str, asking: Asking) -> ColumnElement[bool]:
    """Whoever is called so now, or was when he did something."""
    called = select(Account.id).where(or_(Account.username == name, Account.name == name))
    accounts = {*asking.session.scalars(called), *audit_trail.people(asking.session, name)}
    return AuditEntry.account_id.in_(sorted(accounts))


def _in_areas(values: tuple[str, ...], asking: Asking) -> ColumnElement[bool]:
    """Deeds are named `area.deed`, and `/` follows on `.`: a range, which the index answers."""
    return or_(*[and_(AuditEntry.action > f"{area}.", AuditEntry.action < f"{area}/") for area in values])


def _from_address(address: str, asking: Asking) -> ColumnElement[bool]:
    return AuditEntry.ip == address


def _actions(asking: Asking) -> list[Option]:
    known = ((action, f"{area_of(action)}：{label}") for action, label in words.ACTIONS.items())
    return sorted(known, key=lambda pair: pair[0])


def _kinds(asking: Asking) -> list[Option]:
    return [(kind, words.kind_label(kind)) for kind in audit_trail.kinds(asking.session)]


def _kind_names(asking: Asking, values: Sequence[Any]) -> dict[Any, Any]:
    return {kind: words.kind_label(kind) for kind in values}


def area_of(action: str) -> Any:
    area = action.partition(".")[0]
    return words.AREAS.get(area, area)


def changes_in_words(entry: AuditEntry) -> str:
    """“名称：旧名 → 新名；金额：— → 5”."""
    return "；".join(
        f"{words.field_label(name, entry.action)}：{_plain(name, before)} → {_plain(name, after)}"
        for name, before, after in audit_trail.changes_of(entry)
    )


def _plain(name: str, value: Any) -> str:
    return "—" if value is None or value == "" else str(words.said(name, value))


MOST_READ = 200_000
"""Words are looked for in so many rows, the newest ones of the period asked for: no index holds parts of names."""

DAY = Day("day", _l("时间"), column=AuditEntry.at, instant=True)


def _bounded(query: ListQuery, asking: Asking) -> ColumnElement[bool] | None:
    """What bounds the search by words."""
    if not query.mentions("about"):
        return None
    last = audit_trail.newest(asking.session, DAY.until(query.conditions))
    return AuditEntry.seq.between(max(0, last - MOST_READ) + 1, last)


FIELDS = (
    Words("who", _l("谁：姓名或用户名"), quick=True, ops=("is",), where=_by),
    Choice("area", _l("哪一类"), quick=True, ops=("in",), options=list(words.AREAS.items()), where=_in_areas),
    Choice("action", _l("做了什么"), options=_actions, column=AuditEntry.action),
    Choice("kind", _l("对象"), quick=True, options=_kinds, column=AuditEntry.kind),
    Words("about", _l("对象名称"), quick=True, columns=(AuditEntry.label,)),
    Number("record", _l("对象编号"), ops=("is",), column=AuditEntry.record_id, whole=True),
    Words("ip", _l("网络地址"), ops=("is",), where=_from_address),
    DAY,
)

COLUMNS = (
    Column("action", _l("做了什么"), value=lambda entry: words.action_label(entry.action)),
    Column("at", _l("时间"), "instant", cls="nw p3", sort="time"),
    Column("actor_name", _l("谁"), cls="nw p2"),
    Column("label", _l("对象名称")),
    Column("changes", _l("前后值"), value=changes_in_words),
    Column("seq", _l("序号"), cls="t", shown=False),
    Column("area", _l("哪一类"), shown=False, value=lambda entry: area_of(entry.action)),
    Column("kind", _l("对象"), shown=False, value=lambda entry: words.kind_label(entry.kind)),
    Column("record_id", _l("对象编号"), cls="t", shown=False),
    Column("ip", _l("网络地址"), cls="t", shown=False),
    Column("reason", _l("事由"), shown=False),
    Column("request_id", _l("请求编号"), cls="t", shown=False),
    Column("hash", _l("校验值"), cls="t lz-break", shown=False),
)

LIST = register(
    ListSpec(
        key="audit",
        title=_l("审计记录"),
        unit=_l("条"),
        permission=VIEW,
        export=VIEW,
        endpoint="audit.index",
        record="",
        id_column=AuditEntry.seq,
        pid_column=AuditEntry.seq,
        base=_base,
        rows=_rows,
        fields=FIELDS,
        columns=COLUMNS,
        sorts={"time": Sort(_l("时间"), AuditEntry.seq, kind="serial")},
        default_sort="-time",
        groups={
            "kind": GroupBy(_l("对象"), AuditEntry.kind, names=_kind_names),
            "who": GroupBy(_l("谁"), AuditEntry.actor_name),
        },
        always=_bounded,
        definition=_l(
            "每件事一条，只能增加，不能改、不能删；前后各条用校验值相连。按对象名称找，只找所选时间里最近的 20 万条。"
        ),
    )
)
