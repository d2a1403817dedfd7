"""Pages of the register as people use them: list, record, new, edit, conflict, masked numbers."""

from collections.abc import Callable
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from core.audit import AuditEntry
from core.db import db
from crm.enterprises.models import Contact, Enterprise
from tests.conftest import csrf_of

ClientAs = Callable[[str], FlaskClient]


def _hidden(html: str, name: str) -> str:
    start = html.index(f'name="{name}"')
    tag = html[html.rindex("<", 0, start) : html.index(">", start)]
    return tag.split('value="')[1].split('"')[0]


def _new(client: FlaskClient, **values: str) -> str:
    page = client.get("/enterprises/new").get_data(as_text=True)
    data = {
        "csrf_token": csrf_of(page),
        "form_key": _hidden(page.split("<main")[1], "form_key"),
        "name": "示例市华澜光电科技有限公司",
        "reg_status": "active",
        "park_id": "0",
        **values,
    }
    answer = client.post("/enterprises/new", data=data)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return urlsplit(answer.headers["Location"]).path


def test_a_new_enterprise_stands_on_its_page_and_in_the_list(client_as: ClientAs) -> None:
    client = client_as("spec_a")
    url = _new(client, uscc="9133 0300 6807 0613 74", main_products="偏光片复卷")
    page = client.get(url).get_data(as_text=True)
    assert "913303006807061374" in page and "信用代码已核验" in page
    assert "示例市华澜光电科技有限公司" in client.get("/enterprises").get_data(as_text=True)


def test_a_wrong_code_is_explained_at_its_field_and_the_text_is_kept(client_as: ClientAs) -> None:
    client = client_as("spec_a")
    page = client.get("/enterprises/new").get_data(as_text=True)
    data = {
        "csrf_token": csrf_of(page),
        "name": "某某有限公司",
        "uscc": "91310000735470911B",
        "park_id": "0",
        "reg_status": "active",
    }
    answer = client.post("/enterprises/new", data=data)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "第 18 位应为" in text and "某某有限公司" in text and "91310000735470911B" in text


def test_the_same_form_sent_twice_makes_one_record(client_as: ClientAs, session: Session) -> None:
    client = client_as("spec_a")
    page = client.get("/enterprises/new").get_data(as_text=True)
    data = {
        "csrf_token": csrf_of(page),
        "form_key": _hidden(page.split("<main")[1], "form_key"),
        "name": "一次有限公司",
        "park_id": "0",
        "reg_status": "active",
    }
    places = {client.post("/enterprises/new", data=data).headers["Location"] for _click in range(3)}
    assert len(places) == 1
    assert session.scalar(select(func.count()).where(Enterprise.name == "一次有限公司")) == 1


def test_a_stale_form_gets_the_conflict_page_with_my_text(client_as: ClientAs) -> None:
    mine, other = client_as("spec_a"), client_as("head_a")
    url = _new(mine)
    pages = [client.get(f"{url}/edit").get_data(as_text=True) for client in (mine, other)]

    def save(client: FlaskClient, page: str, legal_rep: str) -> int:
        main = page.split("<main")[1]
        data = {
            "csrf_token": csrf_of(main),
            "version": _hidden(main, "version"),
            "name": "示例市华澜光电科技有限公司",
            "reg_status": "active",
            "park_id": "0",
            "legal_rep": legal_rep,
        }
        answer = client.post(f"{url}/edit", data=data)
        save.text = answer.get_data(as_text=True)  # type: ignore[attr-defined]  # kept for the assertion below
        return answer.status_code

    assert save(other, pages[1], "周澜") == 303
    assert save(mine, pages[0], "白溪") == 409
    assert "白溪" in save.text  # type: ignore[attr-defined]  # see above
    assert "周澜" in mine.get(url).get_data(as_text=True)


def test_numbers_are_masked_until_opened_with_a_purpose(client_as: ClientAs, session: Session) -> None:
    client = client_as("spec_a")
    url = _new(client)
    form = client.get(f"{url}/contacts/new").get_data(as_text=True).split("<main")[1]
    client.post(
        f"{url}/contacts/new",
        data={
            "csrf_token": csrf_of(form),
            "form_key": _hidden(form, "form_key"),
            "person": "邵庭",
            "mobile": "13812341234",
        },
    )
    page = client.get(url).get_data(as_text=True)
    assert "138****1234" in page and "13812341234" not in page
    contact = session.scalars(select(Contact)).one()
    token = csrf_of(page.split("<main")[1])
    refused = client.post(
        f"/enterprises/contacts/{contact.public_id}/reveal", data={"csrf_token": token, "reason": ""}
    )
    assert refused.status_code == 422 and "13812341234" not in refused.get_data(as_text=True)
    opened = client.post(
        f"/enterprises/contacts/{contact.public_id}/reveal", data={"csrf_token": token, "reason": "约谈选址"}
    )
    assert "13812341234" in opened.get_data(as_text=True)
    session.rollback()
    assert session.scalars(
        select(AuditEntry.reason).where(AuditEntry.action == "enterprises.mobile_revealed")
    ).all() == ["约谈选址"]


def test_a_leader_reads_but_finds_no_button_and_no_way(client_as: ClientAs) -> None:
    url = _new(client_as("spec_a"))
    leader = client_as("leader")
    assert leader.get(url).status_code == 200
    assert "修改资料" not in leader.get(url).get_data(as_text=True)
    assert leader.get("/enterprises/new").status_code in (403, 404)


def test_the_list_costs_a_fixed_number_of_statements(client_as: ClientAs) -> None:
    client = client_as("spec_a")

    def statements() -> int:
        seen: list[str] = []
        listen = lambda *args: seen.append(args[2])  # noqa: E731 - a listener needs an identity to be removed
        event.listen(db.engine, "before_cursor_execute", listen)
        try:
            assert client.get("/enterprises").status_code == 200
        finally:
            event.remove(db.engine, "before_cursor_execute", listen)
        return len([sql for sql in seen if not sql.startswith(("BEGIN", "PRAGMA"))])

    _new(client, name="先有一家有限公司")
    few = statements()
    for number in range(5):
        _new(client, name=f"第{number}号试验有限公司")
    assert statements() == few
    assert few <= 12
    assert statements() <= 8  # the choices of the filters are kept until somebody commits
