"""The refusal of one value."""

from typing import Any


class FieldError(ValueError):
    """A value that cannot be taken: a stable code, what is wrong, and the cure (both lazily translated)."""

    def __init__(self, code: str, message: Any, hint: Any = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}{self.hint}"
