"""Yearly figures of enterprises out of a sheet: one row for an enterprise, a year and a source."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from core import clock
from core.i18n import _
from core.i18n import lazy as _l
from core.imports.columns import CellFault
from core.imports.handlers import Line, Options, offer
from core.imports.reversing import Reversal
from core.permissions import Actor
from crm.enterprises import figures as yearly
from crm.enterprises import rules
from crm.enterprises.import_owned import OwnedImport, Standing
from crm.enterprises.models import Enterprise, EnterpriseYear
from crm.enterprises.year_import_columns import COLUMNS, FIGURES


class YearImport(OwnedImport):
    """The handler of `years`."""

    kind = "years"
    label = _l("年度数据")
    counter = _l("条")
    columns = COLUMNS
    reversal = Reversal(
        EnterpriseYear,
        own=("enterprise_year_version",),
        labels={column.key: column.label for column in FIGURES},
    )

    def part_key(self, values: Mapping[str, Any]) -> str:
        return f"{values.get('year')}:{values.get('source')}"

    def part_title(self, values: Mapping[str, Any]) -> str:
        return str(values.get("year") or "")

    def judge(self, values: Mapping[str, Any]) -> list[CellFault]:
        if "year" in values and not 1980 <= values["year"] <= clock.today().year:
            return [CellFault("year", "day", "range", _("年度要在 1980 年到今年之间。"))]
        if not any(column.key in values for column in FIGURES):
            return [CellFault("", "number", "no_figure", _("这一行没有一项数据。"))]
        return []

    def standing(
        self, session: Session, owners: Mapping[int, int], lines: Sequence[Line]
    ) -> dict[int, Standing]:
        statement = select(EnterpriseYear).where(
            EnterpriseYear.enterprise_id.in_(sorted(set(owners.values())))
        )
        known = {(row.enterprise_id, row.year, row.source): row for row in session.scalars(statement)}
        found = {}
        for line in lines:
            asked = (owners.get(line.row_no), line.values.get("year"), line.values.get("source"))
            row = known.get(asked)  # type: ignore[arg-type]  # a line without its enterprise finds nothing
            if row is not None:
                found[line.row_no] = Standing.of(row, line.values, (column.key for column in FIGURES))
        return found

    def write(
        self,
        session: Session,
        owner: Row[Any],
        values: Mapping[str, Any],
        standing: Standing | None,
        options: Options,
        *,
        actor: Actor,
    ) -> int:
        names = standing.pairs if standing else rules.FIGURE_LABELS
        figures = {name: values[name] for name in names if name in values}
        row = yearly.record_year(
            session, owner.public_id, values["year"], values["source"], figures, actor=actor
        )
        return row.id

    def settle(self, session: Session, owners: Sequence[int]) -> None:
        """The newest revenue on the enterprise's record follows from the years that are left."""
        session.expire_all()
        left = select(EnterpriseYear).where(
            EnterpriseYear.enterprise_id.in_(owners), EnterpriseYear.revenue_wan.is_not(None)
        )
        newest: dict[int, EnterpriseYear] = {}
        for row in session.scalars(left.order_by(EnterpriseYear.year, EnterpriseYear.id)):
            newest[row.enterprise_id] = row
        for firm in session.scalars(select(Enterprise).where(Enterprise.id.in_(owners))):
            last = newest.get(firm.id)
            firm.latest_year = last.year if last else None
            firm.latest_revenue_wan = last.revenue_wan if last else None


offer("years", YearImport)
