"""The QR code of a card, as SVG for the page: it holds the address of the public check and nothing else."""

import segno
from flask import current_app, url_for
from markupsafe import Markup


def check_url(token: str) -> str:
    """The full address that the code leads to; PUBLIC_URL where it is set."""
    base = str(getattr(current_app.config["SETTINGS"], "public_url", "") or "").rstrip("/")
    path = url_for("public.check", token=token)
    return f"{base}{path}" if base else url_for("public.check", token=token, _external=True)


def card_qr(token: str) -> Markup:
    """A square of black modules on nothing, 4 units of quiet zone left to the white box around it."""
    code = segno.make(check_url(token), error="m", micro=False)
    drawn = code.svg_inline(scale=2, border=0, omitsize=False, svgclass="", lineclass="")
    return Markup(drawn.replace("<svg ", '<svg role="img" aria-hidden="true" ', 1))  # noqa: S704 - drawn from our own address
