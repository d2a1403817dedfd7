"""A map of 2,000 nodes in a real browser: until it answers a key, beside a bare page with the same SVG."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

import config
from chains import exchange, service
from core.db import db, unit_of_work
from core.permissions import SYSTEM
from tests.benchmarks import maps, measure, setup
from tests.benchmarks.measure import Figure
from tests.plugins.servers import chromium
from tests.support.product import Product
from webapp import database, reference
from webapp.cli.demo import load
from webapp.factory import create_app

NODES, TURNS = 2_000, 12
MAP = "svg.map >> nth=0"
LARGER = """before => {
  const map = document.querySelector('svg.map');
  return map.getBoundingClientRect().width > before * 1.1
    && new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))));
}"""
ZOOM = """<script>addEventListener("keydown", event => {
  if (event.key === "+") document.querySelector("svg.map").style.width = "125%";
})</script>"""


def figures(folder: Path) -> list[Figure]:
    """Milliseconds until a press of + has made the map larger, and until an open node stands beside it."""
    pid = _fill(folder)
    with Product(folder, DEMO="0") as product, sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        window = running.new_context(base_url=product.base, viewport={"width": 1280, "height": 900})
        page = window.new_page()
        _sign_in(page, setup.password(folder))
        address = f"{product.base}/chains/{pid}"
        page.goto(address)
        with _served(_bare(page)) as bare:
            found = measure.prepared_latency(
                f"a map of {NODES:,} nodes answers a key",
                maps.PROFILE,
                NODES,
                lambda _number: _usable(page, address),
                lambda _number: _usable(page, bare),
                count=TURNS,
            )
        opened = [_opened(page, address, number) for number in range(TURNS)]
        running.close()
    return [found, measure.alone(f"a node opens beside {NODES:,}", maps.PROFILE, NODES, opened)]


def _fill(folder: Path) -> str:
    """An empty register, accounts and the map; its public id."""
    folder.mkdir()
    app = create_app(config.load({"DATA_DIR": str(folder), "DEMO": "0"}))
    database.upgrade(app)
    reference.ensure(app)
    load.load(app, folder, only=setup.STEPS)
    with app.test_request_context():
        draft = exchange.read(maps.content(NODES))[0]
        assert draft is not None
        with unit_of_work() as session:
            pid = service.create_from(session, draft, actor=SYSTEM).public_id
        db.session.remove()
        db.engine.dispose()
    return pid


def _sign_in(page: Page, password: str) -> None:
    page.goto("/login")
    page.fill("[name=username]", setup.USER)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)


def _bare(page: Page) -> bytes:
    """The picture of the open page with its style sheets inside, and a key that makes it larger: nothing else."""
    sheets = page.locator("link[rel=stylesheet]").evaluate_all("all => all.map(one => one.href)")
    styles = "".join(f"<style>{page.request.get(sheet).text()}</style>" for sheet in sheets)
    picture = page.locator(MAP).evaluate("map => map.outerHTML")
    return f'<!doctype html><meta charset="utf-8">{styles}{ZOOM}<figure>{picture}</figure>'.encode()


@contextmanager
def _served(content: bytes) -> Iterator[str]:
    """The page at an address of its own."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_values: object) -> None:
            """Nothing is written beside the table."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()


def _usable(page: Page, address: str) -> Callable[[], None]:
    page.goto("about:blank")

    def call() -> None:
        page.goto(address, wait_until="domcontentloaded")
        before = page.locator(MAP).evaluate("map => map.getBoundingClientRect().width")
        page.keyboard.press("+")
        page.wait_for_function(LARGER, arg=before)

    return call


def _opened(page: Page, address: str, number: int) -> float:
    page.goto(address)
    row = page.locator(f"svg.map a[aria-label^='产品{number + 5} ']").first
    started = time.perf_counter()
    row.click()
    page.locator("#node h2", has_text=f"产品{number + 5}").wait_for()
    return (time.perf_counter() - started) * 1000
