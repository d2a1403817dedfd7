"""The log of messages that leave, as a list: to whom, by what, whether each arrived. Its words are not kept."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from core.i18n import lazy as _l
from core.lists import bulk
from core.lists.bulk import BulkAction, Done, Values
from core.lists.fields import Asking, Choice, Day, Option
from core.lists.query import AnySelect
from core.lists.spec import Column, GroupBy, ListSpec, Sort, register
from core.outbox import access, desk
from core.outbox.models import Endpoint, Message
from core.permissions import Actor
from webapp.staff.notices import words

STATES: tuple[Option, ...] = tuple((code, label) for code, (label, _look) in words.STATES.items())


def _base(actor: Actor) -> AnySelect:
    return select(Message.id)


def _rows(session: Session, ids: Sequence[int], actor: Actor) -> dict[int, desk.Row]:
    found = session.execute(desk.rows_statement().where(Message.id.in_(ids)))
    return {row[0].id: desk.Row(row[0], row[1]) for row in found}


def _receivers(asking: Asking) -> list[Option]:
    return [(each.public_id, each.name) for each in desk.endpoints(asking.session)]


def _to(values: tuple[str, ...], asking: Asking) -> ColumnElement[bool]:
    return Message.endpoint_id.in_(select(Endpoint.id).where(Endpoint.public_id.in_(values)))


def _events(asking: Asking) -> list[Option]:
    return list(words.events().items())


def _event_names(asking: Asking, values: Sequence[Any]) -> dict[Any, Any]:
    return {code: words.event_label(code) for code in values}


def _attribute(name: str) -> Any:
    return lambda row: getattr(row.message, name)


FIELDS = (
    Choice("state", _l("状态"), quick=True, options=STATES, column=Message.state),
    Choice("channel", _l("渠道"), quick=True, options=list(words.CHANNELS.items()), column=Message.channel),
    Choice("receiver", _l("接收方"), quick=True, options=_receivers, where=_to),
    Choice("event", _l("什么事"), options=_events, column=Message.code),
    Day("created", _l("时间"), column=Message.created_at, instant=True),
    Day("sent", _l("送达"), column=Message.sent_at, instant=True),
)

COLUMNS = (
    Column("event", _l("什么事"), value=lambda row: words.event_label(row.message.code)),
    Column("receiver", _l("给谁"), cls="p2"),
    Column("channel", _l("渠道"), "code", cls="nw", labels=words.CHANNELS, value=_attribute("channel")),
    Column("state", _l("状态"), "code", cls="p3", labels=dict(STATES), value=_attribute("state")),
    Column("created_at", _l("时间"), "instant", value=_attribute("created_at"), sort="at"),
    Column("next", _l("下次再试"), "instant", sort="next",
           value=lambda row: row.message.not_before if row.message.state == "waiting" else None),
    Column("deed", _l("操作"), cls="nw act", value=lambda row: ""),
    Column("attempts", _l("试过几次"), "number", shown=False, value=_attribute("attempts")),
    Column("sent_at", _l("送达"), "instant", shown=False, value=_attribute("sent_at")),
    Column("error", _l("原因"), shown=False, value=lambda row: words.REASONS.get(row.message.error, row.message.error)),
)  # fmt: skip

LIST = register(
    ListSpec(
        key="messages",
        title=_l("发送记录"),
        unit=_l("条"),
        permission=access.MANAGE,
        export=access.MANAGE,
        endpoint="outbox.log",
        id_column=Message.id,
        pid_column=Message.public_id,
        base=_base,
        rows=_rows,
        fields=FIELDS,
        columns=COLUMNS,
        sorts={
            "at": Sort(_l("时间"), Message.id, kind="serial"),
            "next": Sort(_l("下次再试"), Message.not_before, kind="instant"),
        },
        default_sort="-at",
        groups={
            "state": GroupBy(_l("状态"), Message.state, labels=dict(STATES)),
            "event": GroupBy(_l("什么事"), Message.code, names=_event_names),
        },
    )
)


def _send_again(session: Session, number: int, values: Values, actor: Actor) -> Done:
    message = desk.retry(session, session.get_one(Message, number).public_id, actor=actor)
    return Done(str(words.event_label(message.code)), {}, {"state": message.state})


bulk.offer(LIST.key, BulkAction("resend", _l("重发"), "clock", access.MANAGE, _send_again))
