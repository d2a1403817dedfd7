"""Every page of the demonstration that a role can reach, in both languages: answered, valid, one h1, unique ids."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import secrets
from tests.support import crawl
from tests.support.markup import check_page
from tests.support.product import Product

pytestmark = pytest.mark.xdist_group("every_page")


SEALED = (
    ("account", "phone"), ("lead", "contact_mobile"), ("contact", "mobile"),
    ("enterprise_request", "contact_phone"), ("task_force_member", "phone"),
)  # fmt: skip


@pytest.fixture(scope="module")
def numbers() -> set[str]:
    """Every telephone number of a person that the demonstration keeps; filled while it stands."""
    return set()


def _numbers_of(data_dir: Path) -> Iterator[str]:
    ring = secrets.parse((data_dir / "data_keys.json").read_text("utf-8"))
    with sqlite3.connect(f"file:{data_dir / 'lianzhao.db'}?mode=ro", uri=True) as connection:
        for table, column in SEALED:
            for (value,) in connection.execute(f"SELECT {column} FROM {table} WHERE {column} <> ''"):
                yield ring.open(value, f"{table}.{column}")


@pytest.fixture(scope="module")
def seen(numbers: set[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[crawl.Seen]]:
    with Product(tmp_path_factory.mktemp("every"), DEMO="1") as product:
        password = json.loads((product.data_dir / "demo_accounts.json").read_text("utf-8"))["password"]
        found = list(crawl.pages(product, password))
        numbers.update(_numbers_of(product.data_dir))
        yield found


def test_every_link_leads_to_a_page_that_its_reader_may_open(seen: list[crawl.Seen]) -> None:
    refused = [f"{page.who} {page.path}: {page.status}" for page in seen if page.status != 200]
    assert not refused, "\n".join(refused)


def test_every_page_is_well_made(seen: list[crawl.Seen]) -> None:
    wrong = {f"{page.who} {page.path}": faults for page in seen if (faults := check_page(page.html))}
    assert wrong == {}
    assert len({page.endpoint for page in seen}) >= 75


def test_no_page_holds_a_whole_number_of_a_person(seen: list[crawl.Seen], numbers: set[str]) -> None:
    """Records, lists and forms of every role. An enterprise alone reads its own number and its specialist's."""
    assert len(numbers) > 20 and {"leads.edit", "admin.edit_account"} <= {page.endpoint for page in seen}
    own = ("portal.home", "portal.new")
    told = {
        f"{page.who} {page.path}": found
        for page in seen
        if page.endpoint not in own and (found := [number for number in numbers if number in page.html])
    }
    assert told == {}
