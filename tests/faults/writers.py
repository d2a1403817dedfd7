"""Clients that register enterprises through the page and keep account of what was acknowledged.

A form whose answer never came is kept and sent again with its own key, as a browser's "resend" does:
the product must then lead to the first result or do the work once.
"""

import re
import threading
import time
from dataclasses import dataclass, field

import requests

ADDRESS = "/enterprises/new"
PATIENCE = 10
NAMES = "示例故障试验"
_HIDDEN = re.compile(r"<input[^>]*type=\"hidden\"[^>]*>")
_ATTRIBUTE = re.compile(r"(name|value)=\"([^\"]*)\"")


@dataclass
class Account:
    """What the clients know of their writes; shared by all of them."""

    acknowledged: dict[str, str] = field(default_factory=dict)  # name to the record's address
    unanswered: list[tuple[requests.Session, dict[str, str]]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)  # answers that no kill explains
    busy: int = 0  # answers of 503: "not saved, try again"
    lock: threading.Lock = field(default_factory=threading.Lock)

    def acknowledge(self, name: str, address: str) -> None:
        with self.lock:
            self.acknowledged[name] = address

    def keep(self, session: requests.Session, form: dict[str, str]) -> None:
        with self.lock:
            self.unanswered.append((session, form))

    def refuse(self, what: str) -> None:
        with self.lock:
            self.refused.append(what)


def hidden_fields(html: str) -> dict[str, str]:
    """The CSRF token and the key that makes a form count once."""
    found = {}
    for tag in _HIDDEN.findall(html[html.index("<main") :]):
        attributes = dict(_ATTRIBUTE.findall(tag))
        found[attributes["name"]] = attributes.get("value", "")
    return found


def filled(html: str, mark: str) -> dict[str, str]:
    """The page's form with a name of its own."""
    return hidden_fields(html) | {"name": f"{NAMES}{mark}有限公司", "reg_status": "active", "park_id": "0"}


def send(session: requests.Session, base: str, form: dict[str, str], account: Account) -> bool:
    """Send a form and account for its answer. False when none came."""
    try:
        answer = session.post(f"{base}{ADDRESS}", data=form, allow_redirects=False, timeout=PATIENCE)
    except requests.RequestException:
        account.keep(session, form)
        return False
    if answer.status_code == 503:
        with account.lock:
            account.busy += 1
        account.keep(session, form)
        return False
    if answer.status_code == 303 and "/login" not in answer.headers["Location"]:
        account.acknowledge(form["name"], answer.headers["Location"])
    else:
        account.refuse(f"{answer.status_code} for {form['name']}")
    return True


class Writer(threading.Thread):
    """Writes one enterprise after the other until told to stop or the product is gone."""

    def __init__(self, mark: str, base: str, session: requests.Session, account: Account) -> None:
        super().__init__(daemon=True)
        self.mark, self.base, self.session, self.account = mark, base, session, account
        self.stopping = threading.Event()

    def run(self) -> None:
        serial = 0
        while not self.stopping.is_set():
            serial += 1
            try:
                page = self.session.get(f"{self.base}{ADDRESS}", timeout=PATIENCE)
            except requests.RequestException:
                return
            if page.status_code != 200:
                self.account.refuse(f"{page.status_code} for the empty form")
                return
            form = filled(page.text, f"{self.mark}-{serial:05d}")
            if not send(self.session, self.base, form, self.account):
                return


class Persistent(Writer):
    """Goes on whatever happens: what was not answered it sends again with the same key until it is."""

    def run(self) -> None:
        serial = 0
        while not self.stopping.is_set():
            serial += 1
            form = self._form(serial)
            while form is not None and not self._settled(form):
                time.sleep(0.1)

    def _form(self, serial: int) -> dict[str, str] | None:
        """The filled-in form; None when no page came."""
        try:
            page = self.session.get(f"{self.base}{ADDRESS}", timeout=PATIENCE)
        except requests.RequestException:
            time.sleep(0.1)
            return None
        if page.status_code == 503:
            with self.account.lock:
                self.account.busy += 1
            return None
        if page.status_code != 200 or "/login" in page.url:
            self.account.refuse(f"{page.status_code} for the empty form, at {page.url}")
            self.stopping.set()
            return None
        return filled(page.text, f"{self.mark}-{serial:05d}")

    def _settled(self, form: dict[str, str]) -> bool:
        """Send once more; what `send` noted as unanswered is this writer's own to repeat."""
        if send(self.session, self.base, form, self.account):
            return True
        with self.account.lock:
            self.account.unanswered.remove((self.session, form))
        return False
