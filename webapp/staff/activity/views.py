"""Pages that note a contact, set a task, leave a remark or add a file to any record."""

from typing import Any

from flask import Blueprint, Response, redirect, url_for
from flask.typing import ResponseReturnValue

from core import clock, files
from core.accounts import queries as people
from core.db import db, unit_of_work
from core.errors import Invalid, NotFound, NotPermitted, Refused
from core.i18n import _
from core.lists import reading
from core.lists.query import ListQuery
from core.permissions import Actor
from crm.activity import access, queries, service
from crm.leads import listing as leads
from crm.projects import listing as projects
from webapp.staff.activity import component
from webapp.staff.activity.forms import FileForm, FollowUpForm, NoteForm, ProgressForm, TaskForm
from webapp.staff.activity.subjects import Kind, kind_of, name_of
from webapp.web import downloads, home, uploads
from webapp.web.access import requires, staff
from webapp.web.acting import acting
from webapp.web.once import once, settle
from webapp.web.rendering import render

bp = Blueprint("activity", __name__, url_prefix="/activity")
bp.record_once(lambda state: component.init_app(state.app.jinja_env))


@bp.get("/new")
@requires(access.FOLLOW)
def new() -> ResponseReturnValue:
    """记一笔: which of my leads and projects was it about?"""
    session, actor = db.session(), acting()
    mine = ListQuery({"view": ("mine",)}, "contact")
    return render(
        "staff/activity/choose.html",
        leads=reading.page(session, leads.LIST, mine, actor=actor).rows,
        projects=reading.page(session, projects.LIST, mine, actor=actor).rows,
    )


def _writable(subject: Kind, pid: str) -> Any:
    """The record. Who may not write about it hears so before he fills in a form. Raises NotFound, NotPermitted."""
    record = subject.read(db.session(), pid, acting())
    if not subject.may(acting(), record):
        raise NotPermitted()
    return record


@bp.route("/<kind>/<pid>/follow-up", methods=["GET", "POST"])
@requires(access.FOLLOW)
def follow_up(kind: str, pid: str) -> ResponseReturnValue:
    subject = kind_of(kind)
    record = _writable(subject, pid)
    form = FollowUpForm(me=acting().name)
    if form.validate_on_submit():
        url = subject.url(record, "timeline")
        try:
            with unit_of_work() as session:
                if done := once(session, form.form_key.data):
                    return redirect(done, 303)
                opened = subject.open_(session, pid, acting())
                kept = [
                    files.attach(session, each, kind=kind, record_id=opened.record_id, actor=acting())
                    for each in form.files.received
                ]
                service.follow_up(session, opened, form.values(), actor=acting(), files=kept)
                settle(session, form.form_key.data, url)
            return redirect(url, 303)
        except (Invalid, Refused) as error:
            form.absorb(error)
    return _form("staff/activity/follow_up.html", form, subject.url(record), name_of(kind, record))


@bp.route("/<kind>/<pid>/tasks/new", methods=["GET", "POST"])
@requires(access.TASK)
def new_task(kind: str, pid: str) -> ResponseReturnValue:
    subject = kind_of(kind)
    record = _writable(subject, pid)
    form = TaskForm(people=_people(subject.subject(record).unit_id))
    if form.validate_on_submit():
        url = subject.url(record, "tasks")
        try:
            with unit_of_work() as session:
                if done := once(session, form.form_key.data):
                    return redirect(done, 303)
                service.add_task(
                    session,
                    subject.open_(session, pid, acting()),
                    sort=str(form.sort.data),
                    title=form.title.data or "",
                    due_on=form.due_on.data,
                    owner_id=form.owner_id.data or None,
                    owner_text=form.owner_text.data or "",
                    actor=acting(),
                )
                settle(session, form.form_key.data, url)
            return redirect(url, 303)
        except (Invalid, Refused) as error:
            form.absorb(error)
    return _form("staff/activity/task.html", form, subject.url(record), name_of(kind, record))


@bp.route("/<kind>/<pid>/tasks/<task_pid>", methods=["GET", "POST"])
@requires(access.TASK)
def task(kind: str, pid: str, task_pid: str) -> ResponseReturnValue:
    subject = kind_of(kind)
    record = _writable(subject, pid)
    found = queries.task(db.session(), task_pid, kind, record.id)
    form = ProgressForm(version=found.version, due_on=found.due_on, said=found.progress)
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                opened = subject.open_(session, pid, acting(), adding=False)
                service.change_task(
                    session,
                    task_pid,
                    kind,
                    opened.record_id,
                    version=form.version.data,
                    progress=form.progress.data or "",
                    due_on=form.due_on.data,
                    done=bool(form.done.data),
                    label=opened.label,
                    actor=acting(),
                )
            return redirect(subject.url(record, "tasks"), 303)
        except (Invalid, Refused) as error:
            form.absorb(error)
    return _form("staff/activity/progress.html", form, subject.url(record), name_of(kind, record), task=found)


@bp.route("/<kind>/<pid>/notes/new", methods=["GET", "POST"])
@requires(access.NOTE)
def new_note(kind: str, pid: str) -> ResponseReturnValue:
    subject = kind_of(kind)
    record = _writable(subject, pid)
    form = NoteForm()
    if form.validate_on_submit():
        url = subject.url(record, "timeline")
        try:
            with unit_of_work() as session:
                if not once(session, form.form_key.data):
                    opened = subject.open_(session, pid, acting())
                    service.add_note(session, opened, form.text.data or "", actor=acting())
                    settle(session, form.form_key.data, url)
            return redirect(url, 303)
        except (Invalid, Refused) as error:
            form.absorb(error)
    return _form("staff/activity/note.html", form, subject.url(record), name_of(kind, record))


@bp.route("/<kind>/<pid>/files/new", methods=["GET", "POST"])
@requires(access.NOTE)
def new_file(kind: str, pid: str) -> ResponseReturnValue:
    """Add a file to any record that keeps files. It is checked and drawn before the transaction begins."""
    keeper = kind_of(kind)
    record = _writable(keeper, pid)
    form = FileForm()
    if form.validate_on_submit():
        try:
            return redirect(_attached(form, keeper, kind, pid, keeper.url(record, "files")), 303)
        except (Invalid, Refused) as error:
            form.absorb(error)
    return _form("staff/activity/file.html", form, keeper.url(record, "files"), name_of(kind, record))


def _attached(form: FileForm, keeper: Kind, kind: str, pid: str, url: str) -> str:
    with unit_of_work() as session:
        keeper.open_(session, pid, acting())  # may he at all? Asked before anything is stored
    received = uploads.receive(form.file.data)
    with unit_of_work() as session:
        if done := once(session, form.form_key.data):
            return done
        opened = keeper.open_(session, pid, acting())
        files.attach(session, received, kind=kind, record_id=opened.record_id, actor=acting())
        settle(session, form.form_key.data, url)
    return url


@bp.get("/files/<pid>")
@staff
def file(pid: str) -> Response:
    """A file of a record that the reader may see; always as a download."""
    found, _record = component.readable(db.session(), pid, acting())
    return downloads.send(found)


@bp.get("/files/<pid>/view")
@staff
def view_file(pid: str) -> ResponseReturnValue:
    """A picture, or the first page of a PDF, inside the platform."""
    found, record = component.readable(db.session(), pid, acting())
    files.check_downloadable(found)
    if not (found.preview_as or found.content_type.startswith("image/")):
        raise NotFound()
    back = kind_of(found.kind).url(record, "files")
    return render("staff/activity/view_file.html", file=found, back=back, name=name_of(found.kind, record))


@bp.get("/files/<pid>/<any(preview, thumb):which>")
@staff
def drawing(pid: str, which: str) -> Response:
    found, _record = component.readable(db.session(), pid, acting())
    return downloads.send_drawing(found, f"{which}_as")


def _form(template: str, form: Any, back: str, name: str, **more: Any) -> ResponseReturnValue:
    page = render(template, form=form, back=back, name=name, **more)
    return page, 422 if form.errors or form.form_errors else 200


def _people(unit_id: int | None) -> list[tuple[int, str]]:
    """Staff of the record's unit, for the owner of a task; of one's own where the record has none."""
    unit_id = unit_id or acting().unit_id
    if unit_id is None:
        return []
    return [(account.id, account.name) for account in people.staff_below(db.session(), unit_id)]


@home.todo
def _tasks_due(session: Any, actor: Actor) -> list[home.Todo]:
    """My open tasks of the coming week."""
    due = queries.tasks_of(session, actor.account_id, clock.today())
    seen = {
        kind: kind_of(kind).among(session, {each.record_id for each in due if each.kind == kind}, actor)
        for kind in {each.kind for each in due}
    }
    rows = []
    for each in due:
        if (record := seen[each.kind].get(each.record_id)) is not None:
            url = url_for("activity.task", kind=each.kind, pid=record.public_id, task_pid=each.public_id)
            rows.append(home.Todo(each.due_on, each.title, each.subject, url, _("写进展"), task=True))
    return rows
