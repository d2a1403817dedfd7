"""For gunicorn: `webapp.wsgi:app`. Jobs run in separate workers on Redis.

Loaded once, before the web processes are forked: they share its memory. `begin` is called in each of them
afterwards (deploy/gunicorn.conf.py), since neither threads nor connections survive a fork.
"""

import os

import config
from core import clock, workdays
from webapp import heap
from webapp.cli.start import set_up_logging, web_process
from webapp.factory import create_app

settings = config.load()
if settings.embedded:
    raise config.BadSettings(
        [
            "A WSGI server needs REDIS_URL: without it worker and schedule live in the web process,",
            "and several web processes would each run the schedule. Use `python -m webapp run` instead.",
        ]
    )
set_up_logging(settings)
heap.keep_small()
app = create_app(settings)
workdays.get_ready(clock.today().year + 1)


def begin() -> None:
    """Start what runs beside the requests of one web process: the publisher and the feeder of the index."""
    web_process(app, settings, workers=int(os.environ.get("WEB_CONCURRENCY", "1")))


app.extensions["begin"] = begin
