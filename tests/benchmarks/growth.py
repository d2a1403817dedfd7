"""List pages of registers of 10,000, 100,000 and 1,000,000 enterprises: what grows with the rows.

Asked without a server: it would begin to build the search index of these registers, which lists do not read, and the
pages would wait for that.
"""

import time
from pathlib import Path

from flask.testing import FlaskClient

import config
from tests.benchmarks import measure, setup
from tests.benchmarks.measure import Figure
from tests.support.city import City
from webapp import heap
from webapp.factory import create_app

SCALES = (10_000, 100_000, 1_000_000)
ROUNDS = 3
COUNT = 60
ADDRESSES = {
    "list, first pages by name": [f"/enterprises?page={number}" for number in range(1, 11)],
    "list, page 150 by name": ["/enterprises?page=150"],
    "list, one industry by revenue": ["/enterprises?industry=3974&sort=-revenue"],
    "list, one park": ["/enterprises?park=1"],
    "list, one tag": ["/enterprises?tag=重点企业"],
    "list, two tags": ["/enterprises?tag=重点企业&tag=上市后备"],
    "list, one size by latest change": ["/enterprises?scale=small&sort=-updated"],
    "list, part of a name": ["/enterprises?q=华星", "/enterprises?q=光电", "/enterprises?q=永昌"],
}


def figures(folder: Path, scales: tuple[int, ...] = SCALES) -> list[Figure]:
    """Milliseconds at one connection; `bare` is the p95 at the smallest register, `ratio` what it became.

    The registers take turns, call by call: what the machine does beside this meets all of them.
    """
    folder.mkdir(exist_ok=True)
    clients = {scale: _client(folder, scale) for scale in scales}
    heap.settle()
    taken = {name: _timed(clients, several) for name, several in ADDRESSES.items()}
    return [
        _compared(name, scale, found[scale], found[scales[0]])
        for name, found in taken.items()
        for scale in scales
    ]


def _client(folder: Path, scale: int) -> FlaskClient:
    home, secret = folder / str(scale), folder / f"{scale}.txt"
    if not home.exists():
        home.mkdir()
        secret.write_text(setup.prepare(home, scale, searched=False), "utf-8")
    app = create_app(config.load({"DATA_DIR": str(home), "DEMO": "0"}))
    return City(app, secret.read_text("utf-8")).fresh(setup.USER)


def _timed(clients: dict[int, FlaskClient], several: list[str]) -> dict[int, list[float]]:
    for client in clients.values():
        for address in several[:3]:
            client.get(address)
    found: dict[int, list[float]] = {scale: [] for scale in clients}
    for number in range(ROUNDS * COUNT):
        address = several[number % len(several)]
        for scale, client in clients.items():
            started = time.perf_counter()
            answer = client.get(address)
            found[scale].append((time.perf_counter() - started) * 1000)
            assert answer.status_code == 200, (address, answer.status_code)
    return found


def _compared(name: str, scale: int, mine: list[float], smallest: list[float]) -> Figure:
    figure = measure.alone(name, "embedded", scale, mine)
    base = measure.quantile(smallest, 0.95)
    ratio = round(measure.quantile(mine, 0.95) / base, 2)
    return measure.Figure(
        name,
        "embedded",
        scale,
        "ms",
        figure.p95 or 0,
        round(base, 2),
        ratio,
        figure.p50,
        figure.p95,
        figure.p99,
    )
