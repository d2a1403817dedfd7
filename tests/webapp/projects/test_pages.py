"""Pages of projects as people use them: lead to project, gates, board, money, plan, two zones."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from core import clock
from core.db import db
from crm.projects.models import FundReceipt, Project
from tests.support.browser import fields, fill, saved, text

ClientAs = Callable[[str], FlaskClient]
TODAY = clock.today().isoformat()
ROW = {
    "promise": "标准厂房租金三免两减半", "basis": "市招商政策第 8 条", "trigger": "签订租约后", "owner": "园区管委会",
    "due_on": "2027-03-31",
}  # fmt: skip


def make(client: FlaskClient, lead: str, world: Any, **values: Any) -> str:
    given = {
        "name": "华澜光电偏光片生产基地项目", "kind": "new", "land_mode": "none",
        "specialist_id": str(world.account("spec_a").id), **values,
    }  # fmt: skip
    return saved(fill(client, f"/projects/new?lead={lead}", **given))


def admitted(client_as: ClientAs, lead: str, world: Any) -> str:
    spec, office = client_as("spec_a"), client_as("office")
    url = make(spec, lead, world)
    saved(fill(spec, f"{url}/plan/new", **ROW))
    saved(fill(spec, f"{url}/edit/admission", fairness_no="GP-2026-11"))
    saved(fill(office, f"{url}/admission/file", admission_doc_no="备〔2026〕7号", admission_decided_on=TODAY))
    saved(fill(spec, f"{url}/steps/admit", actual_on=TODAY))
    return url


def signed(client_as: ClientAs, lead: str, world: Any) -> str:
    url, spec = admitted(client_as, lead, world), client_as("spec_a")
    contract = {
        "agreement_kind": "contract", "contract_no": "HT-2026-08", "tax_per_mu_wan": "20",
        "agreed_start_on": "2027-01-10", "agreed_complete_on": "2027-12-01", "agreed_produce_on": "2028-03-01",
        "agreed_capacity_on": "2029-03-01", "breach_terms": "逾期未动工按合同第 9 条",
    }  # fmt: skip
    saved(fill(spec, f"{url}/edit/contract", **contract))
    saved(fill(spec, f"{url}/steps/sign", actual_on=TODAY, waive_files="扫描件下周补传"))
    return url


def test_a_lead_becomes_a_project_with_its_specialist(
    client_as: ClientAs, make_lead: Callable[..., str], world: Any
) -> None:
    client = client_as("spec_a")
    lead = make_lead()
    without = fill(client, f"/projects/new?lead={lead}", name="基地项目", specialist_id="0")
    assert (
        without.status_code == 422 and "没有专员就不能立项" in text(without) and "基地项目" in text(without)
    )
    page = text(client.get(make(client, lead, world)))
    for word in (
        "华澜光电偏光片生产基地项目",
        "XM-GXQ-",
        "甲区专员",
        "进入“拟签约”还差",
        "一项一策方案",
        "备案",
        "一张表",
    ):
        assert word in page, word
    assert "已转为项目" in text(client.get(f"/leads/{lead}"))


def test_a_refused_step_lists_all_that_is_missing_with_links(
    client_as: ClientAs, make_lead: Callable[..., str], world: Any
) -> None:
    spec = client_as("spec_a")
    url = make(spec, make_lead(), world, land_mode="sold")
    answer = fill(spec, f"{url}/steps/admit", actual_on=TODAY)
    page = text(answer)
    assert answer.status_code == 422
    for word in (
        "一项一策方案（至少一条）",
        "准入纪要号或文号",
        "研判报告编号",
        "公平竞争和合法性审核意见文号",
        "准入还没有通过",
    ):
        assert word in page, word
    for link in (f"{url}/plan/new", f"{url}/edit/admission#fairness_no", f"{url}#admission"):
        assert f'href="{link}"' in page, link


def test_the_board_moves_a_card_or_says_what_it_lacks(
    client_as: ClientAs, make_lead: Callable[..., str], world: Any, session: Session
) -> None:
    spec = client_as("spec_a")
    url = make(spec, make_lead(), world)
    board = spec.get("/projects/board")
    assert board.status_code == 200 and "华澜光电偏光片" in text(board) and "移到…" in text(board)
    data = fields(text(board))
    refused = spec.post(f"{url}/move", data={**data, "target": "admitted"})
    page = text(refused)
    assert (
        refused.status_code == 422
        and "还差" in page
        and "准入还没有通过" in page
        and f"{url}/plan/new" in page
    )
    leap = spec.post(f"{url}/move", data={**data, "target": "producing"})
    assert leap.status_code == 422 and "阶段只能依次推进" in text(leap)
    session.rollback()
    assert session.scalar(select(Project.stage)) == "negotiating"
    saved(fill(spec, f"{url}/plan/new", **ROW))
    saved(fill(spec, f"{url}/edit/admission", fairness_no="GP-2026-11"))
    office = client_as("office")
    saved(fill(office, f"{url}/admission/file", admission_doc_no="备〔2026〕7号", admission_decided_on=TODAY))
    fresh = fields(text(spec.get("/projects/board")))
    assert spec.post(f"{url}/move", data={**fresh, "target": "admitted"}).status_code == 303
    session.rollback()
    assert session.scalar(select(Project.stage)) == "admitted"


def test_signing_needs_its_terms_and_money_its_voucher(
    client_as: ClientAs, make_lead: Callable[..., str], world: Any, session: Session
) -> None:
    url, spec = admitted(client_as, make_lead(), world), client_as("spec_a")
    saved(fill(spec, f"{url}/edit/contract", agreement_kind="contract", contract_no="HT-1"))
    answer = fill(spec, f"{url}/steps/sign", actual_on=TODAY)
    assert answer.status_code == 422 and "合同约定动工日" in text(answer) and "违约责任" in text(answer)
    assert f"{url}/edit/contract#agreed_start_on" in text(answer)
    session.rollback()
    assert session.scalar(select(Project.stage)) == "admitted"


def test_money_is_booked_once_and_only_with_a_voucher(
    client_as: ClientAs, make_lead: Callable[..., str], world: Any, session: Session
) -> None:
    url, spec = signed(client_as, make_lead(), world), client_as("spec_a")
    refused = fill(spec, f"{url}/funds/new", amount_wan="1.2亿元", received_on=TODAY, voucher_no="")
    assert refused.status_code == 422 and "意向书不算到位资金" in text(refused) and "1.2亿元" in text(refused)
    data = {**fields(text(spec.get(f"{url}/funds/new"))), "amount_wan": "1.2亿元", "voucher_no": "HD-1112-03"}
    assert {spec.post(f"{url}/funds/new", data=data).status_code for _click in range(3)} == {303}
    session.rollback()
    assert session.scalar(select(func.count()).select_from(FundReceipt)) == 1
    page = text(spec.get(url))
    assert "12,000.00" in page and "HD-1112-03" in page and "24.0%" in page


def test_the_total_is_never_below_the_fixed_investment(
    client_as: ClientAs, make_lead: Callable[..., str], world: Any
) -> None:
    spec = client_as("spec_a")
    url = make(spec, make_lead(), world)
    answer = fill(
        spec,
        f"{url}/edit/basics",
        total_investment_wan="5000",
        fixed_investment_wan="6000",
        content="改了的内容",
    )
    assert answer.status_code == 422 and "不能大于总投资" in text(answer) and "改了的内容" in text(answer)


def test_a_stale_form_is_a_conflict(client_as: ClientAs, make_lead: Callable[..., str], world: Any) -> None:
    mine, other = client_as("spec_a"), client_as("head_a")
    url = make(mine, make_lead(), world)
    data = fields(text(mine.get(f"{url}/edit/basics")))
    saved(fill(other, f"{url}/edit/basics", content="另一种写法"))
    answer = mine.post(f"{url}/edit/basics", data={**data, "content": "我的写法"})
    assert answer.status_code == 409 and "我的写法" in text(answer)


@pytest.mark.parametrize("name", ["spec_b", "head_b", "desk_b"])
def test_another_zone_finds_nothing(
    client_as: ClientAs, make_lead: Callable[..., str], world: Any, name: str
) -> None:
    url = make(client_as("spec_a"), make_lead(), world)
    other = client_as(name)
    for path in (
        url,
        f"{url}/edit/basics",
        f"{url}/steps/admit",
        f"{url}/plan/new",
        f"{url}/funds/new",
        f"{url}/days",
    ):
        assert other.get(path).status_code in (403, 404), path
    for path in ("/projects?view=all", "/projects/board", "/projects?q=华澜"):
        assert "华澜光电偏光片" not in text(other.get(path)), path


def test_a_leader_reads_everything_and_finds_no_button(
    client_as: ClientAs, make_lead: Callable[..., str], world: Any
) -> None:
    url = make(client_as("spec_a"), make_lead(), world)
    leader = client_as("leader")
    page = text(leader.get(url))
    assert "华澜光电偏光片" in page
    for word in ("记一次跟进</a>", "推进到", "增加一条", "登记到位资金"):
        assert word not in page.split("<main")[1], word
    assert (
        "移到…"
        not in text(leader.get("/projects/board")).split("lz-board")[1].split('<p class="m s mt-3">')[0]
    )
    assert leader.get(f"{url}/steps/admit").status_code in (403, 404)


def test_planned_days_make_the_lateness(
    client_as: ClientAs, make_lead: Callable[..., str], world: Any
) -> None:
    spec = client_as("spec_a")
    url = make(spec, make_lead(), world)
    backwards = fill(spec, f"{url}/days", planned_admitted="2026-08-01", planned_signed="2026-07-01")
    assert backwards.status_code == 422 and "不能早于" in text(backwards)
    late = clock.today().replace(year=clock.today().year - 1).isoformat()
    saved(fill(spec, f"{url}/days", planned_admitted=late))
    assert "比计划晚" in text(spec.get(url))
    assert "晚 365 天" in text(spec.get("/projects?view=late"))
    moved = fill(spec, f"{url}/days", planned_admitted=TODAY)
    assert moved.status_code == 422 and "改已定的计划日要写事由" in text(moved)


def test_the_plan_is_rows_that_are_fulfilled_one_by_one(
    client_as: ClientAs, make_lead: Callable[..., str], world: Any, session: Session
) -> None:
    spec = client_as("spec_a")
    url = make(spec, make_lead(), world)
    lacking = fill(spec, f"{url}/plan/new", promise="设备补贴")
    assert lacking.status_code == 422 and "设备补贴" in text(lacking)
    saved(fill(spec, f"{url}/plan/new", **ROW))
    session.rollback()
    row = session.scalars(select(Project)).one().plan_rows[0].public_id
    saved(fill(spec, f"{url}/plan/{row}/fulfil", done_on=TODAY, outcome="已减免首季租金"))
    assert "已兑现" in text(spec.get(url))


def test_lists_take_a_fixed_number_of_statements(
    client_as: ClientAs, make_lead: Callable[..., str], world: Any
) -> None:
    spec = client_as("spec_a")
    counts = []
    for number in range(3):
        make(spec, make_lead(investor_name=f"投资方{number}有限公司"), world, name=f"基地项目{number}期")
        statements: list[str] = []

        def note(_c: Any, _cur: Any, statement: str, *_rest: Any, kept: list[str] = statements) -> None:
            kept.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        spec.get("/projects")
        event.remove(db.engine, "before_cursor_execute", note)
        counts.append(len(statements))
    assert counts[1] == counts[2]


def test_the_sheet_prints_in_the_officials_form(
    client_as: ClientAs, make_lead: Callable[..., str], world: Any
) -> None:
    page = text(client_as("leader").get(make(client_as("spec_a"), make_lead(), world)))
    printed = page.split("print-only")[1]
    for word in (
        "招商项目一张表",
        "填报单位：甲区管委会",
        "计量单位：亿元、亩",
        "表号：XM-01",
        "填表人：甲区专员",
    ):
        assert word in printed, word
