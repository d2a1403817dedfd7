"""The frame around every page: places by what a role does, first deeds, shortcuts, watermark."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core import clock
from tests.webapp.web.test_pages import check_page

ClientAs = Callable[[str], FlaskClient]


def rail(html: str) -> list[str]:
    return re.findall(r'<a href="(/[a-z]*)', html.split('class="lz-rail"')[1].split("</nav>")[0])


def thumbs(html: str) -> list[str]:
    part = html.split('class="lz-rail"')[1].split("</nav>")[0]
    return re.findall(r'<a href="(/[a-z]*)[^"]*" class="thumb"', part)


@pytest.mark.parametrize("path", ["/admin/units", "/search/index", "/jobs", "/calendar"])
def test_every_tab_of_administration_stands_below_its_place(client_as: ClientAs, path: str) -> None:
    part = client_as("admin").get(path, follow_redirects=True).get_data(as_text=True)
    part = part.split('class="lz-rail"')[1].split("</nav>")[0]
    current = [link for link in re.findall(r"<a [^>]*>", part) if "aria-current" in link]
    assert len(current) == 1 and 'href="/admin' in current[0]


def tabs(html: str) -> dict[str, bool]:
    """Address of each tab of administration, and whether it is the current one."""
    part = html.split('class="lz-tabs" aria-label="管理"')[1].split("</nav>")[0]
    return {
        address: "aria-current" in more for address, more in re.findall(r'<a href="([^"]+)"([^>]*)>', part)
    }


@pytest.mark.parametrize("who", ["admin", "security"])
def test_every_tab_of_administration_leads_to_a_page_with_the_same_tabs(
    client_as: ClientAs, who: str
) -> None:
    client = client_as(who)
    first = tabs(client.get("/admin/accounts").get_data(as_text=True))
    assert len(first) > 4
    for address in first:
        page = client.get(address, follow_redirects=True).get_data(as_text=True)
        check_page(page)
        found = tabs(page)
        assert list(found) == list(first)
        assert [each for each, current in found.items() if current] == [address]


def test_who_administers_nothing_sees_no_tabs_of_administration(client_as: ClientAs) -> None:
    client = client_as("spec_a")
    for address in ("/jobs", "/calendar"):
        assert 'aria-label="管理"' not in client.get(address).get_data(as_text=True)


@pytest.mark.parametrize(
    ("who", "order", "kept"),
    [
        ("spec_a", ["/", "/enterprises", "/chains", "/targets", "/leads"], ["/", "/projects", "/requests"]),
        ("desk_a", ["/", "/greencards", "/requests", "/cultivation", "/enterprises"], ["/", "/requests", "/projects"]),
        ("gov", ["/", "/greencards", "/requests", "/cultivation"], ["/", "/greencards", "/projects"]),
        ("admin", ["/", "/admin"], ["/", "/admin"]),
        ("leader", ["/", "/enterprises", "/chains"], ["/", "/projects", "/requests"]),
    ],
)  # fmt: skip
def test_the_places_in_which_a_role_works_come_first(
    client_as: ClientAs, who: str, order: list[str], kept: list[str]
) -> None:
    html = client_as(who).get("/").get_data(as_text=True)
    assert rail(html)[: len(order)] == order
    assert sorted(thumbs(html)) == sorted(kept)


@pytest.mark.parametrize(
    ("who", "says", "silent"),
    [
        ("spec_a", "从图谱的缺口找目标企业", "建账号"),
        ("desk_a", "看有没有新诉求", "登记一条线索"),
        ("office", "导入企业名录", "建账号"),
        ("admin", "建账号", "登记一条线索"),
        ("security", "看待审批的权限", "建账号"),
        ("auditor", "查审计记录", "建账号"),
        ("leader", "看项目走到哪一步", "登记一条线索"),
    ],
)
def test_whom_nothing_is_due_for_is_told_what_to_do_first(
    client_as: ClientAs, who: str, says: str, silent: str
) -> None:
    client = client_as(who)
    main = client.get("/").get_data(as_text=True).split("<main")[1]
    assert "今天没有要办的事" in main and says in main and silent not in main
    for address in re.findall(r'href="([^"]+)" aria-label="打开', main):
        assert client.get(address).status_code == 200


def test_the_shortcuts_stand_on_a_page_and_in_every_frame(client_as: ClientAs) -> None:
    client = client_as("spec_a")
    assert "看板上把这张卡移到别的阶段" in client.get("/keys").get_data(as_text=True).split("<main")[1]
    assert '<dialog class="lz-sheet" id="keys"' in client.get("/enterprises").get_data(as_text=True)
    client.set_cookie("lang", "en")
    assert "Keyboard shortcuts" in client.get("/keys").get_data(as_text=True)


def test_the_watermark_names_account_and_time_where_the_setting_asks_for_it(
    app: Flask, client_as: ClientAs, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "lz-watermark" not in client_as("spec_a").get("/").get_data(as_text=True)
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], watermark=True))
    html = client_as("spec_a").get("/").get_data(as_text=True)
    assert f"甲区专员 spec_a {clock.today().isoformat()}" in html
    assert "lz-watermark" not in client.get("/login").get_data(as_text=True)
