"""gunicorn for the full profile: `gunicorn -c deploy/gunicorn.conf.py webapp.wsgi:app`."""

import os
import tempfile
from pathlib import Path
from typing import Any

from webapp import heap

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "3"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "8"))
timeout = 60
graceful_timeout = 30
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - gunicorn's heartbeat files
accesslog = None  # the product logs each request itself, without addresses

# Every web process writes its figures here; /metrics adds them up.
figures = os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="lianzhao-metrics-"))
Path(figures).mkdir(parents=True, exist_ok=True)

# The program is loaded once and its memory shared; a web process of its own would cost another 130 MB.
preload_app = True


def when_ready(_server: Any) -> None:
    heap.settle()


def post_worker_init(worker: Any) -> None:
    """Threads begin in the forked process: none survives a fork."""
    worker.wsgi.extensions["begin"]()
