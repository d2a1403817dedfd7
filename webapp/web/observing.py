"""What is counted of every request, and its line in the log: route and status, never the address or a name."""

import logging
import time

from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram

log = logging.getLogger("webapp.request")

REQUESTS = Counter("lianzhao_requests", "Requests answered", ["route", "method", "status"])
SECONDS = Histogram(
    "lianzhao_request_seconds",
    "Time to answer",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15),
)
_UNKNOWN = "unknown"
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_SILENT = ("health.live", "health.ready", "health.metrics", "static")


def _begin() -> None:
    g.begun = time.perf_counter()


def _end(response: Response) -> Response:
    seconds = time.perf_counter() - g.get("begun", time.perf_counter())
    route = str(request.url_rule) if request.url_rule is not None else _UNKNOWN
    # A method is typed by the client: an unknown one would make a new series at every attempt.
    method = request.method if request.method in _METHODS else _UNKNOWN
    REQUESTS.labels(route, method, str(response.status_code)).inc()
    SECONDS.labels(route).observe(seconds)
    level = logging.DEBUG if request.endpoint in _SILENT else logging.INFO
    log.log(
        level,
        "request",
        extra={
            "route": route,
            "method": method,
            "status": response.status_code,
            "ms": round(seconds * 1000, 1),
        },
    )
    return response


def init_app(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_end)
