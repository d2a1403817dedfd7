"""A published version looked at: its own nodes, firms, states and offices, whatever has changed since."""

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chains import editing, editor, overrides, service
from chains.models import Chain
from core.accounts.models import Account
from core.db import unit_of_work
from core.notify import Notice, text_of
from core.permissions import SYSTEM
from crm.enterprises import map_versions
from crm.enterprises.placements import Placement
from tests.support import maps
from tests.support.forms import parse, post_forms
from tests.webapp.web.test_pages import check_page

ClientAs = Callable[[str], FlaskClient]


@pytest.fixture
def chain(session: Session) -> str:
    """Published with one local firm and a state set by hand; since then the firm has left and a node is renamed."""
    with unit_of_work() as writing:
        made = maps.build(writing)
        service.appoint(writing, made, "chief", "江副市长", actor=SYSTEM)
        home = maps.firm(writing, "示例市本地面板有限公司", region_code="519900")
        maps.place(writing, home, "X-02", "leading", product="液晶面板")
        maps.place(writing, home, "X-02", "anchor", product="柔性面板")
        other = maps.firm(writing, "三利谱", stock_code="002876", region_code="440000")
        maps.place(writing, other, "X-01-01", "leading")
        node = maps.node(writing, "X-01-01")
        overrides.set_state(
            writing, node.public_id, "519900", "weak", reason="在建项目明年投产", local_firms=0, actor=SYSTEM
        )
        pid = made.public_id
    for verb in ("submit", "publish", "revise"):
        with unit_of_work() as writing:
            map_versions.take(writing, pid, verb, version=None, as_of=date(2026, 9, 30), actor=SYSTEM)
    with unit_of_work() as writing:
        writing.execute(delete(Placement))
        found = writing.scalars(select(Chain)).one()
        service.appoint(writing, found, "chief", "何副市长", actor=SYSTEM)
        editor.edit(
            writing,
            pid,
            lambda draft: editing.changed(draft, "X-02", name="面板总成"),
            label="改名",
            actor=SYSTEM,
        )
    return pid


def text_of_page(client: FlaskClient, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def test_a_published_version_is_drawn_as_it_was(client_as: ClientAs, chain: str) -> None:
    client = client_as("spec_a")
    then = text_of_page(client, f"/chains/{chain}?home=519900&number=1")
    assert 'aria-label="显示面板 优势，本地企业 1 家，全国上市 0 家"' in then
    assert 'aria-label="偏光片 薄弱，本地企业 0 家，全国上市 1 家"' in then
    assert "这是第 1 版" in then and "链长 江副市长" in then and "基准日 2026年9月30日" in then
    assert f'href="/chains/{chain}?node=X-02&amp;home=519900&amp;number=1#node"' in then
    assert check_page(then) == []
    now = text_of_page(client, f"/chains/{chain}?home=519900")
    assert "面板总成 缺失" in now and "链长 何副市长" in now and "这是第 1 版" not in now


def test_a_node_of_a_version_opens_with_the_firms_of_then(client_as: ClientAs, chain: str) -> None:
    client = client_as("spec_a")
    panel = text_of_page(client, f"/chains/{chain}?home=519900&number=1&node=X-02")
    assert "示例市本地面板有限公司" in panel and "链主" in panel and "当时节点上的企业" in panel
    assert "挂企业" not in panel and "改判状态" not in panel
    by_hand = text_of_page(client, f"/chains/{chain}?home=519900&number=1&node=X-01-01")
    assert "当时人工改判：在建项目明年投产" in by_hand and "三利谱" in by_hand
    assert check_page(by_hand) == []


def test_a_version_goes_out_as_picture_and_as_file(client_as: ClientAs, chain: str) -> None:
    client = client_as("spec_a")
    svg = text_of_page(client, f"/chains/{chain}/picture.svg?home=519900&number=1")
    assert "显示面板" in svg and "面板总成" not in svg and "第 1 版（已发布）" in svg and "江副市长" in svg
    assert client.get(f"/chains/{chain}/picture.pdf?home=519900&number=1").data.startswith(b"%PDF")
    assert "显示面板" in text_of_page(client, f"/chains/{chain}/file?number=1")
    versions = text_of_page(client, f"/chains/{chain}/versions")
    assert f'href="/chains/{chain}?number=1"' in versions


@pytest.mark.parametrize("number", ["7", "0", "-1", "x", "99999"])
def test_a_version_that_never_was_is_not_found(client_as: ClientAs, chain: str, number: str) -> None:
    text_of_page(client_as("spec_a"), f"/chains/{chain}?number={number}", 404)


def test_who_may_publish_hears_of_a_map_handed_in(session: Session, chain: str, client_as: ClientAs) -> None:
    client, url = client_as("head_a"), f"/chains/{chain}/versions"
    handed_in = next(
        form for form in post_forms(parse(client.get(url).text), url) if form.values.get("verb") == ["submit"]
    )
    assert handed_in.send(client)[0] == 303
    told = session.execute(
        select(Account.username, Notice).join(Account, Account.id == Notice.account_id)
        .where(Notice.code == "chains.submitted")
    ).all()  # fmt: skip
    assert {name for name, _notice in told} == {"office", "head_b"}
    assert {notice.url for _name, notice in told} == {f"/chains/{chain}/versions"}
    assert "新型显示" in text_of(told[0][1]) and "第 2 版" in text_of(told[0][1])
