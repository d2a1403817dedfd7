"""The page of the dry run: columns asked for, cells mended, rows decided, differences shown."""

import io

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.db import db
from crm.enterprises.models import Enterprise
from tests.conftest import csrf_of
from tests.support.imports import ClientAs, Upload, confirm, hidden, opened, send, work
from tests.support.sheets import HEAD, code, firm


def test_a_cell_mended_in_the_page_is_judged_at_once(client_as: ClientAs, upload: Upload) -> None:
    client = client_as("spec_a")
    bad = firm(2)
    bad[1] = bad[1][:17]
    url, page = opened(client, upload(client, [HEAD, firm(1), bad]))
    data = {"csrf_token": csrf_of(page.split("<main")[1]), "save": "1", "c-3-uscc": code(2)}
    answer = client.post(f"{url}/rows", data=data, headers={"HX-Request": "true"}, follow_redirects=True)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "<html" not in text
    assert "没有发现错误" in text and "导入 2 行" in text and "改好 1 行" in text

    still = client.post(f"{url}/rows", data={**data, "c-3-uscc": "123"}, follow_redirects=True)
    assert "现在是 3 位" in still.get_data(as_text=True)


def test_rows_left_out_stand_on_the_page_and_can_be_taken_back(client_as: ClientAs, upload: Upload) -> None:
    client = client_as("spec_a")
    url, page = opened(client, upload(client, [HEAD, firm(1), ["漏了代码的有限公司", code(2)[:17]]]))
    token = {"csrf_token": csrf_of(page.split("<main")[1])}

    def sent(**what: str) -> str:
        answer = client.post(f"{url}/rows", data={**token, **what}, follow_redirects=True)
        return answer.get_data(as_text=True)

    left = sent(out="3")
    assert "您选了不导入的 1 行" in left and "导入 1 行" in left and "没有发现错误" in left
    assert 'name="back" value="3"' in left and "漏了代码的有限公司" in left
    back = sent(back="3")
    assert "您选了不导入的" not in back and "现在是 17 位" in back


@pytest.mark.parametrize(
    ("rows", "out", "cure"),
    [
        ([["有限公司一", "123"], ["有限公司二", "456"]], "", "请在上面把有错的格改好"),
        ([["有限公司一", code(1)]], "2", "请在上面点“还是导入”"),
        ([["合计", None]], "", "表头在第 1 行，下面没有数据"),
    ],
)
def test_where_no_row_can_be_imported_the_page_says_what_to_do(
    client_as: ClientAs, upload: Upload, rows: list[list[str]], out: str, cure: str
) -> None:
    """Nothing is asked about writing, and no button promises it."""
    client = client_as("spec_a")
    url, page = opened(client, upload(client, [HEAD[:2], *rows]))
    if out:
        assert 'id="confirm"' in page
        data = {"csrf_token": csrf_of(page.split("<main")[1]), "out": out}
        page = client.post(f"{url}/rows", data=data, follow_redirects=True).get_data(as_text=True)
    assert cure in page and "怎么写入" not in page
    assert 'id="confirm"' not in page and 'form="confirm"' not in page


def test_columns_that_are_not_recognised_are_asked_for(client_as: ClientAs, upload: Upload) -> None:
    client = client_as("spec_a")
    rows = [["主体", "信用代码", "本金（亿元）"], ["试制有限公司", code(1), 2]]
    url, page = opened(client, upload(client, rows))
    assert url.endswith("/columns") and "没认出必填的列：企业名称" in page
    data = {
        "csrf_token": csrf_of(page.split("<main")[1]),
        "version": hidden(page, "version"),
        "form_key": hidden(page, "form_key"),
        "c-uscc": "1",
    }
    refused = client.post(url, data=data)
    assert refused.status_code == 422 and "必须指定这一列" in refused.get_data(as_text=True)
    answer = client.post(
        url, data={**data, "c-name": "0", "c-reg_capital_wan": "2", "u-reg_capital_wan": "亿元"}
    )
    assert answer.status_code == 303
    assert "预检结果" in client.get(answer.headers["Location"]).get_data(as_text=True)
    assert "列对应沿用上次" in opened(client, upload(client, rows))[1]


def test_an_amount_without_a_unit_is_asked_for(client_as: ClientAs, upload: Upload) -> None:
    client = client_as("spec_a")
    head = ["企业名称", "信用代码", "注册资本"]
    url, page = opened(client, upload(client, [head, ["试制有限公司", code(1), 2]]))
    assert url.endswith("/columns") and "文件没有写明单位：注册资本" in page
    data = {
        "csrf_token": csrf_of(page.split("<main")[1]),
        **{name: hidden(page, name) for name in ("version", "form_key")},
        **{f"c-{key}": str(place) for place, key in enumerate(("name", "uscc", "reg_capital_wan"))},
    }
    refused = client.post(url, data=data)
    assert refused.status_code == 422 and "请选“注册资本”里数字的单位" in refused.get_data(as_text=True)
    answer = client.post(url, data={**data, "u-reg_capital_wan": "亿元"})
    assert "预检结果" in client.get(answer.headers["Location"]).get_data(as_text=True)
    assert "列对应沿用上次" in opened(client, upload(client, [head, ["试制有限公司", code(1), 2]]))[1]

    sure = [["单位：万元"], head, ["试制有限公司", code(1), 2]]
    assert "预检结果" in opened(client, upload(client, sure))[1]
    own = [["企业名称", "注册资本", "行业"], ["试制有限公司", "1.2亿元", "显示"]]
    assert "预检结果" in opened(client, upload(client, own))[1]


def test_a_row_with_a_known_name_is_decided_on_the_page(
    app: Flask, client_as: ClientAs, upload: Upload
) -> None:
    client = client_as("spec_a")
    url, _page = opened(client, upload(client, [HEAD, firm(1)]))
    confirm(client, url)
    work(app)
    url, page = opened(client, upload(client, [["企业名称", "注册地址"], [firm(1)[0], "甲路1号"]]))
    assert "要您定的 1 行" in page and "是两家" in page
    confirm(client, url, **{"d-2": "new"})
    work(app)
    assert db.session().scalar(select(func.count(Enterprise.id))) == 2


@pytest.mark.parametrize(("choice", "firms", "address"), [("only", 2, "甲路"), ("new", 4, ""), ("", 2, "")])
def test_all_rows_that_ask_are_decided_at_once(
    app: Flask, client_as: ClientAs, upload: Upload, choice: str, firms: int, address: str
) -> None:
    client = client_as("spec_a")
    url, _page = opened(client, upload(client, [HEAD, firm(1), firm(2)]))
    confirm(client, url)
    work(app)
    sheet = [["企业名称", "注册地址"], [firm(1)[0], "甲路1号"], [firm(2)[0], "甲路2号"]]
    url, _page = opened(client, upload(client, sheet))
    assert confirm(client, url, verb="decisions", all=choice).status_code == 303
    confirm(client, url)
    work(app)
    assert db.session().scalar(select(func.count(Enterprise.id))) == firms
    kept = db.session().scalars(select(Enterprise.reg_address).order_by(Enterprise.id).limit(2)).all()
    assert all(text.startswith(address) if address else text == "" for text in kept)


def test_a_choice_that_is_not_offered_decides_nothing(
    app: Flask, client_as: ClientAs, upload: Upload
) -> None:
    client = client_as("spec_a")
    url, _page = opened(client, upload(client, [HEAD, firm(1)]))
    assert confirm(client, url, verb="decisions", all="any").status_code == 422


def test_what_would_change_is_shown_before_it_does(app: Flask, client_as: ClientAs, upload: Upload) -> None:
    client = client_as("spec_a")
    url, _page = opened(client, upload(client, [HEAD, firm(1)]))
    confirm(client, url)
    work(app)
    changed = firm(1)
    changed[3] = 6000
    url, page = opened(client, upload(client, [HEAD, changed]))
    assert "看差别" in page
    shown = client.get(f"{url}/changes").get_data(as_text=True)
    assert ">5,000.5 万元</td>" in shown and ">6,000 万元</td>" in shown


def test_faulty_rows_go_out_without_formulas_and_come_back_mended(
    client_as: ClientAs, upload: Upload
) -> None:
    client = client_as("spec_a")
    bad = ["=1+1有限公司", code(1)[:17], "2019-04-02", 1, "3974"]
    url, _page = opened(client, upload(client, [HEAD, bad]))
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{url}/faults.xlsx").data))
    page = book.worksheets[0]
    assert page["A2"].data_type == "s" and page["A2"].value == "=1+1有限公司" and page["A2"].quotePrefix
    assert "第 2 行 B 列" in str(page["F2"].value)
    page["B2"] = code(1)
    stream = io.BytesIO()
    page["A2"].value, page["A2"].data_type = "改好的有限公司", "s"
    book.save(stream)
    assert "导入 1 行" in opened(client, send(client, stream.getvalue(), "改好.xlsx"))[1]


def test_pasted_control_characters_go_with_a_word_that_names_row_and_column(
    app: Flask, client_as: ClientAs, upload: Upload, session: Session
) -> None:
    client = client_as("spec_a")
    rows = [["企业名称", "信用代码", "主要产品"], ["试\x7f制有限公司", code(1), "偏光片\x0b；\n膜\x9f材"]]
    url, page = opened(client, upload(client, [*rows, ["好的有限公司", code(2), "膜"]]))
    assert "1 行的文字里有换行或粘贴带来的控制字符，已去掉" in page and "没有发现错误" in page
    told = " ".join(client.get(f"{url}/cleaned").get_data(as_text=True).split("<main")[1].split())
    assert "第 2 行" in told and "A 企业名称、C 主要产品" in told and "第 3 行" not in told
    confirm(client, url)
    work(app)
    firm_ = session.scalars(select(Enterprise).where(Enterprise.uscc == code(1))).one()
    assert (firm_.name, firm_.main_products) == ("试制有限公司", "偏光片；\n膜材")
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"{url}/report.xlsx").data)).worksheets[0]
    assert [line[2] for line in sheet.values][1:] == ["去掉了控制字符：A、C 列", ""]


def test_a_nul_is_refused_with_its_place(client_as: ClientAs) -> None:
    """It means that the file is damaged, and no database takes it."""
    data = f"企业名称,信用代码,主要产品\n试制有限公司,{code(1)},a\0b\n".encode()
    _url, page = opened(client_as("spec_a"), send(client_as("spec_a"), data, "a.csv"))
    assert "第 2 行 C 列：第 2 个字符无法识别" in page


def test_what_is_wrong_and_its_cure_are_two_sentences_in_english(client_as: ClientAs, upload: Upload) -> None:
    client = client_as("spec_a")
    client.set_cookie("lang", "en")
    bad = firm(1)
    bad[2] = "2019年4月"
    _url, page = opened(client, upload(client, [HEAD, bad]))
    assert "does not name the day. Write it whole" in page
