"""What a browser complains about while somebody walks: script errors, broken policy, refused addresses."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import ConsoleMessage, Page, Response

POLICY = "Content Security Policy"
REFUSED = "Failed to load resource"
"""How Chromium tells in the console of an answer that is told here with its address already."""

OF_HTMX = re.compile(r"htmx:|Response Status Error Code")


class Watch:
    """Collects the complaints of every window it listens to."""

    def __init__(self) -> None:
        self.troubles: list[str] = []
        self._expected: set[int] = set()
        self._cut_off = False

    def listen(self, page: Page) -> None:
        page.on("console", lambda message: self._said(page, message))
        page.on("pageerror", lambda error: self.troubles.append(f"{page.url}: {error}"))
        page.on("response", self._answered)

    @contextmanager
    def refusing(self, *statuses: int) -> Iterator[None]:
        """Within this the product is meant to answer with one of these statuses."""
        self._expected = set(statuses)
        yield
        self._expected = set()

    @contextmanager
    def cut_off(self) -> Iterator[None]:
        """Within this the network is meant to lose answers, of which htmx tells in the console."""
        self._cut_off = True
        yield
        self._cut_off = False

    def assert_quiet(self) -> None:
        assert not self.troubles, "\n".join(self.troubles)

    def _said(self, page: Page, message: ConsoleMessage) -> None:
        if message.text.startswith(REFUSED) or (self._cut_off and OF_HTMX.match(message.text)):
            return
        if message.type in ("error", "warning") or POLICY in message.text:
            self.troubles.append(f"{page.url}: {message.text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self._expected:
            self.troubles.append(f"{response.request.method} {response.url}: {response.status}")
