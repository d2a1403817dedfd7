"""Pages of the register as people use them: list, record, new, edit by section, conflict, rights."""

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm.enterprises.models import Enterprise
from tests.conftest import csrf_of
from tests.support.firms import ClientAs, hidden, new_firm, send_form
from tests.support.forms import parse, post_forms


def test_a_new_enterprise_stands_on_its_page_and_in_the_list(client_as: ClientAs) -> None:
    client = client_as("spec_a")
    url = new_firm(client, uscc="9133 0300 6807 0613 74", main_products="偏光片复卷")
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
        "form_key": hidden(page.split("<main")[1], "form_key"),
        "name": "一次有限公司",
        "park_id": "0",
        "reg_status": "active",
    }
    places = {client.post("/enterprises/new", data=data).headers["Location"] for _click in range(3)}
    assert len(places) == 1
    assert session.scalar(select(func.count()).where(Enterprise.name == "一次有限公司")) == 1


def test_a_stale_form_gets_the_conflict_page_with_my_text(client_as: ClientAs) -> None:
    mine, other = client_as("spec_a"), client_as("head_a")
    url = new_firm(mine)
    pages = [client.get(f"{url}/edit").get_data(as_text=True) for client in (mine, other)]

    def save(client: FlaskClient, page: str, legal_rep: str) -> int:
        main = page.split("<main")[1]
        data = {
            "csrf_token": csrf_of(main),
            "version": hidden(main, "version"),
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


def test_a_section_is_edited_by_itself(client_as: ClientAs, session: Session) -> None:
    client = client_as("spec_a")
    url = new_firm(client, main_products="偏光片", reg_address="光电路 8 号")
    page = send_form(client, f"{url}/edit/trade", industry_code="显示器件制造", industry_extra="3974、3974")
    assert "显示器件制造" in page and "偏光片" in page and "光电路 8 号" in page
    firm = session.scalars(select(Enterprise)).one()
    assert (firm.industry_code, firm.industry_extra) == ("3974", ["3974"])
    page = send_form(client, f"{url}/edit/names", aliases="华澜、HL Display", english_name="Hualan Optics")
    assert "华澜、HL Display" in page and "Hualan Optics" in page
    page = send_form(client, f"{url}/edit/ties", tags="重点企业、链主")
    assert "重点企业" in page and "链主" in page
    page = send_form(client, f"{url}/edit/place", region_code="519900", lng="104.68", lat="31.46")
    assert "104.68" in page


def test_what_cannot_be_picked_is_explained_at_its_field(client_as: ClientAs) -> None:
    client = client_as("spec_a")
    url = new_firm(client)
    page = send_form(client, f"{url}/edit/trade", industry_code="造火箭的")
    assert "没有找到“造火箭的”" in page and 'value="造火箭的"' in page
    page = send_form(client, f"{url}/edit/ties", group="没有这家企业")
    assert "没有找到“没有这家企业”" in page


def test_two_people_edit_two_sections_at_once(client_as: ClientAs, session: Session) -> None:
    mine, other = client_as("spec_a"), client_as("head_a")
    url = new_firm(mine)
    address = f"{url}/edit/names"
    page = mine.get(address).get_data(as_text=True).split("<main")[1]
    form = next(post_forms(parse("<main" + page), address))
    send_form(other, f"{url}/edit/trade", main_products="偏光片")
    form.values["aliases"] = ["华澜"]
    assert form.send(mine)[0] == 303
    firm = session.scalars(select(Enterprise)).one()
    assert (firm.main_products, firm.aliases) == ("偏光片", ["华澜"])


def test_options_of_a_picked_field_answer_for_code_name_and_pinyin(client_as: ClientAs) -> None:
    client = client_as("spec_a")
    for typed in ("3974", "显示", "xsqj"):
        page = client.get("/enterprises/pick/industry", query_string={"industry_code": typed}).get_data(
            as_text=True
        )
        assert 'data-value="3974"' in page, typed
    assert client.get("/enterprises/pick/secret?q=1").status_code == 404
    assert client_as("admin").get("/enterprises/pick/firm?q=示例").status_code in (403, 404)


def test_a_wrong_code_passes_only_by_right_and_stays_marked(client_as: ClientAs, session: Session) -> None:
    office = client_as("office")
    url = new_firm(office)
    wrong = {"uscc": "913303006807061373", "uscc_as_printed": "y"}
    assert "请写明原因" in send_form(office, f"{url}/edit/identity", **wrong)
    page = send_form(office, f"{url}/edit/identity", **wrong, reason="原件如此")
    assert "代码按证照原件登记" in page and "按证照原件登记" in page
    other = client_as("head_a")
    assert "uscc_as_printed" not in other.get(f"{url}/edit/identity").get_data(as_text=True)
    page = send_form(other, f"{url}/edit/identity", legal_rep="周澜")
    assert "周澜" in page and "代码按证照原件登记" in page


def test_a_leader_reads_but_finds_no_button_and_no_way(client_as: ClientAs) -> None:
    url = new_firm(client_as("spec_a"))
    leader = client_as("leader")
    assert leader.get(url).status_code == 200
    assert "修改资料" not in leader.get(url).get_data(as_text=True)
    assert leader.get("/enterprises/new").status_code in (403, 404)
