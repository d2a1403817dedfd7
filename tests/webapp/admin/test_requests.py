"""Pages of the three administrators: roles asked for, decided, revoked; what each role may do."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts.models import Grant, GrantRequest
from tests.conftest import csrf_of
from tests.support.browser import fill, saved, text
from tests.support.world import World

ClientAs = Callable[..., FlaskClient]


def _ask(client: FlaskClient, world: World, username: str = "spec_b", **changes: str) -> str:
    address = f"/admin/accounts/{world.account(username).public_id}/roles/new"
    values = {"role": "service_desk", "scope": "unit", "reason": "兼任企服", **changes}
    return saved(fill(client, address, **values))


def _decide(client: FlaskClient, pid: str, verb: str, **values: str) -> int:
    token = csrf_of(text(client.get("/admin/requests")))
    data = {"csrf_token": token, "version": "1", **values}
    return client.post(f"/admin/requests/{pid}/{verb}", data=data).status_code


def test_asked_by_one_shown_to_both_and_given_by_the_other(
    client_as: ClientAs, world: World, session: Session
) -> None:
    admin, security = client_as("admin"), client_as("security")
    page = text(admin.get(_ask(admin, world)))
    assert "待审批" in page
    assert "兼任企服" in page
    pid = session.scalars(select(GrantRequest.public_id)).one()
    assert _decide(admin, pid, "approve") == 403
    assert "乙区专员" in text(security.get("/admin/requests"))
    assert _decide(security, pid, "refuse") == 422
    assert _decide(security, pid, "approve", note="同意") == 303
    page = text(admin.get(f"/admin/accounts/{world.account('spec_b').public_id}"))
    assert "系统管理员申请、安全管理员批准" in page
    assert client_as("spec_b").get("/requests").status_code == 200


def test_what_waits_for_a_decision_stands_on_the_day_of_whoever_may_give_it(
    client_as: ClientAs, world: World, session: Session
) -> None:
    security = client_as("security")
    _ask(client_as("admin"), world)
    _ask(security, world, "spec_a", scope="below")
    pid = session.scalars(select(GrantRequest.public_id).order_by(GrantRequest.id)).first()
    day = text(security.get("/"))
    assert "审批权限申请" in day and "乙区专员" in day and f"/admin/requests#r-{pid}" in day
    assert "甲区专员" not in day.split("<main")[1], "what he asked for himself is another's to decide"
    assert f'id="r-{pid}"' in text(security.get("/admin/requests"))
    for name in ("admin", "spec_a", "auditor"):
        assert "审批权限申请" not in text(client_as(name).get("/")), name
    assert _decide(security, str(pid), "approve") == 303
    assert "审批权限申请" not in text(security.get("/"))


def test_his_own_request_is_not_his_to_approve_only_to_withdraw(
    client_as: ClientAs, world: World, session: Session
) -> None:
    security = client_as("security")
    _ask(security, world)
    pid = session.scalars(select(GrantRequest.public_id)).one()
    page = text(security.get("/admin/requests"))
    assert f"{pid}/approve" not in page
    assert _decide(security, pid, "approve") == 403
    assert _decide(security, pid, "withdraw") == 303


def test_an_administrator_is_not_made_a_second_time(client_as: ClientAs, world: World) -> None:
    address = f"/admin/accounts/{world.account('auditor').public_id}/roles/new"
    answer = fill(client_as("admin"), address, role="administrator", scope="all", reason="兼任")
    assert answer.status_code == 422
    assert "三员分立" in text(answer)


def test_a_role_is_revoked_with_a_reason(client_as: ClientAs, world: World, session: Session) -> None:
    security, grant = client_as("security"), world.account("spec_b").grants[0]
    address = f"/admin/accounts/{world.account('spec_b').public_id}/roles/{grant.public_id}/revoke"
    assert fill(security, address, reason="").status_code == 422
    saved(fill(security, address, reason="调离"))
    session.rollback()
    assert session.scalar(select(Grant.id).where(Grant.id == grant.id)) is None
    assert client_as("admin").get(address).status_code == 403


def test_a_clearance_is_asked_for_and_given(client_as: ClientAs, world: World, session: Session) -> None:
    pid = world.account("spec_a2").public_id
    answer = fill(
        client_as("admin"), f"/admin/accounts/{pid}/clearance", clearance="restricted", reason="参与项目"
    )
    saved(answer)
    request = session.scalars(select(GrantRequest.public_id)).one()
    assert _decide(client_as("security"), request, "approve") == 303
    session.rollback()
    session.expire_all()
    assert world.account("spec_a2").clearance == "restricted"


def test_everybody_may_read_what_a_role_may_do(client_as: ClientAs) -> None:
    page = text(client_as("spec_a").get("/admin/roles"))
    for words in ("权限对照表", "审批和收回角色", "没有检查任务入企", "代企业评价"):
        assert words in page, words
    own = text(client_as("spec_a").get("/account/rights"))
    assert "项目专员" in own
    assert "甲区管委会" in own


def test_an_account_without_open_work_says_that_it_may_be_disabled(client_as: ClientAs, world: World) -> None:
    client = client_as("admin")
    pid = world.account("spec_b").public_id
    page = text(client.get(f"/admin/accounts/{pid}"))
    assert "没有在办工作" in page
