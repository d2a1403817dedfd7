"""Contacts of enterprises out of a sheet. Numbers are sealed in the register and masked in what is kept of the rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from core.i18n import lazy as _l
from core.imports.columns import CellFault
from core.imports.handlers import Line, Options, offer
from core.imports.reversing import Reversal
from core.permissions import Actor
from crm.enterprises import contacts
from crm.enterprises.contact_import_columns import COLUMNS
from crm.enterprises.import_owned import OwnedImport, Standing
from crm.enterprises.models import Contact


class ContactImport(OwnedImport):
    """The handler of `contacts`. Somebody of that name who stands at the enterprise already is left alone:
    which of two numbers is right only a person can say."""

    kind = "contacts"
    label = _l("联系人")
    counter = _l("人")
    columns = COLUMNS
    reversal = Reversal(Contact, labels={column.key: column.label for column in COLUMNS})

    def part_key(self, values: Mapping[str, Any]) -> str:
        return str(values.get("person"))

    def part_title(self, values: Mapping[str, Any]) -> str:
        return str(values.get("person") or "")

    def judge(self, values: Mapping[str, Any]) -> list[CellFault]:
        return []

    def standing(
        self, session: Session, owners: Mapping[int, int], lines: Sequence[Line]
    ) -> dict[int, Standing]:
        statement = select(Contact.id, Contact.enterprise_id, Contact.person).where(
            Contact.enterprise_id.in_(sorted(set(owners.values()))), Contact.active
        )
        known = {(row.enterprise_id, row.person): row.id for row in session.execute(statement)}
        found = {}
        for line in lines:
            number = known.get((owners.get(line.row_no, 0), line.values.get("person", "")))
            if number is not None:
                found[line.row_no] = Standing(number, {})
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
        given = {name: values[name] for name in ("person", "title", "mobile") if name in values}
        made = contacts.add(session, owner.public_id, given, actor=actor)
        return made.id


offer("contacts", ContactImport)
