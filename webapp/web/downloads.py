"""How a stored file leaves: always as a download, or as a picture that we have drawn ourselves.

Nothing of a file is ever rendered by the browser in our own name: `attachment`, nosniff, and a policy under
which even a page disguised as a document could do nothing.
"""

from flask import Response, abort, send_file

from core import files
from core.db import db
from core.files import Attachment
from webapp.web import noting

POLICY = "default-src 'none'; sandbox"


def send(attachment: Attachment) -> Response:
    """The file under its Chinese name. Raises Refused while the scanner has not passed it."""
    files.check_downloadable(attachment)
    noting.attachment(attachment)
    db.session.rollback()
    try:
        stream = files.open_(attachment)
    except FileNotFoundError:
        abort(404)
    answer = send_file(
        stream, mimetype=attachment.content_type, as_attachment=True, download_name=attachment.name
    )
    answer.content_length = attachment.size
    return _closed(answer)


def send_drawing(attachment: Attachment, which: str) -> Response:
    """The preview of a document, or the thumbnail; pictures are their own preview."""
    files.check_downloadable(attachment)
    db.session.rollback()
    own = which == "preview_as" and attachment.content_type.startswith("image/")
    try:
        stream = files.open_(attachment, "stored_as" if own else which)
    except FileNotFoundError:
        abort(404)
    return _closed(send_file(stream, mimetype=attachment.content_type if own else "image/png"))


def _closed(answer: Response) -> Response:
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
