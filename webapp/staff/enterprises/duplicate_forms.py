"""Forms of the queue: which of two stays and what it takes from the other; a decision; another enterprise."""

from flask import request
from wtforms import IntegerField, RadioField, StringField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from core.i18n import lazy as _l
from crm.enterprises.duplicates.choices import FIELDS
from crm.enterprises.duplicates.merging import Choice
from crm.enterprises.duplicates.queries import Compared
from webapp.web.forms import BaseForm

SIDES = (("first", _l("留这家")), ("second", _l("留这家")))
TAKE = "take-"


class MergeForm(BaseForm):
    """Who stays, the versions of both as they were laid out, and for each field whose value is wanted."""

    merges = False

    keep = RadioField(_l("合并后留下哪一家"), choices=SIDES, validators=[InputRequired()])
    first_version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    second_version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    reason = StringField(_l("合并原因"), validators=[InputRequired(), Length(2, 200)])

    def begin(self, found: Compared) -> None:
        """What is proposed, where nothing was sent."""
        if not self.is_submitted() or not self.keep.data:
            self.keep.data = "first" if found.keeps_first else "second"
        self.first_version.data = found.first.enterprise.version
        self.second_version.data = found.second.enterprise.version

    def side_of(self, name: str) -> str | None:
        """Whose value of a field was chosen: first, second, or nobody said."""
        found = request.form.get(f"{TAKE}{name}")
        return found if found in ("first", "second") else None

    def choice(self, first_pid: str, second_pid: str) -> Choice:
        """What the service takes."""
        first_stays = self.keep.data == "first"
        sides = {name: side for name in FIELDS if (side := self.side_of(name)) is not None}
        versions = self.first_version.data or 0, self.second_version.data or 0
        return Choice(
            survivor_pid=first_pid if first_stays else second_pid,
            absorbed_pid=second_pid if first_stays else first_pid,
            survivor_version=versions[0 if first_stays else 1],
            absorbed_version=versions[1 if first_stays else 0],
            taken={name: side != self.keep.data for name, side in sides.items()},
            reason=str(self.reason.data),
        )


class DecideForm(BaseForm):
    """Why two are two, or what to wait for."""

    merges = False

    note = StringField(_l("说明"), validators=[Optional(), Length(max=200)])


class OtherForm(BaseForm):
    """The other enterprise by code or whole name."""

    enterprise = StringField(
        _l("另一家：全称、信用代码或证券代码"), validators=[InputRequired(), Length(2, 200)]
    )


class UndoForm(BaseForm):
    """Nothing to fill in: the version of the merge is enough."""

    merges = False
