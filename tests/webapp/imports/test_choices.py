"""What an import would change, cell by cell: counted, shown, and chosen by cell or by column; the choice holds."""

import io
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from core import settings
from core.db import db, unit_of_work
from core.imports import undoing
from core.imports.models import Import
from core.permissions import SYSTEM
from crm.enterprises.models import Enterprise
from tests.conftest import csrf_of
from tests.support.imports import ClientAs, Upload, confirm, opened, work
from tests.support.sheets import HEAD, code, firm

NEWS = [*HEAD, "法定代表人"]
FIRMS = 3


def renewed(number: int) -> list[Any]:
    """The firm with another name, twice the capital and somebody at its head, whom the register has not."""
    return [f"示例市第{number}更名有限公司", code(number), "2019-04-02", 10001, "3974", "闻亦川"]


@pytest.fixture
def known(app: Flask, client_as: ClientAs, upload: Upload) -> tuple[FlaskClient, str]:
    """Firms in the register, and the dry run of a sheet that would change three cells of each."""
    client = client_as("spec_a")
    url, _page = opened(client, upload(client, [HEAD, *map(firm, range(1, FIRMS + 1))]))
    confirm(client, url)
    work(app)
    return client, opened(client, upload(client, [NEWS, *map(renewed, range(1, FIRMS + 1))]))[0]


def chosen(client: FlaskClient, url: str, **what: str) -> TestResponse:
    page = client.get(f"{url}/changes").get_data(as_text=True)
    data = {"csrf_token": csrf_of(page.split("<main")[1]), **what}
    return client.post(f"{url}/choices", data=data)


def text_of(client: FlaskClient, url: str) -> str:
    return " ".join(client.get(url).get_data(as_text=True).split("<main")[1].split())


def stands() -> list[tuple[str, Any, str]]:
    session = db.session()
    session.rollback()
    session.expire_all()
    firms = session.scalars(select(Enterprise).order_by(Enterprise.uscc))
    return [(each.name, each.reg_capital_wan, each.legal_rep) for each in firms]


def statements(client: FlaskClient, url: str) -> int:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert client.get(url).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len([each for each in seen if not each.startswith(("BEGIN", "PRAGMA"))])


OLD = [(firm(number)[0], 5000.5) for number in range(1, FIRMS + 1)]
NEW = [(renewed(number)[0], 10001) for number in range(1, FIRMS + 1)]


def test_the_cells_that_change_are_counted_and_shown_by_column(known: tuple[FlaskClient, str]) -> None:
    client, url = known
    page = text_of(client, url)
    assert "改 9 格，" in page and "与库里不同的 6 格" in page
    every = text_of(client, f"{url}/changes")
    assert "企业名称 3" in every and "注册资本 3" in every and "法定代表人 3" in every
    assert every.count("库里空着，补上") == 3 and every.count('value="register"') == 6
    money = text_of(client, f"{url}/changes?column=reg_capital_wan")
    assert money.count("5,000.5 万元") == money.count("10,001 万元") == 3 and "闻亦川" not in money


@pytest.mark.parametrize(
    ("what", "names", "money", "counted"),
    [
        ({}, NEW, NEW, 9),
        ({"w-2-name": "register"}, [OLD[0], *NEW[1:]], NEW, 8),
        ({"w-2-name": "register", "w-3-reg_capital_wan": "register"}, [OLD[0], *NEW[1:]],
         [NEW[0], OLD[1], NEW[2]], 7),
        ({"every": "reg_capital_wan:register"}, NEW, OLD, 6),
    ],
)  # fmt: skip
def test_what_was_chosen_is_what_is_written_and_what_comes_back(
    app: Flask,
    known: tuple[FlaskClient, str],
    what: dict[str, str],
    names: list[tuple[str, Any]],
    money: list[tuple[str, Any]],
    counted: int,
) -> None:
    client, url = known
    before = stands()
    assert not what or chosen(client, url, **what).status_code == 303
    assert f"改 {counted} 格，" in text_of(client, url)
    assert stands() == before
    confirm(client, url)
    work(app)
    wanted = [(name, capital, "闻亦川") for (name, _m), (_n, capital) in zip(names, money, strict=True)]
    assert stands() == wanted
    page = client.get(f"{url}/undo").get_data(as_text=True)
    client.post(f"{url}/undo", data={"csrf_token": csrf_of(page.split("<main")[1])})
    work(app)
    assert stands() == before


def test_a_column_that_was_kept_is_taken_again(app: Flask, known: tuple[FlaskClient, str]) -> None:
    client, url = known
    chosen(client, url, every="name:register")
    assert "改 6 格，" in text_of(client, url)
    assert "改选 3 行" in text_of(client, chosen(client, url, every="name:file").headers["Location"])
    confirm(client, url)
    work(app)
    assert [each[:2] for each in stands()] == NEW


def test_a_choice_outlives_the_mending_of_another_cell_and_leaving_the_row_out(
    known: tuple[FlaskClient, str],
) -> None:
    client, url = known
    chosen(client, url, **{"w-2-name": "register"})
    token = {"csrf_token": csrf_of(client.get(url).get_data(as_text=True).split("<main")[1])}
    client.post(f"{url}/rows", data={**token, "out": "2"})
    assert "改 6 格，" in text_of(client, url)
    client.post(f"{url}/rows", data={**token, "back": "2"})
    client.post(f"{url}/rows", data={**token, "c-2-legal_rep": "闻奕川"})
    assert "改 8 格，" in text_of(client, url)
    assert "闻奕川" in text_of(client, f"{url}/changes?column=legal_rep")


def test_repeated_rows_change_nothing(
    client_as: ClientAs, known: tuple[FlaskClient, str], upload: Upload
) -> None:
    client, _url = known
    url, _page = opened(client, upload(client, [NEWS, renewed(1), renewed(1)]))
    assert "改 3 格，" in text_of(client, url)


@pytest.mark.parametrize(
    "what",
    [
        {"every": "name:mine"},
        {"every": "nothing:file"},
        {"every": "name"},
        {"w-2-nothing": "file"},
        {"w-2-name": "x"},
    ],
)
def test_a_choice_that_is_not_offered_is_refused(
    known: tuple[FlaskClient, str], what: dict[str, str]
) -> None:
    client, url = known
    assert chosen(client, url, **what).status_code == 422
    assert "改 9 格，" in text_of(client, url)


def test_nothing_is_chosen_once_it_runs(app: Flask, known: tuple[FlaskClient, str]) -> None:
    client, url = known
    confirm(client, url)
    assert chosen(client, url, every="name:register").status_code == 409
    work(app)
    assert [each[:2] for each in stands()] == NEW


def test_a_firm_that_went_away_meanwhile_is_not_made_without_a_name(
    app: Flask, known: tuple[FlaskClient, str]
) -> None:
    client, url = known
    chosen(client, url, every="name:register")
    with unit_of_work() as session:
        session.scalars(select(Enterprise).where(Enterprise.uscc == code(1))).one().uscc = code(77)
    confirm(client, url)
    work(app)
    record = db.session().scalars(select(Import).order_by(Import.id.desc())).first()
    assert record is not None and (record.updated, record.rejected) == (2, 1)
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"{url}/report.xlsx").data)).worksheets[0]
    assert [line[2] for line in sheet.values][1:] == [
        "预检之后库里已没有这家企业，请重新导入这一行",
        *[""] * 2,
    ]


def test_the_page_asks_as_much_of_many_rows_as_of_few(
    app: Flask, client_as: ClientAs, upload: Upload
) -> None:
    client = client_as("spec_a")
    asked = []
    for many in (2, 60):
        url, _page = opened(client, upload(client, [HEAD, *map(firm, range(1, many + 1))]))
        confirm(client, url)
        work(app)
        url, _page = opened(client, upload(client, [NEWS, *map(renewed, range(1, many + 1))]))
        asked.append([statements(client, at) for at in (url, f"{url}/changes", f"{url}/changes?column=name")])
        confirm(client, url)
        work(app)
    assert asked[0] == asked[1]


def test_the_page_says_for_how_long_it_can_be_taken_back(
    known: tuple[FlaskClient, str], session: Session
) -> None:
    """The number is the administrator's."""
    client, url = known
    assert "导入后 30 天内可撤销" in text_of(client, url)
    with unit_of_work() as writing:
        settings.put(writing, undoing.DAYS, 12, version=0, actor=SYSTEM)
    assert "导入后 12 天内可撤销" in text_of(client, url)
