"""Requests as open work of whoever signed for them."""

from typing import Any

from sqlalchemy import ColumnElement

from core.accounts import holdings
from core.accounts.holdings import Piece
from core.i18n import lazy as _l
from crm.service_requests.lifecycle import REQUEST
from crm.service_requests.models import ServiceRequest
from crm.service_requests.moves import KIND


def _open() -> ColumnElement[bool]:
    return ServiceRequest.status.in_(REQUEST.open_codes())


def _piece(request: Any) -> Piece:
    state = str(REQUEST.label_of(request.status))
    return Piece(request.id, f"{request.req_no} {request.title}", f"/requests/{request.public_id}", state)


KINDS = holdings.register(
    holdings.Kind("request", _l("诉求"), KIND, ServiceRequest, "handler_id", _open, _piece, order=40),
)
