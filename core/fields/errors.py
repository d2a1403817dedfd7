"""The refusal of one value."""

from typing import Any

from core.i18n import in_source_language


class FieldError(ValueError):
    """A value that cannot be taken: a stable code, what is wrong, and the cure (both lazily translated)."""

    def __init__(self, code: str, message: Any, hint: Any = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """Both as sentences that follow one another; Chinese ones stand without a space."""
        hint = str(self.hint)
        return f"{self.message}{'' if not hint or in_source_language() else ' '}{hint}"
