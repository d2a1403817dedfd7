"""The file of an export: written in the background, sealed where that was asked, fetched by its person, thrown away."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock, files
from core.db import db, load, new_ulid, unit_of_work
from core.errors import NotFound
from core.lists import ledger, reading, sealed_zip
from core.lists.export_models import Export
from core.lists.exports import audited, limit, most, permitted
from core.lists.query import ListQuery
from core.lists.spec import ListSpec, known
from core.permissions import Actor

LIFE = timedelta(hours=24)
BATCH = 2000
Progress = Callable[[int, int], None]


def make(
    export_id: int, query: ListQuery, heading: ledger.Heading, *, actor: Actor, progress: Progress
) -> None:
    """Write the file. May run twice: a file that stands is not made again, a half one is thrown away."""
    session = db.session()
    made = session.get_one(Export, export_id)
    spec = known(made.list_key)
    if made.state != "queued" or spec is None:
        return
    permitted(spec, actor)
    spec = spec.seen_by(actor)
    columns = [*(ledger.numbers() if spec.numbered else ()), *spec.chosen(made.columns)]
    stored = f"{new_ulid()}.bin"
    path = files.folder() / stored
    try:
        allowed = most(session) if made.decided_by else max(made.wanted, limit(session))
        rows = _rows(spec, query, actor, made.wanted, allowed, progress)
        write = ledger.write_csv if made.file_type == "csv" else ledger.write_xlsx
        written = write(path, heading, columns, rows, spec.unit)
        if made.password:
            _seal(made, path)
        _keep(export_id, stored, path, written, actor)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _rows(
    spec: ListSpec, query: ListQuery, actor: Actor, wanted: int, allowed: int, progress: Progress
) -> Iterator[Any]:
    """The list to its end, by key. What was approved may have grown since; what was not stays below the limit."""
    for done, (_number, row) in enumerate(
        reading.walk(db.session(), spec, query, actor=actor, size=BATCH), 1
    ):
        yield row
        if done % BATCH == 0:
            progress(done, max(done, wanted))
        if done >= allowed:
            return


def _seal(made: Export, path: Path) -> None:
    """Put an encrypted zip in the place of the plain file; the plain one does not outlive this."""
    plain = path.with_suffix(".plain")
    path.rename(plain)
    try:
        sealed_zip.seal(plain, path, _name(made, made.file_type), made.password, clock.local(clock.now()))
    finally:
        plain.unlink(missing_ok=True)


def _keep(export_id: int, stored: str, path: Path, written: int, actor: Actor) -> None:
    with unit_of_work() as session:
        made = session.get_one(Export, export_id)
        if made.state != "queued":
            path.unlink(missing_ok=True)
            return
        made.state, made.stored_as, made.written = "done", stored, written
        made.size, made.expires_at = path.stat().st_size, clock.now() + LIFE
        audited("lists.export_made", made, actor, changes={"rows": (None, written)})


def fail(export_id: int) -> None:
    with unit_of_work() as session:
        made = session.get_one(Export, export_id)
        if made.state == "queued":
            made.state = "failed"


def fetch(session: Session, public_id: str, *, actor: Actor) -> tuple[Path, str]:
    """The file and its name, for the person who asked alone and for a day. Audited. Raises NotFound."""
    made = load(session, Export, public_id, where=Export.account_id == actor.account_id)
    over = made.expires_at is None or made.expires_at <= clock.now()
    spec = known(made.list_key)
    if made.state != "done" or not made.stored_as or over or spec is None:
        raise NotFound()
    permitted(spec, actor)
    made.downloads += 1
    audited("lists.export_fetched", made, actor)
    return files.folder() / made.stored_as, _name(made, "zip" if made.password else made.file_type)


def _name(made: Export, ending: str) -> str:
    return files.clean_name(f"{made.title} {made.as_of}.{ending}")


def throw_away_old(session: Session) -> int:
    """Files past their day are deleted with their passwords; the record of who took what out stays."""
    old = session.scalars(
        select(Export).where(Export.state == "done", Export.expires_at <= clock.now())
    ).all()
    for made in old:
        if made.stored_as:
            (files.folder() / made.stored_as).unlink(missing_ok=True)
        made.state, made.stored_as, made.password = "gone", None, ""
    return len(old)
