"""Taking back an imported target list: what nobody has worked with since, with the follow-ups that came along."""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.dirty import touch
from core.errors import Text
from core.i18n import _
from core.i18n import lazy as _l
from core.imports.handlers import Done, Undone
from core.imports.reversing import Reversal, reverse
from core.permissions import Actor
from crm.activity.models import FollowUp
from crm.targets import access
from crm.targets.models import Target
from crm.targets.service import KIND

REVERSAL: Final = Reversal(
    Target,
    kind=KIND,
    own=("follow_up",),
    words={"note": _l("记事"), "task": _l("任务"), "attachment": _l("附件")},
    labels={
        "contact_status": _l("对接状态"),
        "product": _l("主导产品"),
        "specialist_id": _l("专员"),
        "unit_id": _l("责任单位"),
        "next_step": _l("下步计划"),
        "last_contact_on": _l("最近跟进日"),
    },
)


def undo(session: Session, rows: Sequence[Done], *, actor: Actor) -> list[Undone]:
    """Targets in reverse; what somebody has followed since is kept with everything that came with it."""
    numbers = [row.record_id for row in rows if row.record_id is not None]
    came = {row.record_id: list((row.after or {}).get("follow_ups", ())) for row in rows}
    held = _held(session, rows, numbers, came, actor)
    done = reverse(session, REVERSAL, rows, held=held)
    back = [one.record_id for one in done if one.group == "reversed"]
    gone = [number for record_id in back for number in came.get(record_id, ())]
    if gone:
        session.execute(delete(FollowUp).where(FollowUp.id.in_(gone)))
    touch(KIND, [number for number in back if number is not None])
    return done


def _held(
    session: Session,
    rows: Sequence[Done],
    numbers: Sequence[int],
    came: Mapping[int | None, Sequence[int]],
    actor: Actor,
) -> dict[int, Text]:
    """Records that stay: another unit's by now, and new ones that have been followed since."""
    held: dict[int, Text] = {}
    for target in session.scalars(select(Target).where(Target.id.in_(numbers))):
        if not access.can_change(actor, access.EDIT, target):
            held[target.id] = _("已归其他单位，您不能改")
    made = {row.record_id for row in rows if row.result == "created"}
    followed = session.execute(
        select(FollowUp.record_id, FollowUp.id).where(FollowUp.kind == KIND, FollowUp.record_id.in_(numbers))
    )
    for record_id, number in followed:
        if record_id in made and number not in came.get(record_id, ()):
            held[record_id] = _("导入之后有人跟进过")
    return held
