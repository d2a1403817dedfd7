"""What belongs to an enterprise on its page: honours, contacts, former names, yearly figures."""

import io
import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit import AuditEntry
from core.places import Park
from crm.enterprises.models import Contact, Enterprise, EnterpriseYear, FormerName, Honour
from tests.conftest import csrf_of
from tests.support.firms import ClientAs, hidden, new_firm, send_form
from tests.support.forms import PDF, parse, post_forms


def test_honours_are_entered_with_their_proof_and_change_by_date(
    client_as: ClientAs, session: Session
) -> None:
    client = client_as("spec_a")
    url = new_firm(client)
    page = send_form(
        client, f"{url}/honours/new", kind="hte", name="高新技术企业", level="national", doc_no="川科[2022]9号",
        valid_from="2022-11-01", valid_to="2025-10-31", evidence="file",
    )  # fmt: skip
    assert "川科〔2022〕9号" in page and "已过期" in page and "扫描件.pdf" in page
    honour = session.scalars(select(Honour)).one()
    assert honour.evidence_id is not None
    page = send_form(client, f"/enterprises/honours/{honour.public_id}/edit", valid_to="2100-10-31")
    assert "已过期" not in page
    page = send_form(
        client, f"/enterprises/honours/{honour.public_id}/revoke", revoked_on="2026-01-01", reason="公告取消"
    )
    assert "被撤销" in page
    page = send_form(client, f"/enterprises/honours/{honour.public_id}/remove", reason="录错")
    assert "没有登记资质" in page


def test_a_correction_with_its_proof_survives_somebody_elses_correction(
    client_as: ClientAs, session: Session
) -> None:
    client = client_as("spec_a")
    url = new_firm(client)
    send_form(client, f"{url}/honours/new", kind="hte", name="高新技术企业", level="national")
    honour = session.scalars(select(Honour)).one()
    address = f"/enterprises/honours/{honour.public_id}/edit"
    session.rollback()
    page = client.get(address).get_data(as_text=True).split("<main")[1]
    form = next(post_forms(parse("<main" + page), address))
    send_form(client, address, batch="第一批")
    data = {name: values for name, values in form.values.items() if name != "evidence"}
    given = {"source": ["省厅公告"], "evidence": [(io.BytesIO(PDF), "公告.pdf")]}
    answer = client.post(address, data={**data, **given}, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    session.rollback()
    kept = session.scalars(select(Honour)).one()
    assert (kept.batch, kept.source) == ("第一批", "省厅公告") and kept.evidence_id is not None
    assert "公告.pdf" in client.get(url).get_data(as_text=True)


def test_a_wrong_proof_is_named_at_its_field_and_what_was_typed_stays(client_as: ClientAs) -> None:
    client = client_as("spec_a")
    url = new_firm(client)
    address = f"{url}/honours/new"
    page = client.get(address).get_data(as_text=True).split("<main")[1]
    assert 'enctype="multipart/form-data"' in page, "a browser sends no file otherwise"
    data = {
        "csrf_token": csrf_of(page), "form_key": hidden(page, "form_key"), "kind": "hte", "level": "national",
        "name": "高新技术企业", "batch": "第七批", "evidence": (io.BytesIO(b"MZ" + b"0" * 99), "证书.exe"),
    }  # fmt: skip
    answer = client.post(address, data=data, content_type="multipart/form-data")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and 'value="第七批"' in page
    assert "不收这种文件" in page.split('id="evidence-error"')[1][:200]
    assert "没有登记资质" in client.get(url).get_data(as_text=True)


def test_what_is_wrong_with_a_mother_is_said_where_she_is_picked(client_as: ClientAs) -> None:
    client = client_as("spec_a")
    url = new_firm(client)
    page = send_form(client, f"{url}/edit/ties", group="示例市华澜光电科技有限公司")
    assert "集团母公司不能是它自己" in page.split('id="group-error"')[1][:200]


def test_contacts_leave_and_only_their_unit_sees_them(client_as: ClientAs, session: Session) -> None:
    client = client_as("spec_a")
    park = session.scalar(select(Park.id).where(Park.code == "Z1-01"))
    url = new_firm(client, park_id=str(park))
    page = send_form(
        client, f"{url}/contacts/new", person="邵庭", mobile="13812341234", role="项目", is_primary="y"
    )
    assert "邵庭" in page and "首选" in page
    assert "邵庭" not in client_as("spec_b").get(url).get_data(as_text=True)
    contact = session.scalars(select(Contact)).one()
    page = send_form(client, f"/enterprises/contacts/{contact.public_id}/edit", title="部长")
    assert "部长" in page and "138****1234" in page
    page = send_form(client, f"/enterprises/contacts/{contact.public_id}/leave")
    assert "已离职 1 人" in page
    page = send_form(client, f"/enterprises/contacts/{contact.public_id}/anonymise", reason="本人要求")
    assert "邵庭" not in page.split('id="contacts"')[1].split("</section>")[0]


def test_former_names_have_their_days(client_as: ClientAs, session: Session) -> None:
    client = client_as("spec_a")
    url = new_firm(client)
    page = send_form(
        client, f"{url}/names/new", name="示例市华澜器件厂", from_on="2001-05-01", until_on="2010-04-30"
    )
    assert "示例市华澜器件厂" in page and "2001-05-01 至 2010-04-30" in page
    former = session.scalars(select(FormerName)).one()
    assert (
        "示例市华澜器件厂"
        not in send_form(client, f"/enterprises/names/{former.public_id}/edit", name="示例市华澜电子厂")
        .split('id="names"')[1]
        .split("</section>")[0]
    )
    page = send_form(client, f"/enterprises/names/{former.public_id}/remove")
    assert "示例市华澜电子厂" not in page.split('id="names"')[1].split("</section>")[0]


def test_figures_are_drawn_verified_by_a_colleague_and_keep_their_versions(
    client_as: ClientAs, session: Session
) -> None:
    client = client_as("spec_a")
    url = new_firm(client)
    send_form(client, f"{url}/edit/trade", industry_code="3974")
    send_form(
        client, f"{url}/years/new", year="2024", source="企业年报", revenue_wan="4000", employees_end="300"
    )
    page = send_form(
        client, f"{url}/years/new", year="2025", source="企业年报", revenue_wan="1.2亿元", employees_end="320"
    )
    assert 'role="img"' in page and "中型" in page and "2025 年从业 320 人" in page
    row = session.scalars(select(EnterpriseYear).where(EnterpriseYear.year == 2025)).one()
    send_form(client, f"/enterprises/years/{row.public_id}/edit", revenue_wan="12500")
    versions = client.get(f"/enterprises/years/{row.public_id}").get_data(as_text=True)
    assert "第 1 版" in versions and "12,000.00" in versions and "12,500.00" in versions
    assert "核验无误" not in versions
    colleague = client_as("desk_a")
    page = send_form(colleague, f"/enterprises/years/{row.public_id}")
    assert "已核验" in page and "甲区企服" in page


def test_a_year_that_was_entered_by_mistake_goes_and_the_audit_keeps_it(
    client_as: ClientAs, session: Session
) -> None:
    client = client_as("spec_a")
    url = new_firm(client)
    for year, revenue in (("2024", "4000"), ("2015", "5000"), ("2025", "5100")):
        send_form(client, f"{url}/years/new", year=year, source="企业年报", revenue_wan=revenue)
    row = session.scalars(select(EnterpriseYear).where(EnterpriseYear.year == 2025)).one()
    session.rollback()
    address = f"/enterprises/years/{row.public_id}/remove"
    assert address in client.get(f"/enterprises/years/{row.public_id}").get_data(as_text=True)
    assert "还没有填写" in send_form(client, address, reason="")
    assert client_as("leader").get(address).status_code == 403
    page = send_form(client, address, reason="年度填错")
    assert "5,000.00" in page and "删除年度数据" in page and "年度填错" in page
    session.rollback()
    firm = session.scalars(select(Enterprise)).one()
    assert (firm.latest_year, firm.latest_revenue_wan) == (2024, 4000)
    kept = session.scalars(select(AuditEntry).where(AuditEntry.action == "enterprises.year_removed")).one()
    assert kept.changes == {"revenue_wan": ["5100", None]}


def test_what_two_sources_say_otherwise_is_pointed_out(client_as: ClientAs) -> None:
    client = client_as("spec_a")
    url = new_firm(client)
    given = {"year": "2025", "revenue_wan": "5000", "employees_end": "320"}
    send_form(client, f"{url}/years/new", source="企业年报", **given)
    assert "来源不一致" not in send_form(
        client, f"{url}/years/new", source="人社", year="2025", employees_end="320"
    )
    page = send_form(client, f"{url}/years/new", source="市统计局", year="2025", revenue_wan="5100")
    assert "2025 年“营业收入”的来源不一致：企业年报 5,000.00 万元，市统计局 5,100.00 万元" in page


def test_figures_are_read_in_their_units_wherever_they_stand(client_as: ClientAs) -> None:
    client = client_as("spec_a")
    url = new_firm(client)
    page = send_form(
        client, f"{url}/years/new", year="2025", source="企业年报", revenue_wan="12345.6", land_sqm="100",
        emission_t="0.0012", energy_tce="12.5", energy_basis="equivalent", employees_end="1200",
    )  # fmt: skip
    table, timeline = page.split('id="timeline"')
    assert {"12,345.60", "100.00", "0.0012", "12.5", "1,200"} <= set(
        re.findall(r'<td class="n">([^<]*)<', table)
    )
    for said in ("12,345.60 万元", "100.00 亩", "0.0012 吨", "12.5 吨标准煤", "1,200 人"):
        assert said in timeline


def test_what_is_over_and_what_is_many_is_folded(client_as: ClientAs) -> None:
    client = client_as("spec_a")
    url = new_firm(client)
    for number, until in enumerate(("2020-12-31", "2021-12-31", "2100-12-31")):
        send_form(
            client,
            f"{url}/honours/new",
            kind="other",
            name=f"称号{number}",
            level="municipal",
            valid_to=until,
        )
    for number in range(9):
        page = send_form(
            client, f"{url}/contacts/new", person=f"联系人{number}", mobile=f"1380000000{number}"
        )
    honours = page.split('id="honours"')[1].split("</section>")[0]
    before, folded = honours.split("<details")
    assert "称号2" in before and "称号0" in folded and "已过期或被撤销 2 项" in folded
    contacts = page.split('id="contacts"')[1].split("</section>")[0]
    assert "其余 1 人" in contacts and "联系人8" in contacts.split("其余 1 人")[1]


def test_numbers_are_masked_until_opened_with_a_purpose(client_as: ClientAs, session: Session) -> None:
    client = client_as("spec_a")
    url = new_firm(client)
    form = client.get(f"{url}/contacts/new").get_data(as_text=True).split("<main")[1]
    client.post(
        f"{url}/contacts/new",
        data={
            "csrf_token": csrf_of(form),
            "form_key": hidden(form, "form_key"),
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
