"""Pages of the register as people use them: list, record, new, edit, conflict, masked numbers."""

import io
from collections.abc import Callable
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.audit import AuditEntry
from core.places import Park
from crm.enterprises.models import Contact, Enterprise, EnterpriseYear, FormerName, Honour
from tests.conftest import csrf_of
from tests.support.forms import PDF, parse, post_forms

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


def _send(client: FlaskClient, url: str, **values: str) -> str:
    """Open a form, fill in `values` and send it; the page that it led to, or came back with."""
    main = client.get(url).get_data(as_text=True).split("<main")[1]
    form = next(post_forms(parse("<main" + main), url))
    form.values |= {name: [value] for name, value in values.items()}
    status, text, place = form.send(client)
    return client.get(place).get_data(as_text=True) if status == 303 else text


def test_a_section_is_edited_by_itself(client_as: ClientAs, session: Session) -> None:
    client = client_as("spec_a")
    url = _new(client, main_products="偏光片", reg_address="光电路 8 号")
    page = _send(client, f"{url}/edit/trade", industry_code="显示器件制造", industry_extra="3974、3974")
    assert "显示器件制造" in page and "偏光片" in page and "光电路 8 号" in page
    firm = session.scalars(select(Enterprise)).one()
    assert (firm.industry_code, firm.industry_extra) == ("3974", ["3974"])
    page = _send(client, f"{url}/edit/names", aliases="华澜、HL Display", english_name="Hualan Optics")
    assert "华澜、HL Display" in page and "Hualan Optics" in page
    page = _send(client, f"{url}/edit/ties", tags="重点企业、链主")
    assert "重点企业" in page and "链主" in page
    page = _send(client, f"{url}/edit/place", region_code="519900", lng="104.68", lat="31.46")
    assert "104.68" in page


def test_what_cannot_be_picked_is_explained_at_its_field(client_as: ClientAs) -> None:
    client = client_as("spec_a")
    url = _new(client)
    page = _send(client, f"{url}/edit/trade", industry_code="造火箭的")
    assert "没有找到“造火箭的”" in page and 'value="造火箭的"' in page
    page = _send(client, f"{url}/edit/ties", group="没有这家企业")
    assert "没有找到“没有这家企业”" in page


def test_two_people_edit_two_sections_at_once(client_as: ClientAs, session: Session) -> None:
    mine, other = client_as("spec_a"), client_as("head_a")
    url = _new(mine)
    address = f"{url}/edit/names"
    page = mine.get(address).get_data(as_text=True).split("<main")[1]
    form = next(post_forms(parse("<main" + page), address))
    _send(other, f"{url}/edit/trade", main_products="偏光片")
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


def test_honours_are_entered_with_their_proof_and_change_by_date(
    client_as: ClientAs, session: Session
) -> None:
    client = client_as("spec_a")
    url = _new(client)
    page = _send(
        client, f"{url}/honours/new", kind="hte", name="高新技术企业", level="national", doc_no="川科[2022]9号",
        valid_from="2022-11-01", valid_to="2025-10-31", evidence="file",
    )  # fmt: skip
    assert "川科〔2022〕9号" in page and "已过期" in page and "扫描件.pdf" in page
    honour = session.scalars(select(Honour)).one()
    assert honour.evidence_id is not None
    page = _send(client, f"/enterprises/honours/{honour.public_id}/edit", valid_to="2100-10-31")
    assert "已过期" not in page
    page = _send(
        client, f"/enterprises/honours/{honour.public_id}/revoke", revoked_on="2026-01-01", reason="公告取消"
    )
    assert "已撤销" in page
    page = _send(client, f"/enterprises/honours/{honour.public_id}/remove", reason="录错")
    assert "没有登记资质" in page


def test_a_correction_with_its_proof_survives_somebody_elses_correction(
    client_as: ClientAs, session: Session
) -> None:
    client = client_as("spec_a")
    url = _new(client)
    _send(client, f"{url}/honours/new", kind="hte", name="高新技术企业", level="national")
    honour = session.scalars(select(Honour)).one()
    address = f"/enterprises/honours/{honour.public_id}/edit"
    session.rollback()
    page = client.get(address).get_data(as_text=True).split("<main")[1]
    form = next(post_forms(parse("<main" + page), address))
    _send(client, address, batch="第一批")
    data = {name: values for name, values in form.values.items() if name != "evidence"}
    given = {"source": ["省厅公告"], "evidence": [(io.BytesIO(PDF), "公告.pdf")]}
    answer = client.post(address, data={**data, **given}, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    session.rollback()
    kept = session.scalars(select(Honour)).one()
    assert (kept.batch, kept.source) == ("第一批", "省厅公告") and kept.evidence_id is not None
    assert "公告.pdf" in client.get(url).get_data(as_text=True)


def test_contacts_leave_and_only_their_unit_sees_them(client_as: ClientAs, session: Session) -> None:
    client = client_as("spec_a")
    park = session.scalar(select(Park.id).where(Park.code == "Z1-01"))
    url = _new(client, park_id=str(park))
    page = _send(
        client, f"{url}/contacts/new", person="邵庭", mobile="13812341234", role="项目", is_primary="y"
    )
    assert "邵庭" in page and "首选" in page
    assert "邵庭" not in client_as("spec_b").get(url).get_data(as_text=True)
    contact = session.scalars(select(Contact)).one()
    page = _send(client, f"/enterprises/contacts/{contact.public_id}/edit", title="部长")
    assert "部长" in page and "138****1234" in page
    page = _send(client, f"/enterprises/contacts/{contact.public_id}/leave")
    assert "已离职 1 人" in page
    page = _send(client, f"/enterprises/contacts/{contact.public_id}/anonymise", reason="本人要求")
    assert "邵庭" not in page.split('id="contacts"')[1].split("</section>")[0]


def test_former_names_have_their_days(client_as: ClientAs, session: Session) -> None:
    client = client_as("spec_a")
    url = _new(client)
    page = _send(
        client, f"{url}/names/new", name="示例市华澜器件厂", from_on="2001-05-01", until_on="2010-04-30"
    )
    assert "示例市华澜器件厂" in page and "2001-05-01 至 2010-04-30" in page
    former = session.scalars(select(FormerName)).one()
    assert (
        "示例市华澜器件厂"
        not in _send(client, f"/enterprises/names/{former.public_id}/edit", name="示例市华澜电子厂")
        .split('id="names"')[1]
        .split("</section>")[0]
    )
    page = _send(client, f"/enterprises/names/{former.public_id}/remove")
    assert "示例市华澜电子厂" not in page.split('id="names"')[1].split("</section>")[0]


def test_figures_are_drawn_verified_by_a_colleague_and_keep_their_versions(
    client_as: ClientAs, session: Session
) -> None:
    client = client_as("spec_a")
    url = _new(client)
    _send(client, f"{url}/edit/trade", industry_code="3974")
    _send(client, f"{url}/years/new", year="2024", source="企业年报", revenue_wan="4000", employees_end="300")
    page = _send(
        client, f"{url}/years/new", year="2025", source="企业年报", revenue_wan="1.2亿元", employees_end="320"
    )
    assert 'role="img"' in page and "中型" in page and "2025 年从业 320 人" in page
    row = session.scalars(select(EnterpriseYear).where(EnterpriseYear.year == 2025)).one()
    _send(client, f"/enterprises/years/{row.public_id}/edit", revenue_wan="12500")
    versions = client.get(f"/enterprises/years/{row.public_id}").get_data(as_text=True)
    assert "第 1 版" in versions and "12,000.00" in versions and "12,500.00" in versions
    assert "核验无误" not in versions
    colleague = client_as("desk_a")
    page = _send(colleague, f"/enterprises/years/{row.public_id}")
    assert "已核验" in page and "甲区企服" in page


def test_a_wrong_code_passes_only_by_right_and_stays_marked(client_as: ClientAs, session: Session) -> None:
    office = client_as("office")
    url = _new(office)
    wrong = {"uscc": "913303006807061373", "uscc_as_printed": "y"}
    assert "请写明原因" in _send(office, f"{url}/edit/identity", **wrong)
    page = _send(office, f"{url}/edit/identity", **wrong, reason="原件如此")
    assert "代码按证照原件登记" in page and "按证照原件登记" in page
    other = client_as("head_a")
    assert "uscc_as_printed" not in other.get(f"{url}/edit/identity").get_data(as_text=True)
    page = _send(other, f"{url}/edit/identity", legal_rep="周澜")
    assert "周澜" in page and "代码按证照原件登记" in page


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
