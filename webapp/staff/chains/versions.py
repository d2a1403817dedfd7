"""Versions of a map: its steps, what was published, two of them compared."""

from flask import flash, redirect, request, url_for
from wtforms import HiddenField
from wtforms.validators import InputRequired, Optional

from chains import access, lifecycle, queries, words
from chains import versions as map_versions
from chains.models import Chain
from core import clock
from core import lifecycle as lc
from core.db import db, unit_of_work
from core.errors import DomainError, Invalid, Refused
from core.i18n import _
from core.i18n import lazy as _l
from core.permissions import matches
from crm import roles
from crm.enterprises import map_versions as frozen
from webapp.staff.chains.views import Answer, bp
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.fields import DayField, TextField
from webapp.web.forms import BaseForm
from webapp.web.once import once, settle
from webapp.web.rendering import render

FIELDS = {
    "name": _l("名称"), "name_en": _l("英文名称"), "parent": _l("上级"), "stage": _l("环节"), "level": _l("层级"),
    "gbt4754": _l("国标行业代码"), "keywords": _l("产品关键词"), "exclude": _l("排除词"), "note": _l("说明"),
    "trade_words": _l("本行业企业才算的词"), "shared": _l("引用"), "see_also": _l("另见"),
}  # fmt: skip


class TakeForm(BaseForm):
    """A step of the map's lifecycle with what it asks for."""

    merges = False
    verb = HiddenField(validators=[InputRequired()])
    as_of = DayField(_l("基准日"), validators=[Optional()])
    reason = TextField(_l("理由"), validators=[Optional()], limit=300)


def _number(name: str) -> int | None:
    given = request.args.get(name, "")
    return int(given) if given.isdigit() and len(given) < 6 else None


@bp.get("/<pid>/versions")
@requires(access.VIEW)
def versions(pid: str) -> Answer:
    return _page(pid)


def _page(pid: str, tried: TakeForm | None = None, error: DomainError | None = None) -> Answer:
    session = db.session()
    found = queries.get(session, pid, actor=acting())
    listed = map_versions.listed(session, found.chain)
    older, newer = _chosen(found.chain, [row.number for row in listed])
    facts = {"reason": "-", "as_of": clock.today(), **map_versions.facts_of(found, acting())}
    offers = [
        offer
        for offer in lc.offers(lifecycle.MAP, found.chain.status, facts, actor=acting())
        if offer.permitted
    ]
    page = render(
        "staff/chains/versions.html",
        found=found,
        chain=found.chain,
        listed=listed,
        offers=offers,
        take_forms={offer.step.verb: _form(found.chain, offer.step.verb, tried) for offer in offers},
        older=older,
        newer=newer,
        compared=None if older is None else frozen.comparison(session, found, older, newer),
        words=words,
        fields=FIELDS,
    )
    return page, 422 if error is not None else 200


def _chosen(chain: Chain, numbers: list[int]) -> tuple[int | None, int]:
    """Which two are compared: what is asked for, else the last published one with the map as it is now."""
    older, newer = _number("from"), _number("to")
    if older is None and numbers:
        settled = chain.status == "published" and len(numbers) > 1
        return (numbers[1], numbers[0]) if settled else (numbers[0], 0)
    return older, newer or 0


def _form(chain: Chain, verb: str, tried: TakeForm | None) -> TakeForm:
    if tried is not None and tried.verb.data == verb:
        return tried
    day = chain.as_of or clock.today()
    return TakeForm(formdata=None, verb=verb, version=chain.version, as_of=day).apart(verb)


def _reviewers() -> list[str]:
    """Roles that may publish."""
    return [code for code, patterns in roles.PATTERNS.items() if matches(patterns, access.PUBLISH)]


@bp.post("/<pid>/versions")
@requires(access.EDIT, access.PUBLISH)
def take(pid: str) -> Answer:
    """Submit, publish, send back, revise, archive or reopen."""
    form = TakeForm()
    try:
        if not form.validate_on_submit():
            raise Invalid([], _("日期或理由填得不对。"))
        with unit_of_work() as session:
            if done := once(session, form.form_key.data):
                return redirect(done, 303)
            chain = frozen.take(
                session, pid, form.verb.data or "", version=form.version.data, reason=form.reason.data or "",
                as_of=form.as_of.data, reviewers=_reviewers(), actor=acting(),
            )  # fmt: skip
            url = url_for(".versions", pid=pid)
            settle(session, form.form_key.data, url)
    except (Invalid, Refused) as error:
        db.session.rollback()
        form.absorb(error)
        return _page(pid, form.apart(form.verb.data or "step"), error)
    flash(_("图谱现在是“%(status)s”。", status=words.STATUSES[chain.status]))
    return redirect(url, 303)
