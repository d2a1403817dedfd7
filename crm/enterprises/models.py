"""The register: one record per enterprise, its names, yearly figures, honours and contacts (DOMAIN 3)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from core.accounts.models import Account, Unit
from core.db import Base, Keyed, Versioned
from core.places import Park, Region
from core.secrets import blind, sealed
from core.types import BIG, UtcDateTime, scaled, wan

STATES = ("active", "moved_out", "deregistered", "revoked", "cancelled")
MOBILE = "contact.mobile"
_FOREIGN = text("foreign_reg_no IS NOT NULL")
SIZES = ("large", "medium", "small", "micro")


class Industry(Base):
    """GB/T 4754-2017: section (A), division (01), group (011), class (0111)."""

    __tablename__ = "industry"
    code: Mapped[str] = mapped_column(String(4), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    level: Mapped[int]
    parent_code: Mapped[str | None] = mapped_column(String(4), index=True)
    section: Mapped[str] = mapped_column(String(1))


class Enterprise(Keyed, Versioned, Base):
    """An enterprise. `uscc` may be unknown (null); when present it is unique and its check digits hold.

    `core_name` is the normal form that duplicates are found by, `sort_key` the pinyin that lists sort by.
    """

    __tablename__ = "enterprise"
    uscc: Mapped[str | None] = mapped_column(String(18), unique=True)
    uscc_as_printed: Mapped[bool] = mapped_column(default=False, server_default=false())
    stock_code: Mapped[str | None] = mapped_column(String(6), unique=True)
    foreign_reg_no: Mapped[str | None] = mapped_column(String(60))
    country: Mapped[str] = mapped_column(String(2), default="CN")
    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str] = mapped_column(String(80), default="")
    english_name: Mapped[str] = mapped_column(String(200), default="")
    aliases: Mapped[list[Any]] = mapped_column(JSON, default=list, server_default="[]")
    core_name: Mapped[str] = mapped_column(String(200), index=True)
    sort_key: Mapped[str] = mapped_column(String(200))
    pinyin: Mapped[str] = mapped_column(String(400), default="")
    initials: Mapped[str] = mapped_column(String(80), default="")
    reg_status: Mapped[str] = mapped_column(String(16), default="active")
    org_type: Mapped[str] = mapped_column(String(60), default="", server_default="")
    legal_rep: Mapped[str] = mapped_column(String(80), default="")
    reg_capital_wan: Mapped[Decimal | None] = wan("reg_capital_fen")
    reg_currency: Mapped[str] = mapped_column(String(3), default="CNY", server_default="CNY")
    reg_authority: Mapped[str] = mapped_column(String(80), default="", server_default="")
    founded_on: Mapped[date | None]
    listed_on: Mapped[date | None]
    region_code: Mapped[str | None] = mapped_column(String(6), ForeignKey("region.code"))
    reg_address: Mapped[str] = mapped_column(String(300), default="")
    site_address: Mapped[str] = mapped_column(String(300), default="")
    lng: Mapped[Decimal | None] = scaled("lng_e6", 6)
    lat: Mapped[Decimal | None] = scaled("lat_e6", 6)
    industry_code: Mapped[str | None] = mapped_column(String(4), ForeignKey("industry.code"))
    industry_extra: Mapped[list[Any]] = mapped_column(JSON, default=list, server_default="[]")
    industry_text: Mapped[str] = mapped_column(String(80), default="")
    main_products: Mapped[str] = mapped_column(Text, default="")
    scope_text: Mapped[str] = mapped_column(Text, default="")
    size_class: Mapped[str | None] = mapped_column(String(8))
    above_scale: Mapped[bool] = mapped_column(default=False)
    above_scale_since: Mapped[date | None]
    group_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("enterprise.id"), index=True)
    park_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("park.id"))
    unit_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("unit.id"))
    specialist_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("account.id"))
    leader_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("account.id"))
    tags: Mapped[list[Any]] = mapped_column(JSON, default=list)
    source: Mapped[str] = mapped_column(String(120), default="")
    invented: Mapped[bool] = mapped_column(default=False)
    last_contact_on: Mapped[date | None]
    next_contact_on: Mapped[date | None]
    latest_revenue_wan: Mapped[Decimal | None] = wan("latest_revenue_fen")
    latest_year: Mapped[int | None]

    region: Mapped[Region | None] = relationship()
    industry: Mapped[Industry | None] = relationship()
    park: Mapped[Park | None] = relationship()
    unit: Mapped[Unit | None] = relationship()
    group: Mapped["Enterprise | None"] = relationship(remote_side="Enterprise.id")
    specialist: Mapped[Account | None] = relationship(foreign_keys=[specialist_id])
    leader: Mapped[Account | None] = relationship(foreign_keys=[leader_id])
    former_names: Mapped[list["FormerName"]] = relationship(
        back_populates="enterprise", cascade="all, delete-orphan", order_by="FormerName.id"
    )
    years: Mapped[list["EnterpriseYear"]] = relationship(
        back_populates="enterprise",
        cascade="all, delete-orphan",
        order_by="(EnterpriseYear.year, EnterpriseYear.id)",
    )
    honours: Mapped[list["Honour"]] = relationship(
        back_populates="enterprise", cascade="all, delete-orphan", order_by="Honour.granted_on"
    )
    contacts: Mapped[list["Contact"]] = relationship(
        back_populates="enterprise", cascade="all, delete-orphan", order_by="Contact.id"
    )

    __table_args__ = (
        CheckConstraint(
            "reg_status IN ('active', 'moved_out', 'deregistered', 'revoked', 'cancelled')",
            name="known_status",
        ),
        CheckConstraint(
            "size_class IS NULL OR size_class IN ('large', 'medium', 'small', 'micro')", name="known_size"
        ),
        Index("ix_enterprise_sort_key_id", "sort_key", "id"),
        Index(
            "ix_enterprise_foreign_reg_no", "foreign_reg_no", sqlite_where=_FOREIGN, postgresql_where=_FOREIGN
        ),
        Index("ix_enterprise_region_code_sort_key", "region_code", "sort_key"),
        Index("ix_enterprise_industry_code_sort_key", "industry_code", "sort_key"),
        Index("ix_enterprise_industry_code_latest_revenue_fen", "industry_code", "latest_revenue_fen"),
        Index("ix_enterprise_park_id_sort_key", "park_id", "sort_key"),
        # Beyond the order by revenue it holds what candidates for a gap are narrowed by, so that no row is read.
        Index("ix_enterprise_by_revenue", "latest_revenue_fen", "id", "region_code", "reg_status", "park_id"),
        Index("ix_enterprise_updated_at_id", "updated_at", "id"),
        Index("ix_enterprise_last_contact_on_id", "last_contact_on", "id"),
        *(
            Index(f"ix_enterprise_{filtered}_{ordered}", filtered, ordered)
            for filtered in ("park_id", "region_code", "industry_code", "size_class", "reg_status")
            for ordered in ("latest_revenue_fen", "updated_at", "last_contact_on")
            if (filtered, ordered) != ("industry_code", "latest_revenue_fen")
        ),
        Index("ix_enterprise_unit_id_sort_key", "unit_id", "sort_key"),
        Index("ix_enterprise_specialist_id_sort_key", "specialist_id", "sort_key"),
        Index("ix_enterprise_specialist_id_last_contact_on", "specialist_id", "last_contact_on"),
        Index("ix_enterprise_size_class_sort_key", "size_class", "sort_key"),
        Index("ix_enterprise_reg_status_sort_key", "reg_status", "sort_key"),
        # A record that was merged may come back: nobody else gets its number.
        {"sqlite_autoincrement": True},
    )

    @property
    def verified(self) -> bool:
        """Whether identity is proved by a credit code; otherwise the page says "unverified"."""
        return self.uscc is not None and not self.uscc_as_printed


class FormerName(Keyed, Base):
    """A name that the enterprise bore, from one day until another as far as they are known."""

    __tablename__ = "former_name"
    enterprise_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("enterprise.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(200))
    core_name: Mapped[str] = mapped_column(String(200), index=True)
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]

    enterprise: Mapped[Enterprise] = relationship(back_populates="former_names")


class EnterpriseYear(Keyed, Versioned, Base):
    """A year's figures from one source; 万元 unless the name says otherwise. None is missing, not nought."""

    __tablename__ = "enterprise_year"
    enterprise_id: Mapped[int] = mapped_column(BIG, ForeignKey("enterprise.id", ondelete="CASCADE"))
    year: Mapped[int]
    source: Mapped[str] = mapped_column(String(80))
    revenue_wan: Mapped[Decimal | None] = wan("revenue_fen")
    main_revenue_wan: Mapped[Decimal | None] = wan("main_revenue_fen")
    gross_output_wan: Mapped[Decimal | None] = wan("gross_output_fen")
    value_added_wan: Mapped[Decimal | None] = wan("value_added_fen")
    tax_paid_wan: Mapped[Decimal | None] = wan("tax_paid_fen")
    net_profit_wan: Mapped[Decimal | None] = wan("net_profit_fen")
    total_assets_wan: Mapped[Decimal | None] = wan("total_assets_fen")
    total_liabilities_wan: Mapped[Decimal | None] = wan("total_liabilities_fen")
    rd_expense_wan: Mapped[Decimal | None] = wan("rd_expense_fen")
    cost_wan: Mapped[Decimal | None] = wan("cost_fen")
    employees_end: Mapped[int | None]
    employees_avg: Mapped[int | None]
    tech_staff: Mapped[int | None]
    rd_staff: Mapped[int | None]
    power_kwh: Mapped[Decimal | None] = scaled("power_kwh_c", 2)
    energy_tce: Mapped[Decimal | None] = scaled("energy_tce_c", 2)
    energy_basis: Mapped[str] = mapped_column(String(12), default="", server_default="")
    emission_t: Mapped[Decimal | None] = scaled("emission_t_e4", 4)
    land_sqm: Mapped[Decimal | None] = scaled("land_sqm_c", 2)
    entered_by: Mapped[int | None] = mapped_column(BIG, ForeignKey("account.id"))
    verified_by: Mapped[int | None] = mapped_column(BIG, ForeignKey("account.id"))
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    enterprise: Mapped[Enterprise] = relationship(back_populates="years")
    verifier: Mapped[Account | None] = relationship(foreign_keys=[verified_by])

    __table_args__ = (UniqueConstraint("enterprise_id", "year", "source"),)


class YearVersion(Keyed, Base):
    """What a year's row said before it was entered anew; `figures` as the audit trail writes values."""

    __tablename__ = "enterprise_year_version"
    year_id: Mapped[int] = mapped_column(BIG, ForeignKey("enterprise_year.id", ondelete="CASCADE"))
    enterprise_id: Mapped[int] = mapped_column(BIG, ForeignKey("enterprise.id", ondelete="CASCADE"))
    number: Mapped[int]
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    entered_by: Mapped[int | None] = mapped_column(BIG, ForeignKey("account.id"))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    verified_by: Mapped[int | None] = mapped_column(BIG, ForeignKey("account.id"))
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    enterer: Mapped[Account | None] = relationship(foreign_keys=[entered_by])
    verifier: Mapped[Account | None] = relationship(foreign_keys=[verified_by])

    __table_args__ = (
        UniqueConstraint("year_id", "number"),
        Index("ix_enterprise_year_version_enterprise_id", "enterprise_id"),
    )


class Honour(Keyed, Versioned, Base):
    """A recognition by an authority: level, batch, document, validity. Its state follows from the days."""

    __tablename__ = "honour"
    enterprise_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("enterprise.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(String(24))
    name: Mapped[str] = mapped_column(String(120))
    level: Mapped[str] = mapped_column(String(12))
    batch: Mapped[str] = mapped_column(String(40), default="")
    doc_no: Mapped[str] = mapped_column(String(60), default="")
    granted_on: Mapped[date | None]
    granted_year: Mapped[int | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    review_result: Mapped[str] = mapped_column(String(80), default="", server_default="")
    revoked_on: Mapped[date | None]
    evidence_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("attachment.id", ondelete="SET NULL"))
    source: Mapped[str] = mapped_column(String(200), default="")

    enterprise: Mapped[Enterprise] = relationship(back_populates="honours")

    __table_args__ = (
        CheckConstraint("level IN ('national', 'provincial', 'municipal', 'county')", name="known_level"),
        Index("ix_honour_valid_to", "valid_to"),
    )


class Contact(Keyed, Versioned, Base):
    """Somebody at the enterprise. The mobile number is held sealed and shown masked; opening it is audited.

    `mobile_index` is its blind index: a whole number can be looked up without anything being opened.
    """

    __tablename__ = "contact"
    enterprise_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("enterprise.id", ondelete="CASCADE"), index=True
    )
    person: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(80), default="")
    mobile: Mapped[str] = sealed(MOBILE, default="")
    mobile_index: Mapped[str | None] = mapped_column(String(32), index=True)
    role: Mapped[str] = mapped_column(String(40), default="", server_default="")
    is_primary: Mapped[bool] = mapped_column(default=False, server_default=false())
    active: Mapped[bool] = mapped_column(default=True)
    left_on: Mapped[date | None]
    consent_basis: Mapped[str] = mapped_column(String(12), default="statutory", server_default="statutory")
    retain_until: Mapped[date | None] = mapped_column(index=True)

    enterprise: Mapped[Enterprise] = relationship(back_populates="contacts")

    @validates("mobile")
    def _follow(self, _key: str, mobile: str) -> str:
        self.mobile_index = blind(mobile, MOBILE) or None
        return mobile
