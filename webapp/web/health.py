"""For watchdogs: whether the process lives, and whether it can serve."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from core.db import db
from webapp import database
from webapp.web.access import public

bp = Blueprint("health", __name__)


@bp.get("/livez")
@public
def live() -> ResponseReturnValue:
    return jsonify(status="ok")


@bp.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """The database answers and stands at the revision that this code expects."""
    try:
        standing = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except SQLAlchemyError:
        return jsonify(status="unavailable", part="database"), 503
    if standing != database.head():
        return jsonify(status="unavailable", part="migrations"), 503
    return jsonify(status="ok")
