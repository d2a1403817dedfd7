"""What lies in a park follows it: another committee, another name. Done in the background, a park may be large."""

from collections.abc import Collection
from typing import Any

from sqlalchemy.orm import Session

from core.i18n import _
from core.jobs import service as jobs
from core.permissions import Actor

JOB = "parks.follow"


def follow_soon(
    session: Session,
    parks: Collection[int],
    *,
    left: Collection[int | None] = (),
    renamed: bool = False,
    actor: Actor,
) -> None:
    """Queue the job: enterprises of `parks` that belong to one of the units `left` (None: to none) go to the
    committee of today; `renamed` has the search documents that name them written anew.
    """
    payload: dict[str, Any] = {"parks": sorted(parks), "left": sorted(left, key=bool), "renamed": renamed}
    jobs.enqueue(session, JOB, payload, actor=actor, title=_("园区改动后更新名下企业和项目"))
