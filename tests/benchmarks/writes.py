"""Creating and changing a record with its audit row, beside two raw statements in one transaction."""

import contextlib
import itertools
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import requests

from tests.benchmarks import measure, setup
from tests.benchmarks.measure import Figure
from tests.benchmarks.pages import PROFILE, answered
from tests.support.browser import fields
from tests.support.product import Product, free_port

ROUNDS = 150


def figures(home: Path, scale: int, password: str) -> list[Figure]:
    """Milliseconds from the sent form to its answer. Forms are fetched before the clock starts."""
    copy = home.parent / "bare.db"
    # Never by copying the file: closing it would give up the locks that this process holds on the database.
    with (
        contextlib.closing(sqlite3.connect(home / "lianzhao.db")) as source,
        contextlib.closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
    port = free_port()
    other = subprocess.Popen([sys.executable, "-m", "tests.benchmarks.bare", str(copy), str(port)])
    try:
        with Product(home, DEMO="0") as product:
            answered(f"http://127.0.0.1:{port}/ready")
            browser = product.sign_in(setup.USER, password)
            return _timed(product.base, browser, f"http://127.0.0.1:{port}", scale, _ids(home))
    finally:
        other.terminate()
        other.wait(10)


def _ids(home: Path) -> list[str]:
    with sqlite3.connect(home / "lianzhao.db") as connection:
        return [row[0] for row in connection.execute("SELECT public_id FROM enterprise LIMIT 40")]


def _timed(base: str, browser: requests.Session, other: str, scale: int, ids: list[str]) -> list[Figure]:
    plain = requests.Session()
    return [
        _beside(
            "create an enterprise, audited",
            scale,
            _creator(base, browser),
            lambda n: _post(plain, f"{other}/create", {"name": f"示例对照{n}有限公司"}),
        ),
        _beside(
            "change an enterprise, audited",
            scale,
            _changer(base, browser, ids),
            lambda n: _post(plain, f"{other}/change/{ids[n % len(ids)]}", {"reg_address": f"科技路{n}号"}),
        ),
    ]


Prepared = Callable[[], None]


def _beside(
    name: str, scale: int, ours: Callable[[int], Prepared], theirs: Callable[[int], Prepared]
) -> Figure:
    return measure.prepared_latency(name, PROFILE, scale, ours, theirs, ROUNDS)


def _post(session: requests.Session, url: str, form: dict[str, str]) -> Prepared:
    def send() -> None:
        answer = session.post(url, data=form, allow_redirects=False)
        assert answer.status_code == 303, (url, answer.status_code, answer.text[:500])

    return send


def _creator(base: str, browser: requests.Session) -> Callable[[int], Prepared]:
    serial = itertools.count(int(time.time()) * 1000)  # a kept database may hold those of earlier runs

    def prepare(_number: int) -> Prepared:
        form = fields(browser.get(f"{base}/enterprises/new").text)
        return _post(
            browser, f"{base}/enterprises/new", {**form, "name": f"示例测速{next(serial)}号光电有限公司"}
        )

    return prepare


def _changer(base: str, browser: requests.Session, ids: list[str]) -> Callable[[int], Prepared]:
    serial = itertools.count()

    def prepare(number: int) -> Prepared:
        url = f"{base}/enterprises/{ids[number % len(ids)]}/edit"
        form = fields(browser.get(url).text)
        return _post(browser, url, {**form, "reg_address": f"测速路{next(serial)}号"})

    return prepare
