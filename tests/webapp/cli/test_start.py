"""Starting and stopping as a process of its own: what stands in the way is said with its cure."""

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

import config

ROOT = Path(__file__).resolve().parents[3]


def _environment(folder: Path, **changes: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        "MODE": "demo",
        "DEMO": "0",
        "DATA_DIR": str(folder),
        "PORT": str(_free_port()),
        **changes,
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _refused(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "webapp", *(arguments or ("run",))],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_taken_port_is_named_with_another_to_try(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = _refused(_environment(tmp_path, PORT=str(port)))
    assert f"Port {port}" in said
    assert f"PORT={port + 1} make run" in said


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = _refused(_environment(tmp_path / "file" / "below"))
    assert str(tmp_path / "file" / "below") in said
    assert "DATA_DIR" in said


def test_a_database_of_a_newer_version_is_not_touched(tmp_path: Path) -> None:
    environment = _environment(tmp_path)
    subprocess.run(
        [sys.executable, "-m", "webapp", "migrate"], cwd=ROOT, env=environment, check=True, timeout=120
    )
    with contextlib.closing(sqlite3.connect(tmp_path / "lianzhao.db")) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999_later'")
        database.commit()
    before = _dump(tmp_path)
    assert "newer version (revision 9999_later)" in _refused(environment)
    assert _dump(tmp_path) == before


def _dump(folder: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(folder / "lianzhao.db")) as database:
        return list(database.iterdump())


def test_a_database_server_that_is_away_is_said_without_its_password(tmp_path: Path) -> None:
    url = f"postgresql://someone:geheim@127.0.0.1:{_free_port()}/lianzhao"
    said = _refused(_environment(tmp_path, DATABASE_URL=url))
    assert "DATABASE_URL" in said
    assert "geheim" not in said


def test_production_names_everything_that_is_missing(tmp_path: Path) -> None:
    said = _refused(_environment(tmp_path, MODE="production", DEMO="1"))
    for name in ("SECRET_KEY", "PUBLIC_URL", "TRUSTED_HOSTS", "DEMO=1"):
        assert name in said


def test_it_starts_serves_refuses_a_twin_and_stops_cleanly(tmp_path: Path) -> None:
    environment = _environment(tmp_path)
    running = subprocess.Popen(
        [sys.executable, "-m", "webapp", "run"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        address = f"http://127.0.0.1:{environment['PORT']}/readyz"
        assert _answers(address)
        assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0
        assert "Another process" in _refused({**environment, "PORT": str(_free_port())})
        running.send_signal(signal.SIGINT)
        said, _nothing = running.communicate(timeout=30)
    finally:
        running.kill()
    assert running.returncode == 0
    assert said.rstrip().endswith("stopped")


def _answers(address: str) -> bool:
    for _round in range(300):
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            time.sleep(0.1)
    return False


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"PORT": "eighty"}, "PORT"),
        ({"PORT": "70000"}, "PORT"),
        ({"MODE": "test"}, "MODE"),
        ({"HOST": "0.0.0.0"}, "HOST"),
        (
            {
                "MODE": "production",
                "SECRET_KEY": "a" * 40,
                "PUBLIC_URL": "https://x.cn",
                "TRUSTED_HOSTS": "x.cn",
            },
            "SECRET_KEY",
        ),
    ],
)
def test_bad_settings_are_named(given: dict[str, str], named: str) -> None:
    with pytest.raises(config.BadSettings, match=named):
        config.load(given)


def test_paths_and_addresses_are_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert (
        config.load({"DATABASE_URL": "sqlite:///some.db"}).database_url == f"sqlite:///{tmp_path / 'some.db'}"
    )
    assert config.load({"DATA_DIR": "here"}).data_dir == tmp_path / "here"
    assert config.load({"DATABASE_URL": "postgres://u@h/d"}).database_url == "postgresql+psycopg://u@h/d"


def test_secrets_stay_out_of_the_settings_text() -> None:
    settings = config.load(
        {
            "SECRET_KEY": "k" * 40,
            "DATABASE_URL": "postgresql://u:geheim@h/d",
            "REDIS_URL": "redis://:geheim@h",
        }
    )
    assert "geheim" not in repr(settings)
    assert "kkkk" not in repr(settings)


GOOD = {
    "MODE": "production",
    "SECRET_KEY": "k3Jx9-wQ8z_Ty6Lm2Vb5Nc7Rf4Hg1Pd0S",
    "PUBLIC_URL": "https://lianzhao.example",
    "TRUSTED_HOSTS": "lianzhao.example",
    "DEMO": "0",
}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing or weak"),
        ({"SECRET_KEY": "changeme" * 8}, "SECRET_KEY is missing or weak"),
        ({"SECRET_KEY_FALLBACKS": "short"}, "SECRET_KEY_FALLBACKS holds a short key"),
        ({"TRUSTED_HOSTS": ""}, "TRUSTED_HOSTS is missing"),
        ({"PUBLIC_URL": "http://lianzhao.example"}, "PUBLIC_URL must start with https://"),
        ({"DEMO": "1"}, "DEMO=1 is refused"),
        ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG is on"),
        ({"DEBUG": "true"}, "DEBUG is on"),
        ({"DATA_CIPHER": "DES"}, "DATA_CIPHER is 'DES'"),
        ({"OIDC_ISSUER": "https://id.example"}, "belong together"),
        (
            {"OIDC_ISSUER": "http://id.example", "OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "b"},
            "OIDC_ISSUER must start with https://",
        ),
    ],
)
def test_production_refuses_what_weakens_trust(tmp_path: Path, changes: dict[str, str], said: str) -> None:
    config.load({**GOOD, "DATA_DIR": str(tmp_path)})
    with pytest.raises(config.BadSettings) as refused:
        config.load({**GOOD, "DATA_DIR": str(tmp_path), **changes})
    assert any(said in problem for problem in refused.value.problems)
    assert len(refused.value.problems) == 1


def test_production_refuses_secrets_that_others_can_read(tmp_path: Path) -> None:
    secret = tmp_path / ".env"
    secret.write_text("SECRET_KEY=x")
    secret.chmod(0o600)
    config.load({**GOOD, "DATA_DIR": str(tmp_path)})
    secret.chmod(0o644)
    with pytest.raises(config.BadSettings, match="chmod 600"):
        config.load({**GOOD, "DATA_DIR": str(tmp_path)})
