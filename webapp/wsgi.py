"""For gunicorn and other WSGI servers: `webapp.wsgi:app`. Jobs run in separate workers on Redis."""

import os

import config
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
app = create_app(settings)
web_process(app, settings, workers=int(os.environ.get("WEB_CONCURRENCY", "1")))
