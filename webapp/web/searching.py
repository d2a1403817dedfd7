"""Search for this application: which engine, from the settings."""

import config
from core.db import db
from core.jobs.runner import JobRun, handler
from search import desk, saved, tasks
from search.opening import Server, open_engine
from webapp.web.actors import actor_of

JOBS = (tasks.verify, tasks.rebuild)
"""Named here so that every process that runs jobs knows the handlers."""


@handler(saved.TELL)
def tell(job: JobRun) -> None:
    """News of saved searches, to their owners, with the rights that each has now."""
    told = saved.tell_all(desk.finder(), db.session(), actor_of)
    job.result({"told": told})


def init_app(settings: config.Settings) -> None:
    """Say how the engine is opened; it is opened at the first search, not here."""
    desk.configure(lambda: open_engine(settings.data_dir, server_of(settings)))


def server_of(settings: config.Settings) -> Server | None:
    """The search server of these settings; None means the embedded engine."""
    given = settings.elasticsearch
    if given is None:
        return None
    return Server(given.url, given.username, given.password, given.api_key, given.ca_certs)
