"""Enterprises: one record, a new one, a change, a year's figures."""

from datetime import date
from decimal import Decimal
from typing import Any

from flask import Response, jsonify, request
from pydantic import BaseModel, Field, field_validator

from core import clock, masking
from core.db import db, unit_of_work
from core.fields import uscc
from core.fields.errors import FieldError
from crm.enterprises import access, honours, queries, service, sizes
from crm.enterprises.models import Enterprise, Honour
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
    "site_address", "industry_code", "main_products", "scope_text", "org_type", "reg_currency", "reg_authority",
    "country", "foreign_reg_no",
)  # fmt: skip


class EnterpriseFields(Shape):
    """What can be written of an enterprise; money in 万元."""

    name: str | None = Field(None, min_length=2, max_length=200)
    uscc: str | None = Field(None, max_length=40, description="unified social credit code, 18 characters")
    stock_code: str | None = Field(None, pattern=r"^\d{6}$")
    short_name: str | None = Field(None, max_length=80)
    aliases: list[str] | None = Field(None, max_length=20, description="other short names")
    english_name: str | None = Field(None, max_length=200)
    reg_status: str | None = Field(None, max_length=20)
    org_type: str | None = Field(None, max_length=60)
    reg_authority: str | None = Field(None, max_length=80)
    legal_rep: str | None = Field(None, max_length=80)
    reg_capital_wan: Exact | None = Field(None, ge=0)
    founded_on: date | None = None
    industry_code: str | None = Field(None, pattern=r"^\d{2,4}$")
    industry_extra: list[str] | None = Field(None, max_length=20, description="side lines, GB/T 4754 codes")
    reg_address: str | None = Field(None, max_length=300)
    site_address: str | None = Field(None, max_length=300)
    scope_text: str | None = Field(None, max_length=4000)
    main_products: str | None = Field(None, max_length=2000)
    above_scale: bool | None = None
    above_scale_since: date | None = None
    tags: list[str] | None = Field(None, max_length=30)

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


class FormerNameOf(BaseModel):
    """An earlier name with the days from and until which it was borne, as far as they are known."""

    name: str
    from_on: str | None
    until_on: str | None


class Figures(BaseModel):
    """A year's figures from one source; money in ten thousand yuan. `verified_on`: when somebody else compared them."""

    year: int
    source: str
    figures: dict[str, str]
    verified_on: str | None
    verified_by: str | None


class HonourOf(BaseModel):
    """A recognition. `state` is that of today: valid, expiring, waiting, expired or revoked."""

    kind: str
    name: str
    level: str
    batch: str | None
    doc_no: str | None
    granted_on: str | None
    valid_from: str | None
    valid_to: str | None
    revoked_on: str | None
    state: str


class ContactOf(BaseModel):
    """Somebody at the enterprise, his number masked; whole numbers are opened on the page, for a purpose."""

    person: str
    title: str | None
    role: str | None
    mobile: str
    is_primary: bool


class EnterpriseRecord(BaseModel):
    """One enterprise. `contacts` is null where the caller may not see them; those who have left are not in it."""

    id: str
    url: str
    version: int
    name: str
    former_names: list[str]
    earlier_names: list[FormerNameOf]
    aliases: list[str]
    uscc: str | None
    stock_code: str | None
    short_name: str | None
    english_name: str | None
    reg_status: str | None
    legal_rep: str | None
    reg_capital_wan: str | None
    founded_on: str | None
    org_type: str | None
    reg_currency: str | None
    reg_authority: str | None
    country: str | None
    foreign_reg_no: str | None
    industry_code: str | None
    industry_extra: list[str]
    region_code: str | None
    park: str | None
    reg_address: str | None
    site_address: str | None
    main_products: str | None
    scope_text: str | None
    group: str | None
    tags: list[str]
    size_class: str | None
    size_reason: str
    above_scale: bool
    above_scale_since: str | None
    last_contact_on: str | None
    next_contact_on: str | None
    years: list[Figures]
    honours: list[HonourOf]
    contacts: list[ContactOf] | None
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
    blank = {
        "short_name", "english_name", "legal_rep", "reg_address", "site_address", "main_products", "scope_text",
        "org_type", "reg_authority",
    }  # fmt: skip
    lists = {"aliases", "industry_extra", "tags"}
    return {
        name: "" if value is None and name in blank else [] if value is None and name in lists else value
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
        "former_names": [each.name for each in found.former_names],
        "earlier_names": [
            {"name": each.name, "from_on": day(each.from_on), "until_on": day(each.until_on)}
            for each in found.former_names
        ],
        "aliases": found.aliases,
        "industry_extra": found.industry_extra,
        "reg_capital_wan": exact(found.reg_capital_wan),
        "founded_on": day(found.founded_on),
        "region_code": found.region_code,
        "park": found.park.name if found.park else None,
        "group": found.group.public_id if found.group else None,
        "tags": found.tags,
        "size_class": found.size_class,
        "size_reason": str(sizes.of(found, clock.today()).reason),
        "above_scale": found.above_scale,
        "above_scale_since": day(found.above_scale_since),
        "last_contact_on": day(found.last_contact_on),
        "next_contact_on": day(found.next_contact_on),
        "years": [_figures(row) for row in found.years],
        "honours": [_honour(each) for each in found.honours],
        "contacts": _contacts(found),
        "updated_at": instant(found.updated_at),
    }


def _figures(row: Any) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in FIGURE_LABELS}
    shown = {name: exact(value) for name, value in values.items() if isinstance(value, (int, Decimal))}
    verified = clock.local(row.verified_at).date() if row.verified_at else None
    return {
        "year": row.year,
        "source": row.source,
        "figures": shown,
        "verified_on": day(verified),
        "verified_by": row.verifier.name if row.verifier else None,
    }


def _honour(found: Honour) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "name": found.name,
        "level": found.level,
        "batch": found.batch or None,
        "doc_no": found.doc_no or None,
        "granted_on": day(found.granted_on),
        "valid_from": day(found.valid_from),
        "valid_to": day(found.valid_to),
        "revoked_on": day(found.revoked_on),
        "state": honours.state_of(found, clock.today()),
    }


def _contacts(found: Enterprise) -> list[dict[str, Any]] | None:
    if not access.sees_contacts(acting(), found):
        return None
    return [
        {
            "person": each.person,
            "title": each.title or None,
            "role": each.role or None,
            "mobile": masking.phone(each.mobile),
            "is_primary": each.is_primary,
        }
        for each in found.contacts
        if each.left_on is None
    ]
