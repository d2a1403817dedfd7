"""`make bench`: the product beside the bare limit. SCALE sets the number of enterprises (100,000)."""

import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import requests

from tests.benchmarks import imports, measure, search, setup
from tests.benchmarks.measure import Figure
from tests.support.product import Product, free_port

PROFILE = "embedded"
ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    scale = int(os.environ.get("SCALE", "100000"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        figures = _start_up(folder / "first")
        home = folder / "large"
        home.mkdir()
        password = setup.prepare(home, scale)
        figures += _pages(home, scale, password)
        figures += search.figures(home, scale)
        figures += imports.figures(folder / "import", min(scale, 20_000))
    print(f"\n{date.today()} · {platform.processor() or platform.machine()} · {os.cpu_count()} cores\n")
    measure.report(figures, ROOT / "var" / "bench.json")


def _start_up(folder: Path) -> list[Figure]:
    """From the command to the first page: with an empty folder (demonstration loaded), and again."""
    figures = []
    for name in ("start-up, first, demonstration loaded", "start-up, again"):
        with Product(folder, DEMO="1") as product:
            figures.append(measure.single(name, PROFILE, 5758, "s", product.started_in))
    return figures


def _pages(home: Path, scale: int, password: str) -> list[Figure]:
    port = free_port()
    bare = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.benchmarks.bare",
            str(home / "lianzhao.db"),
            str(home / "search.db"),
            str(port),
        ]
    )
    try:
        with Product(home, DEMO="0") as product:
            browser, plain = product.sign_in(setup.USER, password), requests.Session()
            _await(f"http://127.0.0.1:{port}/list")
            figures = _timed(product, browser, plain, f"http://127.0.0.1:{port}", scale, home)
            figures.append(measure.single("memory after load", PROFILE, scale, "MB", product.memory_mb()))
            return figures
    finally:
        bare.terminate()
        bare.wait(10)


def _timed(
    product: Product, browser: requests.Session, plain: requests.Session, bare: str, scale: int, home: Path
) -> list[Figure]:
    with sqlite3.connect(home / "lianzhao.db") as connection:
        ids = [row[0] for row in connection.execute("SELECT public_id FROM enterprise LIMIT 500")]

    def ours(path: str) -> None:
        answer = browser.get(product.base + path)
        assert answer.status_code == 200, (path, answer.status_code)

    def theirs(path: str) -> None:
        answer = plain.get(bare + path)
        assert answer.status_code == 200, (path, answer.status_code)

    pages = scale // 50 // 20
    return [
        measure.latency(
            "enterprise list of 50, sorted by name", PROFILE, scale,
            lambda n: ours(f"/enterprises?page={n % pages + 1}"), lambda n: theirs(f"/list?page={n % pages + 1}"),
        ),
        measure.latency(
            "enterprise list of 50, one industry", PROFILE, scale,
            lambda n: ours("/enterprises?industry=3974"), lambda n: theirs("/list?industry=3974"),
        ),
        measure.latency(
            "enterprise record page", PROFILE, scale,
            lambda n: ours(f"/enterprises/{ids[n % len(ids)]}"), lambda n: theirs(f"/record/{ids[n % len(ids)]}"),
        ),
    ]  # fmt: skip


def _await(url: str) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            requests.get(url, timeout=5)
            return
        except requests.RequestException:
            time.sleep(0.05)


if __name__ == "__main__":
    main()
