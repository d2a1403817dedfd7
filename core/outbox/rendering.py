"""The words of a message in its receiver's language, made only when it leaves."""

from datetime import datetime
from typing import Any

from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import notify
from core.accounts.models import Account
from core.i18n import _, ngettext
from core.notify import Notice
from core.outbox.calling import Letter
from core.outbox.models import Message
from core.outbox.transport import Transport

LOCALES = {"zh": "zh_Hans_CN", "en": "en"}
DIGEST = "outbox.digest"
TEST = "outbox.test"
_SHOWN = 30


def letter(session: Session, message: Message, account: Account | None, transport: Transport) -> Letter:
    """Title, text and link of a message. Call it under `in_language_of(account)`."""
    title, text, params = _words(session, message, account)
    link = f"{transport.public_url}{message.url}" if message.url else ""
    return Letter(message.public_id, message.code, title, text, link, params)


def in_language_of(account: Account | None) -> Any:
    """A group and a webhook get Chinese; a person the language of his account."""
    return force_locale(LOCALES.get(account.language if account else "zh", LOCALES["zh"]))


def _words(session: Session, message: Message, account: Account | None) -> tuple[str, str, dict[str, Any]]:
    if message.code == TEST:
        text = str(_("这是一条测试消息，收到就说明接通了。"))
        return text, text, {}
    if message.code == DIGEST and account is not None:
        return (*_digest(session, message, account), {})
    text = notify.sentence(message.code, message.params)
    return text[:60], text, dict(message.params)


def _digest(session: Session, message: Message, account: Account) -> tuple[str, str]:
    since, until = (datetime.fromisoformat(message.params[name]) for name in ("since", "until"))
    rows = session.scalars(digest_notices(account.id, since, until).limit(_SHOWN)).all()
    count = int(message.params["count"])
    title = str(ngettext("%(num)d 条消息的每日汇总", "%(num)d 条消息的每日汇总", count))
    lines = [f"· {notify.text_of(row)}" for row in rows]
    if count > len(rows):
        lines.append(str(_("……还有 %(count)s 条", count=count - len(rows))))
    return title, "\n".join([title, *lines])


def digest_notices(account_id: int, since: datetime, until: datetime) -> Any:
    """Notices of one person in a stretch that he has not read yet."""
    return (
        select(Notice)
        .where(
            Notice.account_id == account_id, Notice.at > since, Notice.at <= until, Notice.read_at.is_(None)
        )
        .order_by(Notice.id)
    )
