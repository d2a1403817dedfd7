"""Faults of one kind mended together: a wrong word once for all rows, one cure for all, rows left out together."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from core.db import db
from core.imports import alike
from core.imports.models import ImportRow
from crm.enterprises.models import Enterprise
from tests.conftest import csrf_of
from tests.support.imports import ClientAs, Upload, confirm, opened, work
from tests.support.sheets import code
from webapp.staff.imports import alike as pages

HEAD = ["企业名称", "统一社会信用代码", "园区", "登记状态", "成立日期", "注册资本（万元）"]
FIRMS = 6


def row(number: int, **wrong: Any) -> list[Any]:
    """A firm, good but for what is said."""
    good = {"park": "甲区产业园", "status": "存续", "day": "2019-04-02", "money": 100}
    name = f"示例市第{number}试制有限公司"
    return [name, wrong.get("uscc", code(number)), *({**good, **wrong}[key] for key in good)]


def sent(client: FlaskClient, url: str, **what: str) -> TestResponse:
    page = client.get(f"{url}/alike").get_data(as_text=True)
    return client.post(f"{url}/alike", data={"csrf_token": csrf_of(page.split("<main")[1]), **what})


def text_of(client: FlaskClient, url: str) -> str:
    return " ".join(client.get(url).get_data(as_text=True).split("<main")[1].split())


@pytest.fixture
def checked(client_as: ClientAs, upload: Upload) -> Any:
    """`checked(rows)`: who sent them, and the address of their dry run."""

    def send(rows: list[list[Any]]) -> tuple[FlaskClient, str]:
        client = client_as("spec_a")
        return client, opened(client, upload(client, [HEAD, *rows]))[0]

    return send


def test_a_park_that_nobody_knows_is_named_once_for_all_rows(app: Flask, checked: Any) -> None:
    client, url = checked(
        [row(number, park="甲区工业园" if number % 2 else "老园") for number in range(1, 7)]
    )
    assert "同类错误一起改" in text_of(client, url)
    page = text_of(client, f"{url}/alike")
    assert "C 园区：6 行" in page and "如：没有叫“甲区工业园”的园区。" in page
    assert 'name="was-1" value="甲区工业园"' in page and 'name="was-2" value="老园"' in page
    assert 'value="甲区产业园" list="words-park"' in page, "the most similar name is offered"
    said = {"key": "park", "code": "park_unknown"}
    answer = sent(
        client, url, **said, **{"was-1": "甲区工业园", "to-1": "甲区产业园", "was-2": "老园", "to-2": ""}
    )
    page = text_of(client, answer.headers["Location"])
    assert "处理好 3 行" in page and "C 园区：3 行" in page and "甲区工业园" not in page
    sent(client, url, **said, **{"was-1": "老园", "to-1": "甲区产业园"})
    assert "没有有错的行了" in text_of(client, f"{url}/alike") and "导入 6 行" in text_of(client, url)
    confirm(client, url)
    work(app)
    parks = [firm.park.name if firm.park else "" for firm in db.session().scalars(select(Enterprise))]
    assert parks == ["甲区产业园"] * FIRMS


@pytest.mark.parametrize(
    ("wrong", "said", "field", "value"),
    [
        ({"day": "2020年3月"}, {"key": "founded_on", "code": "no_day", "cure": "no_day"}, "founded_on", "2020-03-01"),
        ({"money": "约1.2亿元"}, {"key": "reg_capital_wan", "code": "not_a_number", "cure": "not_a_number"},
         "reg_capital_wan", "12000.000000"),
        ({"status": "在产"}, {"key": "reg_status", "code": "status", "was-1": "在产", "to-1": "存续"},
         "reg_status", "active"),
        ({"money": "面议"}, {"key": "reg_capital_wan", "code": "not_a_number", "cure": "blank"},
         "reg_capital_wan", "None"),
    ],
)  # fmt: skip
def test_one_cure_for_all_cells_of_a_kind(
    app: Flask, checked: Any, wrong: dict[str, Any], said: dict[str, str], field: str, value: str
) -> None:
    client, url = checked([row(1, **wrong), row(2, **wrong), row(3, status="注销")])
    assert "有错的 2 行" in text_of(client, url)
    assert "处理好 2 行" in text_of(client, sent(client, url, **said).headers["Location"])
    confirm(client, url)
    work(app)
    firms = db.session().scalars(select(Enterprise).order_by(Enterprise.uscc)).all()
    assert [str(getattr(firm, field)) for firm in firms[:2]] == [value] * 2
    assert len(firms) == 3 and str(getattr(firms[2], field)) != value


def test_a_column_of_few_words_offers_them(checked: Any) -> None:
    client, url = checked([row(1, status="在产"), row(2, status="在产")])
    page = text_of(client, f"{url}/alike")
    assert 'list="words-reg_status"' in page and '<option value="存续">' in page


def test_rows_of_a_kind_are_left_out_and_their_repetitions_stand(app: Flask, checked: Any) -> None:
    client, url = checked([row(1), row(1), row(2, uscc=code(2)[:17]), row(3, uscc=code(3)[:15])])
    page = text_of(client, f"{url}/alike")
    assert "整行：1 行" in page and "B 统一社会信用代码：2 行" in page
    sent(client, url, key="uscc", code="length", cure="out")
    assert "您选了不导入的 2 行" in text_of(client, url)
    sent(client, url, key="", code="repeated", cure="out")
    page = text_of(client, url)
    assert "您选了不导入的 3 行" in page and "没有发现错误" in page and "导入 1 行" in page


def test_two_rows_that_become_the_same_record_are_named(checked: Any) -> None:
    client, url = checked([row(1, uscc="错"), row(2), row(3, uscc="错")])
    kind = db.session().scalars(select(ImportRow.faults).where(ImportRow.action == "fault")).first()
    assert kind is not None
    sent(client, url, key="uscc", code=kind[0][2], **{"was-1": "错", "to-1": code(9)})
    page = text_of(client, url)
    assert "有错的 1 行" in page and "与第 2 行重复，只会导入第 2 行" in page


@pytest.mark.parametrize(
    "what",
    [
        {"key": "park", "code": "park_unknown"},
        {"key": "park", "code": "park_unknown", "cure": "no_day"},
        {"key": "name", "code": "required", "cure": "blank"},
        {"key": "none", "code": "x", "was-1": "a", "to-1": "b"},
        {"key": "park", "code": "park_unknown", "was-1": "老园", "to-1": "长" * 4001},
    ],
)
def test_a_repair_that_is_not_offered_or_says_nothing_is_refused(checked: Any, what: dict[str, str]) -> None:
    client, url = checked([row(1, park="老园"), row(2, park="老园")])
    assert sent(client, url, **what).status_code == 422
    assert "有错的 2 行" in text_of(client, url)


def test_very_many_rows_are_mended_in_the_background(
    app: Flask, checked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "AT_ONCE", 3)
    monkeypatch.setattr(alike, "_BATCH", 2)
    client, url = checked([row(number, park="老园") for number in range(1, FIRMS + 1)])
    repair = {"key": "park", "code": "park_unknown", "was-1": "老园", "to-1": "甲区产业园"}
    assert sent(client, url, **repair).headers["Location"].endswith(url)
    assert "正在预检" in client.get(url).get_data(as_text=True)
    work(app)
    assert "导入 6 行" in text_of(client, url)
    sound = select(func.count()).where(ImportRow.action == "create")
    assert db.session().scalar(sound) == FIRMS


def test_who_did_not_upload_it_mends_nothing(client_as: ClientAs, checked: Any) -> None:
    _client, url = checked([row(1, park="老园"), row(2, park="老园")])
    head = client_as("office")
    page = head.get(f"{url}/alike")
    if page.status_code == 200:
        assert "改为" in page.get_data(as_text=True) and 'name="to-1"' not in page.get_data(as_text=True)
    assert head.post(f"{url}/alike", data={"key": "park", "code": "x", "cure": "out"}).status_code in (
        400,
        403,
        404,
    )
