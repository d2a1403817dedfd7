"""What every process checks and prepares before it serves; troubles come with their cure."""

import logging
import os
import socket
from pathlib import Path
from typing import IO

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

import config
from core import logs
from search import desk
from webapp import database, keys, reference, worker
from webapp.web import observing

try:
    import fcntl
except ImportError:  # Windows: no lock between processes there
    fcntl = None  # type: ignore[assignment]  # the name must exist for the check below


class Trouble(Exception):
    """What stands in the way of a start, and what to do about it."""


def set_up_logging(settings: config.Settings) -> None:
    """JSON lines in production; at the demonstration short lines for people, without one for each request."""
    level = os.environ.get("LOG_LEVEL", "INFO").upper()
    logs.set_up(for_people=not settings.production, level=level)
    if not settings.production and level == "INFO":
        observing.log.setLevel(logging.WARNING)


def check_folder(folder: Path) -> None:
    """The data folder exists and can be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        raise Trouble(
            f"The data folder {folder} cannot be written ({error.strerror}).\n"
            "Give this user the right to write there, or choose another one: DATA_DIR=/path make run"
        ) from error


def hold_folder(folder: Path) -> IO[str]:
    """Only one embedded process may use a folder; keep the returned file open while it runs."""
    handle = (folder / "run.lock").open("a+")
    if fcntl is not None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            handle.close()
            raise Trouble(
                f"Another process is running on the data folder {folder}.\n"
                "Stop it first, or start this one on another folder: DATA_DIR=/path PORT=8001 make run"
            ) from None
    return handle


def take_port(host: str, port: int) -> socket.socket:
    """The listening socket, before anything slow is done."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        raise Trouble(
            f"Port {port} on {host} cannot be used ({error.strerror}).\n"
            f"Stop what uses it, or choose another one: PORT={port + 1} make run"
        ) from error
    return listener


def prepare_database(app: Flask, settings: config.Settings) -> None:
    """Migrate to the revision of this code and fill in the reference data."""
    try:
        database.upgrade(app)
        reference.ensure(app)
        keys.check(app)
    except keys.WrongKeys as error:
        raise Trouble(
            "The database was sealed with keys that are not here: every number in it would be unreadable.\n"
            f"Put the right key ring in its place ({keys.path_of(settings)}, or DATA_KEYS); it is in the backup."
        ) from error
    except database.NewerDatabase as error:
        raise Trouble(
            f"The database is from a newer version (revision {error}); this one expects {database.head()}.\n"
            "Nothing was changed. Update the program, or point DATA_DIR or DATABASE_URL to another database."
        ) from error
    except SQLAlchemyError as error:
        if getattr(getattr(error, "orig", None), "sqlstate", "") == "55P03":
            raise Trouble(
                "A table stayed locked by another connection, so the migration gave up after 5 s.\n"
                "Nothing is half-done. Stop the workers or the long query, then run it again."
            ) from error
        first = str(getattr(error, "orig", error)).strip().splitlines()
        raise Trouble(
            f"The database cannot be used: {first[0] if first else type(error).__name__}\n"
            "Check DATABASE_URL and that the server runs; the password is not shown here."
        ) from error


def web_process(app: Flask, settings: config.Settings, *, workers: int = 1) -> worker.Embedded | None:
    """Attach jobs to a web process: worker and beat as threads, or only the publisher towards Redis."""
    celery = worker.make_celery(app, settings.redis_url)
    if settings.embedded:
        if workers > 1:
            raise Trouble("WEB_CONCURRENCY must be 1 without REDIS_URL: each process would run the schedule.")
        embedded = worker.Embedded(app, celery)
        embedded.start()
        desk.start_feeding(app.app_context, keeps_index=True)
        return embedded
    worker.start_publisher(app, celery)
    desk.start_feeding(app.app_context, polls=False)
    return None
