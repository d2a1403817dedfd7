"""What the page of an enterprise shows: head, charts, honours, people, open work, and everything that touched it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core import clock, places, places_today
from core.db import db
from core.fields import uscc
from core.i18n import _
from core.i18n import lazy as _l
from core.permissions import Actor
from core.places_today import Place
from crm.activity import access as activity_access
from crm.enterprises import access, honours, queries, rules, sizes, terms
from crm.enterprises.models import Enterprise, Honour
from crm.enterprises.queries import FigureLine
from crm.enterprises.service import KIND
from webapp.staff.activity import component
from webapp.staff.enterprises import touching
from webapp.staff.enterprises.filing import RevealForm
from webapp.staff.enterprises.words import OUTSIDE, WORDS, amount, figure
from webapp.web.acting import acting
from webapp.web.charts import Chart, columns
from webapp.web.panels import rendered

CHARTED = ("revenue_wan", "tax_paid_wan", "rd_expense_wan", "employees_end")


@dataclass(frozen=True)
class Picture:
    """A figure over the years, drawn."""

    line: FigureLine
    chart: Chart


@dataclass(frozen=True)
class Unlike:
    """A figure of a year of which sources say different things, in words."""

    year: int
    label: Any
    said: str


@dataclass(frozen=True)
class HonourLine:
    honour: Honour
    state: str
    label: Any
    tone: str

    @property
    def over(self) -> bool:
        return self.state in ("expired", "revoked")


@dataclass(frozen=True)
class Gone:
    """A place of the record that is no more: what to say, and the regions that follow it."""

    text: str
    instead: Sequence[Place]


def record(pid: str) -> dict[str, Any]:
    """Everything that `staff/enterprises/show.html` needs."""
    session, actor, today = db.session(), acting(), clock.today()
    enterprise = queries.get(session, pid, actor=actor)
    may_edit = access.can_edit(actor, enterprise)
    sees_contacts = access.sees_contacts(actor, enterprise)
    words = WORDS if sees_contacts else OUTSIDE
    figures = queries.figure_table(enterprise)
    return {
        "enterprise": enterprise,
        "may_edit": may_edit,
        "may_follow": may_edit and actor.can(activity_access.FOLLOW),
        "may_verify": access.can_verify(actor, enterprise),
        "sees_contacts": sees_contacts,
        "timeline": component.timeline(
            KIND, enterprise.id, words, touching.strands(session, enterprise, words, actor)
        ),
        "panels": rendered("enterprise", enterprise),
        "figures": figures,
        "pictures": pictures(figures),
        "amount": amount,
        "unlike": unlike(enterprise, figures[0].years if figures else ()),
        "honours": honour_lines(enterprise),
        "size": sizes.of(enterprise, today),
        "size_terms": terms.on(today),
        "daughters": queries.daughters(session, enterprise.id, actor=actor),
        "hints": hints(enterprise, actor),
        "gone": out_of_date(enterprise),
        "reveal_form": RevealForm(),
        "size_labels": rules.SIZE_LABELS,
        "status_labels": rules.STATUS_LABELS,
        "level_labels": rules.LEVEL_LABELS,
        "units": rules.FIGURE_UNITS,
        "board": rules.board_of(enterprise.stock_code),
        "trades": queries.industry_names(session, enterprise.industry_extra or []),
    }


def pictures(figures: Sequence[FigureLine]) -> list[Picture]:
    """Charts of the figures that say most, where there are at least two years to compare."""
    found = []
    for line in figures:
        if line.name in CHARTED and sum(value is not None for value in line.values) > 1:
            points = list(zip(map(str, line.years), line.values, strict=True))
            found.append(Picture(line, columns(points)))
    return found


def unlike(enterprise: Enterprise, years: Sequence[int]) -> list[Unlike]:
    """Figures of these years that two sources tell otherwise: the reader must not take one for the whole truth."""
    found = []
    for year in years:
        rows = [row for row in enterprise.years if row.year == year]
        for name, label in rules.FIGURE_LABELS.items():
            told = {row.source: getattr(row, name) for row in rows if getattr(row, name) is not None}
            if len(set(told.values())) > 1:
                said = _("，").join(f"{source} {figure(name, value)}" for source, value in told.items())
                found.append(Unlike(year, label, said))
    return found


def honour_lines(enterprise: Enterprise) -> list[HonourLine]:
    """Honours that hold first, then those that are over; their state is that of today."""
    today = clock.today()
    lines = []
    for honour in enterprise.honours:
        state = honours.state_of(honour, today)
        lines.append(HonourLine(honour, state, rules.HONOUR_STATES[state], rules.HONOUR_TONES[state]))
    order = ("valid", "expiring", "waiting", "expired", "revoked")
    return sorted(lines, key=lambda line: order.index(line.state))


def out_of_date(enterprise: Enterprise) -> list[Gone]:
    """Its region or park where these are no more, with what follows."""
    session, found = db.session(), []
    place = enterprise.region
    if place is not None and place.valid_to is not None and place.valid_to < clock.today():
        instead = following(enterprise)
        message = _l(
            "所属地区“%(name)s”已于 %(day)s 撤销或并入别处，请改选现在的区划。",
            name=place.full_name, day=place.valid_to.isoformat(),
        )  # fmt: skip
        if instead:
            message = _l(
                "所属地区“%(name)s”已于 %(day)s 撤销或并入别处，现在是%(into)s。",
                name=place.full_name, day=place.valid_to.isoformat(),
                into="、".join(each.words() for each in instead),
            )  # fmt: skip
        found.append(Gone(str(message), instead))
    line = places.park_lines(session).get(enterprise.park_id or 0)
    if line is not None and line.closed_on(clock.today()):
        message = _l(
            "所在园区“%(name)s”已于 %(day)s 停用，请改选现在的园区。", name=line.label, day=str(line.valid_to)
        )
        found.append(Gone(str(message), []))
    return found


def following(enterprise: Enterprise) -> list[Place]:
    """The regions of today that follow the one it is registered in; none where that still exists."""
    place = enterprise.region
    if place is None or place.valid_to is None or place.valid_to >= clock.today():
        return []
    return places_today.following(places_today.successors(db.session()), place.code)


def hints(enterprise: Enterprise, actor: Actor) -> list[str]:
    """What is not wrong but worth a look (DOMAIN 2.1, 24)."""
    found = []
    code, region = enterprise.uscc, enterprise.region_code
    if enterprise.uscc_as_printed:
        found.append(_("统一社会信用代码与校验位不符，按证照原件登记。"))
    if code and region and not enterprise.invented and not _registered_in(uscc.region_of(code), region):
        found.append(
            _(
                "信用代码第 3–8 位是 %(place)s，与所属地区 %(region)s 不同；迁址后代码不变，只作提示。",
                place=uscc.region_of(code),
                region=region,
            )
        )
    if enterprise.reg_status != "active" and enterprise.next_contact_on is not None:
        found.append(_("登记状态已不是存续，却还排着下次联系。"))
    return found


def _registered_in(place: str, region_code: str) -> bool:
    """Whether one of the two codes lies within the other, by their significant digits."""
    short, long_ = sorted((place.rstrip("0") or "0", region_code.rstrip("0") or "0"), key=len)
    return long_.startswith(short)
