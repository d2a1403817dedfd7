"""The map leaves as picture, table and workbook, and comes back as a workbook: dry run, update, refusals."""

import io
import re
from collections.abc import Callable
from datetime import date
from html import unescape
from xml.etree import ElementTree as ET

import pypdfium2
import pytest
from flask.testing import FlaskClient
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chains import queries
from chains.models import Chain, ChainEdit, ChainNode
from core.audit import AuditEntry
from core.db import unit_of_work
from core.permissions import SYSTEM
from tests.conftest import csrf_of
from tests.support import maps
from tests.support.world import World

ClientAs = Callable[[str], FlaskClient]
Cells = dict[str, list[list[object]]]


@pytest.fixture
def chain(session: Session, world: World) -> str:
    with unit_of_work() as writing:
        made = maps.build(writing)
        home = maps.firm(writing, "示例市本地面板有限公司", region_code="519900")
        maps.place(writing, home, "X-02", "anchor", product="液晶面板", evidence_on=date(2023, 12, 31))
        listed = maps.firm(writing, "三利谱", stock_code="002876", region_code="440000")
        maps.place(writing, listed, "X-01-01", "leading", product="TFT偏光片")
        return made.public_id


def got(client: FlaskClient, url: str) -> bytes:
    answer = client.get(url)
    assert answer.status_code == 200, answer.get_data(as_text=True)[:800]
    assert "attachment" in answer.headers["Content-Disposition"]
    return answer.data


def test_the_picture_says_what_day_and_source_it_rests_on(
    client_as: ClientAs, session: Session, chain: str
) -> None:
    text = got(client_as("spec_a"), f"/chains/{chain}/picture.svg?home=519900").decode()
    words = "".join(ET.fromstring(text).itertext())
    for part in (
        "示例市 新型显示产业链图谱", "基准日 2026年11月1日", "环节覆盖率 20.00%（1/5）",
        "优势 1", "缺失 4", "本地企业 1 家",
        "数据来源：草稿，未经主管部门核定。", "挂点 2 条，证据 2023-12-31 至 2025-12-31，1 条超 24 个月待复核",
        "实线供应，虚线配套",
    ):  # fmt: skip
        assert part in words
    assert "href" not in text and "var(--" not in text
    assert session.scalars(select(AuditEntry.action)).all().count("chains.exported") == 1


def test_png_and_pdf_are_drawn_from_the_same_picture(client_as: ClientAs, chain: str) -> None:
    client = client_as("spec_a")
    png = got(client, f"/chains/{chain}/picture.png?home=519900")
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(png[16:20], "big") == 3200
    document = pypdfium2.PdfDocument(got(client, f"/chains/{chain}/picture.pdf?home=519900"))
    across, down = document[0].get_size()
    assert (round(across / 72 * 25.4), round(down / 72 * 25.4)) == (420, 297)
    assert len(document) == 2
    page = document[1].get_textpage().get_text_range()
    assert "示例市本地面板有限公司" in page.replace("\r\n", "") and "三利谱" in page


def test_only_the_three_forms_are_drawn(client_as: ClientAs, chain: str) -> None:
    client = client_as("spec_a")
    assert client.get(f"/chains/{chain}/picture.gif").status_code == 404
    assert client.get("/chains/01ARZ3NDEKTSV4RRFFQ69G5FAV/picture.svg").status_code == 404


def cells_of(client: FlaskClient, chain: str) -> Cells:
    book = load_workbook(io.BytesIO(got(client, f"/chains/{chain}/workbook")))
    return {page.title: [list(row) for row in page.iter_rows(values_only=True)] for page in book.worksheets}


def upload(client: FlaskClient, cells: Cells) -> tuple[int, str]:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in cells.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    token = csrf_of(client.get("/chains/import").get_data(as_text=True))
    answer = client.post(
        "/chains/import",
        data={"csrf_token": token, "file": (stream, "图谱.xlsx")},
        content_type="multipart/form-data",
    )
    return answer.status_code, answer.get_data(as_text=True)


def confirmed(client: FlaskClient, page: str) -> None:
    form = page.split("/chains/import/confirm")[1]
    fields = re.findall(r'name="(csrf_token|form_key|content)"[^>]*value="([^"]*)"', form)
    answer = client.post("/chains/import/confirm", data={name: unescape(value) for name, value in fields})
    assert answer.status_code == 303, answer.get_data(as_text=True)[:800]


def test_a_workbook_comes_back_as_an_update_that_can_be_undone(
    client_as: ClientAs, session: Session, chain: str
) -> None:
    client = client_as("office")
    cells = cells_of(client, chain)
    assert [row[0] for row in cells["节点"][1:]] == [node["code"] for node in maps.CONTENT["nodes"]]
    status, page = upload(client, cells)
    assert status == 200 and "与现在的草稿完全一样" in page
    column = cells["节点"][0].index("名称")
    cells["节点"][5][column] = "整机"
    cells["节点"].append(["X-05", None, "下游", "车载显示", *[None] * (len(cells["节点"][0]) - 4)])
    cells["连线"].append(["X-02", "X-05", "供应", "工艺关系"])
    status, page = upload(client, cells)
    assert status == 200
    assert "新增节点 1：车载显示" in page and "改过的节点 1：整机" in page
    assert session.scalar(select(func.count()).select_from(ChainNode)) == 6
    session.rollback()
    confirmed(client, page)
    session.expire_all()
    found = queries.get(session, chain, actor=SYSTEM)
    assert found.by_code["X-03"].name == "整机" and found.by_code["X-05"].stage == "down"
    assert found.edges[-1].basis == "工艺关系"
    assert session.scalar(select(func.count()).select_from(Chain)) == 1
    assert session.scalars(select(ChainEdit.label)).all() == ["按文件更新"]


def test_faults_of_a_workbook_name_page_and_row(client_as: ClientAs, session: Session, chain: str) -> None:
    client = client_as("office")
    cells = cells_of(client, chain)
    cells["节点"][3][cells["节点"][0].index("环节")] = "上"
    cells["连线"].append(["X-03", "X-99", "供应", ""])
    status, page = upload(client, cells)
    assert status == 422
    assert "节点表第 4 行：节点 X-01-02 没有环节" in page
    assert "连线表第 6 行：" in page
    del cells["连线"]
    status, page = upload(client, cells)
    assert status == 422 and "没有名为 连线 的工作表" in page


def test_a_published_map_takes_no_file(client_as: ClientAs, session: Session, chain: str) -> None:
    client = client_as("office")
    cells = cells_of(client, chain)
    with unit_of_work() as writing:
        writing.scalars(select(Chain)).one().status = "published"
    status, page = upload(client, cells)
    assert status == 422
    assert "请先在“版本”里起草下一版" in page
