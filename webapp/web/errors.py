"""The one place where refusals and surprises become a page, a fragment or JSON."""

import errno
import logging
from typing import Any

from flask import Flask, Response, g, jsonify, make_response, redirect, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import (
    DataError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    PendingRollbackError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed

from core import idempotency
from core.db import db, driver_errors
from core.errors import Busy, Conflict, DomainError, Fault, Invalid, Refused
from core.i18n import _
from core.i18n import lazy as _l
from webapp.web import moved, noting
from webapp.web.acting import acting, is_signed_in, stranger
from webapp.web.conflict import conflict_page, merged_answer
from webapp.web.rendering import wants_fragment
from webapp.web.signin import own_path

log = logging.getLogger(__name__)

PAGES: dict[int, tuple[str, Any, Any]] = {
    # status: icon, title, what to do
    400: ("alert", _l("这次请求有问题"), _l("请返回上一页，刷新后再试。没有改动任何数据。")),
    403: ("lock", _l("这一页您看不了"), _l("要看，请向本单位负责人申请权限。")),
    404: (
        "search",
        _l("没找到这一页"),
        _l("可能已合并、改了编号，或不在您的权限内。请按编号或企业名搜一下。"),
    ),
    405: ("alert", _l("这个地址不能这样用"), _l("请从页面上的按钮进入。没有改动任何数据。")),
    409: ("redo", _l("同时有人在改"), _l("这次没有保存。请返回，刷新后再试。")),
    413: ("up2", _l("文件或内容太大"), _l("一次最多传 50 MB。请压缩或拆开再传。")),
    415: ("alert", _l("不认识这种内容"), _l("请从页面上的按钮进入。")),
    422: ("alert", _l("有内容需要修改"), _l("请返回上一页修改后再提交。没有改动任何数据。")),
    429: ("clock", _l("试得太多了"), _l("请 15 分钟后再来。")),
    500: ("alert", _l("系统出错了"), _l("没有改动任何数据。请稍后再试；报修时请报下面的编号。")),
    507: ("alert", _l("磁盘满了"), _l("这次没有保存。请告诉管理员，腾出空间后再试。")),
    503: ("clock", _l("系统正忙"), _l("这次没有保存。请稍后再试一次，不会重复提交。")),
}
RETRY = {429: "900", 503: "5", 507: "300"}
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def init_app(app: Flask) -> None:
    app.register_error_handler(DomainError, domain_error)
    app.register_error_handler(CSRFError, stale_form)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(IntegrityError, twin)
    app.register_error_handler(StaleDataError, lambda _error: domain_error(Conflict()))
    for unstorable in (DataError, OverflowError):
        app.register_error_handler(unstorable, unstorable_value)
    app.register_error_handler(OSError, disk_full)
    with app.app_context():
        raw = driver_errors()
    for away in (OperationalError, InterfaceError, InternalError, PendingRollbackError, PoolTimeout, *raw):
        app.register_error_handler(away, database_away)


def domain_error(error: DomainError) -> Response:
    """What a person can put right."""
    db.session.rollback()
    if isinstance(error, Conflict) and not _wants_json():
        if (merged := merged_answer(error)) is not None:
            return make_response(merged)
        if (page := conflict_page(error)) is not None:
            return make_response(page, 409)
    if isinstance(error, Conflict) and error.present is not None and _wants_json():
        return _json(409, error.code, str(error.message), version=error.present.version)
    if isinstance(error, (Invalid, Refused)):
        return _refusal(error)
    if error.status == 403:
        noting.refusal()
    if error.status == 404 and (beyond := moved.address()) is not None:
        return make_response(redirect(beyond, 302))
    if error.status in (403, 404):
        return answer(error.status, code=error.code)
    return answer(error.status, code=error.code, text=error.message)


def http_error(error: HTTPException) -> Response:
    if isinstance(error, InternalServerError) and error.original_exception is not None:
        log.error("unhandled", exc_info=error.original_exception)
    if error.code is None or error.code < 400:
        return make_response(error.get_response())
    if error.code == 403:
        noting.refusal()
    found = answer(error.code, code=(error.name or "error").lower().replace(" ", "_"))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        found.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return found


def stale_form(error: CSRFError) -> Response:
    return answer(
        400,
        code="form_expired",
        text=_("这张表单已失效（可能退出过或换了账号）。请返回上一页，刷新后再提交。"),
    )


def twin(error: IntegrityError) -> Response:
    """A second submit of the same form at the same instant: lead it to the first one's result."""
    db.session.rollback()
    form_key = request.form.get("form_key", "")[:64]
    verb = (request.view_args or {}).get("verb", "")
    for key in (form_key, f"{form_key}:{verb}") if form_key and is_signed_in() else ():
        found = own_path(idempotency.result_of(db.session(), acting().account_id, key))
        if found is not None:
            return make_response(redirect(found, 303))
    log.warning("integrity_error", exc_info=error)
    return answer(409, code="conflict")


def unstorable_value(error: Exception) -> Response:
    """A number too large or a text that no column holds: the forms' own limits should have said so."""
    db.session.rollback()
    log.warning("unstorable_value", exc_info=error)
    return _refusal(Invalid(Fault(None, "unstorable", _("有一个数太大，或有不能保存的字符。"))))


def database_away(error: Exception) -> Response:
    """The page must not need what is away: it is said to nobody in particular."""
    log.error("database_away", exc_info=error)
    db.session.remove()
    stranger()
    return answer(503, code=Busy.code)


def disk_full(error: OSError) -> Response:
    """Nothing was saved: a file is written before its row, and taken back with it."""
    if error.errno not in _NO_SPACE:
        log.error("unhandled", exc_info=error)
        return answer(500, code="error")
    log.error("disk_full", exc_info=error)
    db.session.rollback()
    return answer(507, code="disk_full")


def _refusal(error: Invalid | Refused) -> Response:
    entries = error.faults if isinstance(error, Invalid) else error.missing
    if _wants_json():
        listed = [{"field": one.field, "code": one.code, "message": str(one.message)} for one in entries]
        return _json(422, error.code, str(error.message), errors=listed)
    template = "errors/_refused.html" if wants_fragment() else "errors/refused.html"
    return make_response(render_template(template, message=error.message, entries=entries), 422)


def answer(status: int, *, code: str, text: Any = None) -> Response:
    """A bare answer that says nothing of the record: no form, no token, no id but the request's on a 500."""
    known = status if status in PAGES else (400 if status < 500 else 500)
    icon, title, advice = PAGES[known]
    shown = text if text is not None else advice
    if _wants_json():
        response = _json(status, code, str(title))
    elif request.url_rule is None and request.routing_exception is not None and status == 400:
        response = Response(str(title), status, mimetype="text/plain")
    else:
        template = "errors/_error.html" if wants_fragment() else "errors/page.html"
        number = g.get("request_id", "") if status == 500 else ""
        page = render_template(template, status=status, symbol=icon, title=title, text=shown, number=number)
        response = make_response(page, status)
    if status in RETRY:
        response.headers["Retry-After"] = RETRY[status]
    return response


def _wants_json() -> bool:
    if request.path.startswith("/api/"):
        return True
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def _json(status: int, code: str, title: str, **more: Any) -> Response:
    response = jsonify(type="about:blank", title=title, status=status, code=code, **more)
    response.status_code = status
    response.mimetype = "application/problem+json"
    return response
