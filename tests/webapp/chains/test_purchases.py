"""The local supply rate: anchors' purchases by year and home, added up, missing where nothing is told."""

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree as ET

import pypdfium2
import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from chains import queries
from core.audit import AuditEntry
from core.db import unit_of_work
from core.errors import Conflict, Invalid, NotPermitted
from core.permissions import SYSTEM, Actor
from crm.enterprises import homes, map_versions, purchases, purchasing
from crm.enterprises.models import Enterprise
from crm.enterprises.purchasing import PurchaseValues
from tests.support import maps
from tests.support.forms import parse, post_forms
from tests.webapp.web.test_pages import check_page

ClientAs = Callable[[str], FlaskClient]
HOME = "519900"


@pytest.fixture
def chain(session: Session) -> str:
    """Two local anchors and one elsewhere."""
    with unit_of_work() as writing:
        made = maps.build(writing)
        for name, region in (("甲面板", HOME), ("乙面板", HOME), ("外地面板", "440000")):
            firm = maps.firm(writing, name, region_code=region)
            maps.place(writing, firm, "X-02", "anchor", product="液晶面板")
        maps.place(writing, maps.firm(writing, "丙材料", region_code=HOME), "X-01-01", "leading")
        return made.public_id


def _pid(session: Session, name: str) -> str:
    return session.scalars(select(Enterprise.public_id).where(Enterprise.name == name)).one()


def _note(
    session: Session, name: str, year: int, total: str, local: str, *, home: str = HOME,
    version: int | None = None, actor: Actor = SYSTEM,
) -> None:  # fmt: skip
    values = PurchaseValues(year, Decimal(total), Decimal(local), "采购台账")
    pid = _pid(session, name)
    with unit_of_work() as writing:
        purchasing.note(writing, pid, home, values, version=version, actor=actor)


def _supply(session: Session, chain: str, home: str = HOME) -> purchases.Supply:
    session.rollback()
    found = queries.get(session, chain, actor=SYSTEM)
    return purchases.supply(session, found, homes.locate(session, home))


def test_the_rate_adds_up_the_latest_year_of_each_local_anchor(session: Session, chain: str) -> None:
    assert _supply(session, chain).rate is None
    _note(session, "甲面板", 2023, "1000", "900")
    _note(session, "甲面板", 2025, "2000", "500")
    _note(session, "外地面板", 2025, "9000", "9000")
    found = _supply(session, chain)
    assert (found.rate, found.years, len(found.told), len(found.anchors)) == (Decimal("25.00"), "2025", 1, 2)
    _note(session, "乙面板", 2024, "1000", "550.5")
    found = _supply(session, chain)
    assert found.rate == Decimal("35.02")  # (500 + 550.5) / 3,000
    assert found.years == "2024–2025"


def test_what_is_local_to_a_city_is_told_apart_from_a_province(session: Session, chain: str) -> None:
    _note(session, "甲面板", 2025, "2000", "500")
    assert _supply(session, chain, "510000").rate is None
    _note(session, "甲面板", 2025, "2000", "1500", home="510000")
    assert _supply(session, chain, "510000").rate == Decimal("75.00")
    assert _supply(session, chain).rate == Decimal("25.00")


@pytest.mark.parametrize(
    ("year", "total", "local", "source", "field"),
    [
        (1999, "10", "1", "台账", "year"), (2999, "10", "1", "台账", "year"), (2025, "0", "0", "台账", "total_wan"),
        (2025, "10", "11", "台账", "local_wan"), (2025, "10", "-1", "台账", "local_wan"),
        (2025, "10", "1", " ", "source"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_field(
    session: Session, chain: str, year: int, total: str, local: str, source: str, field: str
) -> None:
    values = PurchaseValues(year, Decimal(total), Decimal(local), source)
    pid = _pid(session, "甲面板")
    with pytest.raises(Invalid) as caught, unit_of_work() as writing:
        purchasing.note(writing, pid, HOME, values, version=None, actor=SYSTEM)
    assert [fault.field for fault in caught.value.faults] == [field]


def test_two_who_note_the_same_year_do_not_overwrite_each_other(session: Session, chain: str) -> None:
    _note(session, "甲面板", 2025, "2000", "500")
    with pytest.raises(Invalid) as taken:
        _note(session, "甲面板", 2025, "3000", "500")
    assert [(fault.field, fault.code) for fault in taken.value.faults] == [("year", "taken")]
    _note(session, "甲面板", 2025, "3000", "500", version=1)
    with pytest.raises(Conflict):
        _note(session, "甲面板", 2025, "4000", "500", version=1)
    actions = session.scalars(
        select(AuditEntry.action).where(AuditEntry.action == "chains.purchases_noted")
    ).all()
    assert len(actions) == 2


def test_who_only_reads_notes_nothing(session: Session, chain: str, actor: Callable[[str], Actor]) -> None:
    with pytest.raises(NotPermitted):
        _note(session, "甲面板", 2025, "2000", "500", actor=actor("leader"))


def test_a_year_is_noted_mended_and_removed_on_pages(
    client_as: ClientAs, session: Session, chain: str
) -> None:
    client, pid = client_as("spec_a"), _pid(session, "甲面板")
    listing = f"/chains/{chain}/purchases?home={HOME}"
    assert "缺数据" in client.get(listing).text
    url = f"/chains/{chain}/purchases/{pid}?home={HOME}"
    form = next(form for form in post_forms(parse(client.get(url).text), url) if "total_wan" in form.values)
    values = {"year": "2025", "total_wan": "2亿元", "local_wan": "5000", "source": "企业报送"}
    wrong = form.send(client, **{**values, "local_wan": "30000"})
    assert wrong[0] == 422 and "也不能大于采购总额" in wrong[1]
    assert form.send(client, **values)[0] == 303
    page = client.get(listing).text
    assert check_page(page) == [] and "25.0%" in page and "企业报送" in page
    assert "25.0%" in client.get(f"/chains/{chain}?home={HOME}").text
    assert "25" in client.get(f"/chains?home={HOME}").text
    edit = f"{url}&year=2025"
    mended = next(
        form for form in post_forms(parse(client.get(edit).text), edit) if "total_wan" in form.values
    )
    assert mended.values["total_wan"] == ["20000"]
    assert mended.send(client, local_wan="10000")[0] == 303
    page = client.get(listing).text
    assert "50.0%" in page
    gone = next(form for form in post_forms(parse(page), listing) if form.action.endswith("/remove"))
    assert gone.send(client)[0] == 303
    assert "缺数据" in client.get(listing).text


def _words(client: FlaskClient, url: str) -> str:
    return "".join(ET.fromstring(client.get(url).data).itertext())


def test_the_rate_stands_on_every_picture_and_in_the_tables(
    client_as: ClientAs, session: Session, chain: str
) -> None:
    client = client_as("spec_a")
    assert "本地配套率缺数据" in _words(client, f"/chains/{chain}/picture.svg?home={HOME}")
    _note(session, "甲面板", 2025, "2000", "500")
    told = "本地配套率 25.0%（2025 年，1/2 家链主）"
    assert told in _words(client, f"/chains/{chain}/picture.svg?home={HOME}")
    document = pypdfium2.PdfDocument(client.get(f"/chains/{chain}/picture.pdf?home={HOME}").data)
    pages = [document[at].get_textpage().get_text_range() for at in range(len(document))]
    assert "25.0%" in pages[0] and "本地配套率 25.0%" in pages[-1] and "采购台账" in pages[-1]
    book = load_workbook(io.BytesIO(client.get(f"/chains/{chain}/table.xlsx?home={HOME}").data))
    about = dict(book["图谱"].iter_rows(values_only=True))
    assert (about["本地配套率（%）"], about["范围"], about["环节覆盖率（%）"]) == (25, "示例市", 40)
    nodes = list(book["环节表"].iter_rows(values_only=True))
    panel = next(row for row in nodes if row[3] == "显示面板")
    assert panel[6] == 2 and "甲面板（链主）" in panel[7] and panel[8] == "外地面板"
    assert list(book["本地配套率"].iter_rows(values_only=True)) == [
        ("链主", "年度", "采购总额（万元）", "其中本地供应商（万元）", "本地配套率（%）", "数据来源"),
        ("甲面板", 2025, 2000, 500, 25, "采购台账"),
        ("乙面板", None, None, None, None, "缺数据"),
    ]


def test_a_published_version_keeps_the_rate_of_then(
    client_as: ClientAs, session: Session, chain: str
) -> None:
    _note(session, "甲面板", 2024, "2000", "900")
    _note(session, "甲面板", 2025, "2000", "500")
    _note(session, "甲面板", 2025, "1000", "900", home="510000")
    for verb in ("submit", "publish"):
        with unit_of_work() as writing:
            map_versions.take(writing, chain, verb, version=None, as_of=date(2026, 9, 30), actor=SYSTEM)
    _note(session, "甲面板", 2025, "4000", "3000", version=1)
    _note(session, "乙面板", 2025, "4000", "3000")
    client = client_as("spec_a")
    address = f"/chains/{chain}/picture.svg?home={HOME}"
    assert "本地配套率 75.0%（2025 年，2/2 家链主）" in _words(client, address)
    assert "本地配套率 25.0%（2025 年，1/2 家链主）" in _words(client, f"{address}&number=1")
    assert "本地配套率 90.0%" in _words(client, f"/chains/{chain}/picture.svg?home=510000&number=1")
    page = client.get(f"/chains/{chain}?home={HOME}&number=1").text
    assert "25.0%" in page and "/purchases" not in page and check_page(page) == []
    book = load_workbook(io.BytesIO(client.get(f"/chains/{chain}/table.xlsx?home={HOME}&number=1").data))
    assert dict(book["图谱"].iter_rows(values_only=True))["本地配套率（%）"] == 25


def test_only_a_local_anchor_of_the_map_has_purchases(
    client_as: ClientAs, session: Session, chain: str
) -> None:
    client = client_as("spec_a")
    for name in ("外地面板", "丙材料"):
        assert client.get(f"/chains/{chain}/purchases/{_pid(session, name)}?home={HOME}").status_code == 404
