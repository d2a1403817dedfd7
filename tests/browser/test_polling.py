"""A page that asks by itself goes on after answers that were lost, and says so only as long as it is true."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, Route, expect

from core.db import new_ulid
from tests.browser.watch import Watch
from tests.support.product import Product

pytestmark = pytest.mark.browser


@pytest.fixture
def waiting(product: Product) -> Iterator[Callable[[], None]]:
    """A job that waits for ever; calling it ends the job."""
    pid, now = new_ulid(), datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    with contextlib.closing(sqlite3.connect(product.data_dir / "lianzhao.db", timeout=30)) as database:
        with database:
            database.execute(
                "INSERT INTO job (public_id, kind, title, queue, payload, state, account_id, attempts, fence,"
                " run_after, cancel_asked, progress_done, progress_total, created_at)"
                " VALUES (?, 'audit.verify', '校验审计链', 'default', '{}', 'queued', 0, 0, 0,"
                " '2999-01-01 00:00:00.000000', 0, 0, 0, ?)",
                (pid, now),
            )

        def finish() -> None:
            with database:
                database.execute("UPDATE job SET state = 'done' WHERE public_id = ?", (pid,))

        yield finish
        finish()


def test_lost_and_failed_answers_do_not_end_the_asking(
    page_as: Callable[..., Page], waiting: Callable[[], None], watch: Watch
) -> None:
    page = page_as("admin")
    page.goto("/jobs")
    expect(page.locator("#jobs")).to_contain_text("排队中")
    answers = ["lost", "refused", "lost"]

    def meddle(route: Route) -> None:
        match answers.pop(0) if answers else "passed":
            case "lost":
                route.abort()
            case "refused":
                route.fulfill(status=503, content_type="text/html", body='<div class="lz-note">请稍候</div>')
            case _:
                route.continue_()

    with watch.refusing(503), watch.cut_off():
        page.route("**/jobs*", meddle)
        expect(page.locator("#note")).to_contain_text("恢复后自己更新")
        expect(page.locator("#note")).to_be_empty(timeout=20_000)
        assert not answers
    waiting()
    expect(page.locator("#jobs")).not_to_contain_text("排队中", timeout=20_000)
    expect(page.locator("#jobs")).not_to_have_attribute("hx-trigger", "every 2s")
