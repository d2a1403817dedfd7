"""No address that somebody typed reaches our own net: a canary on loopback is never hit."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from core.errors import Invalid
from core.outbox import fetching
from core.outbox.transport import Transport
from tests.core.outbox.conftest import Receiver


def _reached(url: str, transport: Transport) -> None:
    with pytest.raises((fetching.Refused, OSError)):
        fetching.post(url, b"{}", {}, transport)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1:{port}/", "https://[::1]:{port}/", "https://0x7f.1:{port}/", "https://2130706433:{port}/",
        "https://localhost:{port}/", "https://127.0.0.1.nip.io:{port}/", "http://127.0.0.1:{port}/",
        "https://qyapi.weixin.qq.com@127.0.0.1:{port}/", "https://qyapi.weixin.qq.com:{port}/", "ftp://127.0.0.1/",
        "https://169.254.169.254/latest", "https://evil.example/", "//127.0.0.1:{port}/", "https://[::ffff:127.0.0.1]:{port}/",
    ],
)  # fmt: skip
def test_only_hosts_of_the_list_are_called(url: str, receiver: Receiver) -> None:
    with pytest.raises(Invalid):
        fetching.check_address(url.format(port=receiver.port), Transport())
    _reached(url.format(port=receiver.port), Transport(timeout=2))
    assert receiver.got == []


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "10.0.0.1"]
)
def test_a_listed_name_that_leads_to_a_private_address_is_refused(host: str, receiver: Receiver) -> None:
    transport = Transport(hosts=("*:*", "*"), timeout=2)
    with pytest.raises((fetching.Refused, socket.gaierror)):
        fetching.post(f"https://{host}:{receiver.port}/", b"{}", {}, transport)
    assert receiver.got == []


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.answers["/away"] = (302, b"", {"Location": receiver.url("/canary")})
    transport = Transport(hosts=(f"127.0.0.1:{receiver.port}",), private=True, timeout=2)
    assert fetching.post(receiver.url("/away"), b"{}", {}, transport).status == 302
    assert [post.path for post in receiver.got] == ["/away"]


def test_the_connection_goes_to_the_address_that_was_checked(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server that answers differently the second time finds nobody who asks again."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def once(host: str, *arguments: object, **options: object) -> object:
        asked.append(host)
        return real("127.0.0.1" if len(asked) == 1 else "127.0.0.9", *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", once)
    transport = Transport(hosts=(f"hook.example:{receiver.port}",), private=True, timeout=2)
    assert fetching.post(f"http://hook.example:{receiver.port}/x", b"{}", {}, transport).status == 200
    assert asked == ["hook.example"]
    assert receiver.got[0].headers["Host"] == f"hook.example:{receiver.port}"


@pytest.fixture
def dripping() -> Iterator[int]:
    """A server that sends one byte of its answer every tenth of a second, for ever."""
    server = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def drip() -> None:
        there, _where = server.accept()
        with there:
            try:
                there.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while not ended.wait(0.1):
                    there.sendall(b"x")
            except OSError:
                return

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    yield int(server.getsockname()[1])
    ended.set()
    server.close()


def test_an_answer_that_drips_is_cut_off(dripping: int) -> None:
    transport = Transport(hosts=(f"127.0.0.1:{dripping}",), private=True, timeout=0.5)
    began = time.monotonic()
    _reached(f"http://127.0.0.1:{dripping}/", transport)
    assert time.monotonic() - began < 3
