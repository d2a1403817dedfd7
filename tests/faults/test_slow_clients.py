"""Clients that dribble, and files that would fill the memory: nobody else waits, and the memory is given back."""

import contextlib
import json
import socket
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.support.browser import fields
from tests.support.product import Product

pytestmark = pytest.mark.slow

DRIBBLING = 300
"""More than the threads of the process by far; each holds a connection and never ends its request."""

BEGINNINGS = (
    b"GET /login HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
    b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 100000\r\n\r\nusername=",
    b"",
)
"""A head that does not end, a body that does not end, and silence."""


@contextlib.contextmanager
def _dribbling(port: int) -> Iterator[None]:
    """So many connections, fed one byte each time round until the end."""
    connections = [socket.create_connection(("127.0.0.1", port), 10) for _number in range(DRIBBLING)]
    for number, each in enumerate(connections):
        each.sendall(BEGINNINGS[number % len(BEGINNINGS)])
    stopping = threading.Event()

    def feed() -> None:
        while not stopping.wait(0.5):
            for number, each in enumerate(connections):
                if BEGINNINGS[number % len(BEGINNINGS)]:
                    with contextlib.suppress(OSError):
                        each.sendall(b"a")

    feeder = threading.Thread(target=feed)
    feeder.start()
    try:
        yield
    finally:
        stopping.set()
        feeder.join()
        for each in connections:
            each.close()


def _signed_in(product: Product) -> requests.Session:
    given = json.loads((product.data_dir / "demo_accounts.json").read_text("utf-8"))
    return product.sign_in("specialist", str(given["password"]))


def test_everybody_else_is_answered_while_hundreds_dribble(tmp_path: Path) -> None:
    with Product(tmp_path, DEMO="1") as product:
        session = _signed_in(product)
        with _dribbling(product.port):
            for address in ("/", "/enterprises", "/leads", "/projects", "/search?q=光电") * 3:
                assert session.get(f"{product.base}{address}", timeout=30).status_code == 200, address
            assert requests.get(f"{product.base}/readyz", timeout=30).ok
            assert _signed_in(product)  # whoever comes anew is let in, too
        assert requests.get(f"{product.base}/readyz", timeout=30).ok


def _bomb(path: Path) -> Path:
    """A workbook of 3 MB whose one sheet unpacks to more than a gigabyte."""
    row = b'<row><c t="inlineStr"><is><t>' + b"A" * 4096 + b"</t></is></c></row>"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        )
        book.writestr("xl/workbook.xml", "<workbook/>")
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(b"<worksheet><sheetData>")
            for _block in range(280):
                sheet.write(row * 1000)
            sheet.write(b"</sheetData></worksheet>")
    return path


def _upload(product: Product, session: requests.Session, bomb: Path) -> int:
    address = f"{product.base}/imports/new?kind=enterprises"
    form = fields(session.get(address, timeout=60).text)
    with bomb.open("rb") as file:
        answer = session.post(
            address, data=form, files={"file": ("名录.xlsx", file)},
            allow_redirects=False, timeout=120,
        )  # fmt: skip
    return answer.status_code


def test_files_that_unpack_to_gigabytes_are_refused_and_leave_no_memory_behind(tmp_path: Path) -> None:
    bomb = _bomb(tmp_path / "bomb.xlsx")
    with Product(tmp_path / "data", DEMO="1") as product:
        session = _signed_in(product)
        _upload(product, session, bomb)  # what an upload loads once is no leak
        before = product.memory_mb()
        statuses: list[int] = []
        threads = [
            threading.Thread(target=lambda: statuses.append(_upload(product, session, bomb)))
            for _number in range(10)
        ]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert len(statuses) == 10 and set(statuses) == {422}, statuses
        assert product.memory_mb() < before * 1.2
