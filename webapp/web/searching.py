"""Search for this application: which engine, from the settings."""

import config
from search import desk, tasks
from search.opening import Server, open_engine

JOBS = (tasks.verify, tasks.rebuild)
"""Named here so that every process that runs jobs knows the handlers."""


def init_app(settings: config.Settings) -> None:
    """Say how the engine is opened; it is opened at the first search, not here."""
    desk.configure(lambda: open_engine(settings.data_dir, server_of(settings)))


def server_of(settings: config.Settings) -> Server | None:
    """The search server of these settings; None means the embedded engine."""
    given = settings.elasticsearch
    if given is None:
        return None
    return Server(given.url, given.username, given.password, given.api_key, given.ca_certs)
