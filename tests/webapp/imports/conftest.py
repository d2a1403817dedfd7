"""Sheets sent to the pages of an import."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support import corpus as kit
from tests.support.imports import Upload, send
from tests.support.sheets import workbook


@pytest.fixture
def upload(tmp_path: Path) -> Upload:
    """`upload(client, rows)`: sends a workbook; the answer to the upload."""

    def make(client: FlaskClient, rows: Sequence[Sequence[Any]], name: str = "名录.xlsx") -> TestResponse:
        return send(client, workbook(tmp_path / "u.xlsx", rows).read_bytes(), name)

    return make


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hostile files of the security kit, their good rows with credit codes that hold."""
    folder = tmp_path_factory.mktemp("hostile")
    kit.make(folder)
    return folder
