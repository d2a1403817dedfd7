"""Files that are no table, or want to do harm: refused in words, or imported with exact counts."""

import json
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from core.imports import precheck, running
from core.imports.models import Import, ImportRow
from tests.support.imports import ClientAs, confirm, opened, send, work


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.xlsx", b"nonsense" * 2_600_000, "不是 Excel 文件"),
        ("a.csv", bytes(range(256)) * 80_000, "不是 csv 文件"),
        ("a.pdf", b"%PDF-1.4", "只收 xlsx、xls 和 csv 文件"),
        ("a.csv", b"", "空的"),
        ("a.csv", "甲,乙\n1,2\n".encode(), "没有找到表头"),
        ("a.csv", "企业名称,备注,企业名称\n甲乙,2,丙丁\n".encode(), "有两列都叫“企业名称”"),
        ("a.csv", '企业名称\n甲乙\n"丙丁'.encode(), "引号没有成对"),
    ],
)
def test_a_file_that_cannot_be_imported_is_refused_in_words(
    client_as: ClientAs, session: Session, name: str, data: bytes, told: str
) -> None:
    answer = send(client_as("spec_a"), data, name)
    assert answer.status_code == 422 and told in answer.get_data(as_text=True)


def test_more_than_the_limit_is_refused_with_the_limit(client_as: ClientAs) -> None:
    answer = send(client_as("spec_a"), b"x" * (precheck.LIMIT_BYTES + 1), "a.csv")
    assert answer.status_code == 422 and "超过 50 MB" in answer.get_data(as_text=True)


def test_no_hostile_file_makes_an_error_or_a_wrong_count(
    app: Flask, client_as: ClientAs, hostile: Path, session: Session
) -> None:
    """Every sheet of the security kit from upload to report: refused in words, or each row accounted for."""
    client = client_as("spec_a")
    sheets = [
        each for each in json.loads((hostile / "manifest.json").read_text()) if each["kind"] == "import"
    ]
    assert len(sheets) > 30
    for each in sheets:
        answer = send(client, (hostile / each["file"]).read_bytes(), each["file"])
        assert answer.status_code in (303, 422), each["file"]
        if each["expect"] == "reject" or answer.status_code == 422:
            assert answer.status_code == 422 and 'class="err"' in answer.get_data(as_text=True), each["file"]
            continue
        accounts = _through(app, client, answer, session)
        if each["expect"].startswith("rows:"):
            good, bad = (int(count) for count in each["expect"].removeprefix("rows:").split(","))
            assert (accounts.pop("good"), accounts.pop("bad")) == (good, bad), (each["file"], accounts)


def _through(app: Flask, client: FlaskClient, answer: TestResponse, session: Session) -> dict[str, int]:
    """The dry run and the run of an upload; its rows, which the counters of the import must agree with."""
    url, page = opened(client, answer)
    assert "预检结果" in page and "root:x:0:0" not in page
    if 'id="confirm"' in page:
        confirm(client, url, only_correct="1")
        work(app)
    else:
        assert "没有一行可以导入" in page or "下面没有数据" in page
    record = session.scalars(select(Import).where(Import.public_id == url.rpartition("/")[2])).one()
    rows = running.accounts(session, record.id)
    session.rollback()
    if record.state == "done":
        assert rows.get("created", 0) == record.created and rows.get("rejected", 0) == record.rejected
        assert sum(rows.values()) == record.total == record.done
    held = {name: rows.get(name, 0) for name in ("created", "updated", "unchanged")}
    return {**rows, "good": sum(held.values()), "bad": rows.get("rejected", 0) + _waiting(session, record)}


def _waiting(session: Session, record: Import) -> int:
    """Rows with faults of an import that cannot begin: none of its rows is sound."""
    faulty = select(func.count()).where(ImportRow.import_id == record.id, ImportRow.action == "fault")
    found = session.scalar(faulty) or 0
    session.rollback()
    return found if record.state == "checked" else 0


@pytest.mark.parametrize("name", ["bomb_sst.xlsx", "bomb_rows.xlsx", "billion_laughs.xlsx", "quadratic.xlsx"])
def test_a_bomb_is_refused_without_being_unpacked(client_as: ClientAs, hostile: Path, name: str) -> None:
    client, data = client_as("spec_a"), (hostile / name).read_bytes()
    send(client, b"", "warm.csv")
    before = _memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the highest mark begins anew
    assert send(client, data, name).status_code == 422
    assert _memory("VmHWM") - before < 50


def _memory(name: str) -> float:
    """MB of this process."""
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) / 1024
