"""An enterprise of zone A to work on, and sheets of what belongs to enterprises, uploaded and judged."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from core.db import unit_of_work
from core.imports import checking, intake, mappings
from core.imports import service as imports
from core.imports.columns import NOWHERE, Place
from core.imports.handlers import handler_for
from core.imports.models import Import
from core.permissions import Actor
from crm.enterprises import service
from tests.support.importing import present
from tests.support.sheets import workbook
from tests.support.world import World

Check = Callable[..., Import]


@pytest.fixture
def firm(world: World, actor: Callable[[str], Actor]) -> str:
    """The public id of a firm in a park of zone A, a manufacturer of displays."""
    park_id = world.park("Z1-01").id
    world.session.rollback()
    with unit_of_work() as session:
        values = {
            "name": "示例市华澜光电科技有限公司",
            "reg_status": "active",
            "park_id": park_id,
            "industry_code": "3974",
        }
        return service.create(session, values, actor=actor("spec_a")).public_id


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """`check(actor, kind, rows, year="2024")`: uploaded with values for the whole sheet, and judged."""

    def upload(actor: Actor, kind: str, rows: Sequence[Sequence[Any]], **whole: str) -> Import:
        data = workbook(tmp_path / "u.xlsx", rows).read_bytes()
        draft = intake.take(io.BytesIO(data), "年报.xlsx", handler_for(kind).columns)
        with unit_of_work() as session:
            record = imports.open_import(session, kind, draft, actor=actor)
            if whole:
                said = {key: Place(NOWHERE, value=value) for key, value in whole.items()}
                mapped = {**checking.mapped_of(record), **said}
                imports.map_columns(session, record.public_id, mapped, version=None, actor=actor)
            assert mappings.unmapped(record) == mappings.unmeasured(record) == []
        checking.check_file(record.id, actor=actor)
        return present(record)

    return upload


@pytest.fixture
def check_firms(check: Check) -> Check:
    """`check_firms(actor, rows)`: a sheet of enterprises, uploaded and judged."""
    return lambda actor, rows: check(actor, "enterprises", rows)
