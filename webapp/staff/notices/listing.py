"""One's own notices as a list, the newest first."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from core import notify
from core.i18n import lazy as _l
from core.lists.fields import Asking, Choice, Day, Option
from core.lists.query import AnySelect
from core.lists.spec import Column, ListSpec, Sort, register
from core.notify import Notice
from core.permissions import Actor


def _base(actor: Actor) -> AnySelect:
    return select(Notice.id).where(Notice.account_id == actor.account_id)


def _rows(session: Session, ids: Sequence[int], actor: Actor) -> dict[int, Notice]:
    mine = select(Notice).where(Notice.id.in_(ids), Notice.account_id == actor.account_id)
    return {row.id: row for row in session.scalars(mine)}


def _kinds(asking: Asking) -> list[Option]:
    codes = notify.codes_of(asking.session, asking.actor.account_id)
    return [(code, notify.label_of(code)) for code in codes]


def _unread(values: tuple[str, ...], asking: Asking) -> ColumnElement[bool]:
    return Notice.read_at.is_(None)


FIELDS = (
    Choice("state", _l("状态"), quick=True, ops=("in",), options=(("unread", _l("未读")),), where=_unread),
    Choice("kind", _l("种类"), quick=True, options=_kinds, column=Notice.code),
    Day("day", _l("时间"), column=Notice.at, instant=True),
)

LIST = register(
    ListSpec(
        key="notices",
        title=_l("消息"),
        unit=_l("条"),
        permission="",
        endpoint="notices.index",
        record="",
        id_column=Notice.id,
        pid_column=Notice.id,
        base=_base,
        rows=_rows,
        fields=FIELDS,
        columns=(Column("text", _l("消息"), value=notify.text_of), Column("at", _l("时间"), "instant")),
        sorts={"at": Sort(_l("时间"), Notice.at, kind="instant")},
        default_sort="-at",
    )
)
