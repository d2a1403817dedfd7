"""A second Elasticsearch of the tests' own, with a password and TLS, from the distribution that
`scripts/services` has unpacked. Skipped by name where that is not to be had."""

import contextlib
import os
import shutil
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.product import free_port

PASSWORD = "Lz-search-2026"
_START_SECONDS = 90


@dataclass(frozen=True)
class Secured:
    url: str
    ca: Path
    username: str = "elastic"
    password: str = PASSWORD


def _distribution() -> Path:
    """Unpacked by `scripts/services`; its port file and folder stand beside one another."""
    given = os.environ.get("ELASTICSEARCH_HOME", "")
    candidates = [Path(given)] if given else []
    for root in [Path("var/services").resolve(), *Path("/var/tmp").glob("lianzhao-services-*")]:
        candidates += sorted(root.glob("elasticsearch/elasticsearch-*"))
    for path in candidates:
        if (path / "bin" / "elasticsearch").exists():
            return path
    pytest.skip("needs Elasticsearch's files: start it with scripts/services, or set ELASTICSEARCH_HOME")


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that is its own authority, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "lianzhao test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "ca.crt", folder / "node.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return certificate, secret


def _java() -> str:
    for home in sorted(Path("/usr/lib/jvm").glob("java-*17*")) + sorted(
        Path("/usr/lib/jvm").glob("java-*21*")
    ):
        if (home / "bin" / "java").exists():
            return str(home)
    pytest.skip("needs Java 17 or 21 below /usr/lib/jvm")


@contextlib.contextmanager
def server(folder: Path) -> Iterator[Secured]:
    """Starts in about half a minute."""
    home = folder / "config"
    shutil.copytree(_distribution() / "config", home, ignore=shutil.ignore_patterns("*.keystore"))
    certificate, secret = _certificate(home)
    user = "elastic" if os.geteuid() == 0 else ""
    environment = {
        **os.environ, "ES_JAVA_HOME": _java(), "ES_PATH_CONF": str(home), "ES_JAVA_OPTS": "-Xms384m -Xmx384m",
    }  # fmt: skip
    tool = _distribution() / "bin" / "elasticsearch-keystore"
    for name in ("data", "logs"):
        (folder / name).mkdir()
    _give(folder, user)
    subprocess.run([tool, "create"], env=environment, check=True, user=user or None, capture_output=True)
    subprocess.run(
        [tool, "add", "-x", "bootstrap.password"], env=environment, check=True, user=user or None,
        input=PASSWORD.encode(), capture_output=True,
    )  # fmt: skip
    port = free_port()
    settings = {
        "discovery.type": "single-node", "xpack.security.enabled": "true", "network.host": "127.0.0.1",
        "http.port": port, "transport.port": free_port(), "path.data": folder / "data", "path.logs": folder / "logs",
        "cluster.routing.allocation.disk.threshold_enabled": "false",
        "xpack.security.http.ssl.enabled": "true", "xpack.security.http.ssl.key": secret,
        "xpack.security.http.ssl.certificate": certificate,
    }  # fmt: skip
    with (folder / "out.log").open("wb") as log:
        process = subprocess.Popen(
            [_distribution() / "bin" / "elasticsearch", *(f"-E{name}={value}" for name, value in settings.items())],
            env=environment, user=user or None, stdout=log, stderr=subprocess.STDOUT, cwd=folder,
        )  # fmt: skip
    try:
        made = Secured(f"https://127.0.0.1:{port}", certificate)
        _await(made, process, folder / "out.log")
        yield made
    finally:
        process.terminate()
        process.wait(60)


def _give(folder: Path, user: str) -> None:
    if not user:
        return
    for path in [folder, *folder.rglob("*")]:
        shutil.chown(path, user)


def _await(made: Secured, process: subprocess.Popen[bytes], log: Path) -> None:
    context = ssl.create_default_context(cafile=str(made.ca))
    token = b64encode(f"{made.username}:{made.password}".encode()).decode()
    asked = urllib.request.Request(f"{made.url}/_cluster/health", headers={"Authorization": f"Basic {token}"})
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(asked, timeout=3, context=context)
            return
        except (OSError, urllib.error.URLError):
            time.sleep(0.5)
    raise RuntimeError(log.read_text(errors="replace")[-3000:])
