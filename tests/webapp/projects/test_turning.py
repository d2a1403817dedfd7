"""Going back a stage on the pages: asked for by the specialist, approved by the head, withdrawn, refused."""

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit import AuditEntry
from crm.projects.models import Project
from tests.support.browser import fill, saved, text
from tests.support.forms import PageForm, parse, post_forms
from tests.webapp.projects.test_pages import signed
from tests.webapp.web.test_pages import check_page

ClientAs = Callable[[str], FlaskClient]
ASKED = {"reason": "合同条款重谈", "approval": "示经合〔2026〕9号"}


def _form(client: FlaskClient, url: str) -> PageForm:
    forms = post_forms(parse(client.get(url).text), url)
    return next(form for form in forms if "decision" in form.values)


def test_the_specialist_asks_and_the_head_approves(
    client_as: ClientAs, make_lead: Callable[..., str], world: Any, session: Session
) -> None:
    url, spec, head = signed(client_as, make_lead(), world), client_as("spec_a"), client_as("head_a")
    step = f"{url}/steps/rollback"
    assert "由另一个有审批权的人批准后才生效" in spec.get(step).text
    assert fill(spec, step, reason="合同条款重谈").status_code == 422
    assert saved(fill(spec, step, **ASKED)) == url
    waiting = spec.get(url).text
    assert "等批准：退回上一阶段" in waiting and "撤回申请" in waiting and "不批准" not in waiting
    assert check_page(waiting) == []
    assert "审批：退回上一阶段" in head.get("/").text
    page = head.get(url).text
    assert "合同条款重谈" in page and check_page(page) == []
    form = _form(head, url)
    request_pid = page.split("/turning/")[1].split("/")[0]
    for _twice in range(2):
        answer = head.post(f"{url}/turning/{request_pid}/approve", data={**_plain(form), "decision": "同意"})
        assert answer.status_code == 303
    session.rollback()
    project = session.scalars(select(Project)).one()
    assert (project.stage, project.stage_log[-1].account_name) == ("admitted", world.account("head_a").name)
    told = [entry.action for entry in session.scalars(select(AuditEntry).where(AuditEntry.kind == "project"))]
    assert told[-3:] == ["steps.asked", "steps.approved", "projects.rollback"]
    assert "等批准：" not in head.get(url).text


def test_the_one_who_asked_neither_approves_nor_sees_the_buttons_and_may_take_it_back(
    client_as: ClientAs, make_lead: Callable[..., str], world: Any, session: Session
) -> None:
    url, head = signed(client_as, make_lead(), world), client_as("head_a")
    saved(fill(head, f"{url}/steps/rollback", **ASKED))
    page = head.get(url).text
    request_pid = page.split("/turning/")[1].split("/")[0]
    forms = post_forms(parse(page), url)
    own = next(form for form in forms if "withdraw" in form.action)
    assert "不批准" not in page
    for verb in ("approve", "refuse"):
        refused = head.post(
            f"{url}/turning/{request_pid}/{verb}", data={**_plain(own), "decision": "同意同意"}
        )
        assert refused.status_code == 403
    stranger = client_as("head_b")
    assert stranger.post(f"{url}/turning/{request_pid}/approve", data=_plain(own)).status_code in (400, 404)
    assert head.post(f"{url}/turning/{request_pid}/withdraw", data=_plain(own)).status_code == 303
    session.rollback()
    assert session.scalars(select(Project.stage)).one() == "signed"
    assert "等批准：" not in head.get(url).text


def test_a_refusal_without_a_reason_says_what_is_missing(
    client_as: ClientAs, make_lead: Callable[..., str], world: Any, session: Session
) -> None:
    url, spec, office = signed(client_as, make_lead(), world), client_as("spec_a"), client_as("office")
    saved(fill(spec, f"{url}/steps/rollback", **ASKED))
    request_pid = office.get(url).text.split("/turning/")[1].split("/")[0]
    answer = office.post(f"{url}/turning/{request_pid}/refuse", data=_plain(_form(office, url)))
    assert answer.status_code == 303
    assert "不批准要写明原因" in text(office.get(url))
    session.rollback()
    assert session.scalars(select(Project.stage)).one() == "signed"


def _plain(form: PageForm) -> dict[str, str]:
    return {name: values[0] for name, values in form.values.items() if values}
