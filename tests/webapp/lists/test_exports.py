"""Taking a list out: who may, who must agree, whose the file is and how long; what the file holds."""

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from core import clock, files, settings
from core.accounts.models import Grant
from core.audit import AuditEntry
from core.db import db, unit_of_work
from core.jobs import runner
from core.jobs.models import Job
from core.lists import export_files, exports, reading
from core.lists.export_models import Export
from core.permissions import SYSTEM
from crm.enterprises import service as enterprises
from tests.support.browser import fields

ClientAs = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def firms(session: Session) -> None:
    session.rollback()
    with unit_of_work() as writing:
        for name in ("华澜光电有限公司", "=HYPERLINK(1)有限公司", "栖霞微显示有限公司"):
            enterprises.create(writing, {"name": name, "reg_status": "active"}, actor=SYSTEM)


def _ask(client: FlaskClient, query: str = "", **values: str) -> Any:
    address = f"/lists/exports/new/enterprises?q={query.replace('=', '%3D').replace('&', '%26')}"
    form = fields(client.get(address).get_data(as_text=True))
    return client.post(address, data={**form, "purpose": "报市委第四季度材料", "file_type": "xlsx", **values})


def _run_jobs(app: Flask) -> None:
    db.session.rollback()
    for job_id in list(
        db.session.scalars(select(Job.id).where(Job.kind == exports.JOB, Job.state == "queued"))
    ):
        db.session.rollback()
        runner.run(job_id, app.app_context)
    db.session.rollback()


def _made(session: Session) -> Export:
    session.rollback()
    return session.scalars(select(Export).order_by(Export.id.desc())).first()  # type: ignore[return-value]  # there is one


def _fetch(client: FlaskClient, made: Export) -> Any:
    page = client.get("/lists/enterprises/columns").get_data(as_text=True)
    return client.post(
        f"/lists/exports/{made.public_id}/file", data={"csrf_token": fields(page)["csrf_token"]}
    )


def test_a_file_is_made_in_the_background_and_holds_the_list(
    app: Flask, client_as: ClientAs, session: Session
) -> None:
    client = client_as("head_a")
    answer = _ask(client, "cols=uscc,reg_status&sort=-name", unit_name="甲区管委会", reviewer="陆闻笛")
    assert answer.status_code == 303
    _run_jobs(app)
    made = _made(session)
    assert (made.state, made.written) == ("done", 3)
    file = _fetch(client, made)
    assert file.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(file.data)).active
    assert sheet is not None
    lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert (
        lines[0][0] == "企业名录"
        and "填报单位：甲区管委会" in lines[1][0]
        and "审核人：陆闻笛" in lines[3][0]
    )
    assert lines[4][:3] == ["企业名称", "信用代码", "登记状态"]
    assert {line[0] for line in lines[5:8]} == {
        "华澜光电有限公司",
        "'=HYPERLINK(1)有限公司",
        "栖霞微显示有限公司",
    }
    assert lines[5][2] == "存续" and "head_a" in lines[9][0]
    session.rollback()
    deeds = select(AuditEntry.action).where(AuditEntry.action.like("lists.export%")).order_by(AuditEntry.seq)
    noted = session.scalars(deeds).all()
    assert noted == ["lists.export_asked", "lists.export_made", "lists.export_fetched"]


def test_nobody_else_gets_the_file_and_after_a_day_nobody(
    app: Flask, client_as: ClientAs, session: Session
) -> None:
    client, other = client_as("head_a"), client_as("office")
    _ask(client)
    _run_jobs(app)
    made = _made(session)
    token = fields(other.get("/lists/enterprises/columns").get_data(as_text=True))["csrf_token"]
    assert other.get(f"/lists/exports/{made.public_id}").status_code == 404
    assert other.post(f"/lists/exports/{made.public_id}/file", data={"csrf_token": token}).status_code == 404
    with clock.frozen(clock.now() + timedelta(hours=25)), unit_of_work() as writing:
        assert export_files.throw_away_old(writing) == 1
    assert _fetch(client, _made(session)).status_code == 404
    assert "24 小时" in client.get(f"/lists/exports/{made.public_id}").get_data(as_text=True)


def test_a_large_file_waits_for_a_second_person(app: Flask, client_as: ClientAs, session: Session) -> None:
    session.rollback()
    with unit_of_work() as writing:
        settings.put(writing, exports.SETTING, 2, actor=SYSTEM)
    client, second = client_as("head_a"), client_as("office")
    _ask(client)
    _run_jobs(app)
    made = _made(session)
    assert made.state == "asked" and made.stored_as is None
    address = f"/lists/exports/{made.public_id}"
    own = fields(client.get("/lists/enterprises/columns").get_data(as_text=True))
    mine = client.post(
        address, data={"csrf_token": own["csrf_token"], "version": "1", "agreed": "yes", "note": ""}
    )
    assert mine.status_code in (403, 404)
    assert client_as("spec_b").get(address).status_code == 404
    assert "您能看到这一页：由您申请。" in client.get(address).get_data(as_text=True)
    assert "您能看到这一页：等您审批。" in second.get(address).get_data(as_text=True)
    form = fields(second.get(address).get_data(as_text=True))
    assert second.post(address, data={**form, "agreed": "no", "note": ""}).status_code == 422
    assert second.post(address, data={**form, "agreed": "yes", "note": "同意报送"}).status_code == 303
    again = second.post(address, data={**form, "agreed": "no", "note": "再想想"})
    assert again.status_code in (403, 409)
    _run_jobs(app)
    assert _made(session).state == "done"
    assert "您能看到这一页：由您审批过。" in second.get(address).get_data(as_text=True)
    assert _fetch(second, made).status_code == 404
    assert _fetch(client, made).status_code == 200


def test_who_may_not_export_finds_no_button_and_no_way(client_as: ClientAs) -> None:
    leader = client_as("leader")
    assert "导出</a>" not in leader.get("/enterprises").get_data(as_text=True)
    assert leader.get("/lists/exports/new/enterprises").status_code == 403


def test_rights_are_asked_again_when_the_file_is_made(
    app: Flask, client_as: ClientAs, session: Session
) -> None:
    _ask(client_as("head_a"))
    made = _made(session)
    with unit_of_work() as writing:
        writing.execute(delete(Grant).where(Grant.account_id == made.account_id))
    _run_jobs(app)
    assert _made(session).state == "failed" and _made(session).stored_as is None


def test_the_same_form_sent_twice_asks_once(client_as: ClientAs, session: Session) -> None:
    client = client_as("head_a")
    form = fields(client.get("/lists/exports/new/enterprises").get_data(as_text=True))
    data = {**form, "purpose": "报市委第四季度材料", "file_type": "csv"}
    assert {client.post("/lists/exports/new/enterprises", data=data).status_code for _click in range(3)} == {
        303
    }
    session.rollback()
    assert len(session.scalars(select(Export)).all()) == 1


def test_an_approved_file_holds_every_row_beyond_the_counts_of_pages(
    app: Flask, client_as: ClientAs, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages count no further than a cap; a file goes on by key to the end, also over what came since."""
    monkeypatch.setattr(reading, "COUNT_CAP", 2)
    monkeypatch.setattr(export_files, "BATCH", 2)
    session.rollback()
    with unit_of_work() as writing:
        settings.put(writing, exports.SETTING, 1, actor=SYSTEM)
        for number in range(4):
            enterprises.create(writing, {"name": f"第{number}光电有限公司"}, actor=SYSTEM)
    client, second = client_as("head_a"), client_as("office")
    assert "2+" in client.get("/enterprises").get_data(as_text=True)
    _ask(client)
    made = _made(session)
    assert (made.state, made.wanted) == ("asked", 7)
    with unit_of_work() as writing:
        enterprises.create(writing, {"name": "审批前新登记有限公司"}, actor=SYSTEM)
    address = f"/lists/exports/{made.public_id}"
    form = fields(second.get(address).get_data(as_text=True))
    assert second.post(address, data={**form, "agreed": "yes", "note": ""}).status_code == 303
    _run_jobs(app)
    assert (_made(session).state, _made(session).written) == ("done", 8)


def test_more_rows_than_any_file_may_have_are_refused(client_as: ClientAs, session: Session) -> None:
    session.rollback()
    with unit_of_work() as writing:
        settings.put(writing, exports.MOST_SETTING, 2, actor=SYSTEM)
    answer = _ask(client_as("head_a"))
    assert answer.status_code == 422 and "最多 2 行" in answer.get_data(as_text=True)
    assert _made(session) is None


def test_a_sealed_file_is_a_zip_whose_password_only_its_person_sees(
    app: Flask, client_as: ClientAs, session: Session
) -> None:
    client = client_as("head_a")
    place = _ask(client, sealed="y").headers["Location"]
    assert "压缩包密码" not in client.get(place).get_data(as_text=True)
    _run_jobs(app)
    made = _made(session)
    stored = session.execute(text("SELECT password FROM export")).scalar_one()
    assert made.password and made.password not in stored
    assert made.password in client.get(place).get_data(as_text=True)
    file = _fetch(client, made)
    assert file.mimetype == "application/zip" and file.headers["Content-Disposition"].endswith(".zip")
    with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
        (entry,) = archive.infolist()
        assert entry.filename.endswith(".xlsx") and entry.flag_bits & 1
    assert not list(files.folder().glob("*.plain"))
    session.rollback()
    with clock.frozen(clock.now() + timedelta(hours=25)), unit_of_work() as writing:
        export_files.throw_away_old(writing)
    assert _made(session).password == ""
