"""The audit trail as its administrator reads it, and what the edge itself writes into it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core import audit, settings
from core.accounts import service as accounts
from core.accounts.models import Account
from core.audit import AuditEntry
from core.db import db, unit_of_work, write_mode
from core.jobs import runner
from core.jobs.models import Job
from core.lists import exports, reading
from core.lists.query import ListQuery
from core.permissions import SYSTEM, Actor
from core.places import Park
from tests.conftest import csrf_of
from tests.support.browser import fields
from tests.support.world import World
from tests.webapp.web.test_pages import check_page
from webapp.staff.audit import listing

ClientAs = Callable[[str], FlaskClient]


def _deed(**more: object) -> None:
    with unit_of_work():
        audit.record(
            "enterprises.changed", "enterprise", 7, actor=SYSTEM, label="示例市试验有限公司",
            changes={"name": ("旧名", "=新名")}, reason="更名", **more,
        )  # fmt: skip


def test_the_trail_is_read_by_whoever_may_and_by_nobody_else(client_as: ClientAs, session: Session) -> None:
    _deed()
    page = client_as("auditor").get("/audit")
    assert page.status_code == 200
    assert "示例市试验有限公司" in page.text and "旧名" in page.text and "修改资料" in page.text
    assert check_page(page.text) == []
    for person in ("admin", "leader", "spec_a", "desk_a", "head_a"):
        assert client_as(person).get("/audit").status_code == 403


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("who=系统", True), ("who=别人", False), ("kind=enterprise&record=7", True), ("record=8", False),
        ("area=enterprises", True), ("area=leads", False), ("action=enterprises.changed", True),
        ("about=试验", True), ("about=没有", False), ("w=day:ge:2020-01-01", True),
        ("w=day:le:2020-01-01", False), ("w=day:last:1", True),
        ("ip=10.0.0.1", False), ("record=abc", True), ("w=day:ge:nonsense", True),
        ("w=record:is:8|about:试验", True), ("w=action:not:enterprises.changed", False),
    ],
)  # fmt: skip
def test_each_condition_chooses(client_as: ClientAs, session: Session, query: str, found: bool) -> None:
    _deed()
    text_of = client_as("auditor").get(f"/audit?{query}").text
    assert ("旧名" in text_of) is found


def test_one_row_shows_everything_and_says_whether_it_is_whole(client_as: ClientAs, session: Session) -> None:
    _deed()
    seq = session.scalars(select(AuditEntry.seq).where(AuditEntry.kind == "enterprise")).one()
    client = client_as("auditor")
    page = client.get(f"/audit/{seq}").text
    assert "旧名" in page and "更名" in page and "完好" in page
    assert check_page(page) == []
    assert client.get("/audit/999999").status_code == 404


def _export(client: FlaskClient, query: str, **values: str) -> Any:
    address = f"/lists/exports/new/audit?q={query}"
    form = fields(client.get(address).get_data(as_text=True))
    return client.post(address, data={**form, "purpose": "季度审计检查", "file_type": "csv", **values})


def _run_jobs(app: Flask) -> None:
    db.session.rollback()
    for job_id in list(db.session.scalars(select(Job.id).where(Job.state == "queued"))):
        db.session.rollback()
        runner.run(job_id, app.app_context)
    db.session.rollback()


def test_the_export_is_the_list_s_with_conditions_no_formula_and_rows_of_its_own(
    app: Flask, client_as: ClientAs, session: Session
) -> None:
    _deed()
    client = client_as("auditor")
    assert "/lists/exports/new/audit" in client.get("/audit?about=试验").text
    place = _export(client, "about%3D试验%26cols%3Dat,label,changes,hash").headers["Location"]
    _run_jobs(app)
    answer = client.post(f"{place}/file", data={"csrf_token": csrf_of(client.get("/audit").text)})
    lines = answer.get_data(as_text=True).splitlines()
    assert answer.status_code == 200 and lines[0].startswith("\ufeff审计记录")
    assert "对象名称 “试验”" in lines[2]
    told = next(line for line in lines if "示例市试验有限公司" in line)
    assert "旧名 → =新名" in told and not any(cell.startswith("=") for cell in told.split(","))
    assert "合计 1 条" in lines[-2]
    steps = session.scalars(select(AuditEntry.action).where(AuditEntry.kind == "export")).all()
    assert steps == ["lists.export_asked", "lists.export_made", "lists.export_fetched"]
    assert "申请导出" in client.get("/audit?area=lists").text


def test_a_large_export_of_the_trail_waits_for_another_audit_administrator(
    client_as: ClientAs, session: Session, world: World
) -> None:
    _deed()
    with unit_of_work() as writing:
        settings.put(writing, exports.SETTING, 0, actor=SYSTEM)
    client = client_as("auditor")
    place = _export(client, "about%3D试验").headers["Location"]
    for person in ("office", "admin", "security"):
        assert client_as(person).get(place).status_code == 404
    with unit_of_work() as writing:
        second = accounts.create(
            writing, username="auditor2", name="审计二", kind="staff",
            unit_id=world.account("auditor").unit_id, actor=SYSTEM,
        )  # fmt: skip
        accounts.grant(
            writing, second, "audit_administrator", scope="all", unit_id=second.unit_id, actor=SYSTEM
        )
        second.password_hash = world.account("auditor").password_hash
    assert "同意" in client_as("auditor2").get(place).text


def test_pages_beyond_the_numbered_ones_are_walked_by_the_number_of_the_row(
    client_as: ClientAs, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _each in range(7):
        _deed()
    monkeypatch.setattr(reading, "SIZES", (3,))
    monkeypatch.setattr(reading, "bounded_count", lambda _session, _statement, cap=3: (3, True))
    who, found = Actor(1, "审计", "staff"), []
    for sort in ("-time", "time"):
        query = ListQuery({"about": ("试验",)}, sort, size=3)
        here = reading.page(session, listing.LIST, query, actor=who)
        seqs = [row.seq for row in here.rows]
        while here.after:
            here = reading.page(session, listing.LIST, replace(query, after=here.after), actor=who)
            seqs += [row.seq for row in here.rows]
        assert len(seqs) == len(set(seqs)) == 7
        back = reading.page(session, listing.LIST, replace(query, before=here.before), actor=who)
        assert [row.seq for row in back.rows] == seqs[3:6]
        found.append(seqs)
    assert found[0] == found[1][::-1]


def test_a_refusal_is_one_row_with_who_and_where(client_as: ClientAs, session: Session) -> None:
    client = client_as("spec_a")
    assert client.get("/admin/accounts").status_code == 403
    row = session.scalars(select(AuditEntry).where(AuditEntry.action == "access.refused")).one()
    assert (row.label, row.actor_name, row.ip) == ("GET /admin/accounts", "甲区专员", "127.0.0.1")
    assert row.request_id


def test_the_chain_is_walked_in_the_background_and_the_result_stands_on_the_page(
    app: Flask, client_as: ClientAs, session: Session
) -> None:
    _deed()
    client = client_as("auditor")
    token = csrf_of(client.get("/audit").text)
    for _twice in range(2):
        assert client.post("/audit/verify", data={"csrf_token": token}).status_code == 303
    job_id = session.scalars(select(Job.id).where(Job.kind == "audit.verify")).one()
    session.rollback()
    runner.run(job_id, app.app_context)
    assert "全部完好" in client.get("/audit").text
    assert session.scalars(select(AuditEntry).where(AuditEntry.action == "audit.verified")).one()


def _break(sql: str) -> None:
    with write_mode(), db.engine.begin() as connection:
        for deed in ("update", "delete"):
            on = " ON audit_entry" if connection.dialect.name == "postgresql" else ""
            connection.execute(text(f"DROP TRIGGER audit_entry_no_{deed}{on}"))
        connection.execute(text(sql))


def test_a_forged_row_is_named_on_the_page_and_told(
    app: Flask, client_as: ClientAs, session: Session
) -> None:
    _deed()
    client = client_as("auditor")
    seq = session.scalars(select(AuditEntry.seq).where(AuditEntry.kind == "enterprise")).one()
    session.rollback()
    _break(f"UPDATE audit_entry SET label = 'forged' WHERE seq = {seq}")
    client.post("/audit/verify", data={"csrf_token": csrf_of(client.get("/audit").text)})
    job_id = session.scalars(select(Job.id).where(Job.kind == "audit.verify")).one()
    session.rollback()
    runner.run(job_id, app.app_context)
    page = client.get("/audit").text
    assert f"第 {seq} 条" in page and "被改动" in page
    assert "被改动" in client.get(f"/audit/{seq}").text
    assert f"审计链不对：从第 {seq} 条起" in client.get("/notices").text
    assert "审计链不对" not in client_as("admin").get("/notices").text


def test_what_cannot_be_audited_does_not_happen(session: Session) -> None:
    with write_mode(), db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE audit_entry RENAME TO audit_entry_away"))
    with pytest.raises(DBAPIError), unit_of_work() as writing:
        writing.add(Park(code="P9", name="试验园"))
        audit.record("parks.created", "park", 1, actor=SYSTEM)
    assert session.scalars(select(Park).where(Park.code == "P9")).all() == []


def test_a_change_of_role_is_one_row(session: Session) -> None:
    with unit_of_work() as writing:
        account = writing.scalars(select(Account).where(Account.username == "spec_a")).one()
        accounts.grant(writing, account, "leader", scope="all", unit_id=account.unit_id, actor=SYSTEM)
    row = session.scalars(select(AuditEntry).where(AuditEntry.action == "accounts.role_granted")).one()
    assert row.record_id == account.id and "leader" in str(row.changes)
