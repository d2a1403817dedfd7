"""Enterprises out of a sheet: judged against the register in bulk, written in bulk."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Row
from sqlalchemy.orm import Session

from chains import queries as chain_queries
from chains.matching import Matcher
from core import clock
from core.i18n import _
from core.i18n import lazy as _l
from core.imports.columns import CellFault
from core.imports.handlers import (
    NOTHING,
    Action,
    Done,
    ImportHandler,
    Line,
    Options,
    Outcome,
    Undone,
    Verdict,
    offer,
)
from core.permissions import Actor
from core.text import forms
from crm.enterprises import (
    access,
    cutting,
    import_lookups,
    import_match,
    import_owner,
    import_undo,
    import_writes,
    rules,
)
from crm.enterprises.cutting import Cuts, Names
from crm.enterprises.import_columns import COLUMNS, WORDS
from crm.enterprises.import_lookups import Lookups
from crm.enterprises.import_match import Matches
from crm.enterprises.import_rights import Rights
from crm.enterprises.import_writes import Change

_SHOWN_AS: Final = {"park_id": "park", "region_code": "region"}


class EnterpriseImport(ImportHandler):
    """The handler of `enterprises`; keeps its look-up tables for one import."""

    kind = "enterprises"
    label = _l("企业")
    counter = _l("家")
    permission = access.IMPORT
    columns = COLUMNS
    aside = cutting.__name__

    def __init__(self) -> None:
        self._lookups: Lookups | None = None
        self._matcher: Matcher | None = None

    def key_of(self, values: Mapping[str, Any]) -> str:
        """The credit code, else the stock code, else the exact normal form of the name."""
        if uscc := values.get("uscc"):
            return f"u:{uscc}"
        if stock := values.get("stock_code"):
            return f"s:{stock}"
        return f"n:{forms.normal_form(values['name'])}" if values.get("name") else ""

    def title_of(self, values: Mapping[str, Any]) -> str:
        return str(values.get("name", ""))

    def check(self, session: Session, lines: Sequence[Line], *, actor: Actor) -> list[Verdict]:
        lookups = self._tables(session)
        matches = import_match.find(session, lines)
        rights = Rights.of(actor)
        return [self._judge(line, lookups, matches, rights) for line in lines]

    def words_of(self, session: Session, key: str) -> Sequence[str]:
        if key == "park":
            tables = self._tables(session)
            return sorted(name for number, name in tables.park_names.items() if number not in tables.shut)
        return WORDS.get(key, ())

    def question(self, lines: Sequence[Line]) -> list[Names]:
        """The names that will be written, by row."""
        return [
            import_writes.names_of(line.row_no, line.values, line.values.get("former_names", ()))
            for line in lines
            if line.action == "create" or line.decision == "new"
        ]

    def apply(
        self, session: Session, lines: Sequence[Line], answer: Any, options: Options, *, actor: Actor
    ) -> list[Outcome]:
        lookups = self._tables(session)
        matches = import_match.find(session, lines, lock=True)
        rights = Rights.of(actor)
        changes = [self._plan(line, lookups, matches, rights, options) for line in lines]
        if self._matcher is None:
            self._matcher = chain_queries.matcher(session)
        return import_writes.write(session, changes, Cuts(*answer), options, self._matcher)

    def undo(self, session: Session, rows: Sequence[Done], *, actor: Actor) -> list[Undone]:
        return import_undo.undo(session, rows, actor=actor)

    def _tables(self, session: Session) -> Lookups:
        if self._lookups is None:
            self._lookups = import_lookups.read(session)
        return self._lookups

    def _judge(self, line: Line, lookups: Lookups, matches: Matches, rights: Rights) -> Verdict:
        fields, faults = lookups.resolve(line.values)
        faults += _impossible(fields)
        record_id, suspects = matches.of(line.values, "")
        if suspects and "name" in line.values:
            faults += lookups.shut_now(fields, *[matches.by_id.get(number) for number in suspects])
            labels = [(number, import_owner.label(matches, number)) for number in suspects]
            return Verdict(line.row_no, "ask", faults=faults, suspects=labels)
        if record_id is None:
            faults += lookups.shut_now(fields)
            if not rights.create:
                faults.append(CellFault("", "match", "not_permitted", _("您不能新增企业。")))
            return Verdict(line.row_no, "create", faults=faults)
        record = matches.by_id[record_id]
        faults += lookups.shut_now(fields, record)
        faults += _wrong_record(line.values, matches, record, rights)
        diff = {
            _SHOWN_AS.get(name, name): (_shown(name, old, lookups), _shown(name, new, lookups))
            for name, (old, new) in differences(record, fields).items()
            if name != "unit_id"
        }
        action: Action = "update" if diff or "former_names" in line.values else "same"
        return Verdict(line.row_no, action, record_id, faults, diff)

    def _plan(
        self, line: Line, lookups: Lookups, matches: Matches, rights: Rights, options: Options
    ) -> Change:
        """What one line does to the register as it stands now, which may differ from the dry run."""
        fields, faults = lookups.resolve(line.values)
        record_id, suspects = matches.of(line.values, line.decision)
        former = list(line.values.get("former_names", ()))
        record = matches.by_id[record_id] if record_id is not None else None
        faults += lookups.shut_now(fields, record)
        if record is not None:
            faults += _wrong_record(line.values, matches, record, rights)
        elif not rights.create:
            faults.append(CellFault("", "match", "not_permitted", _("您不能新增企业。")))
        if faults:
            return Change(
                line.row_no, "rejected", record_id, reason="；".join(str(f.message) for f in faults)
            )
        if suspects:
            return Change(line.row_no, "skipped", reason=_("预检之后库里有了同名企业，没有选用哪个"))
        if record is None and "name" not in fields:
            reason = _("预检之后库里已没有这家企业，请重新导入这一行")
            return Change(line.row_no, "rejected", reason=reason)
        if record is None:
            return Change(line.row_no, "created", fields=fields, former_names=former)
        if options.existing == "skip":
            return Change(line.row_no, "skipped", record_id, reason=_("库里已有，选了不更新"))
        pairs = differences(record, fields)
        if options.existing == "fill":
            pairs = {name: pair for name, pair in pairs.items() if pair[0] in (None, "")}
        if "park_id" not in pairs:
            pairs.pop("unit_id", None)
        return Change(line.row_no, "updated", record_id, record, pairs, former_names=former)


def differences(record: Row[Any], fields: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """(now, in the file) of every field whose value in the file is another one. Blank cells say nothing."""
    present = record._mapping
    return {
        name: (present[name], value)
        for name, value in fields.items()
        if name in present and value is not None and present[name] != value
    }


def _impossible(fields: Mapping[str, Any]) -> list[CellFault]:
    founded = fields.get("founded_on")
    if isinstance(founded, date) and founded > clock.today():
        return [CellFault("founded_on", "day", "future", _("成立日期不能晚于今天。"))]
    return []


def _wrong_record(
    values: Mapping[str, Any], matches: Matches, record: Row[Any], rights: Rights
) -> list[CellFault]:
    if faults := import_owner.clash(values, matches, record.id):
        return faults
    return rights.faults(record)


def _shown(name: str, value: Any, lookups: Lookups) -> str:
    """A value of the register as the dry run shows it."""
    if value is None or value == "":
        return NOTHING
    if name == "park_id":
        return lookups.park_names.get(value, str(value))
    if name == "region_code":
        return lookups.region_names.get(value, str(value))
    if name == "reg_status":
        return str(rules.STATUS_LABELS.get(value, value))
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if isinstance(value, Decimal):
        return str(_("%(amount)s 万元", amount=format(value.normalize(), ",f")))
    return str(value)


offer("enterprises", EnterpriseImport)
