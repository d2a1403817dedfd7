"""`python -m webapp import …` as scripts call it, and the real tables that come with the repository."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from core.db import db, unit_of_work
from core.places import Region
from crm.enterprises.models import Enterprise
from tests.support.sheets import HEAD, code, firm, workbook
from webapp import reference
from webapp.cli import imports
from webapp.cli.start import Trouble

DATA = Path(__file__).resolve().parents[3] / "data" / "companies"
OLD_WORKBOOK = Path(__file__).resolve().parents[2] / "data" / "enterprises_97.xls"

Command = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def command(app: Flask, capsys: pytest.CaptureFixture[str]) -> Command:
    """`command(file, *options)`: exit status and the printed JSON."""
    parser = argparse.ArgumentParser()
    imports.register(parser.add_subparsers())

    def run(file: Path, *options: str, user: str = "office") -> tuple[int, dict[str, Any]]:
        parsed = parser.parse_args(["import", "enterprises", str(file), "--user", user, "--json", *options])
        status = int(parsed.handler(parsed, app))
        return status, json.loads(capsys.readouterr().out.splitlines()[-1])

    return run


def firms() -> int:
    db.session.rollback()
    return db.session().scalar(select(func.count(Enterprise.id))) or 0


def test_a_dry_run_writes_nothing_and_names_row_and_column(command: Command, tmp_path: Path) -> None:
    bad = firm(2)
    bad[1] = bad[1][:17]
    status, answer = command(workbook(tmp_path / "a.xlsx", [HEAD, firm(1), bad]), "--dry-run")
    assert status == 1 and firms() == 0
    assert {name: answer[name] for name in ("rows", "inserted", "updated", "skipped")} == {
        "rows": 2, "inserted": 1, "updated": 0, "skipped": 1,
    }  # fmt: skip
    assert answer["faults"] == [
        {"row": 3, "column": "B", "code": "length", "message": "长度应为 18 位，现在是 17 位。"}
    ]


def test_correct_rows_go_in_and_a_second_run_changes_nothing(command: Command, tmp_path: Path) -> None:
    file = workbook(tmp_path / "a.xlsx", [HEAD, firm(1), firm(2)])
    assert command(file) == (0, {"rows": 2, "inserted": 2, "updated": 0, "skipped": 0, "faults": []})
    assert command(file) == (0, {"rows": 2, "inserted": 0, "updated": 0, "skipped": 2, "faults": []})
    assert firms() == 2


def test_a_file_that_cannot_be_imported_gives_a_reason_and_status_1(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(b"nonsense" * 1000)
    status, answer = command(file)
    assert status == 1 and answer["rows"] == 0 and answer["faults"][0]["code"] == "not_excel"


def test_what_stands_in_the_way_is_said(command: Command, tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="no account"):
        command(tmp_path / "a.xlsx", user="nobody")
    with pytest.raises(Trouble, match="cannot be read"):
        command(tmp_path / "missing.xlsx")
    with pytest.raises(Trouble, match="No column"):
        command(workbook(tmp_path / "b.xlsx", [["信用代码", "成立日期"], [code(1), "2019-04-02"]]))


def test_who_may_not_import_may_not_do_so_here(command: Command, tmp_path: Path) -> None:
    status, answer = command(workbook(tmp_path / "a.xlsx", [HEAD, firm(1)]), user="leader")
    assert status == 1 and answer["faults"][0]["code"] == "not_permitted" and firms() == 0


def test_a_workbook_of_the_old_format_is_read(command: Command, session: Session) -> None:
    assert command(OLD_WORKBOOK)[1] == {"rows": 2, "inserted": 2, "updated": 0, "skipped": 0, "faults": []}
    found = session.scalars(select(Enterprise).where(Enterprise.uscc == code(2))).one()
    assert found.reg_capital_wan == 1200 and str(found.founded_on) == "2020-01-31"


def real_regions() -> None:
    """The provinces of the small world give way to all of China's divisions."""
    with unit_of_work() as session:
        session.execute(update(Region).values(parent_code=None))
        session.execute(delete(Region).where(Region.level == 1))
        reference.load_regions(session)


def test_the_listed_companies_and_the_local_ones_come_in_whole(command: Command) -> None:
    """Credit codes unknown, stock code as key; a local firm with the name of a listed one is asked about."""
    real_regions()
    listed = command(DATA / "stock_basic_2026.csv")
    assert listed == (0, {"rows": 5448, "inserted": 5448, "updated": 0, "skipped": 0, "faults": []})
    status, local = command(DATA / "mianyang_companies.csv")
    assert (status, local["faults"]) == (0, [])
    assert local["rows"] == 24 and local["inserted"] + local["skipped"] == 24
    assert firms() == 5448 + local["inserted"]
    boe = db.session().scalars(select(Enterprise).where(Enterprise.stock_code == "000725")).one()
    assert not boe.verified and boe.listed_on is not None
