"""The product as a process: started as a newcomer starts it, signed in through its own page."""

import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import requests


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Product:
    """A running product on its own data folder. `started_in` is seconds to the first answered page."""

    module = "webapp"
    """What is run; some tests start it with something changed."""

    def __init__(self, data_dir: Path, **environ: str) -> None:
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.data_dir = data_dir
        self.environ = {
            **os.environ,
            "MODE": "demo",
            "DATA_DIR": str(data_dir),
            "PORT": str(self.port),
            **environ,
        }
        self.started_in = 0.0

    def __enter__(self) -> "Product":
        started = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, "-m", self.module, "run"], env=self.environ, stdout=subprocess.DEVNULL
        )
        try:
            self.await_page()
        except RuntimeError:
            self.process.kill()  # nobody else would end it
            raise
        self.started_in = time.perf_counter() - started
        return self

    def await_page(self) -> None:
        """Wait for the first answered page; patiently, since a busy machine starts slowly."""
        deadline = time.monotonic() + 300
        while time.monotonic() < deadline:
            try:
                if requests.get(f"{self.base}/login", timeout=5).ok:
                    return
            except requests.RequestException:
                time.sleep(0.05)
        raise RuntimeError("the product did not start")

    def __exit__(self, *_error: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def sign_in(self, username: str, password: str) -> requests.Session:
        session = requests.Session()
        page = session.get(f"{self.base}/login").text
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert token
        answer = session.post(
            f"{self.base}/login", data={"username": username, "password": password, "csrf_token": token[1]}
        )
        assert answer.ok and "/login" not in answer.url, answer.url
        return session

    def memory_mb(self) -> float:
        """Resident memory of the process."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("utf-8")
        found = re.search(r"VmRSS:\s+(\d+)", status)
        assert found
        return int(found[1]) / 1024
