"""What is shipped for installing: the compose file, the units, the list of parts, and the archive itself."""

import graphlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

import config
from scripts import sbom
from tests.support.product import free_port
from webapp import worker

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
COMMANDS = ("migrate", "worker", "beat", "run", "backup")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return found


def test_the_compose_file_holds_together(compose: dict[str, Any]) -> None:
    services, volumes = compose["services"], compose["volumes"]
    assert {"web", "worker", "beat", "postgres", "redis", "elasticsearch"} <= services.keys()
    for name, service in services.items():
        assert service.get("image"), name
        assert not set(service.get("depends_on", {})) - services.keys(), name
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in volumes, (name, volume)


def test_every_queue_has_a_worker_and_the_schedule_runs_once(compose: dict[str, Any]) -> None:
    commands = [service.get("command", []) for service in compose["services"].values()]
    queues = [
        one.split("=")[1].split(",") for command in commands for one in command if one.startswith("--queues=")
    ]
    assert sorted(name for group in queues for name in group) == sorted(worker.QUEUES)
    assert sum("beat" in command for command in commands) == 1
    assert "replicas" not in (DEPLOY / "compose.yaml").read_text("utf-8")


def test_secrets_are_asked_for_and_servers_speak_with_password(compose: dict[str, Any]) -> None:
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD", "ELASTIC_PASSWORD"):
        assert f"${{{name}:?}}" in text
    search = compose["services"]["elasticsearch"]["environment"]
    assert search["xpack.security.http.ssl.enabled"] == "true"
    assert compose["services"]["web"]["environment"]["ELASTICSEARCH_URL"].startswith("https://")
    assert compose["services"]["web"]["ports"] == ["127.0.0.1:8000:8000"]


def test_every_setting_can_be_given_to_the_containers_and_no_unknown_one(compose: dict[str, Any]) -> None:
    read = set(re.findall(r"\"([A-Z]{2,}[A-Z_]*)\"", (ROOT / "config.py").read_text("utf-8")))
    read -= {"DEBUG", "FLASK_DEBUG"}  # only refused
    given = set(compose["services"]["web"]["environment"])
    only_one_machine = {"DEMO", "PORT", "DATA_KEYS_FILE", "ELASTICSEARCH_API_KEY"}
    assert given - {"WEB_CONCURRENCY"} == read - only_one_machine
    for name, service in compose["services"].items():
        if service["image"].startswith("lianzhao"):
            assert service["environment"].items() >= compose["x-app"]["environment"].items(), name


def test_the_example_asks_for_exactly_what_the_containers_need(compose: dict[str, Any]) -> None:
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    example = (DEPLOY / "compose.env.example").read_text("utf-8")
    assert set(re.findall(r"\$\{(\w+):\?\}", text)) == set(re.findall(r"^([A-Z_]+)=", example, re.M))
    example = (DEPLOY / "environment.example").read_text("utf-8")
    assert config.load(
        {
            name: value.replace("put-", "Zq7-x9Kd3Lm5Pv8Rt2Wy4-")
            for name, value in re.findall(r"^([A-Z_]+)=(.*)$", example, re.M)
        }
    ).production


def test_images_are_those_that_were_tried(compose: dict[str, Any]) -> None:
    images = {name: service["image"] for name, service in compose["services"].items()}
    tried = re.search(r"^es_version=(\S+)$", (ROOT / "scripts" / "services").read_text("utf-8"), re.M)
    assert tried
    for name in ("elasticsearch", "certificates"):
        assert images[name].endswith(f":{tried[1]}")
    assert images["postgres"].startswith("postgres:15-") and images["redis"].startswith("redis:7-")
    for name in ("web", "postgres", "redis", "elasticsearch"):
        assert compose["services"][name]["healthcheck"]["test"], name


def test_units_and_containers_run_the_same_processes(compose: dict[str, Any]) -> None:
    said = " ".join(unit.read_text("utf-8") for unit in UNITS)
    in_units = set(re.findall(r"-m webapp (\w+)", said)) | {"gunicorn"} & set(re.findall(r"gunicorn", said))
    lists = [service.get("command", ["gunicorn"]) for service in compose["services"].values()
             if service["image"].startswith("lianzhao")]  # fmt: skip
    in_containers = {words[3] if words[0] == "python" else words[0] for words in lists}
    assert in_units - {"run"} == in_containers
    assert (
        f"EXPOSE {compose['services']['web']['ports'][0].split(':')[-1]}"
        in (DEPLOY / "Dockerfile").read_text()
    )


def test_the_settings_of_the_compose_file_are_accepted(compose: dict[str, Any]) -> None:
    given = compose["services"]["web"]["environment"]
    values = {
        name: re.sub(r"\$\{\w+:-\}", "", re.sub(r"\$\{(\w+):\?\}", r"Zq7-\1-x9Kd3Lm5Pv8Rt2Wy4", str(value)))
        for name, value in given.items()
    }
    values |= {"PUBLIC_URL": "https://lz.example.cn", "TRUSTED_HOSTS": "lz.example.cn"}
    settings = config.load(values)
    assert settings.production and settings.redis_url and settings.elasticsearch


def _filled(value: Any, given: Mapping[str, str]) -> Any:
    """A part of the compose file with its variables filled in as Docker does: `${A:?}`, `${A:-}`, `$$`."""
    if isinstance(value, dict):
        return {key: _filled(part, given) for key, part in value.items()}
    if isinstance(value, list):
        return [_filled(part, given) for part in value]
    if not isinstance(value, str):
        return value
    plain = re.sub(r"(?<!\$)\$\{(\w+):\?\}", lambda found: given[found[1]], value)
    return re.sub(r"(?<!\$)\$\{(\w+):-\}", "", plain).replace("$$", "\0")


def test_every_variable_is_filled_and_every_volume_is_both_declared_and_used(compose: dict[str, Any]) -> None:
    example = (DEPLOY / "compose.env.example").read_text("utf-8")
    given = dict.fromkeys(re.findall(r"^([A-Z_]+)=", example, re.M), "x")
    filled = _filled(compose["services"], given)
    assert "$" not in json.dumps(filled), "a variable that Docker would refuse or leave empty"
    operations = (ROOT / "docs" / "operations.md").read_text("utf-8")
    optional = set(re.findall(r"\$\{(\w+):-\}", (DEPLOY / "compose.yaml").read_text("utf-8")))
    assert {name for name in optional if f"`{name}`" not in operations} == set()
    used = {volume.split(":")[0] for each in filled.values() for volume in each.get("volumes", [])}
    assert used == set(compose["volumes"])


def test_whoever_is_waited_for_can_say_that_he_is_ready(compose: dict[str, Any]) -> None:
    """A wait for health needs a health check, a wait for an end needs something that ends; and nobody in a ring."""
    services = compose["services"]
    waits = {
        name: {other: said["condition"] for other, said in each.get("depends_on", {}).items()}
        for name, each in services.items()
    }
    for name, others in waits.items():
        for other, condition in others.items():
            if condition == "service_healthy":
                assert "healthcheck" in services[other], (name, other)
            else:
                assert condition == "service_completed_successfully", (name, other)
                assert services[other].get("restart", "no") == "no", f"{other} is started again for ever"
    assert list(
        graphlib.TopologicalSorter({name: set(others) for name, others in waits.items()}).static_order()
    )


HEALTH = """
import config, subprocess, sys, threading
from werkzeug.serving import make_server
from webapp.factory import create_app
app = create_app(config.load({given!r}))
server = make_server("127.0.0.1", {port}, app)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.exit(subprocess.run([sys.executable, "-c", {code!r}]).returncode)
"""


@pytest.mark.parametrize(
    ("hosts", "healthy"), [("lz.example.cn,lz2.example.cn", True), ("other.example.cn", False)]
)
def test_the_health_check_of_the_web_container_passes_in_production(
    compose: dict[str, Any], tmp_path: Path, hosts: str, healthy: bool
) -> None:
    """The very command of the compose file, against the platform with the settings of production."""
    kind, python, flag, code = compose["services"]["web"]["healthcheck"]["test"]
    assert (kind, python, flag) == ("CMD", "python", "-c") and ":8000/" in code
    port, secret = free_port(), "Zq7-x9Kd3Lm5Pv8Rt2Wy4-"
    given = {"DATA_DIR": str(tmp_path), "MODE": "production", "PUBLIC_URL": "https://lz.example.cn",
             "TRUSTED_HOSTS": "lz.example.cn,lz2.example.cn", "PROXY_HOPS": "1",
             "SECRET_KEY": f"{secret}{secret}", "METRICS_TOKEN": f"{secret}metrics"}  # fmt: skip
    script = HEALTH.format(given=given, port=port, code=code.replace(":8000/", f":{port}/"))
    environ = {**os.environ, "TRUSTED_HOSTS": hosts}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environ, capture_output=True, text=True
    )
    assert (done.returncode == 0) is healthy, done.stderr[-2000:]
    assert ("HTTP Error 400" in done.stderr) is not healthy, "a strange name is refused"


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_every_unit_names_commands_that_exist_and_drops_rights(unit: Path) -> None:
    text = unit.read_text("utf-8")
    for command in re.findall(r"python -m webapp (\w+)", text):
        assert command in COMMANDS
        help_ = subprocess.run(
            [sys.executable, "-m", "webapp", command, "--help"], capture_output=True, cwd=ROOT
        )
        assert help_.returncode == 0
    assert "User=lianzhao" in text and "ProtectSystem=strict" in text and "NoNewPrivileges=yes" in text


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    """Only the programs and folders of an installed platform are missing here."""
    for unit in (DEPLOY / "systemd").iterdir():
        text = re.sub(r"(ExecStart(?:Pre)?=)\S+", r"\1/bin/true", unit.read_text("utf-8"))
        (tmp_path / unit.name).write_text(text.replace("worker@", "worker@"))
    units = [str(path).replace("@.service", "@imports.service") for path in sorted(tmp_path.iterdir())]
    shutil.copy(tmp_path / "lianzhao-worker@.service", tmp_path / "lianzhao-worker@imports.service")
    said = subprocess.run(["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True)
    ours = [line for line in said.stderr.splitlines() if "lianzhao" in line]
    assert not ours, ours


def test_the_list_of_parts_names_every_locked_package_with_its_hashes() -> None:
    bill = sbom.bill()
    assert bill["bomFormat"] == "CycloneDX"
    pinned = re.findall(r"^([A-Za-z0-9._-]+)==", (ROOT / "requirements.txt").read_text("utf-8"), re.M)
    libraries = [part for part in bill["components"] if part["type"] == "library"]
    assert [part["name"] for part in libraries] == [name.lower() for name in pinned]
    assert all(part["hashes"] for part in bill["components"])


def test_the_code_is_never_written_to_and_only_the_data_folder_is(tmp_path: Path) -> None:
    """G3: the process needs no right to write beside its data folder."""
    before = {
        path: path.stat().st_mtime_ns for path in ROOT.glob("*") if path.is_dir() and path.name != "var"
    }
    environ = {
        **os.environ,
        "MODE": "demo",
        "DEMO": "0",
        "DATA_DIR": str(tmp_path),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    subprocess.run(
        [sys.executable, "-m", "webapp", "migrate"], env=environ, cwd=ROOT, check=True, capture_output=True
    )
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert (tmp_path / "lianzhao.db").exists()


ARCHIVE = os.environ.get("LIANZHAO_ARCHIVE", "")


@pytest.mark.slow
@pytest.mark.skipif(not ARCHIVE, reason="LIANZHAO_ARCHIVE names no archive (make archive)")
def test_the_archive_installs_and_answers_without_network(tmp_path: Path) -> None:
    with tarfile.open(ARCHIVE) as tar:
        tar.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.iterdir()
    assert {path.name for path in (unpacked / "wheels").iterdir()} == {"x86_64", "aarch64"}
    alone = ["unshare", "--net", "--map-root-user"]
    target, port = tmp_path / "opt", free_port()
    address = f"http://127.0.0.1:{port}/livez"
    subprocess.run([*alone, str(unpacked / "install.sh"), str(target)], check=True)
    script = f"""
        ip link set lo up 2>/dev/null || true
        cd {target}/current
        .venv/bin/python -m webapp run & running=$!
        for second in $(seq 60); do
            .venv/bin/python -c "import urllib.request as u; print(u.urlopen('{address}').read())" && break
            sleep 1
        done
        kill $running; wait $running
    """
    environ = {
        "PATH": os.environ["PATH"],
        "MODE": "demo",
        "DEMO": "0",
        "PORT": str(port),
        "DATA_DIR": str(tmp_path / "data"),
    }
    done = subprocess.run(
        [*alone, "bash", "-c", script], env=environ, capture_output=True, text=True, timeout=150
    )
    assert '"status":"ok"' in done.stdout, done.stderr[-3000:]
