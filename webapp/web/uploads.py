"""Files that arrive with a form: checked, stored and drawn while the form is validated, before any transaction.

What no record has taken by the end of the request (a refusal, a second submit) is removed again.
"""

from typing import Any

from flask import Flask, g
from flask_wtf.file import FileField, MultipleFileField

from core import files
from core.errors import Invalid
from core.files import Received


def receive(upload: Any) -> Received:
    """One uploaded file. Raises Invalid, NoSpace or Away."""
    upload.stream.seek(0)  # a form that is merged with another's changes is judged again
    received = files.receive(upload.stream, upload.filename or "")
    g.setdefault("received", []).append(received)
    return received


class UploadField(FileField):
    """At most one file; `received` holds it once the form is valid. A wrong one is named at the field."""

    received: Received | None = None

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        self.received = None
        if self.data and self.data.filename:
            try:
                self.received = receive(self.data)
            except Invalid as error:
                self.errors: Any = [*self.process_errors, *(fault.message for fault in error.faults)]


class UploadsField(MultipleFileField):
    """Any number of files; `received` holds them once the form is valid. A wrong one is named at the field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.received: list[Received] = []

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        """An empty file input sends one file without a name."""
        self.received = []
        wrong = []
        for upload in self.data or ():
            if upload and upload.filename:
                try:
                    self.received.append(receive(upload))
                except Invalid as error:
                    name = files.clean_name(upload.filename)
                    wrong += [f"{name}：{fault.message}" for fault in error.faults]
        if wrong:
            self.errors: Any = [*self.process_errors, *wrong]


def init_app(app: Flask) -> None:
    @app.teardown_request
    def forget(_error: BaseException | None) -> None:
        for received in g.pop("received", []):
            if not received.attached:
                files.discard(received)
