"""Enterprises: one record, a new one, a change, a year's figures."""

from datetime import date
from decimal import Decimal
from typing import Any

from flask import Response, jsonify, request
from pydantic import BaseModel, Field, field_validator

from core.db import db, unit_of_work
from core.fields import uscc
from core.fields.errors import FieldError
from crm.enterprises import access, queries, service
from crm.enterprises.models import Enterprise
from crm.enterprises.rules import FIGURE_LABELS
from webapp.api.v1.door import bp, described
from webapp.api.v1.lists import record_url
from webapp.api.v1.once import create_once
from webapp.api.v1.shapes import Exact, Shape, day, exact, instant
from webapp.web.access import requires
from webapp.web.acting import acting

TAG = "enterprises"
_TEXTS = (
    "name", "short_name", "english_name", "uscc", "stock_code", "reg_status", "legal_rep", "reg_address",
    "site_address", "industry_code", "main_products", "scope_text",
)  # fmt: skip


class EnterpriseFields(Shape):
    """What can be written of an enterprise; money in 万元."""

    name: str | None = Field(None, min_length=2, max_length=200)
    uscc: str | None = Field(None, max_length=40, description="unified social credit code, 18 characters")
    stock_code: str | None = Field(None, pattern=r"^\d{6}$")
    short_name: str | None = Field(None, max_length=80)
    english_name: str | None = Field(None, max_length=200)
    reg_status: str | None = Field(None, max_length=20)
    legal_rep: str | None = Field(None, max_length=80)
    reg_capital_wan: Exact | None = Field(None, ge=0)
    founded_on: date | None = None
    industry_code: str | None = Field(None, pattern=r"^\d{2,4}$")
    reg_address: str | None = Field(None, max_length=300)
    main_products: str | None = Field(None, max_length=2000)
    above_scale: bool | None = None

    @field_validator("uscc")
    @classmethod
    def _right_code(cls, value: str | None) -> str | None:
        try:
            return uscc.enterprise_code(value) if value else None
        except FieldError as error:
            raise ValueError(str(error)) from None

    def values(self) -> dict[str, Any]:
        """What was sent, and nothing else."""
        return self.model_dump(exclude_unset=True, exclude={"version"})


class NewEnterprise(EnterpriseFields):
    name: str = Field(min_length=2, max_length=200)


class EnterpriseChange(EnterpriseFields):
    version: int = Field(ge=1, le=2**31 - 1, description="the version that the change was made from")


class Figures(BaseModel):
    """A year's figures from one source; money in 万元."""

    year: int
    source: str
    figures: dict[str, str]


class EnterpriseRecord(BaseModel):
    """One enterprise. Telephone numbers are not answered; contacts stand on its page."""

    id: str
    url: str
    version: int
    name: str
    former_names: list[str]
    uscc: str | None
    stock_code: str | None
    short_name: str | None
    english_name: str | None
    reg_status: str | None
    legal_rep: str | None
    reg_capital_wan: str | None
    founded_on: str | None
    industry_code: str | None
    region_code: str | None
    park: str | None
    reg_address: str | None
    site_address: str | None
    main_products: str | None
    scope_text: str | None
    size_class: str | None
    above_scale: bool
    years: list[Figures]
    updated_at: str | None


@bp.get("/enterprises/<pid>")
@requires(access.VIEW)
@described(tag=TAG, answer=EnterpriseRecord)
def enterprise(pid: str) -> Response:
    """One enterprise, as far as the caller may see it."""
    return jsonify(_record(queries.get(db.session(), pid, actor=acting())))


@bp.post("/enterprises")
@requires(access.CREATE)
@described(tag=TAG, body=NewEnterprise, status=201, answer=EnterpriseRecord)
def new_enterprise() -> Response:
    """Add an enterprise. Needs an Idempotency-Key."""
    values = _known(request.context.json.values())  # type: ignore[attr-defined]  # SpecTree's place

    def work(session: Any) -> tuple[dict[str, Any], str]:
        made = service.create(session, {"reg_status": "active", **values}, actor=acting())
        session.flush()
        session.refresh(made)
        return _record(made), record_url("enterprises", made.public_id)

    return create_once(work)


@bp.patch("/enterprises/<pid>")
@requires(access.EDIT)
@described(tag=TAG, body=EnterpriseChange, answer=EnterpriseRecord)
def change_enterprise(pid: str) -> Response:
    """Change what is named, from `version` on; 409 when somebody was quicker."""
    change: EnterpriseChange = request.context.json  # type: ignore[attr-defined]  # SpecTree's place
    with unit_of_work() as session:
        service.update(session, pid, _known(change.values()), version=change.version, actor=acting())
    return jsonify(_record(queries.get(db.session(), pid, actor=acting())))


def _known(values: dict[str, Any]) -> dict[str, Any]:
    """Texts are never null in the register; a number or a day may be unknown."""
    blank = {"short_name", "english_name", "legal_rep", "reg_address", "main_products"}
    return {
        name: "" if value is None and name in blank else value
        for name, value in values.items()
        if not (value is None and name in ("name", "reg_status", "above_scale"))
    }


def _record(found: Enterprise) -> dict[str, Any]:
    texts = {name: getattr(found, name) or None for name in _TEXTS}
    return {
        **texts,
        "id": found.public_id,
        "url": record_url("enterprises", found.public_id),
        "version": found.version,
        "former_names": [former.name for former in found.former_names],
        "reg_capital_wan": exact(found.reg_capital_wan),
        "founded_on": day(found.founded_on),
        "region_code": found.region_code,
        "park": found.park.name if found.park else None,
        "size_class": found.size_class,
        "above_scale": found.above_scale,
        "years": [_figures(row) for row in found.years],
        "updated_at": instant(found.updated_at),
    }


def _figures(row: Any) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in FIGURE_LABELS}
    shown = {name: exact(value) for name, value in values.items() if isinstance(value, (int, Decimal))}
    return {"year": row.year, "source": row.source, "figures": shown}
