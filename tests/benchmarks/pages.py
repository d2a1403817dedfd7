"""Pages of the product beside twins that render the same template from raw SQL rows."""

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.benchmarks import measure, setup
from tests.benchmarks.measure import Figure
from tests.support.product import Product, free_port

PROFILE = "embedded"
DEEPEST = 200


def addresses(home: Path, scale: int) -> dict[str, list[str]]:
    """What is measured, each with the addresses that are asked for in turn."""
    with sqlite3.connect(home / "lianzhao.db") as connection:
        ids = [row[0] for row in connection.execute("SELECT public_id FROM enterprise LIMIT 50")]
    last = max(2, min(DEEPEST, scale // 50))
    pages = range(1, last, max(1, last // 20))
    return {
        "an empty signed-in page": ["/leads"],
        "enterprise list of 50, sorted by name": [f"/enterprises?page={number}" for number in pages],
        "enterprise list of 50, one industry": ["/enterprises?industry=3974"],
        "enterprise record page": [f"/enterprises/{pid}" for pid in ids],
    }


def figures(home: Path, scale: int, password: str) -> list[Figure]:
    """Milliseconds at one connection, ours and the twin in turn; memory of our process after it."""
    asked = addresses(home, scale)
    every = [address for several in asked.values() for address in several]
    with twin(home, password, every) as bare, Product(home, DEMO="0") as product:
        ours = product.sign_in(setup.USER, password)
        plain = requests.Session()
        found = [
            measure.latency(
                name, PROFILE, scale, _caller(ours, product.base, several), _caller(plain, bare, several)
            )
            for name, several in asked.items()
        ]
        return [*found, measure.single("memory after load", PROFILE, scale, "MB", product.memory_mb())]


def _caller(session: requests.Session, base: str, several: list[str]) -> Callable[[int], None]:
    def call(number: int) -> None:
        address = several[number % len(several)]
        answer = session.get(base + address)
        assert answer.status_code == 200, (address, answer.status_code)

    return call


@contextmanager
def twin(home: Path, password: str, every: list[str]) -> Iterator[str]:
    """The bare twin of these addresses, serving; its base address."""
    port = free_port()
    command = [sys.executable, "-m", "tests.benchmarks.twin", str(home), setup.USER, password, str(port)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, text=True)
    assert process.stdin
    process.stdin.write("\n".join(every))
    process.stdin.close()
    try:
        answered(f"http://127.0.0.1:{port}{every[0]}")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def answered(url: str, seconds: float = 120) -> None:
    """Wait until something answers there."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            requests.get(url, timeout=5)
            return
        except requests.RequestException:
            time.sleep(0.05)
    raise RuntimeError(f"nothing answers at {url}")
