"""Files that are no table, as large as a file may be: refused in words at once, nothing kept."""

import io
import random
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.imports.models import Import
from tests.support.browser import fields

MEGABYTES = 20


@pytest.mark.parametrize("name", ["nonsense.xlsx", "nonsense.csv", "nonsense.exe"])
def test_twenty_megabytes_of_nonsense_are_refused_in_words(
    client_as: Callable[[str], FlaskClient], session: Session, name: str
) -> None:
    client = client_as("spec_a")
    given = fields(client.get("/imports/new?kind=enterprises").get_data(as_text=True))
    body = random.Random(7).randbytes(MEGABYTES * 1024 * 1024 - 4096)
    answer = client.post("/imports/new?kind=enterprises", data={**given, "file": (io.BytesIO(body), name)})
    assert answer.status_code == 422
    assert 'class="err"' in answer.get_data(as_text=True)
    assert session.scalar(select(func.count()).select_from(Import)) == 0
