"""What the agreement, the company, the land and the works of a project must say; one column each."""

from datetime import date
from decimal import Decimal

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.types import wan


class ContractColumns:
    """Fields that the gates of DOMAIN 7 ask for, stage by stage. Money in 万元."""

    agreement_kind: Mapped[str | None] = mapped_column(String(10))
    contract_no: Mapped[str] = mapped_column(String(80), default="")
    signed_on: Mapped[date | None]
    tax_per_mu_wan: Mapped[Decimal | None] = wan("tax_per_mu_fen")
    agreed_start_on: Mapped[date | None]
    agreed_complete_on: Mapped[date | None]
    agreed_produce_on: Mapped[date | None]
    agreed_capacity_on: Mapped[date | None]
    breach_terms: Mapped[str] = mapped_column(Text, default="")

    company_name: Mapped[str] = mapped_column(String(200), default="")
    company_uscc: Mapped[str] = mapped_column(String(18), default="")
    company_region_code: Mapped[str | None] = mapped_column(String(6), ForeignKey("region.code"))
    company_registered_on: Mapped[date | None]

    land_doc_no: Mapped[str] = mapped_column(String(80), default="")
    land_price_wan: Mapped[Decimal | None] = wan("land_price_fen")
    land_handover_on: Mapped[date | None]
    lease_no: Mapped[str] = mapped_column(String(80), default="")

    permit_no: Mapped[str] = mapped_column(String(80), default="")
    permit_on: Mapped[date | None]
    acceptance_no: Mapped[str] = mapped_column(String(80), default="")
    production_evidence: Mapped[str] = mapped_column(String(120), default="")
    capacity_review_no: Mapped[str] = mapped_column(String(80), default="")
    capacity_output_wan: Mapped[Decimal | None] = wan("capacity_output_fen")
