"""Importing through the browser: upload, run, progress, report, undo."""

import io
from pathlib import Path
from urllib.parse import urlsplit

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.db import db, unit_of_work
from core.imports.models import Import
from core.jobs.models import Job
from crm.enterprises.models import Enterprise
from tests.conftest import csrf_of
from tests.support.imports import ClientAs, Upload, confirm, hidden, opened, send, work
from tests.support.sheets import HEAD, code, firm, workbook


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


def test_anothers_import_is_not_found_or_not_changeable(client_as: ClientAs, upload: Upload) -> None:
    client = client_as("spec_a")
    url, _page = opened(client, upload(client, [HEAD, firm(1)]))
    assert client_as("spec_b").get(url).status_code == 404
    head = client_as("head_a")
    seen = head.get(url).get_data(as_text=True)
    assert "只有上传的人能继续办" in seen and "导入 1 行" not in seen
    token = csrf_of(head.get("/account").get_data(as_text=True))
    assert head.post(f"{url}/rows", data={"csrf_token": token, "out": "2"}).status_code == 403


def test_who_may_not_import_is_refused(client_as: ClientAs) -> None:
    client = client_as("leader")
    for url in ("/imports", "/imports/new", "/imports/template/enterprises.xlsx"):
        assert client.get(url).status_code == 403
    assert client_as("spec_a").get("/imports/new?kind=nothing").status_code == 404
    assert client_as("spec_a").get("/imports/01ARZ3NDEKTSV4RRFFQ69G5FAV").status_code == 404


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
