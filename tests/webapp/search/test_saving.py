"""Numbers that lead to a record, recent and saved searches, news with the rights of the moment."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

import config
from core.accounts.models import Account
from core.audit import AuditEntry
from core.db import db, unit_of_work
from core.dirty import touch
from core.notify import Notice, text_of
from core.permissions import Actor
from crm.enterprises import service
from crm.leads.models import Lead
from search import desk, recent, saved
from search.models import SavedSearch
from search.opening import open_engine
from tests.conftest import csrf_of
from tests.support.world import World
from webapp.web import searching
from webapp.web.actors import actor_of

ClientAs = Callable[[str], FlaskClient]
ActorOf = Callable[[str], Actor]
FRAGMENT = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _index(app: object, tmp_path: Path, settings: config.Settings) -> Iterator[None]:
    desk.configure(lambda: open_engine(tmp_path, None))
    yield
    searching.init_app(settings)


def firm(name: str, actor: Actor, **values: object) -> int:
    with unit_of_work() as session:
        number = service.create(session, {"name": name, "reg_status": "active", **values}, actor=actor).id
    desk.drain_all()
    return number


def lead(world: World, unit_code: str, owner: str, name: str, **values: object) -> int:
    unit, account = world.unit(unit_code).id, world.account(owner).id
    world.session.rollback()
    with unit_of_work() as session:
        made = Lead(unit_id=unit, created_by=account, investor_name=name, content="偏光片", **values)
        session.add(made)
        session.flush()
        touch("lead", [made.id])
        number = made.id
    desk.drain_all()
    return number


def post(client: FlaskClient, page: str, address: str, **fields: object) -> tuple[int, str]:
    token = csrf_of(client.get(page).get_data(as_text=True))
    answer = client.post(address, data={"csrf_token": token, **fields}, follow_redirects=True)
    return answer.status_code, answer.get_data(as_text=True)


def test_a_number_leads_to_its_record(client_as: ClientAs, actor: ActorOf, world: World) -> None:
    firm("示例市华澜光电有限公司", actor("spec_a"), uscc="913303006807061374")
    lead(world, "GXQ", "spec_a", "示例控股集团有限公司", lead_no="XS-2026-0042")
    client = client_as("spec_a")
    for typed in ("%23XS-2026-0042", "%EF%BC%83xs20260042"):
        answer = client.get(f"/search?q={typed}")
        assert (answer.status_code, answer.location[:7]) == (303, "/leads/")
    assert client.get("/search?q=%23913303006807061374").location.startswith("/enterprises/")
    assert client.get("/search?q=%23XS-2026-9999").status_code == 200
    assert client_as("spec_b").get("/search?q=%23XS-2026-0042").status_code == 200


def test_recent_searches_are_ones_own_latest_first_and_can_be_cleared(
    client_as: ClientAs, session: Session, actor: ActorOf
) -> None:
    own, other = client_as("spec_a"), client_as("spec_b")
    for typed in ("华澜", "偏光片", "华澜"):
        own.get(f"/search?q={typed}")
    recent.flush()
    session.rollback()
    assert recent.latest(session, actor=actor("spec_a")) == ["华澜", "偏光片"]
    html = own.get("/search/suggest?q=", headers=FRAGMENT).get_data(as_text=True)
    assert html.index("华澜") < html.index("偏光片")
    assert other.get("/search/suggest?q=", headers=FRAGMENT).get_data(as_text=True).strip() == ""
    status, html = post(own, "/search/saved", "/search/recent/clear")
    assert (status, "没有搜索记录" in html) == (200, True)
    assert own.get("/search/suggest?q=", headers=FRAGMENT).get_data(as_text=True).strip() == ""


def test_only_the_latest_ten_are_kept(client_as: ClientAs, session: Session, actor: ActorOf) -> None:
    client = client_as("spec_a")
    for number in range(14):
        client.get(f"/search?q=华澜{number}")
        recent.flush()
    assert len(recent.latest(session, actor=actor("spec_a"))) == recent.KEPT


def test_a_search_is_kept_under_a_name_with_its_conditions_and_opened_again(
    client_as: ClientAs, session: Session, actor: ActorOf
) -> None:
    firm("示例市华澜光电有限公司", actor("spec_a"), region_code="510000")
    client = client_as("spec_a")
    status, html = post(
        client, "/search?q=华澜", "/search/saved", q="华澜", region="四川", name="四川的华澜", form_key="k1"
    )
    assert (status, "四川的华澜" in html) == (200, True)
    post(client, "/search?q=华澜", "/search/saved", q="华澜", region="四川", name="四川的华澜", form_key="k1")
    (kept,) = session.scalars(select(SavedSearch)).all()
    opened = client.get(f"/search/saved/{kept.public_id}")
    assert opened.status_code == 303
    assert client.get(opened.location).get_data(as_text=True).count("示例市") >= 1
    assert client_as("spec_b").get(f"/search/saved/{kept.public_id}").status_code == 404
    assert session.scalars(select(AuditEntry.action).where(AuditEntry.kind == saved.KIND)).all() == [
        "search.saved"
    ]


def test_another_persons_saved_search_can_be_neither_watched_nor_removed(
    client_as: ClientAs, session: Session, actor: ActorOf
) -> None:
    with unit_of_work() as writing:
        kept = saved.save(
            writing, desk.finder(), name="x", typed="华澜", chosen={}, tell=False, actor=actor("spec_a")
        ).public_id
    other = client_as("spec_b")
    assert post(other, "/search/saved", f"/search/saved/{kept}/watch", tell="1")[0] == 404
    assert post(other, "/search/saved", f"/search/saved/{kept}/remove")[0] == 404
    assert post(client_as("spec_a"), "/search/saved", f"/search/saved/{kept}/remove")[0] == 200
    assert session.scalars(select(SavedSearch)).all() == []


def test_an_empty_search_is_not_kept_and_the_page_says_why(client_as: ClientAs) -> None:
    status, html = post(client_as("spec_a"), "/search?q=华澜", "/search/saved", q="（）", name="x")
    assert (status, "请先输入要找的内容" in html) == (422, True)


def notices(session: Session, account: Account) -> list[str]:
    session.rollback()
    return [text_of(one) for one in session.scalars(select(Notice).where(Notice.account_id == account.id))]


def test_news_reach_the_owner_once_and_only_of_what_he_may_see_now(
    session: Session, actor: ActorOf, world: World
) -> None:
    lead(world, "GXQ", "spec_a", "示例华澜一号控股有限公司")
    for name in ("spec_a", "spec_b"):
        with unit_of_work() as writing:
            saved.save(
                writing, desk.finder(), name="华澜", typed="华澜", chosen={}, tell=True, actor=actor(name)
            )
    own, other = world.account("spec_a"), world.account("spec_b")

    def told() -> int:
        return saved.tell_all(desk.finder(), db.session(), actor_of)

    assert told() == 0
    lead(world, "GXQ", "spec_a", "示例华澜二号控股有限公司")
    assert told() == 1
    assert notices(session, own) == ["您保存的搜索“华澜”有 1 条新结果"]
    assert notices(session, other) == []
    assert told() == 0
    firm("示例市华澜光电有限公司", actor("spec_a"))
    assert told() == 2
    assert notices(session, other) == ["您保存的搜索“华澜”有 1 条新结果"]
    with unit_of_work() as writing:
        writing.get_one(Account, own.id).active = False
    firm("示例市华澜轴承有限公司", actor("spec_b"))
    assert told() == 1
    assert len(notices(session, own)) == 2


def test_the_latest_change_first_stands_in_the_address(client_as: ClientAs, actor: ActorOf) -> None:
    for name in ("示例市华澜一号有限公司", "示例市华澜二号有限公司"):
        firm(name, actor("spec_a"))
    html = client_as("spec_a").get("/search?q=华澜&sort=latest").get_data(as_text=True)
    assert 'aria-current="true">最近更新' in html
    assert "sort=latest" in html and "2 条" in html
