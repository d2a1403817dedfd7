"""Which engine a process uses: Elasticsearch where an address is given, else the embedded one."""

from dataclasses import dataclass
from pathlib import Path

from search.elastic.engine import ElasticEngine, connect
from search.embedded.engine import EmbeddedEngine
from search.engine import Engine

FILE = "search.db"


@dataclass(frozen=True)
class Server:
    """How to reach Elasticsearch."""

    url: str
    username: str = ""
    password: str = ""
    api_key: str = ""
    ca_certs: str = ""


def open_engine(folder: Path, server: Server | None, alias: str = "lianzhao") -> Engine:
    """The engine for these settings. Opening Elasticsearch does not ask it anything yet."""
    if server is None:
        return EmbeddedEngine(folder / FILE)
    client = connect(server.url, server.username, server.password, server.api_key, server.ca_certs)
    return ElasticEngine(client, alias)
