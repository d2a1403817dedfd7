"""One effect for each event, person and channel: mail, webhooks, robots; failures, back-off, dead letters."""

import hashlib
import hmac
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

import config
from core import clock, notify
from core.db import unit_of_work
from core.notify import Notice
from core.outbox import calling, relay, rules, transport
from core.outbox.models import Attempt, Message
from core.outbox.transport import Transport
from tests.core.outbox.conftest import Postbox, Receiver
from tests.support.world import World

Wants = Callable[..., int]


def tell(ids: list[int], event: str | None = None, who: str = "顾维桢") -> None:
    with unit_of_work() as session:
        notify.notify(session, ids, "test.told", {"who": who}, "/leads/X", event=event)


def states(session: Session) -> list[tuple[str, str, int]]:
    session.rollback()
    rows = session.execute(select(Message.channel, Message.state, Message.attempts).order_by(Message.id))
    return [(row.channel, row.state, row.attempts) for row in rows]


def test_mail_has_chinese_headers_text_html_and_a_link_and_goes_once(
    outside: Transport, wants_mail: Wants, postbox: Postbox, session: Session
) -> None:
    account = wants_mail("spec_a")
    tell([account], event="told:1")
    tell([account], event="told:1")
    assert (relay.run(), relay.run()) == (1, 0)
    (mail,) = postbox.got
    assert str(mail["Subject"]) == "【链招】顾维桢 对您说了话。"
    assert str(mail["From"]) == "链招 <noreply@zhaoshang.example>"
    assert mail["To"].addresses[0].display_name == "甲区专员"
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None and html is not None
    assert "https://zhaoshang.example/leads/X" in plain.get_content()
    assert '<a href="https://zhaoshang.example/leads/X">' in html.get_content()
    assert session.scalars(select(Notice.event)).all() == ["told:1"]
    assert states(session) == [("mail", "sent", 1)]


def test_no_words_are_stored_only_a_code_and_its_parameters(
    outside: Transport, wants_mail: Wants, session: Session
) -> None:
    tell([wants_mail("spec_a")])
    row = session.execute(text("SELECT * FROM outbox_message")).mappings().one()
    assert "对您说了话" not in str(dict(row)) and row["code"] == "test.told"


def test_mail_speaks_the_receiver_s_language_and_html_is_escaped(
    outside: Transport, wants_mail: Wants, postbox: Postbox, world: World
) -> None:
    account = wants_mail("spec_a")
    with unit_of_work() as session:
        session.execute(text("UPDATE account SET language = 'en' WHERE id = :id"), {"id": account})
    tell([account], who="<script>x</script>")
    relay.run()
    html = postbox.got[0].get_body(("html",))
    assert html is not None
    assert "Open" in html.get_content() and "&lt;script&gt;" in html.get_content()
    assert "<script>" not in html.get_content()


def test_a_rolled_back_event_is_never_told(
    outside: Transport, wants_mail: Wants, postbox: Postbox, session: Session
) -> None:
    account = wants_mail("spec_a")
    with pytest.raises(ZeroDivisionError), unit_of_work() as writing:
        notify.notify(writing, [account], "test.told", {"who": "x"}, "/")
        raise ZeroDivisionError
    assert relay.run() == 0 and postbox.got == [] and states(session) == []


def test_a_webhook_is_signed_with_a_timestamp_and_knows_its_delivery(
    outside: Transport, endpoint: Wants, receiver: Receiver, session: Session
) -> None:
    endpoint("webhook", receiver.url("/hook?x=1"), "wehook-secret")
    tell([])
    relay.run()
    (post,) = receiver.got
    stamp, mac = (part.split("=")[1] for part in post.headers["X-Lianzhao-Signature"].split(","))
    expected = hmac.new(b"wehook-secret", f"{stamp}.".encode() + post.body, hashlib.sha256).hexdigest()
    assert mac == expected and abs(int(stamp) - time.time()) < 60
    assert post.path == "/hook?x=1" and post.json["event"] == "test.told"
    assert post.json["params"] == {"who": "顾维桢"}
    assert post.headers["X-Lianzhao-Delivery"] == session.scalar(select(Message.public_id))


def test_robots_get_their_own_forms_and_dingtalk_its_sign(
    outside: Transport, endpoint: Wants, receiver: Receiver
) -> None:
    endpoint("wecom", receiver.url("/cgi-bin/webhook/send?key=k"))
    endpoint("dingtalk", receiver.url("/robot/send?access_token=t"), "SEC0")
    tell([])
    assert relay.run() == 2
    wecom, dingtalk = sorted(receiver.got, key=lambda post: post.path)
    assert wecom.json == {
        "msgtype": "text",
        "text": {"content": "顾维桢 对您说了话。\nhttps://zhaoshang.example/leads/X"},
    }
    assert dingtalk.json["msgtype"] == "markdown"
    assert "(https://zhaoshang.example/leads/X)" in dingtalk.json["markdown"]["text"]
    millis = int(dingtalk.path.split("timestamp=")[1].split("&")[0])
    assert dingtalk.path.endswith(f"&sign={calling.dingtalk_sign('SEC0', millis)}")


def test_dingtalk_s_sign_is_the_one_of_its_manual() -> None:
    # computed with openssl: printf '1700000000000\nSECabc' | openssl dgst -sha256 -hmac SECabc -binary | base64
    made = subprocess.run(
        ["openssl", "dgst", "-sha256", "-hmac", "SECabc", "-binary"],
        input=b"1700000000000\nSECabc",
        capture_output=True,
        check=True,
    ).stdout
    coded = subprocess.run(["base64", "-w0"], input=made, capture_output=True, check=True).stdout.decode()
    expected = coded.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")
    assert calling.dingtalk_sign("SECabc", 1700000000000) == expected


def test_a_robot_that_answers_200_and_refuses_is_tried_again_later_each_time(
    outside: Transport, endpoint: Wants, receiver: Receiver, session: Session
) -> None:
    endpoint("wecom", receiver.url("/bot"))
    receiver.answers["/bot"] = (200, b'{"errcode":45009}', {})
    tell([])
    moment = clock.now()
    for attempt in range(1, rules.MOST_ATTEMPTS + 1):
        with clock.frozen(moment):
            assert relay.run() == 1
            assert relay.run() == 0
            waits = session.scalar(select(Message.not_before)) or moment
            session.rollback()
            if attempt < rules.MOST_ATTEMPTS:
                assert waits - moment == rules.pause(attempt) <= timedelta(hours=24)
                moment = waits
    assert states(session) == [("wecom", "dead", rules.MOST_ATTEMPTS)]
    assert len(receiver.got) == rules.MOST_ATTEMPTS
    assert len({post.headers.get("X-Lianzhao-Delivery") for post in receiver.got}) == 1
    log = session.execute(select(Attempt.sent, Attempt.status, Attempt.detail)).all()
    assert set(map(tuple, log)) == {(False, 200, "refused_by_receiver")}


def test_an_unknown_mailbox_is_final_a_busy_one_is_not(
    outside: Transport, wants_mail: Wants, postbox: Postbox, session: Session
) -> None:
    account = wants_mail("spec_a")
    postbox.refuse = "550 no such user"
    tell([account])
    relay.run()
    postbox.refuse = "450 try later"
    tell([account])
    relay.run()
    assert states(session) == [("mail", "dead", 1), ("mail", "waiting", 1)]
    postbox.refuse = ""
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        relay.run()
    assert states(session)[1] == ("mail", "sent", 2)
    assert len(postbox.got) == 1


def test_a_mail_server_that_is_away_is_asked_once_a_round_and_the_others_wait_uncounted(
    outside: Transport, wants_mail: Wants, postbox: Postbox, session: Session
) -> None:
    account = wants_mail("spec_a")
    assert outside.mail is not None
    transport.use(replace(outside, mail=replace(outside.mail, port=9)))
    for _each in range(3):
        tell([account])
    assert relay.run() == 1
    assert states(session) == [("mail", "waiting", 1), ("mail", "waiting", 0), ("mail", "waiting", 0)]
    transport.use(outside)
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        assert relay.run() == 3
    assert len(postbox.got) == 3


def test_a_webhook_that_answers_503_is_tried_again_and_one_off_the_list_is_dead_at_once(
    outside: Transport, endpoint: Wants, receiver: Receiver, session: Session
) -> None:
    endpoint("webhook", receiver.url("/busy"))
    endpoint("webhook", "https://intranet.example/")
    receiver.answers["/busy"] = (503, b"", {})
    tell([])
    relay.run()
    assert sorted(states(session)) == [("webhook", "dead", 1), ("webhook", "waiting", 1)]
    details = session.execute(select(Attempt.status, Attempt.detail))
    assert {(row.status, row.detail) for row in details} == {
        (503, "refused_by_receiver"),
        (None, "address_host"),
    }


def test_two_relays_at_once_send_each_message_once(
    app: Flask, outside: Transport, wants_mail: Wants, postbox: Postbox, session: Session
) -> None:
    account = wants_mail("spec_a")
    for number in range(30):
        tell([account], event=f"many:{number}")
    failed: list[BaseException] = []

    def work() -> None:
        try:
            with app.app_context():
                while held := relay.claim(3):
                    for each in held:
                        relay.settle(each, relay.deliver(each))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(postbox.got) == 30 and len({str(mail["Message-ID"]) for mail in postbox.got}) == 30
    assert states(session) == [("mail", "sent", 1)] * 30


def test_a_late_relay_cannot_mark_what_another_has_taken(
    outside: Transport, wants_mail: Wants, session: Session
) -> None:
    tell([wants_mail("spec_a")])
    (late,) = relay.claim()
    with clock.frozen(clock.now() + timedelta(minutes=6)):
        (second,) = relay.claim()
        relay.settle(late, relay.Outcome(False, detail="late"))
        assert states(session) == [("mail", "sending", 2)]
        relay.settle(second, relay.Outcome(True))
    assert states(session) == [("mail", "sent", 2)]


def test_a_relay_killed_again_and_again_loses_nothing(
    app: Flask,
    settings: config.Settings,
    outside: Transport,
    wants_mail: Wants,
    postbox: Postbox,
    session: Session,
) -> None:
    account = wants_mail("spec_a")
    for number in range(60):
        tell([account], event=f"killed:{number}")
    environment = {**os.environ, "SMTP_URL": f"smtp://127.0.0.1:{postbox.port}?security=none"}
    environment["MAIL_FROM"] = "noreply@zhaoshang.example"
    command = [
        sys.executable,
        "-m",
        "tests.support.relay_worker",
        str(settings.data_dir),
        settings.database_url,
    ]

    def start() -> "subprocess.Popen[bytes]":
        return subprocess.Popen(command, cwd=Path(__file__).parents[3], env=environment)

    for wanted in (5, 20, 35):
        process = start()
        deadline = time.monotonic() + 30
        while len(postbox.got) < wanted and time.monotonic() < deadline:
            time.sleep(0.005)
        process.kill()
        process.wait()
        with unit_of_work() as writing:
            past = clock.now() - timedelta(seconds=1)
            writing.execute(update(Message).where(Message.state == "sending").values(lease_until=past))
    assert start().wait(timeout=60) == 0
    assert {state for _channel, state, _tries in states(session)} == {"sent"}
    sent = [str(mail["Message-ID"]) for mail in postbox.got]
    assert len(set(sent)) == 60
    assert len(sent) - 60 <= 3  # at most the one mail under way at each kill went out again, with the same id
