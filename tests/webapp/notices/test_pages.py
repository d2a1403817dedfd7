"""The notice centre and its bell, one's own preferences, the administrator's endpoints and delivery log."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core import clock, notify
from core.audit import AuditEntry
from core.db import unit_of_work
from core.notify import Notice
from core.outbox import relay, transport
from core.outbox.models import Endpoint, Message, Preference
from core.outbox.transport import Transport
from tests.conftest import csrf_of
from tests.support.browser import fields, fill, saved
from tests.support.browser import text as text_of
from tests.support.world import World

As = Callable[[str], FlaskClient]
notify.words("test.asked", "%(who)s 说：请看。", "有人叫我看")


@pytest.fixture
def told(session: Session, world: World) -> list[int]:
    """Two notices for a specialist, one of yesterday; one for another."""
    mine, other = world.account("spec_a").id, world.account("spec_b").id
    with clock.frozen(clock.now() - timedelta(days=1)), unit_of_work() as writing:
        notify.notify(writing, [mine], "test.asked", {"who": "昨天的人"}, "/leads")
    with unit_of_work() as writing:
        notify.notify(writing, [mine, other], "test.asked", {"who": "今天的人"}, "/projects")
    rows = session.scalars(select(Notice.id).order_by(Notice.id)).all()
    session.rollback()
    return list(rows)


def _post(client: FlaskClient, url: str, page: str = "/notices", **values: str) -> Any:
    return client.post(url, data={"csrf_token": csrf_of(text_of(client.get(page))), **values})


def test_notices_stand_by_day_and_only_my_own(client_as: As, told: list[int]) -> None:
    page = text_of(client_as("spec_a").get("/notices"))
    assert page.index("今天的人 说：请看。") < page.index("昨天的人 说：请看。")
    assert page.count('class="lz-rows"') == 2 and "2 条未读" in page
    assert text_of(client_as("office").get("/notices")).count("还没有消息") == 1


def test_the_newest_stands_first_even_if_it_was_told_earlier(
    client_as: As, told: list[int], session: Session, world: World
) -> None:
    with clock.frozen(clock.now() - timedelta(days=2)), unit_of_work() as writing:
        notify.notify(writing, [world.account("spec_a").id], "test.asked", {"who": "前天的人"}, "/leads")
    page = text_of(client_as("spec_a").get("/notices"))
    assert page.index("今天的人") < page.index("昨天的人") < page.index("前天的人")
    assert [row.params["who"] for row in notify.latest(session, world.account("spec_a").id)] == [
        "今天的人", "昨天的人", "前天的人"
    ]  # fmt: skip


def test_one_is_read_by_opening_it_all_by_a_button_another_s_is_not_found(
    client_as: As, told: list[int], session: Session
) -> None:
    client = client_as("spec_a")
    answer = _post(client, f"/notices/{told[1]}/read", open="1")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/projects")
    assert "1 条未读" in text_of(client.get("/notices"))
    assert "今天的人" not in text_of(client.get("/notices?state=unread"))
    assert _post(client, f"/notices/{told[2]}/read").status_code == 404
    assert _post(client, "/notices/read").status_code == 303
    session.rollback()
    unread = session.scalars(select(Notice.id).where(Notice.read_at.is_(None))).all()
    assert unread == [told[2]]


def test_the_bell_answers_204_until_something_is_new(client_as: As, told: list[int]) -> None:
    client = client_as("spec_a")
    assert client.get("/notices/bell?n=2", headers={"X-Poll": "1"}).status_code == 204
    part = client.get("/notices/bell?n=1", headers={"X-Poll": "1"})
    assert part.status_code == 200 and '<span class="cnt late">2</span>' in text_of(part)
    assert "<html" not in text_of(part)


def test_a_page_that_asks_by_itself_keeps_no_session_alive(client_as: As) -> None:
    client = client_as("spec_a")
    start = clock.now()
    for minutes in (10, 20, 29):
        with clock.frozen(start + timedelta(minutes=minutes)):
            assert client.get("/notices/bell?n=0", headers={"X-Poll": "1"}).status_code == 204
    with clock.frozen(start + timedelta(minutes=36)):
        assert client.get("/notices").status_code == 302


@pytest.mark.usefixtures("told")
def test_preferences_are_kept_and_audited_without_the_address(
    client_as: As, session: Session, world: World
) -> None:
    client = client_as("spec_a")
    answer = fill(
        client, "/notices/preferences", mail="Zhang@Office.example", digest="y", quiet_from="21:30",
        quiet_until="07:00", app=["leads.ruled"], by_mail=["test.asked"],
    )  # fmt: skip
    assert saved(answer) == "/notices/preferences"
    kept = session.scalars(select(Preference)).one()
    assert (kept.mail, kept.digest, str(kept.quiet_from)) == ("Zhang@office.example", True, "21:30:00")
    assert (kept.channels["test.asked"], kept.channels["leads.ruled"]) == (["mail"], ["app"])
    deed = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "messages.preferences_changed")
    ).one()
    assert "office.example" not in str(deed.changes)
    session.rollback()
    stale = fill(client, "/notices/preferences", version="0", mail="other@office.example")
    assert stale.status_code == 409


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"mail": "zhang@"}, "邮箱写得不对"),
        ({"mail": "a@b.cn\r\nBcc: x@y.cn"}, "邮箱写得不对"),
        ({"quiet_from": "22:00"}, "安静时段要填起、止两个时间"),
        ({"digest": "y", "mail": ""}, "要收每日汇总，请填邮箱"),
    ],
)
def test_wrong_preferences_are_named_at_their_field(
    client_as: As, values: dict[str, str], words: str
) -> None:
    answer = fill(client_as("spec_a"), "/notices/preferences", **values)
    assert answer.status_code == 422 and words in text_of(answer)


@pytest.fixture
def hosts() -> Any:
    before = transport.present()
    transport.use(Transport(hosts=("hook.example",), timeout=1))
    yield
    transport.use(before)


@pytest.mark.usefixtures("hosts")
def test_the_administrator_adds_tests_and_changes_an_endpoint_and_its_secret_is_sealed(
    client_as: As, session: Session
) -> None:
    admin = client_as("admin")
    values = {
        "name": "招商群",
        "kind": "webhook",
        "address": "https://hook.example/x?key=K123",
        "secret": "S456",
    }
    answer = fill(admin, "/messages/new", events=["*"], **values)
    assert saved(answer) == "/messages"
    raw = session.execute(text("SELECT address, secret FROM message_endpoint")).one()
    assert "K123" not in raw.address and "S456" not in raw.secret
    made = session.scalars(select(Endpoint)).one()
    assert (made.address, made.secret, made.host) == (values["address"], "S456", "hook.example")
    session.rollback()
    form = text_of(admin.get(f"/messages/{made.public_id}/edit"))
    assert "K123" not in form and "S456" not in form
    answer = fill(admin, f"/messages/{made.public_id}/edit", name="招商一群", events=["leads.ruled"])
    assert saved(answer) == "/messages"
    session.expire_all()
    kept = session.scalars(select(Endpoint)).one()
    assert (kept.name, kept.secret, kept.events) == ("招商一群", "S456", ["leads.ruled"])
    session.rollback()
    stale = fill(admin, f"/messages/{made.public_id}/edit", name="x", version="1", events=["*"])
    assert stale.status_code == 409 and "S456" not in text_of(stale)
    shown = _post(admin, f"/messages/{made.public_id}/test", "/messages")
    assert shown.status_code == 303
    page = text_of(admin.get(shown.headers["Location"]))
    assert "测试消息" in page and "待发" in page


@pytest.mark.usefixtures("hosts")
@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"address": "http://hook.example/"}, "https:// 开头"),
        ({"address": "https://127.0.0.1/"}, "不在允许的名单里"),
        ({"address": ""}, "请填地址"),
        ({"secret": ""}, "请填密钥"),
        ({"events": []}, "请至少选一种消息"),
    ],
)
def test_a_wrong_endpoint_is_refused_at_its_field(
    client_as: As, session: Session, values: dict[str, Any], words: str
) -> None:
    right = {
        "name": "群",
        "kind": "webhook",
        "address": "https://hook.example/",
        "secret": "s",
        "events": ["*"],
    }
    answer = fill(client_as("admin"), "/messages/new", **{**right, **values})
    assert answer.status_code == 422 and words in text_of(answer)
    assert session.scalar(select(Endpoint.id)) is None


@pytest.mark.usefixtures("hosts")
def test_dead_letters_are_listed_with_their_reason_and_sent_again(client_as: As, session: Session) -> None:
    with unit_of_work() as writing:
        writing.add(
            Endpoint(
                name="旧网站", kind="wecom", host="old.example", address="https://old.example/", events=["*"]
            )
        )
    with unit_of_work() as writing:
        notify.notify(writing, [], "test.asked", {"who": "甲"}, "/")
    relay.run()
    admin = client_as("admin")
    page = text_of(admin.get("/messages/log?state=dead"))
    assert "有人叫我看" in page and "旧网站" in page and "网站不在允许的名单里" in page
    pid = session.scalar(select(Message.public_id))
    session.rollback()
    assert _post(admin, f"/messages/log/{pid}/retry", "/messages").status_code == 303
    assert session.scalar(select(Message.state)) == "waiting"
    session.rollback()
    assert _post(admin, f"/messages/log/{pid}/retry", "/messages").status_code == 422


@pytest.mark.usefixtures("hosts")
def test_dead_letters_are_sent_again_many_at_once(client_as: As, session: Session) -> None:
    with unit_of_work() as writing:
        writing.add(
            Endpoint(
                name="旧网站", kind="wecom", host="old.example", address="https://old.example/", events=["*"]
            )
        )
    for who in ("甲", "乙"):
        with unit_of_work() as writing:
            notify.notify(writing, [], "test.asked", {"who": who}, "/")
    relay.run()
    admin = client_as("admin")
    chosen = {
        "csrf_token": csrf_of(text_of(admin.get("/messages/log?state=dead"))), "do": "resend", "q": "state=dead",
        "all": "1",
    }  # fmt: skip
    asked = text_of(admin.post("/lists/messages/bulk", data=chosen))
    done = admin.post("/lists/messages/bulk", data={**fields(asked), **chosen, "go": "1"})
    assert "改了 2 条" in text_of(admin.get(done.headers["Location"]))
    session.rollback()
    assert session.scalars(select(Message.state)).all() == ["waiting", "waiting"]


@pytest.mark.parametrize("path", ["/messages", "/messages/log", "/messages/new"])
def test_only_the_administrator_minds_what_leaves(client_as: As, path: str) -> None:
    for username in ("office", "head_a", "spec_a"):
        assert client_as(username).get(path).status_code == 403
