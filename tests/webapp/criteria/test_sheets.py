"""Terms and thresholds as rows: drafted and tried, approved by another person, in force from their day."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.criteria import service, sheets
from core.criteria.models import RuleVersion
from core.db import unit_of_work
from core.deadlines import Term, Unit
from core.jobs import runner
from core.permissions import Actor
from crm.enterprises import figures
from crm.enterprises import service as enterprises
from crm.enterprises import terms as register_terms
from crm.leads import terms as lead_terms
from crm.projects import standards
from crm.service_requests import terms as service_terms
from tests.support.forms import PageForm, parse, post_forms
from tests.webapp.web.test_pages import check_page

ClientAs = Callable[[str], FlaskClient]


@pytest.fixture
def seeded(session: Session) -> Session:
    with unit_of_work() as writing:
        sheets.seed(writing)
    return session


def _form(client: FlaskClient, url: str, ending: str) -> PageForm:
    forms = post_forms(parse(client.get(url).text), url)
    return next(form for form in forms if form.action.split("#")[0].endswith(ending))


def _drafted(client: FlaskClient, code: str) -> str:
    form = _form(client, f"/criteria/{code}/{code}/new", "/new")
    form.values["effective_from"] = [clock.today().isoformat()]
    status, text, where = form.send(client)
    assert status == 303, text[-2000:]
    return where


def _published(app: Flask, session: Session, office: FlaskClient, other: FlaskClient, url: str) -> None:
    assert _form(office, url, "/try").send(office)[0] == 303
    session.rollback()
    job_id = service.find(session, url.rpartition("/")[2]).dry_run_job_id
    session.rollback()
    assert job_id is not None
    runner.run(job_id, app.app_context)
    assert _form(office, url, "/steps/submit").send(office, reason="市府办〔2026〕9号")[0] == 303
    own = _form(office, url, "/steps/publish").send(office, reason="同意")
    assert own[0] == 422 and "请另一位有权限的人批准" in own[1]
    assert _form(other, url, "/steps/publish").send(other, reason="同意")[0] == 303
    session.rollback()


def test_what_ships_becomes_rows_once_and_holds_alike(seeded: Session) -> None:
    for sheet in sheets.sheets():
        shipped = [sheet.made(version, since, body) for version, since, body in sheet.shipped()]
        assert [value for _since, value in sheet.versions()] == shipped, sheet.code
        assert sheets.unseeded(seeded) == []
    with unit_of_work() as session:
        assert sheets.seed(session) == 0


def test_every_entry_finds_its_value_and_words_it(seeded: Session) -> None:
    for sheet in sheets.sheets():
        for _version, _since, body in sheet.shipped():
            said = {entry.path: entry.said(sheets.at(body, entry.path)) for entry in sheet.entries}
            assert all(said.values()), (sheet.code, said)
            assert [entry.fault(sheets.at(body, entry.path)) for entry in sheet.entries] == [None] * len(said)


def test_the_pages_are_well_made(seeded: Session, client_as: ClientAs) -> None:
    office = client_as("office")
    pages = ["/criteria", *(_drafted(office, sheet.code) for sheet in sheets.sheets())]
    pages += [f"/criteria/versions/{row.public_id}" for row in seeded.scalars(select(RuleVersion))]
    for page in pages:
        answer = office.get(page)
        assert answer.status_code == 200, page
        assert check_page(answer.text) == [], page


def test_a_threshold_of_projects_holds_from_its_day_once_two_have_agreed(
    app: Flask, seeded: Session, client_as: ClientAs, make_project: Callable[..., Any]
) -> None:
    project = make_project(lead={"total_investment_wan": Decimal(1200), "fixed_investment_wan": Decimal(600)})
    office, admin = client_as("office"), client_as("admin")
    url = _drafted(office, "admission_rules")
    form = _form(office, url, "/values")
    assert form.values["tiers.filing_from_wan.value"] == ["1000"]
    form.values["tiers.filing_from_wan.value"] = ["1500"]
    form.values["tiers.filing_from_wan.source"] = ["市府办〔2026〕9号"]
    assert form.send(office)[0] == 303
    assert form.send(office)[0] == 303
    page = office.get(url).text
    assert "1,000 万元" in page and "1,500 万元" in page and "还没有试算" in page
    assert standards.on(clock.today()).filing_from_wan == 1000
    _published(app, seeded, office, admin, url)
    page = office.get(url).text
    assert project.project_no in page and "备案" in page and "园区自审" in page
    assert "园区自审" in office.get(f"{url}?try={project.project_no}").text
    assert project.project_no in office.get(f"{url}/movers.csv").get_data(as_text=True)
    today = clock.today()
    assert standards.on(today).filing_from_wan == 1500
    assert standards.on(today - timedelta(days=1)).filing_from_wan == 1000


def test_a_size_standard_counts_as_compared_once_two_have_agreed(
    app: Flask, seeded: Session, client_as: ClientAs, actor: Callable[[str], Actor]
) -> None:
    head, today = actor("head_a"), clock.today()
    with unit_of_work() as session:
        values = {"name": "示例划型光电有限公司", "industry_code": "3974"}
        firm = enterprises.create(session, values, actor=head).public_id
        told = {"revenue_wan": Decimal(50000), "employees_end": 1200}
        figures.record_year(session, firm, today.year - 1, "企业年报", told, actor=head)
    assert not register_terms.on(today).checked
    page = client_as("spec_a").get(f"/enterprises/{firm}").text
    assert "大型" in page and "待管理员在“标准”里核对" in page
    office, admin = client_as("office"), client_as("admin")
    url = _drafted(office, "register_terms")
    form = _form(office, url, "/values")
    assert form.values["size_groups.0.steps.0.employees"] == ["1000"]
    form.values["size_groups.0.steps.0.employees"] = ["2000"]
    assert form.send(office)[0] == 303
    _published(app, seeded, office, admin, url)
    assert "示例划型光电有限公司" in office.get(url).text
    assert (
        register_terms.on(today).checked
        and register_terms.on(today).size_groups[0].steps[0].employees == 2000
    )
    page = client_as("spec_a").get(f"/enterprises/{firm}").text
    assert "没有同时达到大型下限（2,000 人" in page and "待管理员" not in page


def test_a_term_keeps_its_unit_and_a_request_accepted_later_follows_it(
    app: Flask, seeded: Session, client_as: ClientAs
) -> None:
    office, admin = client_as("office"), client_as("admin")
    url = _drafted(office, "service_terms")
    form = _form(office, url, "/values")
    form.values["close.咨询"], form.values["close.咨询|unit"] = ["24"], ["h"]
    assert form.send(office)[0] == 303
    _published(app, seeded, office, admin, url)
    assert service_terms.present().close_for("consult") == Term(24, Unit.HOURS)
    assert service_terms.present().close_for("help") == Term(5, Unit.WORKDAYS)


@pytest.mark.parametrize("typed", ["半年", "0", "12.5", "9" * 20, "-3", "NaN"])
def test_what_is_no_such_number_is_named_and_kept_on_the_page(
    seeded: Session, client_as: ClientAs, typed: str
) -> None:
    office = client_as("office")
    url = _drafted(office, "lead_terms")
    form = _form(office, url, "/values")
    form.values["protection_months.value"] = [typed]
    status, text, _where = form.send(office)
    assert status == 422 and "首报首谈保护期" in text and f'value="{typed}"' in text
    assert check_page(text) == []
    seeded.rollback()
    row = service.find(seeded, url.rpartition("/")[2])
    assert row.body["protection_months"]["value"] == 6


def test_values_that_contradict_each_other_are_kept_named_and_not_submitted(
    seeded: Session, client_as: ClientAs
) -> None:
    office = client_as("office")
    url = _drafted(office, "lead_terms")
    form = _form(office, url, "/values")
    form.values["silence.warn_days"] = ["200"]
    assert len(form.values["silence.source"]) == 1
    form.values["silence.source"] = ["市招商办会议纪要〔2026〕3号"]
    assert form.send(office)[0] == 303
    assert "市招商办会议纪要〔2026〕3号" in office.get(url).text
    assert "预警天数要小于失效天数" in office.get(url).text
    assert _form(office, url, "/steps/submit").send(office, reason="依据")[0] == 422
    assert lead_terms.on(clock.today()).warn_days == 60


def test_who_may_not_draft_changes_nothing(
    seeded: Session, client_as: ClientAs, actor: Callable[[str], Actor]
) -> None:
    url = _drafted(client_as("office"), "lead_terms")
    stolen = _form(client_as("office"), url, "/values")
    leader = client_as("leader")
    assert leader.get(url).status_code == 200
    assert stolen.send(leader)[0] in (400, 403)
    assert client_as("spec_a").get(url).status_code == 403
    seeded.rollback()
    assert service.find(seeded, url.rpartition("/")[2]).version == 1


def test_new_days_of_silence_are_tried_on_whom_somebody_spoke_to_and_change_the_legend(
    app: Flask, seeded: Session, client_as: ClientAs, actor: Callable[[str], Actor]
) -> None:
    with unit_of_work() as session:
        firm = enterprises.create(session, {"name": "示例久未联系有限公司"}, actor=actor("head_a"))
        firm.last_contact_on = clock.today() - timedelta(days=40)
    office = client_as("office")
    assert "31–60 天" in office.get("/enterprises").text
    url = _drafted(office, "contact_terms")
    form = _form(office, url, "/values")
    form.values |= {"amber_days": ["30"], "red_days": ["20"]}
    assert form.send(office)[0] == 303
    assert "变红的天数要多于变黄的天数" in office.get(url).text
    form = _form(office, url, "/values")
    form.values |= {"amber_days": ["10"], "red_days": ["20"]}
    assert form.send(office)[0] == 303
    _published(app, seeded, office, client_as("admin"), url)
    tried = office.get(url).text.split('id="dry-run"')[1]
    assert "示例久未联系有限公司" in tried and "黄" in tried and "红" in tried
    legend = office.get("/enterprises").text
    assert "11–20 天" in legend and "31–60 天" not in legend
