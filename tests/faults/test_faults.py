"""A few rounds of `make faults`, so that every test run kills the product and its servers at least twice."""

import os
from pathlib import Path

import pytest

from tests.faults.__main__ import run
from tests.faults.full import run_full


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_or_doubled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    verdict = run(2, 3, tmp_path)
    said = capsys.readouterr().out
    assert verdict == 0, said
    assert said.splitlines()[-1].endswith("lost 0 doubled 0"), said


@pytest.mark.slow
@pytest.mark.skipif(
    os.environ.get("LIANZHAO_SERVER_FAULTS") != "1",
    reason="LIANZHAO_SERVER_FAULTS=1 starts servers to kill them",
)
def test_the_servers_die_and_nothing_is_lost(capsys: pytest.CaptureFixture[str]) -> None:
    """On servers of its own: those that the other tests are given (`TEST_…_URL`) are not for killing."""
    verdict = run_full(6, 3)
    said = capsys.readouterr().out
    assert verdict == 0, said
    assert said.splitlines()[-1].endswith("lost 0 doubled 0"), said
