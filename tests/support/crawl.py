"""Every page that somebody can reach by links, a few of each route: for checks that all pages must pass."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import urlsplit

import requests
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, RequestRedirect

import config
from tests.support.markup import links_of
from tests.support.product import Product
from webapp.factory import create_app

PEOPLE = (
    "specialist", "head", "office", "government", "desk", "leader", "park", "centre", "handler", "policy",
    "finance", "supervisor", "inspector", "admin", "security", "auditor", "langu", "langu2",
)  # fmt: skip
"""One account for each role of the demonstration."""
OF_EACH = {"specialist": 2, "head": 2}
"""So many pages of one route are looked at for one person; one where nothing stands here."""


@dataclass(frozen=True)
class Seen:
    """A page as one person got it."""

    who: str
    endpoint: str
    path: str
    status: int
    html: str


@cache
def url_map() -> Map:
    """The product's routes; nothing is opened or written for them."""
    folder = Path(mkdtemp())
    return create_app(config.load({"MODE": "demo", "DATA_DIR": str(folder), "SECRET_KEY": "k" * 40})).url_map


def endpoint_of(path: str) -> str | None:
    """The route of an address of this product; None where it leads nowhere by GET."""
    try:
        return str(url_map().bind("localhost").match(urlsplit(path).path, method="GET")[0])
    except (HTTPException, RequestRedirect):
        return None


def pages(product: Product, password: str, people: Iterable[str] = PEOPLE) -> Iterator[Seen]:
    """All pages by person, from the first page on along every link."""
    for who in people:
        yield from _pages_of(product, product.sign_in(who, password), who)


def _pages_of(product: Product, session: requests.Session, who: str) -> Iterator[Seen]:
    starts = ["/portal/"] if who.startswith("langu") else ["/", "/search?q=示例"]
    waiting, known, visits = deque(starts), set(starts), Counter[str]()
    while waiting:
        path = waiting.popleft()
        endpoint = endpoint_of(path)
        if endpoint is None or visits[endpoint] >= OF_EACH.get(who, 1):
            continue
        visits[endpoint] += 1
        answer = session.get(f"{product.base}{path}", allow_redirects=False, timeout=30)
        if not answer.headers.get("Content-Type", "").startswith("text/html") or answer.is_redirect:
            continue
        yield Seen(who, endpoint, path, answer.status_code, answer.text)
        for link in links_of(answer.text):
            target = link.split("#")[0]
            if target.startswith("?"):
                target = urlsplit(path).path + target
            if target.startswith("/") and target not in known:
                known.add(target)
                waiting.append(target)
