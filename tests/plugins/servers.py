"""Servers and the browser that some tests need: those tests are skipped by name where they are absent.

With CI_REQUIRE_SERVERS=1 such a test fails instead, so that a broken installation cannot pass as green.
"""

import os
import shutil
from collections.abc import Callable

import pytest


def chromium() -> str:
    """Where Chromium is: CHROMIUM, the path that Debian uses, or the PATH; empty when there is none."""
    for candidate in (os.environ.get("CHROMIUM", ""), "/usr/bin/chromium"):
        if candidate and os.access(candidate, os.X_OK):
            return candidate
    return shutil.which("chromium") or shutil.which("chromium-browser") or ""


NEEDS: dict[str, tuple[Callable[[], str], str]] = {
    "postgres": (
        lambda: os.environ.get("TEST_DATABASE_URL", ""),
        "needs PostgreSQL: TEST_DATABASE_URL is not set",
    ),
    "redis": (lambda: os.environ.get("TEST_REDIS_URL", ""), "needs Redis: TEST_REDIS_URL is not set"),
    "elasticsearch": (
        lambda: os.environ.get("TEST_ELASTICSEARCH_URL", ""),
        "needs Elasticsearch: TEST_ELASTICSEARCH_URL is not set",
    ),
    "browser": (chromium, "needs Chromium: neither CHROMIUM nor /usr/bin/chromium is there"),
}


def wanting(markers: set[str]) -> list[str]:
    """What the markers ask for and this machine does not offer."""
    return [reason for name, (offered, reason) in NEEDS.items() if name in markers and not offered()]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("CI_REQUIRE_SERVERS") == "1":
        return
    for item in items:
        for reason in wanting({mark.name for mark in item.iter_markers()}):
            item.add_marker(pytest.mark.skip(reason=reason))


def pytest_runtest_setup(item: pytest.Item) -> None:
    missing = wanting({mark.name for mark in item.iter_markers()})
    if missing:
        pytest.fail("; ".join(missing) + " (CI_REQUIRE_SERVERS=1)", pytrace=False)


def _offered(name: str) -> str:
    offered, reason = NEEDS[name]
    return offered() or pytest.skip(reason)


def _number() -> int:
    """The number of this pytest-xdist worker; 0 without workers."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """The address of a database whose owner may create further databases."""
    return _offered("postgres")


@pytest.fixture(scope="session")
def redis_url() -> str:
    """A Redis database of this worker's own, counted on from the given one: parallel tests must not share jobs."""
    server, _, first = _offered("redis").rpartition("/")
    return f"{server}/{(int(first) + _number()) % 16}"


@pytest.fixture(scope="session")
def elasticsearch_url() -> str:
    return _offered("elasticsearch")


@pytest.fixture(scope="session")
def elasticsearch_prefix() -> str:
    """What the names of this worker's indexes start with."""
    return f"test-{os.getpid()}-{_number()}-"


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """For Playwright: `launch(executable_path=chromium_path)`."""
    return _offered("browser")
