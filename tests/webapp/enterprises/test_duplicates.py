"""Duplicates as people meet them: warned while typing, side by side, merged, undone, old addresses."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import unit_of_work
from core.permissions import Actor
from crm.enterprises import service
from crm.enterprises.duplicates.models import Merge, Suspect
from crm.enterprises.models import Contact, Enterprise
from tests.support import forms
from tests.support.forms import PageForm
from tests.support.world import World

ClientAs = Callable[[str], FlaskClient]
ActorOf = Callable[[str], Actor]
USCC, OTHER = "913303006807061374", "912201011239989159"
KEEP, GONE = "示例市华澜光电科技有限公司", "示例市华澜光电科技有限责任公司"


def add(actor: Actor, name: str, **values: Any) -> Enterprise:
    with unit_of_work() as session:
        return service.create(session, {"name": name, "reg_status": "active", **values}, actor=actor)


@pytest.fixture
def pair(session: Session, actor: ActorOf) -> Suspect:
    office = actor("office")
    add(office, KEEP, uscc=USCC)
    gone = add(office, GONE, legal_rep="王芳")
    with unit_of_work() as writing:
        writing.add(Contact(enterprise_id=gone.id, person="陈晨", mobile="13800001234"))
    return session.scalars(select(Suspect)).one()


def form_to(client: FlaskClient, page: str, ending: str) -> PageForm:
    tree = forms.parse(client.get(page).get_data(as_text=True))
    return next(form for form in forms.post_forms(tree, page) if form.action.endswith(ending))


def test_who_types_a_known_name_is_told_before_he_saves(client_as: ClientAs, pair: Suspect) -> None:
    client = client_as("spec_a")
    typed = {"name": "示例市华澜光电科技公司", "uscc": ""}
    text = client.get("/enterprises/duplicates/like", query_string=typed).get_data(as_text=True)
    assert KEEP in text and GONE in text and "只差“有限”" in text
    other = {"name": KEEP, "uscc": OTHER}
    assert "信用代码不同" in client.get("/enterprises/duplicates/like", query_string=other).get_data(
        as_text=True
    )
    assert client.get("/enterprises/duplicates/like", query_string={"name": "新"}).data.strip() == b""
    assert "/enterprises/duplicates/like" in client.get("/enterprises/new").get_data(as_text=True)


def test_the_same_name_is_added_only_by_who_says_that_it_is_another(
    client_as: ClientAs, pair: Suspect, session: Session
) -> None:
    client = client_as("spec_a")
    form = form_to(client, "/enterprises/new", "/enterprises/new")
    status, text, _path = form.send(client, name=KEEP)
    assert status == 422 and "请打勾再新增" in text and 'name="anyway"' in text
    status, _text, path = form.send(client, name=KEEP, anyway="1")
    assert status == 303 and client.get(path).status_code == 200
    assert len(session.scalars(select(Suspect)).all()) == 3


def test_a_pair_is_merged_and_taken_apart_again(client_as: ClientAs, pair: Suspect, session: Session) -> None:
    client = client_as("office")
    gone = session.scalars(select(Enterprise).where(Enterprise.name == GONE)).one()
    keep = session.scalars(select(Enterprise).where(Enterprise.name == KEEP)).one()
    assert GONE in client.get("/enterprises/duplicates").get_data(as_text=True)
    page = f"/enterprises/duplicates/{pair.public_id}"
    assert "去核对" in client.get(f"/enterprises/{keep.public_id}").get_data(as_text=True)
    form = form_to(client, page, "/merge")
    assert (form.values["keep"], form.values["take-name"], form.values["take-legal_rep"]) == (
        ["first"], ["first"], ["second"],
    )  # fmt: skip
    status, text, path = form.send(client, reason="园区重复登记")
    assert status == 303, text
    assert form.send(client, reason="园区重复登记")[2] == path
    text = client.get(path).get_data(as_text=True)
    assert "园区重复登记" in text and "联系人" in text and "王芳" in text
    reason = f"/why/merge/{path.rsplit('/', 1)[1]}"
    assert f'href="{reason}"' in text
    assert client.get(reason).get_data(as_text=True).count("您是经合局（投促局）：范围是全市") == 2
    assert client_as("auditor").get(reason).status_code == 404

    moved = client.get(f"/enterprises/{gone.public_id}?tab=1")
    assert (moved.status_code, moved.headers["Location"]) == (302, f"/enterprises/{keep.public_id}?tab=1")
    assert client.get(f"/cultivation/{gone.public_id}").status_code == 302
    record = client.get(f"/enterprises/{keep.public_id}").get_data(as_text=True)
    assert "看合并了什么" in record
    assert (
        record.split('id="timeline"')[1].count("登记企业") == 2
    )  # the absorbed record's history is joined in
    assert GONE in client.get("/enterprises/merges").get_data(as_text=True)

    status, text, _path = form_to(client, path, "/undo").send(client)
    assert status == 303, text
    assert "两家都已恢复合并前的样子" in client.get(path).get_data(as_text=True)
    assert client.get(f"/enterprises/{gone.public_id}").status_code == 200
    assert "待核对" in client.get(page).get_data(as_text=True)


def test_a_merge_says_in_words_what_was_taken_over(
    client_as: ClientAs, pair: Suspect, session: Session, world: World
) -> None:
    park = world.park("Z1-01")
    name = park.name
    session.rollback()
    with unit_of_work() as writing:
        gone = writing.scalars(select(Enterprise).where(Enterprise.name == GONE)).one()
        gone.park_id, gone.unit_id, gone.region_code, gone.industry_code = (
            park.id,
            park.unit_id,
            "519900",
            "3974",
        )
    client = client_as("office")
    form = form_to(client, f"/enterprises/duplicates/{pair.public_id}", "/merge")
    status, text, path = form.send(client, reason="园区重复登记")
    assert status == 303, text
    said = client.get(path).get_data(as_text=True).split("改了的字段")[1]
    for words in (name, "四川省示例市", "3974 显示器件制造", "王芳"):
        assert words in said, words


def test_a_stale_side_by_side_page_merges_nothing(
    client_as: ClientAs, pair: Suspect, session: Session, actor: ActorOf
) -> None:
    client = client_as("office")
    form = form_to(client, f"/enterprises/duplicates/{pair.public_id}", "/merge")
    keep = session.scalars(select(Enterprise).where(Enterprise.name == KEEP)).one()
    with unit_of_work() as writing:
        service.update(
            writing, keep.public_id, {"legal_rep": "李强"}, version=keep.version, actor=actor("office")
        )
    status, text, _path = form.send(client, reason="同一家")
    assert status == 409 and "刚被人改过" in text
    assert session.scalar(select(Merge)) is None


def test_a_decision_takes_the_pair_out_of_the_queue(client_as: ClientAs, pair: Suspect) -> None:
    client = client_as("office")
    page = f"/enterprises/duplicates/{pair.public_id}"
    assert form_to(client, page, "/distinct").send(client, note="问过，是母子公司")[0] == 303
    assert GONE not in client.get("/enterprises/duplicates").get_data(as_text=True)
    assert GONE in client.get("/enterprises/duplicates?state=distinct").get_data(as_text=True)
    assert "问过，是母子公司" in client.get(page).get_data(as_text=True)


def test_two_codes_are_shown_and_cannot_be_merged(client_as: ClientAs, actor: ActorOf) -> None:
    client, office = client_as("office"), actor("office")
    one = add(office, KEEP, uscc=USCC)
    add(office, "示例市栖霞微显示有限公司", uscc=OTHER)
    form = form_to(client, f"/enterprises/duplicates/with/{one.public_id}", one.public_id)
    status, _text, path = form.send(client, enterprise=OTHER)
    assert status == 303
    status, text, _path = form_to(client, path, "/merge").send(client, reason="试试")
    assert status == 422 and "是两个主体，不能合并" in text


def test_others_find_neither_queue_nor_pair(client_as: ClientAs, pair: Suspect, session: Session) -> None:
    leader = client_as("leader")
    for page in ("/enterprises/duplicates", f"/enterprises/duplicates/{pair.public_id}"):
        assert leader.get(page).status_code == 403
    with unit_of_work() as writing:
        foreign = writing.get_one(Enterprise, pair.second_id)
        foreign.unit_id = 6
    head = client_as("head_a")
    assert head.get(f"/enterprises/duplicates/{pair.public_id}").status_code == 404
    assert GONE not in head.get("/enterprises/duplicates").get_data(as_text=True)


def test_the_register_is_filtered_by_tag_and_chain(
    client_as: ClientAs, session: Session, actor: ActorOf
) -> None:
    client, office = client_as("office"), actor("office")
    one = add(office, KEEP)
    add(office, "绵阳利尔化学股份有限公司")
    third = add(office, "四川长虹电器股份有限公司")
    with unit_of_work() as writing:
        for number in (one.id, third.id):
            writing.get_one(Enterprise, number).tags = ["重点企业"]
    text = client.get("/enterprises?tag=重点企业").get_data(as_text=True)
    assert KEEP in text and "利尔化学" not in text
    assert "重点企业</option>" in client.get("/enterprises").get_data(as_text=True)
    with unit_of_work() as writing:
        writing.get_one(Enterprise, one.id).tags = []
    text = client.get("/enterprises?tag=重点企业").get_data(as_text=True)
    assert KEEP not in text and "四川长虹电器" in text
