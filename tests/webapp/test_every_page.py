"""Every page of the demonstration that a role can reach, in both languages: answered, valid, one h1, unique ids."""

import json
from collections.abc import Iterator

import pytest

from tests.support import crawl
from tests.support.markup import check_page
from tests.support.product import Product

pytestmark = pytest.mark.xdist_group("every_page")


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[crawl.Seen]]:
    with Product(tmp_path_factory.mktemp("every"), DEMO="1") as product:
        password = json.loads((product.data_dir / "demo_accounts.json").read_text("utf-8"))["password"]
        yield list(crawl.pages(product, password))


def test_every_link_leads_to_a_page_that_its_reader_may_open(seen: list[crawl.Seen]) -> None:
    refused = [f"{page.who} {page.path}: {page.status}" for page in seen if page.status != 200]
    assert not refused, "\n".join(refused)


def test_every_page_is_well_made(seen: list[crawl.Seen]) -> None:
    wrong = {f"{page.who} {page.path}": faults for page in seen if (faults := check_page(page.html))}
    assert wrong == {}
    assert len({page.endpoint for page in seen}) >= 75
