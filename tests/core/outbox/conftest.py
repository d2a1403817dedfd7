"""Receivers of our own: a mail server and a web server on loopback, and the settings that lead there."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy.orm import Session

from core import notify
from core.db import unit_of_work
from core.outbox import transport
from core.outbox.models import Endpoint, Preference
from core.outbox.transport import MailServer, Transport
from tests.support.world import World

notify.words("test.told", "%(who)s 对您说了话。", "有人说话")


@dataclass
class Post:
    """What reached the web server."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiver:
    """A web server that keeps what it gets; `answers` maps a path to (status, body, headers)."""

    port: int = 0
    got: list[Post] = field(default_factory=list)
    answers: dict[str, tuple[int, bytes, dict[str, str]]] = field(default_factory=dict)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            kept.got.append(Post(self.path, dict(self.headers), body))
            status, answer, headers = kept.answers.get(
                self.path.partition("?")[0], (200, b'{"errcode":0}', {})
            )
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(answer))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield kept
    server.shutdown()
    server.server_close()


@dataclass
class Postbox:
    """A mail server that keeps what it gets; `refuse` is its answer to every recipient."""

    port: int = 0
    got: list[EmailMessage] = field(default_factory=list)
    refuse: str = ""


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    kept = Postbox()

    class Handler:
        async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
            self, server: Any, session: Any, envelope: Any, address: str, options: Any
        ) -> str:
            if kept.refuse:
                return kept.refuse
            envelope.rcpt_tos.append(address)
            return "250 OK"

        async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
            self, server: Any, session: Any, envelope: Any
        ) -> str:
            kept.got.append(BytesParser(policy=default).parsebytes(envelope.content))
            return "250 OK"

    with socket.create_server(("127.0.0.1", 0)) as free:
        kept.port = free.getsockname()[1]
    controller = Controller(Handler(), hostname="127.0.0.1", port=kept.port)
    controller.start()
    yield kept
    controller.stop()


@pytest.fixture
def outside(app: Flask, receiver: Receiver, postbox: Postbox) -> Iterator[Transport]:
    """Messages leave to the receivers above; private addresses are permitted."""
    before = transport.present()
    there = Transport(
        public_url="https://zhaoshang.example",
        mail=MailServer("127.0.0.1", postbox.port, "noreply@zhaoshang.example", security="none"),
        hosts=(f"127.0.0.1:{receiver.port}",),
        private=True,
        timeout=2.0,
    )
    transport.use(there)
    yield there
    transport.use(before)


@pytest.fixture
def wants_mail(session: Session, world: World) -> Callable[..., int]:
    """`wants_mail("spec_a", digest=True)`: the account's id; it hears by mail."""

    def set_up(username: str, **values: Any) -> int:
        account_id = world.account(username).id
        with unit_of_work() as writing:
            writing.add(Preference(account_id=account_id, mail=f"{username}@office.example", **values))
        return account_id

    return set_up


@pytest.fixture
def endpoint(session: Session) -> Callable[..., int]:
    """`endpoint("wecom", url, secret)`: the id of an endpoint that hears everything."""

    def set_up(kind: str, address: str, secret: str = "", events: tuple[str, ...] = ("*",)) -> int:
        with unit_of_work() as writing:
            made = Endpoint(
                name=kind, kind=kind, host="127.0.0.1", address=address, secret=secret, events=list(events)
            )
            writing.add(made)
            writing.flush()
            return made.id

    return set_up
