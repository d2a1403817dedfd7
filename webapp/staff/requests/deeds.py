"""The desk's steps: which form each takes and which verb it calls. The table of steps says when."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from core import lifecycle as lc
from core.i18n import lazy as _l
from core.permissions import Actor
from crm.service_requests import access, closing, handling, moves, queries, service, suspension
from crm.service_requests.lifecycle import REQUEST
from crm.service_requests.models import ServiceRequest
from webapp.staff.requests import forms
from webapp.web.forms import BaseForm

Run = Callable[[Session, str, Any, Actor], Any]


@dataclass(frozen=True)
class Deed:
    """A step as the page offers it. `slot` names the form that several deeds may share."""

    verb: str
    slot: str
    form: type[BaseForm]
    permission: str
    run: Run
    said: Any
    in_table: bool = True


def _version(form: BaseForm) -> int | None:
    return form.version.data


def _plain(verb: Callable[..., Any]) -> Run:
    """A verb that takes nothing but the version."""
    return lambda session, pid, form, actor: verb(session, pid, version=_version(form), actor=actor)


def _with(verb: Callable[..., Any], *names: str) -> Run:
    """A verb that takes these fields of its form; an optional one that did not arrive is blank."""

    def run(session: Session, pid: str, form: BaseForm, actor: Actor) -> Any:
        given = {name: "" if form[name].data is None else form[name].data for name in names}
        return verb(session, pid, version=_version(form), actor=actor, **given)

    return run


def _said(verb: Callable[..., Any]) -> Run:
    """A verb that says something to the enterprise, with files."""

    def run(session: Session, pid: str, form: forms.ReplyForm, actor: Actor) -> Any:
        text = str(form.text.data or "")
        return verb(session, pid, version=_version(form), text=text, uploads=form.uploads(), actor=actor)

    return run


def _note(session: Session, pid: str, form: forms.ReplyForm, actor: Actor) -> Any:
    text = str(form.text.data or "")
    return handling.note(session, pid, text=text, uploads=form.uploads(), actor=actor)


DEEDS: Mapping[str, Deed] = {
    deed.verb: deed
    for deed in (
        Deed(
            "accept",
            "accept",
            forms.AcceptForm,
            access.ACCEPT,
            _with(service.accept, "category", "nature", "urgency"),
            _l("已受理，办结时限开始计算。"),
        ),
        Deed(
            "decline",
            "decline",
            forms.DeclineForm,
            access.ACCEPT,
            _with(service.decline, "reason", "other_channel"),
            _l("已告知企业不予受理。"),
        ),
        Deed(
            "dispatch",
            "dispatch",
            forms.DispatchForm,
            access.DISPATCH,
            _with(service.dispatch, "host_unit_id", "note"),
            _l("已派单，承办单位会收到提醒。"),
        ),
        Deed("sign", "sign", forms.ConfirmForm, access.SIGN, _plain(service.sign), _l("已签收，由您承办。")),
        Deed(
            "send_back",
            "send_back",
            forms.SendBackForm,
            access.SIGN,
            _with(service.send_back, "reason", "suggested_unit"),
            _l("已申请退单。"),
        ),
        Deed(
            "agree_return",
            "agree_return",
            forms.ConfirmForm,
            access.DISPATCH,
            _plain(service.agree_return),
            _l("已同意退单，请重新派单。时限不重置。"),
        ),
        Deed(
            "force",
            "force",
            forms.ReasonForm,
            access.DISPATCH,
            _with(service.force, "reason"),
            _l("已裁定由该单位承办。"),
        ),
        Deed("reply", "reply", forms.ReplyForm, access.HANDLE, _said(handling.reply), _l("已答复企业。")),
        Deed(
            "note",
            "reply",
            forms.ReplyForm,
            access.VIEW,
            _note,
            _l("已记为内部备注，企业看不到。"),
            in_table=False,
        ),
        Deed(
            "ask_enterprise",
            "reply",
            forms.ReplyForm,
            access.HANDLE,
            _said(handling.ask_enterprise),
            _l("已请企业补充，时限暂停。"),
        ),
        Deed(
            "ask_extension",
            "ask_extension",
            forms.ExtensionForm,
            access.HANDLE,
            _with(handling.ask_extension, "extra_days", "reason"),
            _l("已申请延期。"),
        ),
        Deed(
            "grant_extension",
            "grant_extension",
            forms.ConfirmForm,
            access.DECIDE,
            _plain(handling.grant_extension),
            _l("已同意延期。"),
        ),
        Deed(
            "refuse_extension",
            "refuse_extension",
            forms.ReasonForm,
            access.DECIDE,
            _with(handling.refuse_extension, "reason"),
            _l("已回复不同意延期。"),
        ),
        Deed(
            "complete",
            "complete",
            forms.CompleteForm,
            access.COMPLETE,
            _with(handling.complete, "result_kind", "result_text"),
            _l("已提交审核。"),
        ),
        Deed(
            "pass_review",
            "pass_review",
            forms.ConfirmForm,
            access.REVIEW,
            _plain(handling.pass_review),
            _l("已办结，企业会收到评价提醒。"),
        ),
        Deed(
            "back",
            "back",
            forms.ReasonForm,
            access.REVIEW,
            _with(handling.back, "reason"),
            _l("已退回办理。"),
        ),
        Deed(
            "call_back",
            "call_back",
            forms.CallBackForm,
            access.CALL_BACK,
            _with(closing.call_back, "called_person", "solved", "satisfaction", "text"),
            _l("已记录回访。"),
        ),
        Deed(
            "miss_call",
            "miss_call",
            forms.ConfirmForm,
            access.CALL_BACK,
            _plain(closing.miss_call),
            _l("已记一次未接通。"),
            in_table=False,
        ),
        Deed(
            "suspend",
            "suspend",
            forms.SuspendForm,
            access.DECIDE,
            _with(suspension.suspend, "reason", "approval"),
            _l("已挂账，30 天后复核。"),
        ),
        Deed(
            "review_suspension",
            "review_suspension",
            forms.ConclusionForm,
            access.DECIDE,
            _with(suspension.review, "conclusion"),
            _l("已复核，30 天后再复核。"),
        ),
        Deed(
            "resume",
            "resume",
            forms.ConfirmForm,
            access.DECIDE,
            _plain(suspension.take_up),
            _l("已恢复办理。"),
        ),
        Deed(
            "escalate",
            "escalate",
            forms.ReasonForm,
            access.DISPATCH,
            _with(suspension.escalate, "reason"),
            _l("已提级督办。"),
        ),
        Deed(
            "conclude",
            "conclude",
            forms.ConclusionForm,
            access.DECIDE,
            _with(suspension.conclude, "conclusion"),
            _l("督办已了结并归档。"),
        ),
        Deed("redo", "redo", forms.ConfirmForm, access.DISPATCH, _plain(closing.redo), _l("已退回重办。")),
        Deed("archive", "archive", forms.ConfirmForm, access.REVIEW, _plain(closing.archive), _l("已归档。")),
    )
}


@dataclass(frozen=True)
class Offered:
    """A deed with its form, and what still stands in its way apart from the form's own fields."""

    deed: Deed
    form: BaseForm
    label: Any
    blocked: tuple[Any, ...]


def offered(
    session: Session, request: ServiceRequest, *, actor: Actor, bound: tuple[str, BaseForm] | None = None
) -> dict[str, Offered]:
    """What this person may do now. `bound` is a form that came back with errors, by its slot."""
    facts = moves.facts_of(session, request, actor=actor)
    found: dict[str, Offered] = {}
    made: dict[str, BaseForm] = {bound[0]: bound[1].apart(bound[0])} if bound else {}
    for offer in lc.offers(REQUEST, request.status, facts, actor=actor):
        deed = DEEDS.get(offer.step.verb)
        if deed is None or not _reaches(deed, request, actor):
            continue
        form = made.setdefault(deed.slot, form_for(session, deed, request).apart(deed.slot))
        asked = {field.short_name for field in form.visible()}
        blocked = tuple(gap.message for gap in offer.missing if gap.field not in asked)
        found[deed.verb] = Offered(deed, form, offer.step.label, blocked)
    for verb, states in (("note", REQUEST.open_codes()), ("miss_call", ("completed",))):
        deed = DEEDS[verb]
        if request.status in states and _reaches(deed, request, actor):
            form = made.setdefault(deed.slot, form_for(session, deed, request).apart(deed.slot))
            found[verb] = Offered(deed, form, "", ())
    return found


def form_for(session: Session, deed: Deed, request: ServiceRequest) -> BaseForm:
    """The empty (or submitted) form of a deed on this request."""
    values: dict[str, Any] = {"version": request.version}
    if deed.form is forms.DispatchForm:
        return forms.DispatchForm(
            **values, host_unit_id=request.unit_id, units=queries.host_choices(session, request)
        )
    if deed.form is forms.AcceptForm:
        values |= {"category": request.category, "nature": request.nature, "urgency": request.urgency}
    return deed.form(**values)


def _reaches(deed: Deed, request: ServiceRequest, actor: Actor) -> bool:
    if deed.permission == access.CALL_BACK:
        return access.may_call_back(actor, request)
    if deed.permission == access.VIEW:
        return access.covers(actor, access.HANDLE, request) or access.covers(actor, access.ACCEPT, request)
    return access.covers(actor, deed.permission, request)
