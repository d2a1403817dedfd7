"""Pages of what a record gathers: honours, contacts, former names."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from core import files
from core.db import db, unit_of_work
from core.i18n import _
from crm.enterprises import access, contacts, honours, names, queries
from crm.enterprises.models import Contact, Enterprise, FormerName, Honour
from webapp.staff.enterprises.filing import (
    ConfirmForm,
    ContactForm,
    FormerNameForm,
    HonourForm,
    KeptContactForm,
    LeftForm,
    ReasonForm,
    RevealForm,
    RevokeForm,
)  # fmt: skip
from webapp.staff.enterprises.views import Answer, around, bp, editable
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.forms import BaseForm
from webapp.web.rendering import render
from webapp.web.small import small


def _enterprise(pid: str) -> Enterprise:
    return editable(queries.get(db.session(), pid, actor=acting()))


@bp.route("/<pid>/honours/new", methods=["GET", "POST"])
@requires(access.EDIT)
def new_honour(pid: str) -> Answer:
    enterprise = _enterprise(pid)
    form = HonourForm()
    return small(
        form, _with_evidence(form, lambda session: honours.add(session, pid, form.values(), actor=acting())),
        _("已登记资质。"), around(enterprise), title=_("登记资质"), button=_("登记资质"), anchor="honours",
        note=_("只登记公告文件认定的，自评不算。状态按有效期自动变化。"),
    )  # fmt: skip


@bp.route("/honours/<honour_pid>/edit", methods=["GET", "POST"])
@requires(access.EDIT)
def edit_honour(honour_pid: str) -> Answer:
    honour, enterprise = _honour(honour_pid)
    form = HonourForm(obj=honour)
    version = form.version.data or 0
    return small(
        form,
        _with_evidence(
            form,
            lambda session: honours.change(
                session, honour_pid, form.values(), version=version, actor=acting()
            ),
        ),
        _("已更正资质。"), around(enterprise), title=_("更正资质"), button=_("保存资质"), anchor="honours",
    )  # fmt: skip


def _with_evidence(form: HonourForm, act: Callable[[Session], Honour]) -> Callable[[Session], None]:
    """The deed, and the file that proves it beside the record's other attachments."""

    def deed(session: Session) -> None:
        honour = act(session)
        if form.evidence.received is not None:
            file = files.attach(
                session, form.evidence.received, kind="enterprise", record_id=honour.enterprise_id,
                actor=acting(),
            )  # fmt: skip
            honours.attach_evidence(honour, file.id)

    return deed


@bp.route("/honours/<honour_pid>/revoke", methods=["GET", "POST"])
@requires(access.EDIT)
def revoke_honour(honour_pid: str) -> Answer:
    honour, enterprise = _honour(honour_pid)
    form = RevokeForm(version=honour.version)
    return small(
        form,
        lambda session: honours.revoke(
            session, honour_pid, form.revoked_on.data, reason=form.reason.data or "",
            version=form.version.data or 0, actor=acting(),
        ),
        _("已登记撤销。"), around(enterprise), title=_("登记资质撤销"), button=_("登记撤销"), anchor="honours",
        note=honour.name,
    )  # fmt: skip


@bp.route("/honours/<honour_pid>/remove", methods=["GET", "POST"])
@requires(access.EDIT)
def remove_honour(honour_pid: str) -> Answer:
    honour, enterprise = _honour(honour_pid)
    form = ReasonForm(version=honour.version)
    return small(
        form,
        lambda session: honours.remove(
            session, honour_pid, reason=form.reason.data or "", version=form.version.data or 0, actor=acting()
        ),
        _("已删除。"), around(enterprise), title=_("删除资质"), button=_("删除资质"), anchor="honours", danger=True,
        note=_("只删误登的；被撤销的请登记撤销。“%(name)s”删除后留在审计里。", name=honour.name),
    )  # fmt: skip


def _honour(honour_pid: str) -> tuple[Honour, Enterprise]:
    found, enterprise = honours.get(db.session(), honour_pid, actor=acting())
    return found, editable(enterprise)


@bp.route("/<pid>/contacts/new", methods=["GET", "POST"])
@requires(access.EDIT)
def new_contact(pid: str) -> Answer:
    enterprise = _enterprise(pid)
    form = ContactForm()
    return small(
        form, lambda session: contacts.add(session, pid, form.values(), actor=acting()),
        _("已添加联系人。"), around(enterprise), title=_("添加联系人"), button=_("添加联系人"), anchor="contacts",
    )  # fmt: skip


@bp.route("/contacts/<contact_pid>/edit", methods=["GET", "POST"])
@requires(access.EDIT)
def edit_contact(contact_pid: str) -> Answer:
    contact, enterprise = _contact(contact_pid)
    form = KeptContactForm(obj=contact)
    return small(
        form,
        lambda session: contacts.change(
            session, contact_pid, form.values(), version=form.version.data or 0, actor=acting()
        ),
        _("已保存。"), around(enterprise), title=_("修改联系人"), button=_("保存联系人"), anchor="contacts",
    )  # fmt: skip


@bp.route("/contacts/<contact_pid>/<any(leave, back, anonymise):verb>", methods=["GET", "POST"])
@requires(access.EDIT)
def contact_step(contact_pid: str, verb: str) -> Answer:
    """He has left, has come back, or is to be forgotten."""
    contact, enterprise = _contact(contact_pid)
    form, act, said, title, note = _step(contact, verb)
    return small(form, act, said, around(enterprise), title=title, button=title, anchor="contacts", note=note)


def _step(contact: Contact, verb: str) -> tuple[BaseForm, Callable[[Session], Any], Any, Any, Any]:
    pid, actor = contact.public_id, acting()
    if verb == "leave":
        left = LeftForm(version=contact.version)
        return (
            left,
            lambda session: contacts.leave(
                session, pid, left.left_on.data, version=left.version.data or 0, actor=actor
            ),
            _("已标为离职。"), _("标为离职"), _("“%(name)s”不再列为联系人，说过的话还在。", name=contact.person),
        )  # fmt: skip
    if verb == "back":
        form = ConfirmForm(version=contact.version)
        return (
            form,
            lambda session: contacts.come_back(session, pid, version=form.version.data or 0, actor=actor),
            _("已恢复在职。"), _("恢复在职"), contact.person,
        )  # fmt: skip
    why = ReasonForm(version=contact.version)
    return (
        why,
        lambda session: contacts.anonymise(
            session, pid, reason=why.reason.data or "", version=why.version.data or 0, actor=actor
        ),
        _("已匿名。"), _("匿名"), _("“%(name)s”的姓名和号码会被抹去，不能恢复。", name=contact.person),
    )  # fmt: skip


def _contact(contact_pid: str) -> tuple[Contact, Enterprise]:
    return contacts.get(db.session(), contact_pid, actor=acting())


@bp.post("/contacts/<contact_pid>/reveal")
@requires(access.REVEAL)
def reveal(contact_pid: str) -> Answer:
    """The whole number, after the purpose was stated; audited (DOMAIN 22)."""
    form = RevealForm()
    if not form.validate_on_submit():
        return render("staff/enterprises/_reveal.html", contact_pid=contact_pid, form=form, mobile=None), 422
    with unit_of_work() as session:
        mobile = contacts.reveal(session, contact_pid, reason=str(form.reason.data), actor=acting())
    return render("staff/enterprises/_reveal.html", contact_pid=contact_pid, form=form, mobile=mobile)


@bp.route("/<pid>/names/new", methods=["GET", "POST"])
@requires(access.EDIT)
def new_name(pid: str) -> Answer:
    enterprise = _enterprise(pid)
    form = FormerNameForm()
    return small(
        form, lambda session: names.add(session, pid, form.values(), actor=acting()), _("已登记曾用名。"),
        around(enterprise), title=_("登记曾用名"), button=_("登记曾用名"), anchor="names",
        note=_("以后用旧名也能找到它，查重也会比对。改现在的名称请到“主体”，旧名会自动留下。"),
    )  # fmt: skip


@bp.route("/names/<name_pid>/edit", methods=["GET", "POST"])
@requires(access.EDIT)
def edit_name(name_pid: str) -> Answer:
    former, enterprise = _name(name_pid)
    form = FormerNameForm(obj=former)
    return small(
        form, lambda session: names.change(session, name_pid, form.values(), actor=acting()), _("已保存。"),
        around(enterprise), title=_("更正曾用名"), button=_("保存曾用名"), anchor="names",
    )  # fmt: skip


@bp.route("/names/<name_pid>/remove", methods=["GET", "POST"])
@requires(access.EDIT)
def remove_name(name_pid: str) -> Answer:
    former, enterprise = _name(name_pid)
    return small(
        ConfirmForm(), lambda session: names.remove(session, name_pid, actor=acting()), _("已删除。"),
        around(enterprise), title=_("删除曾用名"), button=_("删除"), anchor="names", danger=True,
        note=_("“%(name)s”从曾用名里删去。", name=former.name),
    )  # fmt: skip


def _name(name_pid: str) -> tuple[FormerName, Enterprise]:
    found, enterprise = names.get(db.session(), name_pid, actor=acting())
    return found, editable(enterprise)
