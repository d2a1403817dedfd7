"""Pairs that may be one enterprise: the queue, both side by side, the decision; a look at the whole register."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from core import clock
from core.db import db, unit_of_work
from core.errors import Conflict, Invalid, Refused
from core.fields.errors import FieldError
from core.fields.uscc import enterprise_code
from core.i18n import _
from core.i18n import lazy as _l
from core.jobs import service as jobs
from core.lists.spec import Tab
from crm.enterprises import access, finding, queries
from crm.enterprises.duplicates import listing, merging, near, suspects, tasks
from crm.enterprises.duplicates import queries as pairs
from crm.enterprises.duplicates.rules import REASONS, SAME, SUSPECT
from search.keeping import last_job
from webapp.staff.enterprises.duplicate_forms import DecideForm, MergeForm, OtherForm
from webapp.staff.enterprises.side_by_side import lines
from webapp.web import lists, moved
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.carrying import Answer, carry
from webapp.web.once import once, settle
from webapp.web.rendering import render

bp = Blueprint("duplicates", __name__, url_prefix="/enterprises/duplicates")

VERBS = {
    "later": _l("已放到“以后再看”。"),
    "distinct": _l("已记下：不是同一家，以后不再提示。"),
    "open": _l("已放回待核对。"),
}


@moved.known
def _successor(session: Any, public_id: str, actor: Any) -> str | None:
    return pairs.successor(session, public_id, actor=actor)


def _tabs(opened: lists.OpenList) -> list[Tab]:
    return [
        Tab(listing.STATES["open"]),
        Tab(listing.STATES["later"], {"state": "later"}),
        Tab(listing.STATES["distinct"], {"state": "distinct"}),
        Tab(_l("合并记录"), url=url_for("merges.index")),
    ]


@bp.get("")
@requires(access.MERGE)
def index() -> ResponseReturnValue:
    opened = lists.open_list(listing.PAIRS, tabs=_tabs, cells="staff/enterprises/_pair_cells.html")
    return lists.show(
        opened,
        "staff/enterprises/duplicates.html",
        last=last_job(db.session(), tasks.JOB),
        form=DecideForm(),
        nothing={
            "title": _("没有要核对的"),
            "text": _("登记、改名和导入时会自动比对，每天夜里再查一遍。"),
            "symbol": "check",
        },
    )


@bp.post("/look")
@requires(access.MERGE)
def look() -> ResponseReturnValue:
    """Go through the whole register now, in the background; one look at a time."""
    with unit_of_work() as session:
        last = last_job(session, tasks.JOB)
        if last is None or last.state not in ("queued", "running"):
            key = f"{tasks.JOB}:{clock.now():%Y-%m-%dT%H:%M}"
            jobs.enqueue(session, tasks.JOB, {}, actor=acting(), key=key, title=str(_("查找重复的企业")))
    flash(_("正在后台比对全部企业，找到的会出现在这里。"))
    return redirect(url_for(".index"), 303)


@bp.get("/<pid>")
@requires(access.MERGE)
def show(pid: str) -> Answer:
    return _page(pid, MergeForm())


def _page(pid: str, form: MergeForm) -> str:
    session, actor = db.session(), acting()
    found = pairs.compared(session, pairs.pair(session, pid, actor=actor), actor=actor)
    form.begin(found)
    return render(
        "staff/enterprises/pair.html",
        found=found,
        form=form,
        decide=DecideForm(obj=found.suspect).apart("decide"),
        lines=lines(found, form),
        reasons=[REASONS[code] for code in found.suspect.reasons if code in REASONS],
        states=listing.STATES,
    )


@bp.post("/<pid>/merge")
@requires(access.MERGE)
def merge(pid: str) -> Answer:
    """All at once, then to the page that shows what was done and takes it back."""
    form = MergeForm()
    with unit_of_work() as session:
        if done := once(session, form.form_key.data):
            return redirect(done, 303)  # the pair is gone by now
    suspect = pairs.pair(db.session(), pid, actor=acting())
    one, other = suspect.first.public_id, suspect.second.public_id
    if not form.validate_on_submit():
        return _page(pid, form), 422
    try:
        with unit_of_work() as session:
            if done := once(session, form.form_key.data):
                return redirect(done, 303)
            made = merging.merge(session, form.choice(one, other), actor=acting())
            url = url_for("merges.show", pid=made.public_id)
            settle(session, form.form_key.data, url)
    except (Conflict, Invalid, Refused) as error:
        form.absorb(error)
        return _page(pid, form), error.status
    flash(_("已合并。合错了可以在这里撤销。"))
    return redirect(url, 303)


@bp.post("/<pid>/<verb>")
@requires(access.MERGE)
def decide(pid: str, verb: str) -> Answer:
    """Not the same, later, or open again; kept with the pair."""
    if verb not in VERBS:
        return redirect(url_for(".show", pid=pid), 303)
    form = DecideForm()

    def act(session: Any) -> None:
        note, version = form.note.data or "", form.version.data or 0
        suspects.decide(session, pid, verb, note=note, version=version, actor=acting())

    pairs.pair(db.session(), pid, actor=acting())
    return carry(form, act, url_for(".index"), str(VERBS[verb]), lambda: _page(pid, MergeForm(formdata=None)))


@bp.route("/with/<pid>", methods=["GET", "POST"])
@requires(access.MERGE)
def other(pid: str) -> Answer:
    """Name the enterprise that this one may be the same as; then both stand side by side."""
    enterprise = queries.get(db.session(), pid, actor=acting())
    form = OtherForm()
    if form.validate_on_submit():
        try:
            named = finding.by_words(db.session(), str(form.enterprise.data), actor=acting())
            number = named.id
            with unit_of_work() as session:
                one = session.get_one(type(enterprise), enterprise.id)
                two = session.get_one(type(enterprise), number)
                url = url_for(".show", pid=suspects.of_pair(session, one, two, actor=acting()).public_id)
            return redirect(url, 303)
        except Invalid as error:
            form.absorb(error)
    like = [
        each
        for each in near.like(db.session(), enterprise.name, actor=acting(), limit=6)
        if each.id != enterprise.id
    ]
    page = render(
        "staff/enterprises/other.html", enterprise=enterprise, form=form, like=like, reasons=REASONS
    )
    return page, 422 if form.errors else 200


@bp.get("/like")
@requires(access.CREATE, access.EDIT)
def like() -> ResponseReturnValue:
    """What is like a name that is being typed; a fragment below its field."""
    return render("staff/enterprises/_like.html", **likeness(request.args))


def likeness(given: Any) -> dict[str, Any]:
    """The nearest enterprises to the `name` and `uscc` given, without `but` itself.

    `likely` says that one of them may be the same, `same` that one bears this very name.
    """
    name = str(given.get("name", ""))[:200].strip()
    found = (
        near.like(db.session(), name, _code(given.get("uscc", "")), actor=acting()) if len(name) > 1 else []
    )
    found = [each for each in found if each.public_id != given.get("but", "")]
    scores = [each.verdict.score for each in found if not each.other_code]
    likely, same = (any(score >= least for score in scores) for least in (SUSPECT, SAME))
    return {"like": found, "likely": likely, "same": same, "reasons": REASONS}


def _code(text: Any) -> str | None:
    try:
        return enterprise_code(str(text)[:40]) if text else None
    except FieldError:
        return None
