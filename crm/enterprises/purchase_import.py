"""What anchors buy in a year out of a sheet: one row for an enterprise, a year and a place (DOMAIN 4)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from chains import access as chain_access
from core.fields.texts import folded
from core.i18n import _
from core.i18n import lazy as _l
from core.imports.columns import CellFault
from core.imports.handlers import Line, Options, offer
from core.imports.reversing import Reversal
from core.permissions import Actor
from crm.enterprises import homes, purchasing
from crm.enterprises.import_owned import OwnedImport, Standing
from crm.enterprises.import_rights import Rights
from crm.enterprises.placements import Placement
from crm.enterprises.purchase_import_columns import COLUMNS
from crm.enterprises.purchases import AnchorPurchase
from crm.enterprises.purchasing import PurchaseValues

_FIELDS: Final = ("total_wan", "local_wan", "source")


class PurchaseImport(OwnedImport):
    """The handler of `purchases`. An enterprise that is an anchor on no map has no purchases that count."""

    kind = "purchases"
    label = _l("链主采购额")
    counter = _l("条")
    permission = chain_access.PLACE
    columns = COLUMNS
    reversal = Reversal(AnchorPurchase, labels={column.key: column.label for column in COLUMNS})

    def __init__(self) -> None:
        self._homes: Mapping[str, str] = {}

    def part_key(self, values: Mapping[str, Any]) -> str:
        return f"{values.get('year')}:{folded(values.get('home', ''))}"

    def part_title(self, values: Mapping[str, Any]) -> str:
        return str(values.get("year") or "")

    def judge(self, values: Mapping[str, Any]) -> list[CellFault]:
        if any(name not in values for name in ("year", *_FIELDS)):
            return []  # what is required and empty is told by the engine
        wrong = purchasing.faults_of(_values(values))
        return [CellFault(each.field or "", "number", each.code, str(each.message)) for each in wrong]

    def rights(self, actor: Actor) -> Rights:
        return Rights(create=False, edit=actor.reach(chain_access.PLACE))

    def examine(
        self, session: Session, owners: Mapping[int, int], lines: Sequence[Line]
    ) -> Mapping[int, list[CellFault]]:
        """A place that nobody knows, and an enterprise that is no anchor. A fixed number of statements."""
        self._homes = self._homes or homes.by_name(session)
        anchors = set(
            session.scalars(
                select(Placement.enterprise_id).where(
                    Placement.enterprise_id.in_(set(owners.values())), Placement.role == "anchor"
                )
            )
        )
        found: dict[int, list[CellFault]] = {}
        for line in lines:
            wrong = found.setdefault(line.row_no, [])
            written = line.values.get("home")
            if written and self._home(written) is None:
                message = _("不认识“%(name)s”。请填省、市或园区的名称或代码。", name=written)
                wrong.append(CellFault("home", "choice", "home_unknown", message))
            if line.row_no in owners and owners[line.row_no] not in anchors:
                message = _("这家企业在图谱上不是链主，采购额算不进本地配套率。请先把它挂为链主，再导入。")
                wrong.append(CellFault("name", "match", "no_anchor", message))
        return found

    def _home(self, written: str) -> str | None:
        return self._homes.get(folded(written))

    def standing(
        self, session: Session, owners: Mapping[int, int], lines: Sequence[Line]
    ) -> dict[int, Standing]:
        statement = select(AnchorPurchase).where(
            AnchorPurchase.enterprise_id.in_(sorted(set(owners.values())))
        )
        known = {(row.enterprise_id, row.home, row.year): row for row in session.scalars(statement)}
        found = {}
        for line in lines:
            given = line.values
            key = (owners.get(line.row_no, 0), self._home(given.get("home", "")) or "", given.get("year", 0))
            row = known.get(key)
            if row is not None:
                found[line.row_no] = Standing.of(row, given, _FIELDS)
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
        version = None
        if standing is not None:
            row = session.get_one(AnchorPurchase, standing.record_id)
            version = row.version
            told = {name: getattr(row, name) for name in _FIELDS}
            values = {**values, **told, **{name: values[name] for name in standing.pairs}}
        home = self._home(values["home"]) or ""
        noted = purchasing.note(
            session, owner.public_id, home, _values(values), version=version, actor=actor
        )  # fmt: skip
        return noted.id


def _values(values: Mapping[str, Any]) -> PurchaseValues:
    return PurchaseValues(values["year"], values["total_wan"], values["local_wan"], values["source"])


offer("purchases", PurchaseImport)
