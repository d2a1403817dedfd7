"""Honours out of a sheet, as the authorities publish their lists: level, batch, document, validity."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from core import audit, clock
from core.dirty import touch
from core.i18n import _
from core.i18n import lazy as _l
from core.imports.columns import CellFault
from core.imports.handlers import Line, Options, offer
from core.imports.reversing import Reversal
from core.permissions import Actor
from crm.enterprises.honour_import_columns import COLUMNS, kind_of
from crm.enterprises.import_owned import OwnedImport, Standing
from crm.enterprises.models import Honour
from crm.enterprises.service import KIND

_NATIONAL: Final = ("little_giant",)
_FIELDS: Final = ("doc_no", "granted_on", "granted_year", "valid_to", "source")


class HonourImport(OwnedImport):
    """The handler of `honours`."""

    kind = "honours"
    label = _l("资质荣誉")
    counter = _l("项")
    columns = COLUMNS
    reversal = Reversal(Honour, labels={column.key: column.label for column in COLUMNS})

    def part_key(self, values: Mapping[str, Any]) -> str:
        return f"{values.get('honour')}:{values.get('level')}:{values.get('batch', '')}"

    def part_title(self, values: Mapping[str, Any]) -> str:
        return str(values.get("honour") or "")

    def judge(self, values: Mapping[str, Any]) -> list[CellFault]:
        faults = []
        granted, ends = values.get("granted_on"), values.get("valid_to")
        if granted is not None and granted > clock.today():
            faults.append(CellFault("granted_on", "day", "future", _("认定日期不能晚于今天。")))
        if granted is not None and ends is not None and ends < granted:
            faults.append(CellFault("valid_to", "day", "order", _("有效期止不能早于认定日期。")))
        wrong = (
            kind_of(values.get("honour", "")) in _NATIONAL and values.get("level", "national") != "national"
        )
        if wrong:
            faults.append(CellFault("level", "choice", "wrong_level", _("“小巨人”是国家级认定的。")))
        return faults

    def standing(
        self, session: Session, owners: Mapping[int, int], lines: Sequence[Line]
    ) -> dict[int, Standing]:
        statement = select(Honour).where(Honour.enterprise_id.in_(sorted(set(owners.values()))))
        known: dict[Any, Honour] = {}
        for row in session.scalars(statement.order_by(Honour.id.desc())):
            known[(row.enterprise_id, row.kind, row.name, row.level, row.batch)] = row
            if row.kind != "other":
                known.setdefault((row.enterprise_id, row.kind, "", row.level, row.batch), row)
        found = {}
        for line in lines:
            owner, given = owners.get(line.row_no), line.values
            kind = kind_of(given.get("honour", ""))
            name = given.get("honour") if kind == "other" else ""
            there = known.get((owner, kind, name, given.get("level"), given.get("batch", "")))
            if there is not None:
                found[line.row_no] = Standing.of(there, given, _FIELDS)
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
        if standing is not None:
            row = session.get_one(Honour, standing.record_id)
            for name, (_old, new) in standing.pairs.items():
                setattr(row, name, new)
        else:
            granted = values.get("granted_on")
            row = Honour(
                enterprise_id=owner.id,
                kind=kind_of(values["honour"]),
                name=values["honour"],
                level=values["level"],
                batch=values.get("batch", ""),
                doc_no=values.get("doc_no", "")[:60],
                granted_on=granted,
                granted_year=values.get("granted_year") or (granted.year if granted else None),
                valid_to=values.get("valid_to"),
                source=values.get("source") or options.source[:200],
            )
            session.add(row)
        changes = audit.changes_of(row)
        session.flush()
        action = "enterprises.honour_changed" if standing else "enterprises.honour_added"
        label = f"{owner.name}：{row.name}"
        audit.record(action, KIND, owner.id, actor=actor, label=label, changes=changes)
        touch(KIND, [owner.id])
        return row.id


offer("honours", HonourImport)
