"""Invented firms on the ladder: one that qualifies, one just short, one failing on staff, some lacking data."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from core import clock
from core.permissions import Actor
from crm.cultivation import roster, service
from webapp.cli.demo.world import DemoWorld

SOURCE = "企业年报（虚构）"
_CLEAN = {"not_restricted": "true", "clean_record": "true"}

FIRMS: tuple[tuple[str, str, str, str | None, str, dict[str, Any], dict[str, str]], ...] = (
    # firm, desk, pool, step, standard, figures of last year, inputs
    ("D118", "desk", "L1", "S1", "tech_sme", {"tech_staff": 31, "total_assets_wan": 13800, "cost_wan": 10300},
     {**_CLEAN, "ip_tech": "class2_4"}),
    ("D127", "desk", "L1", "S1", "tech_sme", {"tech_staff": 9, "total_assets_wan": 9600, "cost_wan": 10900},
     {**_CLEAN, "ip_tech": "class1_1"}),
    ("D095", "desk", "L1", "S1", "tech_sme", {"total_assets_wan": 6100}, {"clean_record": "true"}),
    ("D044", "desk", "L2", "S2", "srdi_sme", {"tech_staff": 38, "total_assets_wan": 5200, "cost_wan": 4100},
     {**_CLEAN, "ip_tech": "class2_3"}),
    ("D001", "desk", "L4", None, "hte", {"total_assets_wan": 3450000}, {}),
    ("D103", "desk2", "L1", "S1", "tech_sme", {"tech_staff": 12, "total_assets_wan": 9900, "cost_wan": 9800},
     {**_CLEAN, "ip_tech": "class2_2"}),
    ("D143", "desk2", "L2", "S2", "tech_sme", {"tech_staff": 26, "total_assets_wan": 12400, "cost_wan": 9700},
     {**_CLEAN, "ip_tech": "class2_4"}),
)  # fmt: skip

PLAN = "问题：研发人员占比偏低，专利布局少。措施：企服专员每月上门一次，对接高校联合研发；年底前再申请发明专利 2 项。"


def load(session: Session, world: DemoWorld) -> None:
    """Through the same verbs as people use; entered on the roster some months ago."""
    for offset, (number, desk, pool, step, standard, figures, inputs) in enumerate(FIRMS):
        firm, actor = world.firm(number), world.actor(desk)
        _figures(session, firm.public_id, figures, inputs, actor)
        entered = world.day(-60 - 40 * offset)
        entry = roster.enrol(
            session,
            firm.public_id,
            {
                "pool_code": pool,
                "step_code": step,
                "standard": standard,
                "entered_on": entered,
                "leader_text": "顾维桢 副市长",
                "specialist_id": actor.account_id,
                "plan_text": PLAN,
            },
            actor=actor,
        )
        _targets(session, entry.public_id, firm.latest_revenue_wan, entered, actor)
        for judged in dict.fromkeys(("tech_sme", standard)):
            service.evaluate(session, firm.public_id, judged, actor=actor)


def _figures(
    session: Session, pid: str, figures: Mapping[str, Any], inputs: Mapping[str, str], actor: Actor
) -> None:
    values = {**{name: str(value) for name, value in figures.items()}, **inputs}
    last_year = clock.today().year - 1
    if values:
        service.record_inputs(session, pid, values, year=last_year, source=SOURCE, actor=actor)


def _targets(session: Session, entry_pid: str, revenue: Decimal | None, entered: date, actor: Actor) -> None:
    """A tenth more than last year, for this year; and last year's own, where the entry is old enough."""
    year = clock.today().year
    base = revenue or Decimal(2000)
    for of_year, factor in ((year, Decimal("1.10")), (year - 1, Decimal("0.95"))):
        if of_year >= entered.year:
            roster.set_target(
                session, entry_pid, year=of_year, metric="revenue_wan", value=base * factor, actor=actor
            )
