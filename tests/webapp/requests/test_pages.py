"""The walk of a request through the browser: invited, submitted, accepted, answered, reviewed, rated."""

import io
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from core.accounts.models import OneTimeLink
from core.audit import AuditEntry
from core.db import new_ulid
from crm.service_requests.models import RequestMessage, ServiceRequest
from tests.conftest import csrf_of
from tests.support.pictures import PNG
from tests.support.requests import VALUES, Scene

ClientAs = Callable[..., FlaskClient]


def post(client: FlaskClient, url: str, page: str = "", **data: object) -> TestResponse:
    """Post a form as the browser does: token from a page, a fresh key, following nothing."""
    html = client.get(page or url).get_data(as_text=True)
    return client.post(
        url, data={"csrf_token": csrf_of(html), "form_key": new_ulid(), **data},
        content_type="multipart/form-data",
    )  # fmt: skip


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def errors(answer: TestResponse) -> list[str]:
    return re.findall(r'class="err[^"]*"[^>]*>([^<]+)<', text(answer))


def step(client: FlaskClient, scene: Scene, pid: str, verb: str, **data: object) -> TestResponse:
    version = scene.request(pid).version
    scene.world.session.rollback()
    return post(client, f"/requests/{pid}/{verb}", f"/requests/{pid}", version=version, **data)


def test_a_request_from_the_invitation_to_the_rating(
    session: Session, scene: Scene, client_as: ClientAs, app: object
) -> None:
    desk, head = client_as("desk_a"), client_as("head_a")
    firm = scene.firms["a"]
    sheet = post(desk, f"/enterprises/{firm}/users/new", name="邵庭", username="shaoting")
    assert sheet.status_code == 201
    assert sheet.headers["Cache-Control"] == "no-store"
    assert "<svg" in text(sheet)
    address = re.search(r"/invite/[\w-]+", text(sheet))
    assert address
    newcomer = desk.application.test_client()
    page = text(newcomer.get(address[0]))
    assert "shaoting" in page
    given = {"csrf_token": csrf_of(page), "password": "Beiyu-2026-bo", "again": "Beiyu-2026-bo"}
    assert newcomer.post(address[0], data=given).status_code == 303
    assert newcomer.get(address[0]).status_code == 404

    user = client_as("shaoting", "Beiyu-2026-bo")
    assert "提诉求" in text(user.get("/portal/"))
    files = [(io.BytesIO(PNG), "负荷曲线.png")]
    answer = post(user, "/portal/requests/new", **{**VALUES, "files": files})
    assert answer.status_code == 303, errors(answer)
    own_url = answer.headers["Location"]
    pid = own_url.rsplit("/", 1)[1]
    assert "负荷曲线.png" in text(user.get(own_url))

    assert "110 kV" in text(desk.get("/requests"))
    accepted = step(desk, scene, pid, "accept", category="utility", nature="resource", urgency="important")
    assert accepted.status_code == 303, errors(accepted)
    shown = text(desk.get(f"/requests/{pid}"))
    assert "时限 7 个工作日" in shown
    assert 'class="lz-clock"' in shown
    unit = scene.unit_id("GXQ-QF")
    assert step(desk, scene, pid, "dispatch", host_unit_id=unit, note="请当天联系企业").status_code == 303
    assert step(desk, scene, pid, "sign").status_code == 303
    replied = step(desk, scene, pid, "reply", text="供电公司已受理，下周出方案。")
    assert replied.status_code == 303, errors(replied)
    assert step(desk, scene, pid, "note", text="顾市长会问").status_code == 303
    done = step(desk, scene, pid, "complete", result_kind="solved", result_text="方案已出具。")
    assert done.status_code == 303, errors(done)
    assert step(head, scene, pid, "pass_review").status_code == 303

    own = text(user.get(own_url))
    assert "供电公司已受理" in own
    assert "请当天联系企业" not in own
    assert "顾市长会问" not in own
    assert "办得怎么样" in own
    rated = post(user, f"{own_url}/rate", own_url, solved="yes", satisfaction="3", text="很快")
    assert rated.status_code == 303, errors(rated)
    assert scene.request(pid).status == "evaluated"
    assert "满意" in text(desk.get(f"/requests/{pid}"))


def test_an_incomplete_request_keeps_its_text_and_names_each_field(scene: Scene, client_as: ClientAs) -> None:
    user = client_as("user_a")
    answer = post(
        user, "/portal/requests/new", title="", content="请帮忙解决", category="policy", nature="help"
    )
    assert answer.status_code == 422
    assert "请帮忙解决" in text(answer)
    assert errors(answer)
    answer = post(user, "/portal/requests/new", **{**VALUES, "content": "请帮忙"})
    assert answer.status_code == 422
    assert any("至少 10 个字" in message for message in errors(answer))


def test_a_file_that_cannot_be_kept_is_refused_at_its_field(
    session: Session, scene: Scene, client_as: ClientAs
) -> None:
    files = [(io.BytesIO(b"MZ\x90" * 20), "setup.exe")]
    answer = post(client_as("user_a"), "/portal/requests/new", **{**VALUES, "files": files})
    assert answer.status_code == 422
    assert any("不收这种文件" in message for message in errors(answer))
    assert session.scalars(select(ServiceRequest)).all() == []


def test_a_double_click_makes_one_request(session: Session, scene: Scene, client_as: ClientAs) -> None:
    user = client_as("user_a")
    token = csrf_of(text(user.get("/portal/requests/new")))
    form = {"csrf_token": token, "form_key": "one-key-for-both", **VALUES}
    first = user.post("/portal/requests/new", data=form)
    second = user.post("/portal/requests/new", data=form)
    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    assert len(session.scalars(select(ServiceRequest.id)).all()) == 1


def test_another_enterprise_gets_404_for_page_file_and_step(
    session: Session, scene: Scene, client_as: ClientAs
) -> None:
    user, stranger = client_as("user_a"), client_as("user_b")
    files = [(io.BytesIO(PNG), "a.png")]
    own_url = post(user, "/portal/requests/new", **{**VALUES, "files": files}).headers["Location"]
    file_url = re.search(r"/portal/files/\w+", text(user.get(own_url)))
    assert file_url
    assert user.get(file_url[0]).data == PNG
    assert stranger.get(own_url).status_code == 404
    assert stranger.get(file_url[0]).status_code == 404
    assert post(stranger, f"{own_url}/withdraw", "/portal/requests/new", reason="越权试试").status_code == 404
    assert "110 kV" not in text(stranger.get("/portal/"))
    assert "110 kV" not in text(stranger.get("/portal/requests"))


def test_the_other_zones_desk_gets_404(scene: Scene, client_as: ClientAs) -> None:
    pid = scene.submit()
    desk = client_as("desk_b")
    assert desk.get(f"/requests/{pid}").status_code == 404
    assert "110 kV" not in text(desk.get("/requests"))
    answer = post(
        desk, f"/requests/{pid}/accept", "/requests", category="utility", nature="help", urgency="normal"
    )
    assert answer.status_code in (403, 404)


@pytest.mark.parametrize(("username", "address"), [("user_a", "/requests"), ("desk_a", "/portal/")])
def test_portal_and_desk_do_not_meet(scene: Scene, client_as: ClientAs, username: str, address: str) -> None:
    assert client_as(username).get(address).status_code == 404


def test_a_step_out_of_turn_says_so_and_changes_nothing(scene: Scene, client_as: ClientAs) -> None:
    pid = scene.submit()
    answer = step(client_as("head_a"), scene, pid, "pass_review")
    assert answer.status_code == 422
    assert "现在是“待受理”，不能直接“审核通过”" in text(answer)
    assert scene.request(pid).status == "submitted"
    user = client_as("user_a")
    url = f"/portal/requests/{pid}"
    rated = post(user, f"{url}/rate", url, solved="yes", satisfaction="3")
    assert rated.status_code == 422
    assert "不能直接“评价”" in text(rated)


def test_a_stale_page_is_a_conflict_and_an_unknown_verb_is_not_found(
    scene: Scene, client_as: ClientAs
) -> None:
    pid = scene.submit()
    scene.accept(pid)
    desk = client_as("desk_a")
    unit = scene.unit_id("GXQ-QF")
    answer = post(desk, f"/requests/{pid}/dispatch", f"/requests/{pid}", version=1, host_unit_id=unit)
    assert answer.status_code == 409
    assert step(desk, scene, pid, "destroy").status_code == 404


def test_the_handler_is_shown_no_call_back_and_refused_one(scene: Scene, client_as: ClientAs) -> None:
    pid = scene.completed()
    desk, head = client_as("desk_a"), client_as("head_a")
    given = {"called_person": "邵庭", "solved": "yes", "satisfaction": "3"}
    assert "接受回访的人" not in text(desk.get(f"/requests/{pid}"))
    assert step(desk, scene, pid, "call_back", **given).status_code == 403
    assert "接受回访的人" in text(head.get(f"/requests/{pid}"))
    assert step(head, scene, pid, "call_back", **given).status_code == 303


def test_an_extension_asked_too_late_is_refused_at_the_page(scene: Scene, client_as: ClientAs) -> None:
    pid = scene.handling("consult")
    answer = step(client_as("desk_a"), scene, pid, "ask_extension", extra_days="30", reason="材料复杂")
    assert answer.status_code == 422
    assert "最多 15 个工作日" in text(answer)


def test_the_enterprise_supplements_and_the_clock_runs_on(
    session: Session, scene: Scene, client_as: ClientAs
) -> None:
    pid = scene.handling()
    asked = step(client_as("desk_a"), scene, pid, "ask_enterprise", text="请补消防平面图")
    assert asked.status_code == 303, errors(asked)
    user = client_as("user_a")
    assert "件事等您" in text(user.get("/portal/"))
    url = f"/portal/requests/{pid}"
    files = [(io.BytesIO(PNG), "平面图.png")]
    answer = post(user, f"{url}/supplement", url, text="已补", files=files)
    assert answer.status_code == 303, errors(answer)
    assert scene.request(pid).status == "handling"
    assert "supplement" in session.scalars(select(RequestMessage.purpose)).all()


def test_a_fresh_invitation_kills_the_earlier_one(
    session: Session, scene: Scene, client_as: ClientAs
) -> None:
    desk = client_as("desk_a")
    firm = scene.firms["a"]
    first = re.search(
        r"/invite/[\w-]+",
        text(post(desk, f"/enterprises/{firm}/users/new", name="邵庭", username="shaoting")),
    )
    page = text(desk.get(f"/enterprises/{firm}"))
    again = re.search(r"/enterprises/\w+/users/\w+/again", page)
    assert first
    assert again
    second = re.search(r"/invite/[\w-]+", text(post(desk, again[0], f"/enterprises/{firm}")))
    assert second
    assert desk.application.test_client().get(first[0]).status_code == 404
    assert desk.application.test_client().get(second[0]).status_code == 200
    assert len(session.scalars(select(OneTimeLink).where(OneTimeLink.used_at.is_(None))).all()) >= 1
    assert "accounts.link_issued" in session.scalars(select(AuditEntry.action)).all()
    assert "shaoting" not in text(client_as("desk_b").get(f"/enterprises/{firm}"))


def test_odd_addresses_are_no_faults(scene: Scene, client_as: ClientAs) -> None:
    desk, user = client_as("desk_a"), client_as("user_a")
    for url in ("/requests?view=nonsense", "/requests"):
        assert desk.get(url).status_code == 200
    assert user.get("/portal/requests?page=999999999999").status_code == 200
    for url in ("/requests/nothing", "/requests/files/nothing"):
        assert desk.get(url).status_code == 404
    for url in ("/portal/requests/nothing", "/portal/files/nothing"):
        assert user.get(url).status_code == 404
