"""Reading standards from JSON, every number exact."""

import json
from decimal import Decimal
from pathlib import Path

from pydantic import ValidationError

from core.criteria.model import Library


def load(path: Path) -> Library:
    """The library of a file. Raises ValueError that names the file and every fault in it."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal, parse_int=Decimal)
        return Library.model_validate(data)
    except (ValidationError, json.JSONDecodeError) as error:
        raise ValueError(f"{path.name}: {error}") from error
