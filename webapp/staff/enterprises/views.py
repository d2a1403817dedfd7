"""Pages of the register: list, record, new, edit, a year's figures, contacts."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from core import clock, places, settings
from core.db import db, unit_of_work
from core.errors import Fault, Invalid
from core.i18n import _
from core.i18n import lazy as _l
from core.lists.spec import Tab
from crm.activity.queries import Words, timeline
from crm.activity.rules import silence_light
from crm.enterprises import access, listing, queries, rules, service
from webapp.staff.enterprises.duplicates import likeness
from webapp.staff.enterprises.forms import ContactForm, EnterpriseForm, RevealForm, YearForm
from webapp.web import lists
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.once import once, settle
from webapp.web.panels import rendered
from webapp.web.rendering import render

bp = Blueprint("enterprises", __name__, url_prefix="/enterprises")

Answer = Response | str | tuple[str, int]

WORDS = Words(
    actions={
        "enterprises.created": _l("登记企业"),
        "enterprises.changed": _l("修改资料"),
        "enterprises.year_recorded": _l("填报年度数据"),
        "enterprises.contact_added": _l("添加联系人"),
        "enterprises.mobile_revealed": _l("查看联系人号码"),
        "enterprises.number_looked_up": _l("按号码找联系人"),
        "enterprises.user_joined": _l("开通企业账号"),
        "enterprises.imported": _l("批量导入"),
        "enterprises.merged": _l("合并另一家"),
        "enterprises.merged_away": _l("并入另一家"),
        "enterprises.merge_undone": _l("撤销合并"),
        "chains.placed": _l("挂到图谱节点"),
        "chains.reviewed": _l("复核图谱挂点"),
        "chains.removed": _l("从图谱节点移除"),
    },
    fields={
        "name": _l("企业全称"),
        "uscc": _l("统一社会信用代码"),
        "short_name": _l("简称"),
        "legal_rep": _l("法定代表人"),
        "reg_capital_wan": _l("注册资本（万元）"),
        "founded_on": _l("成立日期"),
        "reg_address": _l("注册地址"),
        "industry_code": _l("行业代码"),
        "main_products": _l("主要产品"),
        "absorbed": _l("被合并企业"),
        "survivor": _l("并入"),
        **rules.FIGURE_LABELS,
    },
)


def _tabs(opened: lists.OpenList) -> list[Tab]:
    """The register's standing views: everything, the home region, the listed companies."""
    home = settings.glance(db.session(), "home_region", "")
    return [
        Tab(_l("全部企业")),
        Tab(_l("本地企业"), {"region": home}),
        Tab(_l("上市公司"), {"listed": "yes"}),
    ]


@bp.get("")
@requires(access.VIEW)
def index() -> ResponseReturnValue:
    opened = lists.open_list(listing.LIST, tabs=_tabs, cells="staff/enterprises/_cells.html")
    return lists.show(
        opened,
        "staff/enterprises/index.html",
        legend="ui/silence.html",
        size_labels=rules.SIZE_LABELS,
        silence=lambda day: silence_light(day, clock.today()),
        nothing={"title": _("企业库还是空的"), "text": _("导入一张名录表，或者逐家新增。"), "symbol": "firm"},
    )


@bp.get("/<pid>")
@requires(access.VIEW)
def show(pid: str) -> Answer:
    return render("staff/enterprises/show.html", **_record(pid))


def _record(pid: str) -> dict[str, Any]:
    session = db.session()
    enterprise = queries.get(session, pid, actor=acting())
    return {
        "enterprise": enterprise,
        "history": timeline(session, service.KIND, enterprise.id, WORDS).items,
        "panels": rendered("enterprise", enterprise),
        "may_edit": access.can_edit(acting(), enterprise),
        "may_reveal": access.can_reveal(acting(), enterprise),
        "size_labels": rules.SIZE_LABELS,
        "status_labels": rules.STATUS_LABELS,
        "level_labels": rules.LEVEL_LABELS,
        "figures": queries.figure_table(enterprise),
        "reveal_form": RevealForm(),
    }


@bp.route("/new", methods=["GET", "POST"])
@requires(access.CREATE)
def new() -> Answer:
    form = EnterpriseForm(parks=places.park_choices(db.session()))
    known = likeness(request.form) if form.is_submitted() else {}
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                if done := once(session, form.form_key.data):
                    return redirect(done, 303)
                if known["same"] and not request.form.get("anyway"):
                    message = _("库里有同名或几乎同名的企业。确实不是同一家，请打勾再新增。")
                    raise Invalid(Fault("name", "same", message))
                enterprise = service.create(session, form.values(), actor=acting())
                url = url_for(".show", pid=enterprise.public_id)
                settle(session, form.form_key.data, url)
            flash(_("已新增企业。"))
            return redirect(url, 303)
        except Invalid as error:
            form.absorb(error)
    page = render("staff/enterprises/form.html", form=form, enterprise=None, **known)
    return page, 422 if form.errors else 200


@bp.route("/<pid>/edit", methods=["GET", "POST"])
@requires(access.EDIT)
def edit(pid: str) -> Answer:
    enterprise = queries.get(db.session(), pid, actor=acting())
    form = EnterpriseForm(obj=enterprise, parks=places.park_choices(db.session()))
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                service.update(session, pid, form.values(), version=form.version.data or 0, actor=acting())
            flash(_("已保存。"))
            return redirect(url_for(".show", pid=pid), 303)
        except Invalid as error:
            form.absorb(error)
    page = render("staff/enterprises/form.html", form=form, enterprise=enterprise)
    return page, 422 if form.errors else 200


@bp.route("/<pid>/years/new", methods=["GET", "POST"])
@requires(access.EDIT)
def new_year(pid: str) -> Answer:
    enterprise = queries.get(db.session(), pid, actor=acting())
    form = YearForm()
    if form.validate_on_submit():
        year, source = int(form.year.data or 0), str(form.source.data)
        url = url_for(".show", pid=pid, _anchor="figures")
        try:
            with unit_of_work() as session:
                if done := once(session, form.form_key.data):
                    return redirect(done, 303)
                service.record_year(session, pid, year, source, form.figures(), actor=acting())
                settle(session, form.form_key.data, url)
            flash(_("已保存 %(year)s 年数据。", year=year))
            return redirect(url, 303)
        except Invalid as error:
            form.absorb(error)
    return render(
        "staff/enterprises/year.html", form=form, enterprise=enterprise
    ), 422 if form.errors else 200


@bp.route("/<pid>/contacts/new", methods=["GET", "POST"])
@requires(access.EDIT)
def new_contact(pid: str) -> Answer:
    enterprise = queries.get(db.session(), pid, actor=acting())
    form = ContactForm()
    if form.validate_on_submit():
        url = url_for(".show", pid=pid, _anchor="contacts")
        try:
            with unit_of_work() as session:
                if not once(session, form.form_key.data):
                    service.add_contact(
                        session, pid, person=str(form.person.data), title=form.title.data or "",
                        mobile=str(form.mobile.data), actor=acting(),
                    )  # fmt: skip
                    settle(session, form.form_key.data, url)
            return redirect(url, 303)
        except Invalid as error:
            form.absorb(error)
    return render(
        "staff/enterprises/contact.html", form=form, enterprise=enterprise
    ), 422 if form.errors else 200


@bp.post("/contacts/<contact_pid>/reveal")
@requires(access.REVEAL)
def reveal(contact_pid: str) -> Answer:
    """The whole number, after the purpose was stated; audited (DOMAIN 22)."""
    form = RevealForm()
    if not form.validate_on_submit():
        return render("staff/enterprises/_reveal.html", contact_pid=contact_pid, form=form, mobile=None), 422
    with unit_of_work() as session:
        mobile = service.reveal_mobile(session, contact_pid, reason=str(form.reason.data), actor=acting())
    return render("staff/enterprises/_reveal.html", contact_pid=contact_pid, form=form, mobile=mobile)
