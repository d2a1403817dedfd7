"""What the record page draws: the row of stages with its days, and the bars of money."""

from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from core import clock
from core.i18n import _, ngettext
from core.permissions import Actor
from crm.enterprises.models import Enterprise
from crm.leads import access as lead_access
from crm.projects import access, queries, rules
from crm.projects.lifecycle import PROJECT, STAGES
from crm.projects.models import Project
from webapp.web.panels import panel


@panel(
    "enterprise", "projects.of", template="staff/projects/_enterprise.html", permission=access.VIEW, order=20
)
def of_enterprise(session: Session, enterprise: Enterprise, actor: Actor) -> dict[str, Any] | None:
    """The projects of an enterprise, and the way to register a lead."""
    rows = queries.of_enterprise(session, enterprise.id, actor=actor)
    if not rows and not actor.can(lead_access.REGISTER):
        return None
    return {"projects": [access.MONEY.seen(actor, row) for row in rows], "lifecycle": PROJECT}


def _stage_shown(project: Project) -> str:
    """The stage that a paused or ended project stood at."""
    if project.stage in STAGES:
        return project.stage
    if project.previous_state in STAGES:
        return str(project.previous_state)
    return next((entry.source for entry in reversed(project.stage_log) if entry.source in STAGES), STAGES[0])


def step_rows(project: Project) -> list[dict[str, Any]]:
    """Rows for the stepper: the lead first, then L2…L10 with 计, 实 and how late."""
    days = {each.stage: (each.planned_on, each.actual_on) for each in project.milestones}
    rows: list[dict[str, Any]] = []
    if project.lead is not None:
        line = {"mark": _("实"), "text": clock.local(project.lead.created_at).date().isoformat(), "cls": ""}
        rows.append({"label": _("线索"), "state": "done", "lines": [line]})
    stages = rules.stage_lines(_stage_shown(project), days, clock.today())
    return rows + [{"label": each.label, "state": each.state, "lines": _lines(each)} for each in stages]


def _lines(line: rules.StageLine) -> list[dict[str, Any]]:
    lines = []
    if line.planned_on is not None:
        lines.append({"mark": _("计"), "text": line.planned_on.isoformat(), "cls": ""})
    if line.actual_on is not None:
        lines.append({"mark": _("实"), "text": line.actual_on.isoformat(), "cls": ""})
    if line.days_late is not None and line.days_late != 0:
        lines.append(_late(line))
    return lines


def _late(line: rules.StageLine) -> dict[str, Any]:
    days = line.days_late or 0
    if days < 0:
        return {"text": ngettext("早 %(num)d 天", "早 %(num)d 天", -days), "cls": "ok"}
    loud = line.state == "now" or line.actual_on is None
    text = ngettext("晚 %(num)d 天", "晚 %(num)d 天", days)
    return {"text": text, "cls": "late b" if loud else "warn"}


def money_lines(project: Project) -> list[dict[str, Any]]:
    """Agreed, fixed and received money as bars of the agreed total."""
    total = project.total_investment_wan
    lines = [
        (_("合同总投资") if project.signed_on else _("计划总投资"), total, "b3"),
        (_("固定资产"), project.fixed_investment_wan, "b2"),
        (_("累计到位"), project.received_wan, ""),
    ]
    return [
        {"label": label, "value": value, "cls": cls, "percent": _percent(value, total)}
        for label, value, cls in lines
        if value is not None
    ]


def _percent(value: Decimal, total: Decimal) -> Decimal:
    part = rules.share(value, total)
    return Decimal(0) if part is None else min(part * 100, Decimal(100))
