"""Reading files in the child process: ordinary ones, strange ones, hostile ones."""

import json
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask

from core.errors import Invalid
from core.imports import precheck, sheets
from tests.support.sheets import workbook

KIT = Path(__file__).resolve().parents[2] / "sec_kit" / "make_corpus.py"


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hostile files of the security kit."""
    folder = tmp_path_factory.mktemp("corpus")
    subprocess.run([sys.executable, str(KIT), str(folder)], check=True, capture_output=True)
    return folder


@pytest.fixture(autouse=True)
def _words(app: Flask) -> None:
    """Messages are translated in an application context."""


def read(path: Path, width: int = 6) -> list[sheets.Row]:
    kind = precheck.kind_of(path, path.name)
    heads = sheets.peek(path, kind)
    return [row for batch in sheets.stream(path, kind, heads[0].sheet, range(width)) for row in batch]


def refusal(path: Path) -> str:
    with pytest.raises(Invalid) as refused:
        read(path)
    assert str(refused.value.faults[0].message)
    return refused.value.faults[0].code


def test_cells_come_as_plain_values_with_the_rows_own_numbers(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["名称", 3974.0, 12.5, date(2019, 4, 2), datetime(2020, 1, 1, 8, 30), True])
    page.append([None, "  ", None, None, None, None])
    page.append([None, None, 7, None, None, None])
    page.append(["'=1+1", None, "-5", None, None, None])
    path = tmp_path / "a.xlsx"
    book.save(path)
    assert read(path) == [
        (1, ["名称", 3974, 12.5, "2019-04-02", "2020-01-01 08:30:00", True]),
        (3, [None, None, 7, None, None, None]),
        (4, ["=1+1", None, "-5", None, None, None]),
    ]


def test_rows_and_columns_count_from_a1_wherever_the_data_begin(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page["C5"] = "企业名称"
    page["C6"] = "甲"
    path = tmp_path / "b.xlsx"
    book.save(path)
    assert read(path, 3) == [(5, [None, None, "企业名称"]), (6, [None, None, "甲"])]


def test_a_value_merged_over_rows_stands_in_each_of_them(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for line in (["园区", "名称"], ["甲区", "一"], [None, "二"], [None, "三"], [None, "四"]):
        page.append(line)
    page.merge_cells("A2:A4")
    path = tmp_path / "c.xlsx"
    book.save(path)
    assert [cells for _number, cells in read(path, 2)][1:] == [
        ["甲区", "一"], ["甲区", "二"], ["甲区", "三"], [None, "四"],
    ]  # fmt: skip


def test_hidden_sheets_are_not_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    shown = book.active
    assert shown is not None
    shown.append(["看得见"])
    book.create_sheet("藏").append(["看不见"])
    book["藏"].sheet_state = "hidden"
    path = tmp_path / "d.xlsx"
    book.save(path)
    heads = sheets.peek(path, "xlsx")
    assert [head.rows[0][1][0] for head in heads] == ["看得见"]


def test_hidden_rows_and_failed_formulas_are_told_however_the_workbook_names_its_parts(
    tmp_path: Path,
) -> None:
    """openpyxl writes where a sheet stands from the root on, Excel from the workbook on."""
    book = openpyxl.Workbook()
    book["Sheet"].title = "一 & 二"
    for row in (["名称", "数"], ["甲", 1], ["乙", "#N/A"], [None, "#REF!"]):
        book["一 & 二"].append(row)
    book["一 & 二"].row_dimensions[2].hidden = True
    book["一 & 二"]["AB3"] = "#DIV/0!"
    path = tmp_path / "m.xlsx"
    book.save(path)
    assert [head.hidden_rows for head in sheets.peek(path, "xlsx")] == [1]
    assert list(sheets.stream(path, "xlsx", "一 & 二", [0, 1, 27])) == [
        [(1, ["名称", "数", None]), (2, ["甲", 1, None]), (3, ["乙", "#N/A", "#DIV/0!"])]
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_chinese_comes_through_in_every_encoding_that_excel_writes(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "e.csv"
    path.write_bytes(
        '企业名称,备注\r\n栖霞微显示有限公司,"第一行\n第二行"\r\n\r\n镕基,x\r\n'.encode(encoding)
    )
    assert read(path, 2) == [
        (1, ["企业名称", "备注"]),
        (2, ["栖霞微显示有限公司", "第一行\n第二行"]),
        (4, ["镕基", "x"]),
    ]


def test_a_large_sheet_arrives_whole(tmp_path: Path) -> None:
    path = workbook(tmp_path / "f.xlsx", [[number, f"第{number}家"] for number in range(1, 5001)])
    found = read(path, 2)
    assert len(found) == 5000 and found[-1] == (5000, [5000, "第5000家"])


def test_what_is_wrong_with_a_csv_is_named_with_its_line(corpus: Path) -> None:
    with pytest.raises(Invalid) as refused:
        read(corpus / "unclosed.csv")
    assert "第 5 行" in str(refused.value.faults[0].message)
    assert refusal(corpus / "mixed_enc.csv") == "mixed_encoding"
    assert refusal(corpus / "huge_field.csv") == "cell_too_long"


def test_every_file_that_must_be_refused_is_refused_before_it_can_do_harm(corpus: Path) -> None:
    by_header = {"no_header.csv", "dup_header.csv"}
    manifest: list[dict[str, Any]] = json.loads((corpus / "manifest.json").read_text())
    bad = [each["file"] for each in manifest if each["kind"] == "import" and each["expect"] == "reject"]
    codes = {name: refusal(corpus / name) for name in bad if name not in by_header}
    assert len(codes) == 12
    assert codes["bomb_sst.xlsx"] == codes["bomb_rows.xlsx"] == "bomb"
    assert codes["xxe.xlsx"] == codes["billion_laughs.xlsx"] == codes["quadratic.xlsx"] == "entities"


def test_every_other_file_is_read_or_refused_with_a_reason(corpus: Path) -> None:
    counts: dict[str, int | str] = {}
    for each in json.loads((corpus / "manifest.json").read_text()):
        if each["kind"] == "import" and each["expect"] != "reject":
            try:
                counts[each["file"]] = len(read(corpus / each["file"]))
            except Invalid as refused:
                counts[each["file"]] = refused.faults[0].code
    assert counts["ok.xlsx"] == counts["ok_gbk.csv"] == counts["ok_gb18030_rare.csv"] == 4
    assert counts["dim_lie.xlsx"] == counts["newline_in_cell.csv"] == counts["merged.xlsx"] == 4
    assert counts["far_cell.xlsx"] == 5
    assert counts["wide.xlsx"] == 4
    assert counts["formula_text.csv"] == 16


def test_twenty_megabytes_of_nonsense_are_refused_at_once(tmp_path: Path) -> None:
    for name, code in (("a.xlsx", "not_excel"), ("a.xls", "not_excel"), ("a.csv", "not_csv")):
        path = tmp_path / name
        path.write_bytes(bytes(range(256)) * (20 * 4096))
        assert refusal(path) == code


def test_a_child_that_needs_too_much_memory_harms_only_itself(tmp_path: Path) -> None:
    """A single far cell on the widest row makes 17 thousand million cells out of a few bytes."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page["A1"] = "企业名称"
    page["XFD1048576"] = "x"
    path = tmp_path / "far.xlsx"
    book.save(path)
    assert refusal(path) == "too_big"


def test_a_workbook_with_a_password_is_called_so(tmp_path: Path) -> None:
    path = tmp_path / "locked.xlsx"
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
    )
    assert refusal(path) == "encrypted"
