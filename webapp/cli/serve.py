"""`run`, `worker`, `beat`: the processes of the platform."""

import argparse
import contextlib
import logging
import signal
import sys
import time
from collections.abc import Iterator
from types import FrameType
from typing import Any

import waitress
from flask import Flask

import config
from core import clock, workdays
from core.db import db
from webapp import heap, pool, worker
from webapp.cli import start
from webapp.cli.demo import load as demo
from webapp.factory import create_app

THREADS = 8
CONNECTIONS = 2000
"""A browser keeps up to six open; waitress itself would stop answering at 100, twenty people's worth."""


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("run", help="serve the platform (embedded: with worker and schedule)")
    parser.set_defaults(handler=run, bare=True)
    parser = subparsers.add_parser("worker", help="run jobs from Redis")
    parser.add_argument("--queues", default=",".join(worker.QUEUES), help="comma-separated (default: all)")
    parser.add_argument("--concurrency", type=int, default=4)
    parser.set_defaults(handler=run_worker, bare=True)
    parser = subparsers.add_parser("beat", help="run the schedule; exactly one per platform")
    parser.set_defaults(handler=run_beat, bare=True)


def run(_arguments: argparse.Namespace, settings: config.Settings) -> int:
    """Check, migrate, load the demonstration at first start, serve until Ctrl-C."""
    began = time.monotonic()
    start.set_up_logging(settings)
    heap.keep_small()
    start.check_folder(settings.data_dir)
    listener = start.take_port(settings.host, settings.port)
    with contextlib.closing(listener), start.hold_folder(settings.data_dir):
        app = create_app(settings)
        start.prepare_database(app, settings)
        if settings.demo and demo.load(app, settings.data_dir, lambda step: _say(f"demonstration: {step}")):
            _say("demonstration loaded")
        embedded = start.web_process(app, settings)
        server = waitress.create_server(
            app.wsgi_app,
            sockets=[listener],
            threads=THREADS,
            ident=None,
            max_request_body_size=64 * 1024 * 1024,
            clear_untrusted_proxy_headers=not settings.proxy_hops,
            connection_limit=CONNECTIONS,
            asyncore_use_poll=True,  # select() ends at 1,024 open files
        )
        workdays.get_ready(clock.today().year + 1)
        heap.settle()
        _greet(app, settings, time.monotonic() - began)
        with _stoppable():
            server.run()
        _say("stopping …")
        server.close()
        if embedded is not None:
            embedded.stop()
        with app.app_context():
            db.engine.dispose()
    _say("stopped")
    return 0


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """SIGTERM stops like Ctrl-C; waitress finishes the requests that it has begun.

    SIGINT is set, too: a shell starts background processes with it ignored.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    except KeyboardInterrupt:
        logging.getLogger(__name__).debug("interrupted")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say(text: str) -> None:
    print(text, flush=True)


def _greet(app: Flask, settings: config.Settings, seconds: float) -> None:
    _say(f"\n  Lianzhao 链招 is ready after {seconds:.1f} s:  {settings.public_url}/")
    if not settings.production and (accounts := demo.accounts(app, settings.data_dir)):
        _say(
            f"\n  Demonstration accounts (also: {settings.data_dir / demo.FILE}, python -m webapp demo accounts)"
        )
        _say(f"  {'user name':<12} {'password':<20} role, name, unit")
        for row in accounts:
            where = row["enterprise"] or row["unit"] or ""
            _say(f"  {row['username']:<12} {row['password']:<20} {row['role']}, {row['name']}, {where}")
    _say("\n  Stop with Ctrl-C.\n")
    sys.stdout.flush()


def _full_profile(settings: config.Settings) -> tuple[Flask, Any]:
    if settings.redis_url is None:
        raise start.Trouble(
            "REDIS_URL is missing. Without Redis, `python -m webapp run` runs the jobs itself."
        )
    start.set_up_logging(settings)
    heap.keep_small()
    app = create_app(settings)
    celery = worker.make_celery(app, settings.redis_url)
    heap.settle()
    return app, celery


def run_worker(arguments: argparse.Namespace, settings: config.Settings) -> int:
    app, celery = _full_profile(settings)
    queues = [name.strip() for name in arguments.queues.split(",") if name.strip()]
    if unknown := set(queues) - set(worker.QUEUES):
        raise start.Trouble(f"Unknown queue: {', '.join(sorted(unknown))}. Known: {', '.join(worker.QUEUES)}")
    pool.serve(app, celery, queues, arguments.concurrency)
    return 0


def run_beat(_arguments: argparse.Namespace, settings: config.Settings) -> int:
    _app, celery = _full_profile(settings)
    celery.Beat(loglevel="WARNING", scheduler="celery.beat:Scheduler").run()
    return 0
