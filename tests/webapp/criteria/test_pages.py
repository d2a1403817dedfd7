"""Standards as rows: drafted and tried in the browser, approved by another person, in force from their day."""

import re
from collections.abc import Callable
from datetime import date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.audit import AuditEntry
from core.criteria import service, store
from core.criteria.models import RuleVersion
from core.criteria.outcome import Verdict
from core.db import unit_of_work
from core.errors import Invalid, NotPermitted, Refused
from core.jobs import runner
from core.permissions import SYSTEM, Actor
from crm.cultivation import assessment
from crm.enterprises import figures as yearly
from crm.enterprises import service as enterprises
from tests.support.forms import PageForm, parse, post_forms
from tests.webapp.web.test_pages import check_page

ClientAs = Callable[[str], FlaskClient]
ActorOf = Callable[[str], Actor]


@pytest.fixture
def seeded(session: Session) -> Session:
    with unit_of_work() as writing:
        store.seed(writing)
    return session


def _enterprise(actor: Actor, revenue: int) -> int:
    with unit_of_work() as session:
        made = enterprises.create(session, {"name": f"示例市试算{revenue}有限公司"}, actor=actor)
        figures = {"revenue_wan": revenue, "main_revenue_wan": revenue}
        yearly.record_year(session, made.public_id, 2025, "年报", figures, actor=actor)
        return made.id


def _form(client: FlaskClient, url: str, ending: str) -> PageForm:
    return next(
        form
        for form in post_forms(parse(client.get(url).text), url)
        if form.action.split("#")[0].endswith(ending)
    )


def _drafted(client: FlaskClient, standard: str = "above_scale_industry") -> str:
    url = f"/criteria/cultivation/{standard}/new"
    form = _form(client, url, "/new")
    form.values["effective_from"] = [clock.today().isoformat()]
    status, text, where = form.send(client)
    assert status == 303, text[-2000:]
    return where


def _row(session: Session, url: str) -> RuleVersion:
    session.rollback()
    return service.find(session, url.rpartition("/")[2])


def _run_dry(app: Flask, session: Session, client: FlaskClient, url: str) -> None:
    assert _form(client, url, "/try").send(client)[0] == 303
    job_id = _row(session, url).dry_run_job_id
    session.rollback()
    assert job_id is not None
    runner.run(job_id, app.app_context)


def test_what_ships_becomes_rows_once_and_is_judged_alike(seeded: Session) -> None:
    shipped = {each.code: store.shipped(each.code) for each in store.books()}
    assert {code: store.library(code) for code in shipped} == shipped
    with unit_of_work() as session:
        assert store.seed(session) == 0


def test_the_pages_are_well_made(seeded: Session, client_as: ClientAs) -> None:
    client = client_as("office")
    pages = ["/criteria", _drafted(client, "innovative_sme"), _drafted(client, "srdi_sme")]
    pages += [f"/criteria/versions/{row.public_id}" for row in seeded.scalars(select(RuleVersion))]
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        assert check_page(answer.text) == [], page
    assert "新标准待录入" in client.get("/criteria").text


def test_no_page_says_by_a_letter_where_a_line_comes_from(seeded: Session, client_as: ClientAs) -> None:
    client = client_as("office")
    pages = [
        (f"/criteria/versions/{pid}", standard)
        for pid, standard in seeded.execute(select(RuleVersion.public_id, RuleVersion.standard)).all()
    ]
    seeded.rollback()
    pages.append((_drafted(client), "draft"))
    letters = re.compile(r"（[VSPM]）|(?<![A-Za-z0-9])[VSPM] ?[\u4e00-\u9fff]|>[VSPM]<")
    said = ""
    for address, standard in pages:
        main = client.get(address).text.split("<main")[1]
        words = re.sub(r"<(script|svg).*?</\1>", "", main, flags=re.S)
        assert letters.findall(re.sub(r"<[^>]+>", "><", words)) == [], standard
        said += words
    assert "文号、有效期凭记忆，待核对" in said and "（建议值）" in said


def test_a_page_of_a_standard_has_one_solid_button(seeded: Session, client_as: ClientAs) -> None:
    client = client_as("office")
    versions = seeded.scalars(select(RuleVersion.public_id)).all()
    seeded.rollback()
    for address in ("/criteria", _drafted(client), *(f"/criteria/versions/{pid}" for pid in versions)):
        assert client.get(address).text.split("<main")[1].count("btn-primary") <= 1, address


def test_who_holds_no_right_sees_no_standards(seeded: Session, client_as: ClientAs) -> None:
    assert client_as("spec_a").get("/criteria").status_code == 403
    assert client_as("leader").get("/criteria").status_code == 200
    assert client_as("leader").get("/criteria/cultivation/srdi_sme/new").status_code == 403


def test_from_the_draft_to_the_day_it_holds(
    app: Flask, seeded: Session, client_as: ClientAs, actor: ActorOf
) -> None:
    firm = _enterprise(actor("office"), 1800)
    today = clock.today()
    assert assessment.judge(seeded, firm, "above_scale_industry", today)[0].verdict is Verdict.NOT_MET
    office, admin = client_as("office"), client_as("admin")
    url = _drafted(office)
    rule = _form(office, url, "/rule")
    name = next(name for name in rule.values if name.endswith("|value"))
    assert rule.values[name] == ["2000"]
    rule.values[name] = ["1500"]
    assert rule.send(office)[0] == 303
    page = office.get(url).text
    assert "≥ 2,000 万元" in page and "≥ 1,500 万元" in page and "还没有试算" in page
    assert _form(office, url, "/steps/submit").send(office, reason="省文〔2026〕1号")[0] == 422
    _run_dry(app, seeded, office, url)
    page = office.get(url).text
    assert "上升 1 个，下降 0 个" in page and "示例市试算1800有限公司" in page
    listed = office.get(f"{url}/movers.csv").get_data(as_text=True)
    assert "示例市试算1800有限公司" in listed and "未达" in listed and "达标" in listed
    assert "达标" in office.get(f"{url}?try=试算1800").text
    assert _form(office, url, "/steps/submit").send(office, reason="省文〔2026〕1号")[0] == 303
    seeded.rollback()
    assert assessment.judge(seeded, firm, "above_scale_industry", today)[0].verdict is Verdict.NOT_MET
    own = _form(office, url, "/steps/publish").send(office, reason="同意")
    assert own[0] == 422 and "请另一位有权限的人批准" in own[1]
    assert _form(admin, url, "/steps/publish").send(admin, reason="同意")[0] == 303
    seeded.rollback()
    store.forget(seeded)
    assert assessment.judge(seeded, firm, "above_scale_industry", today)[0].verdict is Verdict.MET
    before = assessment.judge(seeded, firm, "above_scale_industry", date(2026, 1, 1))[0]
    assert before.version is not None and before.version.code == "above_scale_2011"
    deeds = set(seeded.scalars(select(AuditEntry.action).where(AuditEntry.kind == service.KIND)))
    assert deeds >= {
        "criteria.drafted", "criteria.edited", "criteria.tried", "criteria.submit", "criteria.publish",
        "criteria.movers_downloaded",
    }  # fmt: skip


def test_a_change_after_the_trial_asks_for_another(app: Flask, seeded: Session, client_as: ClientAs) -> None:
    office = client_as("office")
    url = _drafted(office)
    _run_dry(app, seeded, office, url)
    rule = _form(office, url, "/rule")
    name = next(name for name in rule.values if name.endswith("|value"))
    rule.values[name] = ["1600"]
    assert rule.send(office)[0] == 303
    assert "还没有试算" in office.get(url).text


def test_nodes_are_added_and_removed_and_what_is_no_number_is_named(
    seeded: Session, client_as: ClientAs
) -> None:
    office = client_as("office")
    url = _drafted(office, "innovative_sme")
    assert _row(seeded, url).body["rule"] is None
    for deed in ("add-group:r", "add-compare:r", "add-score:r", "add-indicator:r.1", "remove:r.1.0"):
        form = _form(office, url, "/rule")
        assert form.send(office, do=deed)[0] == 303, deed
    rule = _row(seeded, url).body["rule"]
    assert [each["kind"] for each in rule["of"]] == ["compare", "score"]
    assert len(rule["of"][1]["indicators"]) == 1
    form = _form(office, url, "/rule")
    name = next(name for name in form.values if name.endswith("|value"))
    form.values[name] = ["约三百"]
    status, text, _where = form.send(office)
    assert status == 422 and "约三百" in text and "这里要填数" in text
    assert _row(seeded, url).body["rule"] == rule


def test_a_draft_that_contradicts_itself_is_kept_named_and_not_submitted(
    seeded: Session, actor: ActorOf
) -> None:
    office = actor("office")
    with unit_of_work() as session:
        pattern = session.scalars(select(RuleVersion).where(RuleVersion.code == "innovative_sme_2022")).one()
        row = service.draft(
            session, "cultivation", "innovative_sme", based_on=pattern.public_id,
            effective_from=clock.today(), actor=office,
        )  # fmt: skip
        body = {**row.body, "rule": {"kind": "all", "label": "", "n": 1, "of": []}}
        service.edit(session, row.public_id, {"body": body}, version=row.version, actor=office)
    assert "还没有条件" in service.fault_of(row)
    with pytest.raises(Invalid), unit_of_work() as session:
        service.try_out(session, row.public_id, version=None, actor=office)
    with pytest.raises(Refused) as refused, unit_of_work() as session:
        service.take(session, row.public_id, "submit", version=None, actor=office)
    assert {gap.code for gap in refused.value.missing} == {"field_missing", "contradicts_itself", "not_tried"}


def test_the_past_is_not_rewritten(seeded: Session, actor: ActorOf, frozen: Callable[..., object]) -> None:
    office = actor("office")
    with unit_of_work() as session:
        row = service.draft(
            session,
            "greencards",
            "project_card",
            based_on=None,
            effective_from=date(2024, 1, 1),
            actor=office,
        )
    with pytest.raises(Refused) as refused, unit_of_work() as session:
        service.take(session, row.public_id, "submit", reason="依据", version=None, actor=office)
    assert "begins_in_the_past" in {gap.code for gap in refused.value.missing}


def test_a_published_version_is_never_changed(seeded: Session, actor: ActorOf) -> None:
    row = seeded.scalars(select(RuleVersion).where(RuleVersion.code == "srdi_sme_2022")).one()
    with pytest.raises(Refused), unit_of_work() as session:
        service.edit(
            session, row.public_id, {"effective_from": date(2030, 1, 1)}, version=None, actor=actor("admin")
        )


def test_lines_from_memory_bind_only_once_they_were_compared(
    seeded: Session, client_as: ClientAs, actor: ActorOf
) -> None:
    row = seeded.scalars(select(RuleVersion).where(RuleVersion.code == "srdi_sme_2022")).one()
    url = f"/criteria/versions/{row.public_id}"
    admin = client_as("admin")
    assert "待确认，暂不执行" in admin.get(url).text
    form = _form(admin, url, "/confirm")
    assert form.send(admin, line=["ip"], source="")[0] == 422
    form = _form(admin, url, "/confirm")
    assert form.send(admin, line=["ip"], source="工信部企业〔2022〕63号附件2")[0] == 303
    seeded.rollback()
    assert store.confirmed(seeded) == ["ip"]
    with pytest.raises(NotPermitted), unit_of_work() as session:
        service.confirm(session, ["rd"], source="某某文件", actor=actor("spec_a"))


def test_a_stale_draft_is_a_conflict_and_a_double_click_makes_one(
    seeded: Session, client_as: ClientAs
) -> None:
    office = client_as("office")
    form = _form(office, "/criteria/cultivation/hte/new", "/new")
    form.values["effective_from"] = ["2027-01-01"]
    first, second = form.send(office), form.send(office)
    assert first[2] == second[2]
    url = first[2]
    stale = _form(office, url, "/rule")
    assert _form(office, url, "/rule").send(office)[0] == 303
    assert stale.send(office)[0] in (303, 409)
    assert _row(seeded, url).version >= 1


def test_the_platform_itself_may_not_approve_what_it_drafted(seeded: Session) -> None:
    with unit_of_work() as session:
        row = service.draft(
            session, "cultivation", "hte", based_on=None, effective_from=clock.today(), actor=SYSTEM
        )
        row.state, row.submitted_by = "submitted", 0
    with pytest.raises(Refused), unit_of_work() as session:
        service.take(session, row.public_id, "publish", version=None, actor=SYSTEM)
    assert isinstance(row.updated_at, datetime)
