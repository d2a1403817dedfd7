"""The jobs of an import, done in the name of the person who asked for them."""

from collections.abc import Callable

from sqlalchemy import select

from core import clock
from core.accounts.models import Account
from core.db import db, unit_of_work
from core.errors import DomainError
from core.i18n import _
from core.imports import alike, checking, running, standing, undoing
from core.imports.models import Import
from core.jobs import runner, service
from core.jobs.models import Job
from core.permissions import Actor
from webapp.web.actors import actor_of


def _actor(job: runner.JobRun) -> Actor:
    """The rights that the person has now, not those of the moment of the upload."""
    session = db.session()
    account = session.get_one(Account, job.account_id)
    actor = actor_of(session, account, request_id="job")
    session.rollback()
    return actor


@runner.handler("imports.check")
def check(job: runner.JobRun) -> None:
    """The dry run of a large file."""
    import_id = int(job.payload["import_id"])
    _do(job, import_id, lambda actor: checking.check_file(import_id, actor=actor, progress=job.progress))


@runner.handler("imports.mend")
def mend(job: runner.JobRun) -> None:
    """Very many faults of one kind mended; after a crash, those that are left."""
    import_id, repair = int(job.payload["import_id"]), alike.Repair(**job.payload["repair"])
    if standing.present(import_id).state == "checking":
        _do(
            job,
            import_id,
            lambda actor: alike.mend_queued(import_id, repair, actor=actor, progress=job.progress),
        )


@runner.handler("imports.run")
def run(job: runner.JobRun) -> None:
    """The run, or what is left of it after a crash; also a crash between its end and the job's."""
    import_id = int(job.payload["import_id"])
    state = standing.present(import_id).state
    if state == "cancelled":
        running.cancel_rest(import_id, actor=_actor(job))
    elif state != "done":
        _do(job, import_id, lambda actor: running.run(import_id, actor=actor, progress=job.progress))
    record = standing.present(import_id)
    job.result({name: getattr(record, name) for name in running.tally(())} | {"total": record.total})


@runner.handler("imports.undo")
def undo(job: runner.JobRun) -> None:
    """Taking an import back, or what is left of it after a crash."""
    import_id = int(job.payload["import_id"])
    if standing.present(import_id).state != "undone":
        actor = _actor(job)
        undoing.undo(import_id, actor=actor, progress=job.progress)
    record = standing.present(import_id)
    job.result({"reversed": record.reversed, "kept": record.kept, "failed": record.stuck})


def _do(job: runner.JobRun, import_id: int, work: Callable[[Actor], object]) -> None:
    try:
        work(_actor(job))
    except runner.Cancelled:
        db.session.rollback()
        if _was_asked_to_stop(import_id):
            running.cancel_rest(import_id, actor=_actor(job))
        raise
    except DomainError:
        raise
    except Exception:
        db.session.rollback()
        if job.attempt >= service.MAX_ATTEMPTS:
            _give_up(import_id)
        raise


def _was_asked_to_stop(import_id: int) -> bool:
    """A worker also has to stop when its lease has passed to another one; that one goes on."""
    session = db.session()
    asked = select(Job.cancel_asked).join(Import, Import.job_id == Job.id).where(Import.id == import_id)
    found = bool(session.scalar(asked))
    session.rollback()
    return found


def _give_up(import_id: int) -> None:
    with unit_of_work() as session:
        record = session.get_one(Import, import_id)
        record.state, record.finished_at = "failed", clock.now()
        record.error = _("多次重试都没有成功，已停止。请把文件和这个页面的地址发给管理员。")
