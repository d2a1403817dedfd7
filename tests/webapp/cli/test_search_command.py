"""`python -m webapp search …` as scripts call it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
JUDGED = ROOT / "tests" / "data" / "search_relevance.json"


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ELASTICSEARCH")}
    return subprocess.run(
        [sys.executable, "-m", "webapp", "search", *arguments],
        cwd=ROOT,
        env={**kept, "DATA_DIR": str(folder), "DATABASE_URL": "", "DEMO": "0", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def judged(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip().splitlines()[-1]


def test_the_embedded_engine_passes_the_judged_set(tmp_path: Path) -> None:
    last = judged(run(tmp_path, "judge", str(JUDGED)))
    assert last == "passed 46 of 46"
    assert not (tmp_path / "search.db").exists()


@pytest.mark.elasticsearch
def test_elasticsearch_passes_the_judged_set(tmp_path: Path) -> None:
    server = os.environ["TEST_ELASTICSEARCH_URL"]
    done = run(tmp_path, "judge", str(JUDGED), "--engine", "elasticsearch", ELASTICSEARCH_URL=server)
    assert judged(done) == "passed 46 of 46"


def test_a_failure_is_printed_and_the_status_says_so(tmp_path: Path) -> None:
    content = {
        "corpus": [{"id": "a", "type": "enterprise", "name": "示例甲有限公司"}],
        "queries": [{"q": "示例甲", "expect_top": ["a"]}, {"q": "示例乙", "expect_top": ["b"]}],
    }
    file = tmp_path / "judged.json"
    file.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    done = run(tmp_path, "judge", str(file))
    assert done.returncode == 1
    assert done.stdout.strip().splitlines()[-1] == "passed 1 of 2"
    assert "示例乙" in done.stdout


@pytest.mark.parametrize("content", [None, "no json"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "absent.json"
    if content is not None:
        file.write_text(content)
    done = run(tmp_path, "judge", str(file))
    assert done.returncode == 2
    assert "absent.json" in done.stderr
