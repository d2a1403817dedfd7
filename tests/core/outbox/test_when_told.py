"""When a message goes: quiet hours, the daily digest, channels that are off."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock, notify
from core.clock import SHANGHAI
from core.db import db, unit_of_work
from core.notify import Notice
from core.outbox import digest, relay
from core.outbox.models import Message
from core.outbox.transport import Transport
from tests.core.outbox.conftest import Postbox
from tests.core.outbox.test_relay import Wants, states, tell


def test_quiet_hours_hold_a_mail_back_until_the_morning(
    outside: Transport, wants_mail: Wants, postbox: Postbox, session: Session
) -> None:
    quiet = {"quiet_from": datetime(2026, 1, 1, 21, 30).time(), "quiet_until": datetime(2026, 1, 1, 7).time()}
    account = wants_mail("spec_a", **quiet)
    night = datetime(2026, 11, 26, 23, 0, tzinfo=SHANGHAI)
    with clock.frozen(night):
        tell([account])
        assert relay.run() == 0
    assert session.scalar(select(Message.not_before)) == datetime(2026, 11, 27, 7, 0, tzinfo=SHANGHAI)
    session.rollback()
    with clock.frozen(datetime(2026, 11, 27, 7, 1, tzinfo=SHANGHAI)):
        assert relay.run() == 1
    assert len(postbox.got) == 1 and session.scalar(select(Notice.id)) is not None


def test_a_digest_gathers_what_was_not_read_once_a_day(
    outside: Transport, wants_mail: Wants, postbox: Postbox, session: Session
) -> None:
    account = wants_mail("spec_a", digest=True)
    for who in ("甲", "乙", "丙"):
        tell([account], who=who)
    with unit_of_work() as writing:
        first = writing.scalars(select(Notice.id).order_by(Notice.id)).first()
        notify.mark_read(writing, account, [first or 0])
    assert relay.run() == 0
    for _twice in range(2):
        with unit_of_work() as writing:
            digest.write(writing)
    assert relay.run() == 1
    (mail,) = postbox.got
    body = mail.get_body(("plain",))
    assert body is not None
    assert str(mail["Subject"]) == "【链招】2 条消息的每日汇总"
    assert "· 乙 对您说了话。" in body.get_content() and "· 甲" not in body.get_content()
    with clock.frozen(clock.now() + timedelta(days=1)), unit_of_work() as writing:
        assert digest.write(writing) == 0


def test_a_channel_that_was_switched_off_stays_silent(
    outside: Transport, wants_mail: Wants, session: Session
) -> None:
    account = wants_mail("spec_a", channels={"test.told": ["mail"]})
    other = wants_mail("spec_b", channels={"test.told": []})
    tell([account, other])
    assert states(session) == [("mail", "waiting", 0)]
    assert session.scalar(select(Notice.id)) is None


def test_without_a_mail_server_no_mail_piles_up(wants_mail: Wants, session: Session) -> None:
    account = wants_mail("spec_a")
    tell([account])
    assert states(session) == []
    assert session.scalar(select(Notice.account_id)) == account
    db.session.rollback()
