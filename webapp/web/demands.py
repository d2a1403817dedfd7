"""Who must have a second factor, and where somebody is sent who must do something first."""

from typing import Any

from flask import Response, current_app, jsonify, redirect, request, url_for
from sqlalchemy.orm import Session

from core import clock
from core.accounts import policy
from core.accounts.models import Account
from core.accounts.separation import ADMINISTRATORS

PLACES = {"password": "auth.mine", "factor": "auth.factor"}


def must_have_factor(session: Session, account: Account) -> bool:
    """Administrators always (but in the demonstration), all staff where the policy says so."""
    if account.kind != "staff":
        return False
    if policy.current(session).staff_second_factor:
        return True
    return bool(current_app.config["ADMINISTRATORS_NEED_FACTOR"]) and is_administrator(account)


def is_administrator(account: Account) -> bool:
    today = clock.today()
    return any(
        grant.role in ADMINISTRATORS
        for grant in account.grants
        if not (grant.valid_from and today < grant.valid_from)
        and not (grant.valid_to and today > grant.valid_to)
    )


def detour(confined: tuple[str, ...]) -> Any:
    """Before each request: the page of what must be done first; None where one is on the way to it."""
    if not confined or (request.blueprint or "") == "auth":
        return None
    target = url_for(PLACES[confined[0]])
    if request.path.startswith("/api/"):
        return jsonify(type="about:blank", title="Forbidden", status=403, code=f"{confined[0]}_due"), 403
    if request.headers.get("HX-Request"):
        answer = Response(status=403)
        answer.headers["HX-Redirect"] = target
        return answer
    return redirect(target, 303 if request.method == "POST" else 302)
