"""The scanner: nothing is handed out before it has passed; while it is away files wait."""

import socketserver
import struct
import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import files, scanning
from core.audit import AuditEntry
from core.errors import Refused
from core.files import Attachment
from core.jobs import runner
from core.jobs.models import Job
from core.notify import Notice
from tests.core.test_files import EICAR, attach

__all__ = ["attach"]


class _Clamd(socketserver.StreamRequestHandler):
    """Speaks INSTREAM as clamd does, and knows one virus."""

    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        body = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            body += self.rfile.read(size)
        self.wfile.write(b"stream: Eicar-Signature FOUND\0" if EICAR in body else b"stream: OK\0")


@pytest.fixture
def clamd() -> Iterator[str]:
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Clamd)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"tcp://127.0.0.1:{server.server_address[1]}"
    scanning.use(address)
    yield address
    scanning.use("")
    server.shutdown()
    server.server_close()


def _run_scans(app: Flask, session: Session) -> list[str]:
    session.rollback()
    for job_id in session.scalars(select(Job.id).where(Job.state == "queued")).all():
        runner.run(job_id, app.app_context)
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(Attachment.state).order_by(Attachment.id)))


@pytest.mark.usefixtures("clamd")
def test_nothing_is_handed_out_before_the_scanner_has_passed_it(
    app: Flask, attach: Callable[..., int], session: Session
) -> None:
    clean, bad = attach(b"good" * 50_000, "好.txt"), attach(b"see: " + EICAR, "坏.txt")
    with pytest.raises(Refused, match="refused"):
        files.check_downloadable(session.get_one(Attachment, clean))
    assert _run_scans(app, session) == ["clean", "infected"]
    files.check_downloadable(session.get_one(Attachment, clean))
    infected = session.get_one(Attachment, bad)
    assert infected.finding == "Eicar-Signature"
    with pytest.raises(Refused) as refused:
        files.check_downloadable(infected)
    assert refused.value.missing[0].code == "infected"
    assert session.scalars(select(Notice.code)).all() == ["files.infected"]
    assert session.scalar(select(AuditEntry.action).where(AuditEntry.action == "files.infected"))


def test_a_scanner_that_is_away_leaves_the_file_waiting_and_is_asked_again(
    app: Flask, attach: Callable[..., int], session: Session
) -> None:
    scanning.use("tcp://127.0.0.1:9")
    try:
        attach(b"text", "a.txt")
        assert _run_scans(app, session) == ["unscanned"]
        assert tuple(session.execute(select(Job.state, Job.attempts)).one()) == ("queued", 1)
    finally:
        scanning.use("")
