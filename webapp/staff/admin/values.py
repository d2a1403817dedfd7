"""Settings that an administrator changes while the platform runs."""

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core import settings
from core.db import db
from core.i18n import _
from core.imports import undoing
from webapp.staff.admin.forms import ValuesForm
from webapp.staff.admin.units import bp
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.carrying import carry
from webapp.web.rendering import render

__all__ = ["bp"]


@bp.route("/settings", methods=["GET", "POST"])
@requires(settings.EDIT)
def values() -> ResponseReturnValue:
    """How long imports can be taken back, and their files are kept."""
    row = db.session().get(settings.Setting, undoing.DAYS)
    form = ValuesForm(import_undo_days=undoing.days(db.session()), version=row.version if row else 0)

    def act(session: Session) -> None:
        settings.put(
            session, undoing.DAYS, form.import_undo_days.data, version=form.version.data or 0, actor=acting()
        )

    def page() -> str:
        return render("staff/admin/values.html", form=form)

    if not form.is_submitted():
        return page()
    return carry(form, act, url_for(".values"), _("已保存。"), page)
