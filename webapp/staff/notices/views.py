"""The notice centre: what was said to me, day by day; the bell; what I want to hear."""

from datetime import date

from flask import Blueprint, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from core import clock, notify
from core.db import db, unit_of_work
from core.errors import Invalid, NotFound
from core.i18n import _
from core.notify import Notice
from core.outbox import preferences, transport
from webapp.staff.notices import listing
from webapp.staff.notices.forms import PreferenceForm
from webapp.web import lists
from webapp.web.access import signed_in
from webapp.web.acting import acting
from webapp.web.once import once, settle
from webapp.web.rendering import render
from webapp.web.signin import own_path

bp = Blueprint("notices", __name__, url_prefix="/notices")


@bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    """My notices by day, the newest first. Reading one is a button: a GET changes nothing."""
    opened = lists.open_list(listing.LIST, keeps=False)
    days: dict[date, list[tuple[Notice, str]]] = {}
    for row in opened.page.rows:
        days.setdefault(clock.local(row.at).date(), []).append((row, notify.text_of(row)))
    return lists.show(
        opened,
        "staff/notices/index.html",
        fragment="staff/notices/_days.html",
        days=list(days.items()),
        unread_here=notify.unread_count(db.session(), acting().account_id),
        nothing={
            "title": _("还没有消息"),
            "text": _("别人分给您事、答复诉求、审核绿卡时，会在这里告诉您。"),
            "symbol": "bell",
        },
    )


@bp.get("/bell")
@signed_in
def bell() -> ResponseReturnValue:
    """The bell, asked for every half minute: 204 while it would look the same."""
    waiting = notify.unread_count(db.session(), acting().account_id)
    if request.args.get("n") == str(waiting):
        return make_response("", 204)
    return render("frame/bell.html", waiting=waiting)


@bp.post("/read")
@signed_in
def read_all() -> ResponseReturnValue:
    with unit_of_work() as session:
        notify.mark_read(session, acting().account_id)
    return redirect(url_for(".index"), 303)


@bp.post("/<int:notice_id>/read")
@signed_in
def read_one(notice_id: int) -> ResponseReturnValue:
    """Mark one as read; with `open` it leads on to the record that it tells of."""
    account_id = acting().account_id
    mine = select(Notice).where(Notice.id == notice_id, Notice.account_id == account_id)
    with unit_of_work() as session:
        notice = session.scalars(mine).one_or_none()
        if notice is None:
            raise NotFound()
        target = own_path(notice.url) or url_for(".index")
        notify.mark_read(session, account_id, [notice_id])
    return redirect(target if request.form.get("open") else url_for(".index"), 303)


@bp.route("/preferences", methods=["GET", "POST"])
@signed_in
def choose() -> ResponseReturnValue:
    """What I want to hear, where and when."""
    session, actor = db.session(), acting()
    events = notify.events(actor.kind)
    form = PreferenceForm(events=events, standing=preferences.of(session, actor.account_id))
    if form.validate_on_submit():
        try:
            with unit_of_work() as writing:
                if not once(writing, form.form_key.data):
                    preferences.save(writing, form.choice(), version=form.version.data, actor=actor)
                    settle(writing, form.form_key.data, url_for(".choose"))
            flash(_("已保存。"))
            return redirect(url_for(".choose"), 303)
        except Invalid as error:
            form.absorb(error)
    mails = transport.present().mail is not None
    page = render("staff/notices/preferences.html", form=form, events=events, mails=mails)
    return page, 422 if form.errors or form.form_errors else 200
