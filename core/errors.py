"""What a person can put right. One place in `webapp` turns these into a page, a fragment or JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.i18n import lazy as _l

Text = Any
"""A lazily translated string or a plain one."""


@dataclass(frozen=True)
class Fault:
    """One wrong value: where it stands, what is wrong, and the cure in the message."""

    field: str | None
    code: str
    message: Text
    row: int | None = None
    column: str | None = None


@dataclass(frozen=True)
class Missing:
    """One thing that a step still needs; `field` links to the place where it is entered."""

    field: str | None
    code: str
    message: Text
    waivable: bool = False


class DomainError(Exception):
    """A refusal with a stable code; `field` names the input it belongs to."""

    code = "refused"
    status = 422

    def __init__(self, message: Text, *, code: str | None = None, field: str | None = None) -> None:
        super().__init__(str(code or self.code))
        self.message = message
        self.field = field
        if code is not None:
            self.code = code


class NotPermitted(DomainError):
    code = "not_permitted"
    status = 403

    def __init__(
        self, message: Text = _l("这一步您办不了。需要时请联系本单位负责人。"), **options: Any
    ) -> None:
        super().__init__(message, **options)


class NotFound(DomainError):
    """Also what is hidden: the answer is the same for what never was."""

    code = "not_found"
    status = 404

    def __init__(self, message: Text = _l("没有这条记录。"), **options: Any) -> None:
        super().__init__(message, **options)


class Conflict(DomainError):
    """Somebody saved the record since the form was opened. `present` is the record as it stands now."""

    code = "conflict"
    status = 409

    def __init__(
        self,
        message: Text = _l("您打开之后，这条记录已被别人改过。您填的内容还在，请对照后再保存。"),
        *,
        present: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(message, **options)
        self.present = present


class Busy(DomainError):
    """The database could not take the change in time; trying again is safe."""

    code = "busy"
    status = 503

    def __init__(self, message: Text = _l("系统正忙，这次没有保存。请稍后再试。"), **options: Any) -> None:
        super().__init__(message, **options)


class Invalid(DomainError):
    """Values that cannot be taken; `faults` names every one of them."""

    code = "invalid"

    def __init__(self, faults: Sequence[Fault] | Fault, message: Text = _l("有内容需要修改。")) -> None:
        self.faults = [faults] if isinstance(faults, Fault) else list(faults)
        super().__init__(message, field=self.faults[0].field if self.faults else None)


class Refused(DomainError):
    """A step that cannot be taken yet; `missing` lists everything that it lacks, not only the first."""

    code = "refused"

    def __init__(self, missing: Sequence[Missing], message: Text = _l("还不能走这一步。")) -> None:
        self.missing = list(missing)
        super().__init__(message, field=self.missing[0].field if self.missing else None)
