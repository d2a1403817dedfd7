"""A call that arrives twice under one key does nothing twice: the second arrival gets the first answer."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from flask import Response, jsonify, request
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import idempotency
from core.db import db, unit_of_work
from core.errors import Fault, Invalid
from core.i18n import _
from core.idempotency import CallAnswer
from webapp.web.acting import acting

HEADER = "Idempotency-Key"
LONGEST = 255
Work = Callable[[Session], tuple[dict[str, Any], str]]


def create_once(work: Work, status: int = 201) -> Response:
    """Do `work` in one unit of work and keep its answer beside it. `work` gives the answer and its address.

    Without a key, or with one that came before with other content, the call is refused.
    """
    key, sent = _key(), _sent()
    found = idempotency.answer_of(db.session(), acting().account_id, key)
    if found is None:
        try:
            return _fresh(work, key, sent, status)
        except IntegrityError:
            db.session.rollback()
            found = idempotency.answer_of(db.session(), acting().account_id, key)
            if found is None:
                raise
    return _again(found, sent)


def _fresh(work: Work, key: str, sent: str, status: int) -> Response:
    with unit_of_work() as session:
        known = idempotency.answer_of(session, acting().account_id, key)
        if known is not None:
            return _again(known, sent)
        answer, location = work(session)
        kept = CallAnswer(
            account_id=acting().account_id,
            call_key=key,
            sent_hash=sent,
            status=status,
            answer=answer,
            location=location,
        )
        idempotency.keep_answer(session, kept)
    return _said(kept)


def _again(kept: CallAnswer, sent: str) -> Response:
    if kept.sent_hash != sent:
        message = _("这个 Idempotency-Key 已用于内容不同的请求，请换一个。")
        raise Invalid(Fault(HEADER, "key_reused", message))
    response = _said(kept)
    response.headers["Idempotent-Replayed"] = "true"
    return response


def _said(kept: CallAnswer) -> Response:
    response = jsonify(kept.answer)
    response.status_code = kept.status
    if kept.location:
        response.headers["Location"] = kept.location
    return response


def _key() -> str:
    key = request.headers.get(HEADER, "").strip()
    if not key:
        raise Invalid(Fault(HEADER, "required", _("新建时请带上 Idempotency-Key，重发才不会重复。")))
    if len(key) > LONGEST or not key.isprintable():
        raise Invalid(Fault(HEADER, "too_long", _("Idempotency-Key 最长 255 个字符。")))
    return key


def _sent() -> str:
    """What was sent, and where to, whatever the order of its names."""
    content = json.dumps(request.get_json(), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(f"{request.method} {request.path} {content}".encode()).hexdigest()
