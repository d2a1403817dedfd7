"""A hundred signed-in people who browse and save at once, on one process for a minute.

No bare twin: what counts is that nothing fails, nothing acknowledged is lost, and how long people wait.
"""

import random
import sqlite3
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import requests

from tests.benchmarks import measure, setup
from tests.benchmarks.measure import Figure
from tests.benchmarks.pages import PROFILE
from tests.support.browser import fields
from tests.support.product import Product

SECONDS = 60
PAUSE = (2.0, 6.0)
"""People read between clicks; a minute of clicks without reading would be a thousand people."""

NAMES = f"示例人潮{int(time.time())}"
"""A kept database may hold those of earlier runs."""


@dataclass
class Tally:
    """What the crowd met; shared by all."""

    waits: dict[str, list[float]] = field(default_factory=lambda: {"browse": [], "save": []})
    faults: list[str] = field(default_factory=list)
    saved: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, what: str, seconds: float) -> None:
        with self.lock:
            self.waits[what].append(seconds * 1000)


class Person(threading.Thread):
    """Looks at lists, records and search results; every fifth time registers an enterprise."""

    def __init__(self, number: int, base: str, cookie: str, ids: list[str], tally: Tally) -> None:
        super().__init__(daemon=True)
        self.number, self.base, self.ids, self.tally = number, base, ids, tally
        self.chance = random.Random(number)
        self.session = requests.Session()
        self.session.cookies.set("sid", cookie)
        self.until = 0.0

    def run(self) -> None:
        time.sleep(self.chance.uniform(0, PAUSE[1]))
        turn = self.number
        while time.monotonic() < self.until:
            turn += 1
            try:
                self._save(turn) if turn % 5 == 0 else self._look()
            except (requests.RequestException, AssertionError) as error:
                with self.tally.lock:
                    self.tally.faults.append(repr(error)[:300])
            time.sleep(self.chance.uniform(*PAUSE))

    def _look(self) -> None:
        path = self.chance.choice(
            ["/enterprises", f"/enterprises?page={self.chance.randint(2, 20)}", "/leads", "/projects"]
            + [f"/enterprises/{self.chance.choice(self.ids)}"] * 3
            + ["/search?q=光电", "/search?q=成都", "/"]
        )
        started = time.perf_counter()
        answer = self.session.get(self.base + path, timeout=30)
        self.tally.note("browse", time.perf_counter() - started)
        assert answer.status_code == 200, (path, answer.status_code)

    def _save(self, turn: int) -> None:
        url = f"{self.base}/enterprises/new"
        name = f"{NAMES}{self.number}乙{turn}电子有限公司"
        form = {**fields(self.session.get(url, timeout=30).text), "name": name}
        started = time.perf_counter()
        answer = self.session.post(url, data=form, allow_redirects=False, timeout=30)
        self.tally.note("save", time.perf_counter() - started)
        assert answer.status_code == 303, answer.status_code
        with self.tally.lock:
            self.tally.saved.append(name)


def figures(home: Path, scale: int, password: str) -> list[Figure]:
    """Waiting times; raises when anything failed or an acknowledged record is not there exactly once."""
    setup.crowd(home, password)
    with sqlite3.connect(home / "lianzhao.db") as connection:
        ids = [row[0] for row in connection.execute("SELECT public_id FROM enterprise LIMIT 300")]
    with Product(home, DEMO="0") as product:
        cookies = [_cookie(product, name, password) for name in setup.CROWD]
        tally = Tally()
        crowd = [Person(number, product.base, cookie, ids, tally) for number, cookie in enumerate(cookies)]
        until = time.monotonic() + SECONDS
        for person in crowd:
            person.until = until
            person.start()
        for person in crowd:
            person.join(SECONDS + 60)
        memory = product.memory_mb()
        there = _registered(home)
    assert not tally.faults, tally.faults[:5]
    assert sorted(there) == sorted(tally.saved), (len(there), len(tally.saved))
    label = f"{len(setup.CROWD)} people at once"
    return [
        measure.alone(
            f"{label}: look ({len(tally.waits['browse'])} pages)", PROFILE, scale, tally.waits["browse"]
        ),
        measure.alone(f"{label}: save ({len(tally.saved)} records)", PROFILE, scale, tally.waits["save"]),
        measure.single(f"{label}: memory", PROFILE, scale, "MB", memory),
    ]


def _registered(home: Path) -> list[str]:
    with sqlite3.connect(home / "lianzhao.db") as connection:
        found = connection.execute("SELECT name FROM enterprise WHERE name LIKE ?", [f"{NAMES}%"])
        return [name for (name,) in found]


def _cookie(product: Product, username: str, password: str) -> str:
    return str(product.sign_in(username, password).cookies["sid"])
