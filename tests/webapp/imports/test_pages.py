"""Importing through the browser: upload, dry run, mending, confirmation, progress, report; hostile files."""

import io
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from core.db import db, unit_of_work
from core.imports import precheck
from core.imports.models import Import
from core.jobs import runner
from core.jobs.models import Job
from crm.enterprises.models import Enterprise
from tests.conftest import csrf_of
from tests.core.imports.test_sheets import corpus
from tests.support.sheets import HEAD, code, firm, workbook

ClientAs = Callable[[str], FlaskClient]
Upload = Callable[..., TestResponse]

__all__ = ["corpus"]


def hidden(html: str, name: str, after: str = "<main") -> str:
    part = html.split(after, 1)[1]
    start = part.index(f'name="{name}"')
    return part[part.rindex("<", 0, start) : part.index(">", start)].split('value="')[1].split('"')[0]


def send(client: FlaskClient, data: bytes, name: str, key: str = "") -> TestResponse:
    page = client.get("/imports/new?kind=enterprises").get_data(as_text=True)
    form = {
        "csrf_token": csrf_of(page.split("<main")[1]),
        "form_key": key or hidden(page, "form_key"),
        "file": (io.BytesIO(data), name),
    }
    return client.post("/imports/new?kind=enterprises", data=form, content_type="multipart/form-data")


@pytest.fixture
def upload(tmp_path: Path) -> Upload:
    """`upload(client, rows)`: sends a workbook; the answer to the upload."""

    def make(client: FlaskClient, rows: Sequence[Sequence[Any]], name: str = "名录.xlsx") -> TestResponse:
        return send(client, workbook(tmp_path / "u.xlsx", rows).read_bytes(), name)

    return make


def opened(client: FlaskClient, answer: TestResponse) -> tuple[str, str]:
    """(address, page) behind the redirect of an upload."""
    assert answer.status_code == 303, answer.get_data(as_text=True)
    url = urlsplit(answer.headers["Location"]).path
    return url, client.get(url).get_data(as_text=True)


def confirm(client: FlaskClient, url: str, verb: str = "confirm", **more: str) -> TestResponse:
    page = client.get(url).get_data(as_text=True)
    data = {
        "csrf_token": csrf_of(page.split('id="confirm"')[1]),
        "form_key": hidden(page, "form_key", 'id="confirm"'),
        "version": hidden(page, "version", 'id="confirm"'),
        "existing": "overwrite",
        **more,
    }
    return client.post(f"{url}/{verb}", data=data)


def work(app: Flask) -> None:
    """What the worker does with every queued job."""
    session = db.session()
    ids = session.scalars(select(Job.id).where(Job.state == "queued")).all()
    session.rollback()
    for number in ids:
        runner.run(number, app.app_context)
    session.expire_all()


def test_from_file_to_register_in_the_browser(
    app: Flask, client_as: ClientAs, upload: Upload, session: Session
) -> None:
    client = client_as("spec_a")
    bad = firm(2)
    bad[1] = bad[1][:17]
    url, page = opened(client, upload(client, [["名录"], HEAD, firm(1), bad, firm(3)]))
    assert "还没有写入任何数据" in page and "第 4 行 B 列：长度应为 18 位，现在是 17 位。" in page
    assert "先导入 2 行好的" in page and "新增" in page
    assert session.scalar(select(func.count(Enterprise.id))) == 0
    session.rollback()

    assert confirm(client, url, only_correct="1").status_code == 303
    assert "正在导入" in client.get(url).get_data(as_text=True)
    work(app)
    report = client.get(url).get_data(as_text=True)
    assert "导入报告" in report and "已完成" in report
    assert db.session().scalar(select(func.count(Enterprise.id))) == 2

    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"{url}/report.xlsx").data)).worksheets[0]
    lines = list(sheet.values)
    assert lines[0][:5] == ("行号", "结果", "说明", "企业名称", "统一社会信用代码")
    assert [line[1] for line in lines[1:]] == ["新增", "未导入", "新增"]
    assert "长度应为 18 位" in str(lines[2][2])
    assert "名录.xlsx" in client.get("/imports").get_data(as_text=True)


def test_a_cell_mended_in_the_page_is_judged_at_once(client_as: ClientAs, upload: Upload) -> None:
    client = client_as("spec_a")
    bad = firm(2)
    bad[1] = bad[1][:17]
    url, page = opened(client, upload(client, [HEAD, firm(1), bad]))
    data = {"csrf_token": csrf_of(page.split("<main")[1]), "save": "1", "c-3-uscc": code(2)}
    answer = client.post(f"{url}/rows", data=data, headers={"HX-Request": "true"}, follow_redirects=True)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "<html" not in text
    assert "没有发现错误" in text and "导入 2 行" in text and "改好 1 行" in text

    still = client.post(f"{url}/rows", data={**data, "c-3-uscc": "123"}, follow_redirects=True)
    assert "现在是 3 位" in still.get_data(as_text=True)
    left = client.post(
        f"{url}/rows", data={"csrf_token": data["csrf_token"], "out": "3"}, follow_redirects=True
    )
    assert "您选了不导入 1 行" in left.get_data(as_text=True)


def test_columns_that_are_not_recognised_are_asked_for(client_as: ClientAs, upload: Upload) -> None:
    client = client_as("spec_a")
    rows = [["主体", "信用代码", "本金（亿元）"], ["试制有限公司", code(1), 2]]
    url, page = opened(client, upload(client, rows))
    assert url.endswith("/columns") and "没认出必填的列：企业名称" in page
    data = {
        "csrf_token": csrf_of(page.split("<main")[1]),
        "version": hidden(page, "version"),
        "form_key": hidden(page, "form_key"),
        "c-uscc": "1",
    }
    refused = client.post(url, data=data)
    assert refused.status_code == 422 and "必须指定这一列" in refused.get_data(as_text=True)
    answer = client.post(
        url, data={**data, "c-name": "0", "c-reg_capital_wan": "2", "u-reg_capital_wan": "亿元"}
    )
    assert answer.status_code == 303
    assert "预检结果" in client.get(answer.headers["Location"]).get_data(as_text=True)
    assert "列对应沿用上次" in opened(client, upload(client, rows))[1]


def test_an_amount_without_a_unit_is_asked_for(client_as: ClientAs, upload: Upload) -> None:
    client = client_as("spec_a")
    head = ["企业名称", "信用代码", "注册资本"]
    url, page = opened(client, upload(client, [head, ["试制有限公司", code(1), 2]]))
    assert url.endswith("/columns") and "文件没有写明单位：注册资本" in page
    data = {
        "csrf_token": csrf_of(page.split("<main")[1]),
        **{name: hidden(page, name) for name in ("version", "form_key")},
        **{f"c-{key}": str(place) for place, key in enumerate(("name", "uscc", "reg_capital_wan"))},
    }
    refused = client.post(url, data=data)
    assert refused.status_code == 422 and "请选“注册资本”里数字的单位" in refused.get_data(as_text=True)
    answer = client.post(url, data={**data, "u-reg_capital_wan": "亿元"})
    assert "预检结果" in client.get(answer.headers["Location"]).get_data(as_text=True)
    assert "列对应沿用上次" in opened(client, upload(client, [head, ["试制有限公司", code(1), 2]]))[1]

    sure = [["单位：万元"], head, ["试制有限公司", code(1), 2]]
    assert "预检结果" in opened(client, upload(client, sure))[1]
    own = [["企业名称", "注册资本", "行业"], ["试制有限公司", "1.2亿元", "显示"]]
    assert "预检结果" in opened(client, upload(client, own))[1]


def test_a_row_with_a_known_name_is_decided_on_the_page(
    app: Flask, client_as: ClientAs, upload: Upload
) -> None:
    client = client_as("spec_a")
    url, _page = opened(client, upload(client, [HEAD, firm(1)]))
    confirm(client, url)
    work(app)
    url, page = opened(client, upload(client, [["企业名称", "注册地址"], [firm(1)[0], "甲路1号"]]))
    assert "要您定的 1 行" in page and "是两家" in page
    confirm(client, url, **{"d-2": "new"})
    work(app)
    assert db.session().scalar(select(func.count(Enterprise.id))) == 2


@pytest.mark.parametrize(("choice", "firms", "address"), [("only", 2, "甲路"), ("new", 4, ""), ("", 2, "")])
def test_all_rows_that_ask_are_decided_at_once(
    app: Flask, client_as: ClientAs, upload: Upload, choice: str, firms: int, address: str
) -> None:
    client = client_as("spec_a")
    url, _page = opened(client, upload(client, [HEAD, firm(1), firm(2)]))
    confirm(client, url)
    work(app)
    sheet = [["企业名称", "注册地址"], [firm(1)[0], "甲路1号"], [firm(2)[0], "甲路2号"]]
    url, _page = opened(client, upload(client, sheet))
    assert confirm(client, url, verb="decisions", all=choice).status_code == 303
    confirm(client, url)
    work(app)
    assert db.session().scalar(select(func.count(Enterprise.id))) == firms
    kept = db.session().scalars(select(Enterprise.reg_address).order_by(Enterprise.id).limit(2)).all()
    assert all(text.startswith(address) if address else text == "" for text in kept)


def test_a_choice_that_is_not_offered_decides_nothing(
    app: Flask, client_as: ClientAs, upload: Upload
) -> None:
    client = client_as("spec_a")
    url, _page = opened(client, upload(client, [HEAD, firm(1)]))
    assert confirm(client, url, verb="decisions", all="any").status_code == 422


def test_what_would_change_is_shown_before_it_does(app: Flask, client_as: ClientAs, upload: Upload) -> None:
    client = client_as("spec_a")
    url, _page = opened(client, upload(client, [HEAD, firm(1)]))
    confirm(client, url)
    work(app)
    changed = firm(1)
    changed[3] = 6000
    url, page = opened(client, upload(client, [HEAD, changed]))
    assert "看差别" in page
    shown = client.get(f"{url}/changes").get_data(as_text=True)
    assert "<del>5000.5 万元</del> → <ins>6000 万元</ins>" in shown


def test_a_large_file_is_checked_in_the_background(
    app: Flask, client_as: ClientAs, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.staff.imports.views.SMALL_BYTES", 0)
    client = client_as("spec_a")
    url, page = opened(client, upload(client, [HEAD, firm(1)]))
    assert "正在预检" in page
    polled = client.get(f"{url}/progress", headers={"HX-Request": "true"})
    assert polled.status_code == 200 and 'id="progress"' in polled.get_data(as_text=True)
    work(app)
    polled = client.get(f"{url}/progress", headers={"HX-Request": "true"})
    assert polled.status_code == 204 and polled.headers["HX-Redirect"] == url
    assert "预检结果" in client.get(url).get_data(as_text=True)


def test_stopping_before_it_begins_leaves_every_row_out(
    app: Flask, client_as: ClientAs, upload: Upload
) -> None:
    client = client_as("spec_a")
    url, _page = opened(client, upload(client, [HEAD, firm(1), firm(2)]))
    confirm(client, url)
    page = client.get(url).get_data(as_text=True)
    client.post(f"{url}/stop", data={"csrf_token": csrf_of(page.split("<main")[1])})
    work(app)
    record = db.session().scalars(select(Import)).one()
    assert (record.state, record.skipped, record.created) == ("cancelled", 2, 0)
    assert "已停止" in client.get(url).get_data(as_text=True)


def test_a_double_click_makes_one_import_and_one_run(
    app: Flask, client_as: ClientAs, upload: Upload, tmp_path: Path, session: Session
) -> None:
    client = client_as("spec_a")
    page = client.get("/imports/new?kind=enterprises").get_data(as_text=True)
    key, data = hidden(page, "form_key"), workbook(tmp_path / "d.xlsx", [HEAD, firm(1)]).read_bytes()
    places = {send(client, data, "名录.xlsx", key).headers["Location"] for _click in range(2)}
    assert len(places) == 1 and session.scalar(select(func.count(Import.id))) == 1
    session.rollback()
    url = urlsplit(places.pop()).path
    page = client.get(url).get_data(as_text=True)
    form = {name: hidden(page, name, 'id="confirm"') for name in ("csrf_token", "form_key", "version")}
    for _click in range(2):
        assert client.post(f"{url}/confirm", data={**form, "existing": "fill"}).status_code == 303
    assert session.scalar(select(func.count(Job.id)).where(Job.kind == "imports.run")) == 1


def test_the_template_is_recognised_when_it_comes_back(client_as: ClientAs) -> None:
    client = client_as("spec_a")
    answer = client.get("/imports/template/enterprises.xlsx")
    assert "attachment" in answer.headers["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    book.worksheets[0].append(["试制有限公司", code(1)])
    stream = io.BytesIO()
    book.save(stream)
    _url, page = opened(client, send(client, stream.getvalue(), "模板.xlsx"))
    assert "导入 1 行" in page


def test_faulty_rows_go_out_without_formulas_and_come_back_mended(
    client_as: ClientAs, upload: Upload
) -> None:
    client = client_as("spec_a")
    bad = ["=1+1有限公司", code(1)[:17], "2019-04-02", 1, "3974"]
    url, _page = opened(client, upload(client, [HEAD, bad]))
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{url}/faults.xlsx").data))
    page = book.worksheets[0]
    assert page["A2"].data_type == "s" and page["A2"].value == "=1+1有限公司" and page["A2"].quotePrefix
    assert "第 2 行 B 列" in str(page["F2"].value)
    page["B2"] = code(1)
    stream = io.BytesIO()
    page["A2"].value, page["A2"].data_type = "改好的有限公司", "s"
    book.save(stream)
    assert "导入 1 行" in opened(client, send(client, stream.getvalue(), "改好.xlsx"))[1]


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.xlsx", b"nonsense" * 2_600_000, "不是 Excel 文件"),
        ("a.csv", bytes(range(256)) * 80_000, "不是 csv 文件"),
        ("a.pdf", b"%PDF-1.4", "只收 xlsx、xls 和 csv 文件"),
        ("a.csv", b"", "空的"),
        ("a.csv", "甲,乙\n1,2\n".encode(), "没有找到表头"),
        ("a.csv", "企业名称,备注,企业名称\n甲乙,2,丙丁\n".encode(), "有两列都叫“企业名称”"),
        ("a.csv", '企业名称\n甲乙\n"丙丁'.encode(), "引号没有成对"),
    ],
)
def test_a_file_that_cannot_be_imported_is_refused_in_words(
    client_as: ClientAs, session: Session, name: str, data: bytes, told: str
) -> None:
    answer = send(client_as("spec_a"), data, name)
    assert answer.status_code == 422 and told in answer.get_data(as_text=True)


def test_more_than_the_limit_is_refused_with_the_limit(client_as: ClientAs) -> None:
    answer = send(client_as("spec_a"), b"x" * (precheck.LIMIT_BYTES + 1), "a.csv")
    assert answer.status_code == 422 and "超过 50 MB" in answer.get_data(as_text=True)


def test_no_hostile_file_makes_an_error_of_the_server(
    client_as: ClientAs,
    corpus: Path,
    session: Session,
) -> None:
    """Every file of the security kit: a page with counts, or a refusal in words."""
    client = client_as("spec_a")
    counts: dict[str, str] = {}
    for each in json.loads((corpus / "manifest.json").read_text()):
        if each["kind"] != "import":
            continue
        answer = send(client, (corpus / each["file"]).read_bytes(), each["file"])
        assert answer.status_code in (303, 422), each["file"]
        if each["expect"] == "reject":
            assert answer.status_code == 422, each["file"]
        if answer.status_code == 303:
            text = client.get(answer.headers["Location"]).get_data(as_text=True)
            assert "预检结果" in text and "root:x:0:0" not in text, each["file"]
            found = re.search(r'共.*?class="v ?">([\d,]+)', text, re.DOTALL)
            counts[each["file"]] = found[1] if found else ""
    wanted = {
        "ok.xlsx": "3",
        "ok_gbk.csv": "3",
        "dim_lie.xlsx": "3",
        "formula_text.csv": "15",
        "bad_rows.csv": "5",
    }
    assert {name: counts[name] for name in wanted} == wanted


def test_who_may_not_import_is_refused(client_as: ClientAs) -> None:
    client = client_as("leader")
    for url in ("/imports", "/imports/new", "/imports/template/enterprises.xlsx"):
        assert client.get(url).status_code == 403
    assert client_as("spec_a").get("/imports/new?kind=nothing").status_code == 404
    assert client_as("spec_a").get("/imports/01ARZ3NDEKTSV4RRFFQ69G5FAV").status_code == 404


def test_anothers_import_is_not_found_or_not_changeable(client_as: ClientAs, upload: Upload) -> None:
    client = client_as("spec_a")
    url, _page = opened(client, upload(client, [HEAD, firm(1)]))
    assert client_as("spec_b").get(url).status_code == 404
    head = client_as("head_a")
    seen = head.get(url).get_data(as_text=True)
    assert "只有上传的人能继续办" in seen and "导入 1 行" not in seen
    token = csrf_of(head.get("/account").get_data(as_text=True))
    assert head.post(f"{url}/rows", data={"csrf_token": token, "out": "2"}).status_code == 403


def test_a_whole_import_is_taken_back_in_the_browser(
    app: Flask, client_as: ClientAs, upload: Upload, session: Session
) -> None:
    client = client_as("spec_a")
    url, _page = opened(client, upload(client, [HEAD, firm(1), firm(2), firm(3)]))
    assert client.get(f"{url}/undo").status_code == 303
    confirm(client, url)
    work(app)
    with unit_of_work() as writing:
        touched = writing.scalars(select(Enterprise).where(Enterprise.uscc == code(2))).one()
        touched.reg_address = "甲路1号"
    asked = client.get(f"{url}/undo").get_data(as_text=True)
    assert "新增的 3 条会删除" in asked and "之前可以撤销" in asked
    token = csrf_of(asked.split("<main")[1])
    assert client.post(f"{url}/undo", data={"csrf_token": token}).status_code == 303
    assert "正在撤销" in client.get(url).get_data(as_text=True)
    work(app)
    report = client.get(url).get_data(as_text=True)
    assert "已撤销" in report and "撤销结果" in report and f"{url}/undone?group=kept" in report
    kept = client.get(f"{url}/undone?group=kept").get_data(as_text=True)
    assert "导入之后被人改过" in kept and "示例市第2试制有限公司" in kept
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"{url}/report.xlsx").data)).worksheets[0]
    assert [line[3] for line in sheet.values] == ["撤销", "已撤销", "保留", "已撤销"]
    assert db.session().scalar(select(func.count(Enterprise.id))) == 1
    assert client.post(f"{url}/undo", data={"csrf_token": token}).status_code == 409
