"""What everybody may ask: is this card good? It answers with validity and names nobody."""

from flask import Blueprint

from core import clock
from core.db import db
from crm.greencards import queries, rules
from webapp.web.access import public
from webapp.web.rendering import render

bp = Blueprint("public", __name__)

LONGEST_TOKEN = 64


@bp.get("/v/<token>")
@public
def check(token: str) -> str | tuple[str, int]:
    """The address of a card's QR code. Unknown and never issued look alike."""
    found = queries.check(db.session(), token) if len(token) <= LONGEST_TOKEN else None
    page = render("public/check.html", found=found, kinds=rules.KIND_LABELS, at=clock.now())
    return page, 200 if found else 404
