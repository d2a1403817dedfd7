"""A few rounds of `make faults`, so that every test run kills the product at least twice."""

from pathlib import Path

import pytest

from tests.faults.__main__ import run


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_or_doubled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    verdict = run(2, 3, tmp_path)
    said = capsys.readouterr().out
    assert verdict == 0, said
    assert said.splitlines()[-1].endswith("lost 0 doubled 0"), said
