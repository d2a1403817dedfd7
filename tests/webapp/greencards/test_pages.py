"""Cards and cases through the browser's door: the levels, the order, the walls, the public check."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.db import unit_of_work
from crm.greencards.models import CardUse, CaseStep, GreenCard, ServiceCase
from tests.conftest import csrf_of
from tests.support.greencards import Desk

SignIn = Callable[[str], FlaskClient]


def fields_of(html: str, action: str = "") -> dict[str, str]:
    """Hidden fields of the form that posts to `action`, or of the page's first with a key."""
    forms = re.findall(r"<form[^>]*method=\"post\"[^>]*>.*?</form>", html, re.S)
    chosen = next(form for form in forms if (action in form if action else 'name="form_key"' in form))
    found = {"csrf_token": csrf_of(chosen)}
    for name in ("form_key", "version"):
        if match := re.search(rf'name="{name}"[^>]*value="([^"]+)"', chosen):
            found[name] = match.group(1)
    return found


def post(client: FlaskClient, page: str, action: str, **sent: str):
    html = client.get(page).get_data(as_text=True)
    return client.post(action, data={**fields_of(html, action), **sent})


def test_an_application_walks_through_three_offices(desk: Desk, client_as: SignIn, session: Session) -> None:
    applicant = client_as("spec_a")
    url = f"/greencards/new?project={desk.projects['a']}"
    html = applicant.get(url).get_data(as_text=True)
    sent = {**fields_of(html), "kind": "project", "industry_group": "electronics", "grade": "municipal"}
    trial = applicant.post(url, data={**sent, "do": "try"})
    assert trial.status_code == 200
    assert "逐条对照" in trial.get_data(as_text=True)
    assert session.scalars(select(GreenCard)).all() == []
    first = applicant.post(url, data={**sent, "do": "apply"})
    again = applicant.post(url, data={**sent, "do": "apply"})
    assert first.status_code == again.status_code == 303
    assert first.location == again.location
    page = first.location
    assert post(client_as("head_a"), page, f"{page}/pass", comment="材料齐全").status_code == 303
    assert post(client_as("office"), page, f"{page}/pass").status_code == 303
    approver = client_as("gov")
    assert post(approver, page, f"{page}/pass").status_code == 422
    day = (clock.today() + timedelta(days=700)).isoformat()
    assert post(approver, page, f"{page}/pass", doc_no="示府绿卡〔2026〕3号", valid_to=day).status_code == 303
    shown = applicant.get(page).get_data(as_text=True)
    assert "LK-GXQ-" in shown
    assert "服务专班" in shown
    assert shown.count("<svg") > 3


def test_whoever_applied_is_not_offered_the_review(desk: Desk, client_as: SignIn, session: Session) -> None:
    pid = desk.apply()
    assert "轮到您初审" not in client_as("spec_a").get(f"/greencards/{pid}").get_data(as_text=True)
    with unit_of_work() as writing:
        card = writing.scalars(select(GreenCard)).one()
        card.reviews[0].account_id = desk.world.account("head_a").id
    page = client_as("head_a").get(f"/greencards/{pid}").get_data(as_text=True)
    assert "要由不同的人办" in page
    assert 'name="comment"' not in page


def test_a_project_below_the_threshold_hears_why(
    desk: Desk, client_as: SignIn, edit_project: Callable[..., None]
) -> None:
    edit_project("a", total_investment_wan=49999)
    client, url = client_as("spec_a"), f"/greencards/new?project={desk.projects['a']}"
    sent = {**fields_of(client.get(url).get_data(as_text=True)), "kind": "project"}
    answer = client.post(
        url, data={**sent, "industry_group": "electronics", "grade": "municipal", "do": "apply"}
    )
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "差 1 万元" in page
    assert "不符合发卡门槛" in page


def test_the_two_zones_do_not_see_each_other(desk: Desk, client_as: SignIn, session: Session) -> None:
    pid = desk.issued("a")
    case = session.scalars(select(ServiceCase.public_id)).one()
    step = session.scalars(select(CaseStep.public_id).where(CaseStep.code == "filing")).one()
    addresses = [
        f"/greencards/{pid}", f"/greencards/cases/{case}", f"/greencards/cases/steps/{step}",
        f"/greencards/new?project={desk.projects['a']}",
    ]  # fmt: skip
    for username in ("spec_b", "head_b", "desk_b"):
        client = client_as(username)
        found = [client.get(address).status_code for address in addresses]
        assert set(found) <= {404, 403}, (username, found)
        assert found[:3] == [404, 404, 404]
        for listing in ("/greencards", "/greencards/cases"):
            assert "a区偏光片" not in client.get(listing).get_data(as_text=True)
        token = fields_of(client.get("/greencards").get_data(as_text=True), "csrf_token")["csrf_token"]
        for action in (
            f"/greencards/{pid}/uses", f"/greencards/cases/steps/{step}/start", f"/greencards/cases/{case}/close",
        ):  # fmt: skip
            answer = client.post(action, data={"csrf_token": token, "version": "1"})
            assert answer.status_code in (403, 404), action


def test_the_public_check_says_validity_and_leaks_nothing(
    desk: Desk, client: FlaskClient, session: Session
) -> None:
    pid = desk.issued("a")
    card = desk.card(pid)
    with unit_of_work() as writing:
        writing.scalars(select(GreenCard)).one().enterprise.uscc = "91510799705120643T"
    card = desk.card(pid)
    answer = client.get(f"/v/{card.token}")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "有效" in page
    secrets = (
        card.enterprise.name, "偏光片", "91510799705120643T", card.card_no, card.project.project_no, "甲区专员",
        card.public_id, "0816", "60,000", "6.00", "GXQ",
    )  # fmt: skip
    assert [secret for secret in secrets if secret in page] == []


@pytest.mark.parametrize(
    ("status", "days", "word"),
    [
        ("suspended", 90, "已暂停"),
        ("revoked", 90, "已收回"),
        ("expired", -2, "已到期"),
        ("valid", -1, "已到期"),
    ],
)
def test_a_card_that_is_not_good_says_so(
    desk: Desk, client: FlaskClient, status: str, days: int, word: str
) -> None:
    pid = desk.issued("a")
    with unit_of_work() as writing:
        card = writing.scalars(select(GreenCard)).one()
        card.status, card.valid_to = status, clock.today() + timedelta(days=days)
    page = client.get(f"/v/{desk.card(pid).token}").get_data(as_text=True)
    assert f'<h1 class="late mt-2">{word}</h1>' in page


def test_an_unknown_code_and_an_application_look_alike(desk: Desk, client: FlaskClient) -> None:
    desk.apply()
    for token in ("x" * 32, "x" * 500, "%00", "..%2f", desk.card(desk.apply("b")).public_id):
        answer = client.get(f"/v/{token}")
        assert answer.status_code in (400, 404)
        assert "偏光片" not in answer.get_data(as_text=True)


def test_a_step_out_of_turn_is_refused_in_words(desk: Desk, client_as: SignIn, session: Session) -> None:
    desk.issued()
    client = client_as("spec_a")
    steps = {
        row.code: row for row in session.execute(select(CaseStep.code, CaseStep.public_id, CaseStep.version))
    }
    page = f"/greencards/cases/steps/{steps['construction'].public_id}"
    token = fields_of(client.get(page).get_data(as_text=True), "csrf_token")["csrf_token"]
    answer = client.post(f"{page}/start", data={"csrf_token": token, "version": "1", "form_key": "k1"})
    assert answer.status_code == 422
    assert "要等“规划、用地、环评、能评”办完" in answer.get_data(as_text=True)


def test_a_double_click_starts_a_step_once(desk: Desk, client_as: SignIn, session: Session) -> None:
    desk.issued()
    case = session.scalars(select(ServiceCase.public_id)).one()
    step = session.scalars(select(CaseStep.public_id).where(CaseStep.code == "filing")).one()
    client, action = client_as("spec_a"), f"/greencards/cases/steps/{step}/start"
    sent = fields_of(client.get(f"/greencards/cases/{case}").get_data(as_text=True), action)
    assert [client.post(action, data=sent).status_code for _ in range(2)] == [303, 303]
    shown = client.get(f"/greencards/cases/{case}").get_data(as_text=True)
    assert "剩 3 个工作日" in shown
    assert "建议" in shown
    stale = client.post(action, data={**sent, "form_key": "another"})
    assert stale.status_code == 409


def test_pause_finish_and_legal_days_through_their_forms(
    desk: Desk, client_as: SignIn, session: Session
) -> None:
    desk.issued()
    step = session.scalars(select(CaseStep.public_id).where(CaseStep.code == "filing")).one()
    page, client = f"/greencards/cases/steps/{step}", client_as("spec_a")
    assert post(client, page, f"{page}/start").status_code == 303
    assert post(client, page, f"{page}/pause", cause="enterprise_papers").status_code == 422
    paused = post(client, page, f"{page}/pause", cause="enterprise_papers", reason="缺能耗数据")
    assert paused.status_code == 303
    assert "等企业补正材料" in client.get(page).get_data(as_text=True)
    assert post(client, page, f"{page}/resume").status_code == 303
    admin = client_as("admin")
    terms = "/greencards/cases/terms"
    sent = fields_of(admin.get(terms).get_data(as_text=True), "legal_wd")
    sent |= {"code": "filing", "legal_wd": "5", "legal_basis": "某条例第 3 条"}
    assert admin.post(terms, data=sent).status_code == 303
    assert "某条例第 3 条" in client.get(page).get_data(as_text=True)
    assert client.get(terms).status_code == 403
    assert post(client, page, f"{page}/finish", evidence="川投资备〔2026〕12号").status_code == 303
    assert "川投资备" in client.get(page).get_data(as_text=True)


def test_telephone_numbers_are_masked_until_opened(desk: Desk, client_as: SignIn, session: Session) -> None:
    desk.issued()
    case = session.scalars(select(ServiceCase)).one()
    member = case.members[0]
    client, page = client_as("spec_a"), f"/greencards/cases/{case.public_id}"
    html = client.get(page).get_data(as_text=True)
    assert member.phone not in html
    action = f"/greencards/cases/members/{member.public_id}/reveal"
    sent = fields_of(html, action)
    assert client.post(action, data=sent).status_code == 422
    opened = client.post(action, data={**sent, "reason": "会商接入方案"})
    assert member.phone in opened.get_data(as_text=True)


def test_a_use_is_noted_once(desk: Desk, client_as: SignIn, session: Session) -> None:
    pid = desk.issued()
    client, page = client_as("desk_a"), f"/greencards/{pid}"
    sent = {
        **fields_of(client.get(page).get_data(as_text=True), f"{page}/uses"),
        "used_on": clock.today().isoformat(), "matter": "高管子女入学", "window": "教育局窗口", "taken_wd": "3",
    }  # fmt: skip
    assert [client.post(f"{page}/uses", data=sent).status_code for _ in range(2)] == [303, 303]
    assert len(session.scalars(select(CardUse)).all()) == 1


def test_the_list_costs_a_fixed_number_of_statements(
    desk: Desk, client_as: SignIn, session: Session, count_statements: Callable[..., object]
) -> None:
    desk.issued("a")
    client = client_as("leader")
    with count_statements() as one:
        client.get("/greencards/cases")
    desk.issued("b")
    with count_statements() as two:
        client.get("/greencards/cases")
    assert len(one) == len(two)


def test_a_member_is_removed_once_however_often_one_clicks(
    desk: Desk, client_as: SignIn, session: Session
) -> None:
    desk.issued()
    case = session.scalars(select(ServiceCase)).one()
    member = next(each for each in case.members if each.duty == "leader")
    client, page = client_as("spec_a"), f"/greencards/cases/{case.public_id}"
    action = f"/greencards/cases/members/{member.public_id}/remove"
    sent = fields_of(client.get(page).get_data(as_text=True), action)
    assert [client.post(action, data=sent).status_code for _ in range(2)] == [303, 303]
    assert "顾维桢" not in client.get(page).get_data(as_text=True).split("经过")[0]
