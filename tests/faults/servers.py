"""PostgreSQL, Redis and Elasticsearch of a fault run's own, started by scripts/services and killed at will."""

import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("postgres", "redis", "elasticsearch")
PID_FILES = {
    "postgres": "postgres/data/postmaster.pid",
    "redis": "redis/redis.pid",
    "elasticsearch": "elasticsearch/elasticsearch.pid",
}


class Servers:
    """Servers below a folder that other users may enter, since PostgreSQL and Elasticsearch refuse to be root."""

    def __init__(self, names: tuple[str, ...] = NAMES) -> None:
        self.names = names
        self.folder = Path(tempfile.mkdtemp(prefix="lianzhao-servers-", dir="/var/tmp"))
        self.folder.chmod(0o755)
        self._take_ports()

    def __enter__(self) -> "Servers":
        try:
            self.start(*self.names)
        except BaseException:
            self.__exit__()  # what did start would run on otherwise
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self._do("stop", *self.names)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _take_ports(self) -> None:
        """Ports of this run's own, below those that the system gives away: a server that is killed must find its port
        free again, and never take that of another run whose own has just been killed."""
        first = random.randrange(20_000, 30_000, 500)
        for number, name in enumerate(self.names):
            (self.folder / f"{name}.port").write_text(f"{first + 10 * number}\n")

    def _do(self, *arguments: str) -> str:
        environ = {**os.environ, "SERVICES_DIR": str(self.folder), "ES_HEAP": "384m"}
        environ.pop("SERVICES_FAST", None)  # a server without fsync may lose what it has acknowledged
        command = [str(ROOT / "scripts" / "services"), *arguments]
        return subprocess.run(
            command, env=environ, check=True, capture_output=True, text=True, timeout=300
        ).stdout

    def start(self, *names: str) -> None:
        """Start, on the same ports as before. What a killed server left behind may need a moment to go."""
        for attempt in range(8):
            try:
                self._do("start", *names)
            except subprocess.CalledProcessError:
                if attempt == 7:
                    raise
                time.sleep(0.5)
            else:
                return

    def kill(self, name: str) -> None:
        """SIGKILL, as the machine's memory guard would."""
        first = (self.folder / PID_FILES[name]).read_text().split()[0]
        os.kill(int(first), signal.SIGKILL)

    def port(self, name: str) -> int:
        return int((self.folder / f"{name}.port").read_text())

    def environ(self) -> dict[str, str]:
        """The product's settings for these servers."""
        found = {
            "DATABASE_URL": f"postgresql://lianzhao:lianzhao@127.0.0.1:{self.port('postgres')}/lianzhao_test"
        }
        if "redis" in self.names:
            found["REDIS_URL"] = f"redis://127.0.0.1:{self.port('redis')}/0"
        if "elasticsearch" in self.names:
            found["ELASTICSEARCH_URL"] = f"http://127.0.0.1:{self.port('elasticsearch')}"
        return found
