"""What the administrator does: endpoints with their test, the log of deliveries, dead letters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core import audit, clock
from core.accounts.models import Account
from core.db import after_commit, load, new_ulid
from core.errors import Fault, Invalid, Missing, NotFound, Refused
from core.i18n import lazy as _l
from core.jobs import publisher
from core.outbox import access, fetching, rendering, service, transport
from core.outbox.models import ENDPOINT_KINDS, Attempt, Endpoint, Message
from core.permissions import Actor, require


@dataclass(frozen=True)
class Row:
    """A message and who it is for: a person's or an endpoint's name."""

    message: Message
    receiver: str

    @property
    def public_id(self) -> str:
        return self.message.public_id


def endpoints(session: Session) -> list[Endpoint]:
    return list(session.scalars(select(Endpoint).order_by(Endpoint.name, Endpoint.id)))


def last_attempts(session: Session) -> Mapping[int, Attempt]:
    """Endpoint id → its latest attempt."""
    newest = (
        select(func.max(Attempt.id))
        .join(Message, Message.id == Attempt.message_id)
        .where(Message.endpoint_id.is_not(None))
        .group_by(Message.endpoint_id)
        .scalar_subquery()
    )
    statement = select(Attempt, Message.endpoint_id).join(Message, Message.id == Attempt.message_id)
    return {row.endpoint_id: row[0] for row in session.execute(statement.where(Attempt.id.in_(newest)))}


def get(session: Session, public_id: str) -> Endpoint:
    found = session.scalars(select(Endpoint).where(Endpoint.public_id == public_id)).one_or_none()
    if found is None:
        raise NotFound()
    return found


def create(session: Session, values: Mapping[str, Any], *, actor: Actor) -> Endpoint:
    """A new webhook or robot. Raises Invalid for an address that may not be called."""
    require(actor, access.MANAGE)
    if values["kind"] not in ENDPOINT_KINDS:
        raise Invalid(Fault("kind", "unknown", _l("请选择种类。")))
    made = Endpoint(kind=values["kind"], secret="")
    _fill(made, values)
    session.add(made)
    session.flush()
    audit.record("messages.endpoint_added", "endpoint", made.id, actor=actor, label=made.name)
    return made


def change(
    session: Session, public_id: str, values: Mapping[str, Any], *, version: int | None, actor: Actor
) -> Endpoint:
    """Change an endpoint; an empty address or secret keeps what stands. Raises Invalid or Conflict."""
    require(actor, access.MANAGE)
    found = load(session, Endpoint, public_id, version)
    _fill(found, values)
    changes = audit.changes_of(found)
    told = {name: pair for name, pair in changes.items() if name not in ("address", "secret")}
    told |= {name: ("•••", "•••") for name in changes if name in ("address", "secret")}
    audit.record(
        "messages.endpoint_changed", "endpoint", found.id, actor=actor, label=found.name, changes=told
    )
    return found


def _fill(endpoint: Endpoint, values: Mapping[str, Any]) -> None:
    if address := values["address"]:
        parts = fetching.check_address(address, transport.present())
        endpoint.address, endpoint.host = address, parts.hostname or ""
    elif not endpoint.address:
        raise Invalid(Fault("address", "required", _l("请填地址。")))
    if values["secret"]:
        endpoint.secret = values["secret"]
    elif endpoint.kind == "webhook" and not endpoint.secret:
        raise Invalid(Fault("secret", "required", _l("请填密钥，收的一方用它核对是不是我们发的。")))
    if not values["events"]:
        raise Invalid(Fault("events", "required", _l("请至少选一种消息。")))
    endpoint.name, endpoint.active = values["name"], bool(values["active"])
    endpoint.events = list(values["events"])


def test(session: Session, public_id: str, *, actor: Actor) -> Message:
    """Send a test message to one endpoint."""
    require(actor, access.MANAGE)
    endpoint = load(session, Endpoint, public_id)
    if not endpoint.active:
        raise Refused([Missing("active", "off", _l("它已停用，启用后才能测试。"))])
    event = f"test:{new_ulid()}"
    values = service.row(event, rendering.TEST, {}, "/", endpoint.kind, endpoint_id=endpoint.id)
    service.add(session, [values])
    audit.record("messages.endpoint_tested", "endpoint", endpoint.id, actor=actor, label=endpoint.name)
    return session.scalars(select(Message).where(Message.event == event)).one()


def rows_statement() -> Select[Message, str]:
    """Messages and the names of their receivers."""
    return (
        select(Message, func.coalesce(Account.name, Endpoint.name, ""))
        .outerjoin(Account, Account.id == Message.account_id)
        .outerjoin(Endpoint, Endpoint.id == Message.endpoint_id)
    )


def attempts(session: Session, public_id: str) -> tuple[Row, Sequence[Attempt]]:
    """One message and every try to deliver it."""
    found = session.execute(rows_statement().where(Message.public_id == public_id)).one_or_none()
    if found is None:
        raise NotFound()
    tries = session.scalars(select(Attempt).where(Attempt.message_id == found[0].id).order_by(Attempt.id))
    return Row(found[0], found[1]), tries.all()


def retry(session: Session, public_id: str, *, actor: Actor) -> Message:
    """Send a dead letter again, with all its attempts before it. Raises Refused when it is not dead."""
    require(actor, access.MANAGE)
    message = load(session, Message, public_id)
    if message.state != "dead":
        raise Refused([Missing(None, "not_dead", _l("这条消息没有失败，不用重发。"))])
    message.state, message.attempts, message.error = "waiting", 0, ""
    message.not_before = clock.now()
    after_commit(session, publisher.nudge)
    audit.record("messages.retried", "message", message.id, actor=actor, label=message.code)
    return message


def count_dead(session: Session) -> int:
    """Dead letters, counted up to 99."""
    inner = select(Message.id).where(Message.state == "dead").limit(99).subquery()
    return session.scalar(select(func.count()).select_from(inner)) or 0
