"""Accounts and units, for the administrator."""

from flask import Blueprint

bp = Blueprint("admin", __name__, url_prefix="/admin")
