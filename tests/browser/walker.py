"""Who walks: one window for each role, pictures on the way, and what one step hands to the next."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.watch import Watch

FIRM = "示例市远岫偏光科技有限公司"
"""The firm that is imported, becomes the project's company and signs in at the end; it exists nowhere."""
FIRM_CODE = "91519900MA62RT5Q07"


@dataclass
class Walk:
    """`walk.by("specialist")` is the specialist's window, signed in when it is first asked for."""

    page_as: Callable[..., Page]
    picture: Callable[..., None]
    watch: Watch
    folder: Path
    windows: dict[str, Page] = field(default_factory=dict)

    def by(self, username: str) -> Page:
        if username not in self.windows:
            self.windows[username] = self.page_as(username)
        return self.windows[username]

    def shot(self, page: Page, name: str, *, phone: bool = False) -> None:
        self.picture(page, name, phone)

    def refusing(self, *statuses: int) -> AbstractContextManager[None]:
        return self.watch.refusing(*statuses)


@dataclass
class Found:
    """Names and numbers that later steps search for. Addresses are paths."""

    target: str = ""
    lead_no: str = ""
    lead: str = ""
    project: str = ""
    project_no: str = ""
    card: str = ""
    card_no: str = ""
    case: str = ""
    case_no: str = ""
    request: str = ""
    request_no: str = ""


def day(offset: int) -> str:
    """A day counted from today, as a date field takes it."""
    return (date.today() + timedelta(days=offset)).isoformat()


def path_of(page: Page) -> str:
    """The address of the page without host, query and fragment."""
    return "/" + page.url.split("//", 1)[1].split("/", 1)[1].split("?")[0].split("#")[0]


def fill(page: Page | Locator, **values: str) -> None:
    """Type into fields by their names."""
    for name, value in values.items():
        page.locator(f"[name={name}]").fill(value)


def press(page: Page, label: str) -> None:
    """Press the button of the main part that says exactly this."""
    page.locator("main").get_by_role("button", name=label, exact=True).click()


def follow(page: Page, label: str) -> None:
    """Follow the first link of the main part that says this."""
    page.locator("main").get_by_role("link", name=label).first.click()


def number_of(page: Page) -> str:
    """The number that stands above a record's heading."""
    return page.locator(".lz-crumb .t").first.inner_text().strip()


def main_says(page: Page, *words: str) -> None:
    for each in words:
        expect(page.locator("main")).to_contain_text(each)
