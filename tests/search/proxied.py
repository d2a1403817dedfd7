"""Elasticsearch behind a proxy that can refuse, hang, slow down and answer with errors."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import requests

from tests.search.engines import SERVER
from tests.support.product import free_port

PROXY = Path(__file__).parents[1] / "sec_kit" / "faultproxy.py"


class Proxied:
    """`mode("hang")` takes effect at once, on open connections too."""

    def __init__(self, url: str, modefile: Path) -> None:
        self.url, self._modefile = url, modefile

    def mode(self, name: str) -> None:
        if name.startswith("http:"):  # answers on new connections only: close those that are open
            self._modefile.write_text("reset")
            time.sleep(0.4)
        self._modefile.write_text(name)


@contextlib.contextmanager
def proxied(folder: Path) -> Iterator[Proxied]:
    port, modefile = free_port(), folder / "mode"
    modefile.write_text("pass")
    target = urlsplit(os.environ[SERVER]).port or 9200
    process = subprocess.Popen(
        [sys.executable, str(PROXY), str(port), str(target), str(modefile)], stdout=subprocess.DEVNULL
    )
    try:
        made = Proxied(f"http://127.0.0.1:{port}", modefile)
        _await(made.url)
        yield made
    finally:
        process.terminate()
        process.wait(10)


def _await(url: str) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            requests.get(f"{url}/_cluster/health", timeout=2)
            return
        except requests.RequestException:
            time.sleep(0.05)
    raise RuntimeError("the fault proxy does not answer")
