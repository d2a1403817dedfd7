"""The full profile as processes: gunicorn, a worker, a beat; each can be killed and started again."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import requests

from tests.support.product import Product

COMMANDS = {
    "web": [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "webapp.wsgi:app"],
    "worker": [sys.executable, "-m", "webapp", "worker", "--concurrency=2"],
    "beat": [sys.executable, "-m", "webapp", "beat"],
}


class Platform(Product):
    """As `Product`, but of several processes on real servers."""

    def __init__(self, data_dir: Path, **environ: str) -> None:
        super().__init__(data_dir, WEB_CONCURRENCY="2", DEMO="1", **environ)
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def load(self) -> None:
        subprocess.run(
            [sys.executable, "-m", "webapp", "demo", "load"],
            env=self.environ, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def __enter__(self) -> "Platform":
        for name in COMMANDS:
            self.start(name)
        self.await_page()
        return self

    def start(self, name: str) -> None:
        log = (self.data_dir / f"{name}.log").open("ab")
        self.running[name] = subprocess.Popen(
            COMMANDS[name], env=self.environ, stdout=log, stderr=log, start_new_session=True
        )
        log.close()

    def kill(self, name: str) -> None:
        """The process with all that it has forked."""
        os.killpg(self.running[name].pid, signal.SIGKILL)
        self.running[name].wait()

    def __exit__(self, *_error: object) -> None:
        for process in self.running.values():
            process.terminate()
        for name, process in self.running.items():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill(name)

    def await_ready(self, seconds: float = 180) -> float:
        """Until the database answers again; how long that took. Patient, since a busy machine starts slowly."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            try:
                if requests.get(f"{self.base}/readyz", timeout=5).ok:
                    return time.monotonic() - began
            except requests.RequestException:
                pass
            time.sleep(0.05)
        raise RuntimeError(f"the product did not recover within {seconds:.0f} s\n{self._last_words()}")

    def _last_words(self) -> str:
        """Of each process: whether it runs, and the end of its log."""
        said = []
        for name, process in self.running.items():
            lines = (self.data_dir / f"{name}.log").read_text("utf-8").splitlines()
            said += [f"--- {name}: exit status {process.poll()}", *lines[-15:]]
        return "\n".join(said)
