"""What a project is made of, field by field, and the facts that its tables of steps judge by."""

from typing import Any

from sqlalchemy.orm import Session

from core import clock, files, places, settings
from crm.projects import standards
from crm.projects.admission import TierFinding, tier_of
from crm.projects.models import Project

KIND = "project"
BASICS = (
    "name", "kind", "content", "chain_node_id", "industry_code", "park_id", "parcel", "leader_id", "deputy_id",
    "total_investment_wan", "fixed_investment_wan", "equipment_wan", "land_mode", "land_sqm", "factory_sqm",
    "est_output_wan", "est_tax_wan", "energy_tce", "jobs", "confidentiality", "case_by_case", "report_no",
    "report_on", "fairness_no",
)  # fmt: skip
GATE_FIELDS = (
    "agreement_kind", "contract_no", "tax_per_mu_wan", "agreed_start_on", "agreed_complete_on",
    "agreed_produce_on", "agreed_capacity_on", "breach_terms", "company_name", "company_uscc",
    "company_region_code", "company_registered_on", "land_doc_no", "land_price_wan", "land_handover_on",
    "lease_no", "permit_no", "permit_on", "acceptance_no", "production_evidence", "capacity_review_no",
    "capacity_output_wan",
)  # fmt: skip
EDITABLE = (*BASICS, *GATE_FIELDS)
AMOUNTS = (
    "total_investment_wan", "fixed_investment_wan", "equipment_wan", "land_sqm", "factory_sqm",
    "est_output_wan", "est_tax_wan", "energy_tce", "jobs", "tax_per_mu_wan", "land_price_wan",
    "capacity_output_wan",
)  # fmt: skip


def facts_of(session: Session, project: Project, **more: Any) -> dict[str, Any]:
    """What the tables of stages and of admission judge by."""
    today = clock.today()
    rule = standards.on(today)
    names = (
        *EDITABLE, "stage", "specialist_id", "admission_state", "admission_tier", "admission_doc_no",
        "admission_decided_on", "admission_conditions", "recheck_note", "signed_on", "previous_state",
    )  # fmt: skip
    previous = [each.actual_on for each in project.milestones if each.actual_on is not None]
    return {
        **{name: getattr(project, name) for name in names},
        "today": today,
        "previous_on": max(previous, default=None),
        "plan_rows": [row.id for row in project.plan_rows],
        "files": [file.id for file in files.list_for(session, KIND, project.id)],
        "land_supplied": project.supplies_land,
        "tier_now": tier_now(project).tier.value,
        "company_in_city": _in_city(session, project.company_region_code),
        "company_days": rule.company_before_signing_days,
        **more,
    }


def tier_now(project: Project) -> TierFinding:
    """The tier that the project's present figures put it into, and why."""
    return tier_of(
        land_supplied=project.supplies_land,
        case_by_case=project.case_by_case,
        total_wan=project.total_investment_wan,
        standards=standards.on(clock.today()),
    )


def _in_city(session: Session, code: str | None) -> bool:
    home = settings.get(session, "home_region")
    if not home or not code:
        return bool(code)
    first, last = places.regions_within(str(home))
    return first <= code < last
