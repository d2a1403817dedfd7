"""Run one claimed job: find its handler, keep its lease alive, close its row."""

import logging
import threading
import traceback
from collections.abc import Callable
from typing import Any

from core import logs
from core.db import db, unhurried
from core.errors import DomainError
from core.jobs import service
from core.jobs.service import LEASE, Claim
from core.retrying import retrying

log = logging.getLogger(__name__)

Handler = Callable[["JobRun"], None]
_handlers: dict[str, Handler] = {}


class Cancelled(Exception):
    """The job was asked to stop, or another worker holds it now."""


class HandedBack(BaseException):
    """This process ends; the job goes back into its queue as it stands. No handler's `except` may keep it."""


def _go_on() -> bool:
    return False


_stopping: Callable[[], bool] = _go_on


def stop_when(asked: Callable[[], bool]) -> None:
    """Say how running jobs learn that their process is to end."""
    global _stopping
    _stopping = asked


class JobRun:
    """What a handler gets: the payload, and a way to report, to notice a cancel, to leave a result."""

    def __init__(self, held: Claim) -> None:
        self._held = held
        self._lost = threading.Event()
        self._done = 0
        self._total = 0
        self.outcome: dict[str, Any] | None = None

    @property
    def payload(self) -> dict[str, Any]:
        return self._held.payload

    @property
    def account_id(self) -> int:
        return self._held.account_id

    @property
    def attempt(self) -> int:
        return self._held.attempts

    def progress(self, done: int, total: int) -> None:
        """Note progress and renew the lease. Raises Cancelled when the job must stop here."""
        self._done, self._total = done, total
        if _stopping():
            raise HandedBack
        if not service.keep_alive(self._held, done, total):
            raise Cancelled

    def cancelled(self) -> bool:
        """Whether to stop at the next safe place."""
        return self._lost.is_set()

    def result(self, value: dict[str, Any]) -> None:
        self.outcome = value

    def beat(self) -> None:
        """Called by the heartbeat thread between reports."""
        if not service.keep_alive(self._held, self._done, self._total):
            self._lost.set()


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that does jobs of `kind`. It may run twice for one job and must bear it."""

    def register(function: Handler) -> Handler:
        _handlers[kind] = function
        return function

    return register


def run(job_id: int, app_context: Callable[[], Any]) -> None:
    """Claim and do one job inside an application context; does nothing when somebody else has it."""
    with app_context():
        held = retrying(lambda: service.claim(job_id), repeatable=True)
    if held is None:
        return
    with logs.bound(job_id=held.job_id, kind=held.kind, attempt=held.attempts), unhurried():
        _attend(held, app_context)


def _attend(held: Claim, app_context: Callable[[], Any]) -> None:
    job = JobRun(held)
    stop = threading.Event()
    pulse = threading.Thread(target=_pulse, args=(job, stop, app_context), daemon=True)
    pulse.start()
    try:
        with app_context():
            _work(held, job)
    finally:
        stop.set()


def _work(held: Claim, job: JobRun) -> None:
    function = _handlers.get(held.kind)
    if function is None:
        _finish(held, "failed", error=f"no handler for {held.kind}")
        return
    try:
        function(job)
    except HandedBack:
        db.session.rollback()
        retrying(lambda: service.hand_back(held), repeatable=True)
        log.info("job_handed_back")
    except Cancelled:
        _finish(held, "cancelled", result=job.outcome)
    except DomainError as error:
        db.session.rollback()
        _finish(held, "failed", error=str(error.message), result=job.outcome)
    except Exception as error:
        db.session.rollback()
        log.exception("job_failed")
        said = "".join(traceback.format_exception_only(error))[:2000]
        retrying(lambda: service.retry_later(held, said), repeatable=True)
    else:
        _finish(held, "done", result=job.outcome)


def _finish(
    held: Claim, state: str, *, result: dict[str, Any] | None = None, error: str | None = None
) -> None:
    """Closing twice closes once: the fence and the state say so."""
    retrying(lambda: service.finish(held, state, result=result, error=error), repeatable=True)


def _pulse(job: JobRun, stop: threading.Event, app_context: Callable[[], Any]) -> None:
    while not stop.wait(LEASE.total_seconds() / 3):
        try:
            with app_context():
                job.beat()
        except Exception:
            log.exception("heartbeat_failed")
