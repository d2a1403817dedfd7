"""The alerts that are shipped ask for figures that the product really gives, and the operators' page knows each."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient

from core import audit, dirty
from core.db import unit_of_work
from core.jobs import service
from core.permissions import SYSTEM
from webapp.metrics import BACKUP

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy" / "prometheus"
_NAME = re.compile(r"\blianzhao_\w+")
_LABELS = re.compile(r"(\w+)=\"")


def _rules() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load((FOLDER / "alerts.yml").read_text("utf-8"))["groups"]
    found: list[dict[str, Any]] = group["rules"]
    return found


@pytest.fixture
def figures(client: FlaskClient, app: Flask) -> dict[str, set[str]]:
    """Name of a figure → the labels it is given with, of a platform on which everything has happened once."""
    with unit_of_work() as session:
        service.enqueue(session, "test.none", {}, actor=SYSTEM, queue="notify", periodic="search-tell")
        walked = service.enqueue(session, "audit.verify", {}, actor=SYSTEM)
        walked.state, walked.result = "done", {"rows": 1, "faults": []}
        dirty.touch("park", [987654])
        audit.record(BACKUP, "backup", 0, actor=SYSTEM, label="lianzhao.tar")
    client.get("/login")
    found: dict[str, set[str]] = {}
    for line in client.get("/metrics").get_data(as_text=True).splitlines():
        if not line.startswith("#"):
            name = re.split(r"[{ ]", line)[0]
            found.setdefault(name, set()).update(_LABELS.findall(line))
    return found


@pytest.mark.parametrize("rule", _rules(), ids=lambda rule: rule["alert"])
def test_an_alert_asks_for_figures_that_exist(rule: dict[str, Any], figures: dict[str, set[str]]) -> None:
    asked = set(_NAME.findall(rule["expr"]))
    assert not asked - figures.keys()
    labels = set(re.findall(r"\blianzhao_\w+\{(\w+)=", rule["expr"]))
    shown = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]))
    given = set().union(*(figures[name] for name in asked))
    assert labels | shown <= given, (labels, shown, given)
    assert rule["labels"]["severity"] in ("page", "ticket")


def test_the_operators_page_names_every_alert_and_no_other() -> None:
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    assert set(re.findall(r"`(Lianzhao[A-Z]\w+)`", page)) == {rule["alert"] for rule in _rules()}


@pytest.mark.skipif(shutil.which("promtool") is None, reason="needs promtool")
@pytest.mark.parametrize("asked", [("check", "rules", "alerts.yml"), ("test", "rules", "alerts_test.yml")])
def test_prometheus_understands_the_rules_and_raises_them(asked: tuple[str, ...]) -> None:
    said = subprocess.run(["promtool", *asked], cwd=FOLDER, capture_output=True, text=True)
    assert said.returncode == 0, said.stdout + said.stderr
