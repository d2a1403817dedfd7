"""What requests put on other pages: the enterprise's record, and the day's work."""

from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from core import clock
from core.i18n import lazy as _l
from core.permissions import Actor
from crm.enterprises.models import Enterprise
from crm.service_requests import access, queries
from crm.service_requests.lifecycle import REQUEST
from webapp.web import home
from webapp.web.panels import panel


def register() -> None:
    """Called once when the area's pages are loaded."""
    panel(
        "enterprise",
        "requests",
        template="staff/requests/_of_enterprise.html",
        permission=access.VIEW,
        order=40,
    )(_of_enterprise)
    home.todo(_today)


def _of_enterprise(session: Session, record: Enterprise, actor: Actor) -> dict[str, Any] | None:
    rows = queries.open_of(session, record.id, actor=actor)
    return {"rows": rows, "lifecycle": REQUEST} if rows else None


def _today(session: Session, actor: Actor) -> list[home.Todo]:
    """Requests that are late or due today and that this person may move on."""
    if not (actor.can(access.ACCEPT) or actor.can(access.HANDLE)):
        return []
    found = []
    for request in queries.pressing(session, actor=actor):
        step = _l("去受理") if request.status == "submitted" else _l("去办理")
        due = clock.local(request.queue_due_at) if request.queue_due_at else None
        found.append(
            home.Todo(
                due_on=due.date() if due else None,
                due_at=request.queue_due_at,
                title=request.title,
                subject=request.enterprise.short_name or request.enterprise.name,
                url=url_for("requests.show", pid=request.public_id),
                verb=step,
            )
        )
    return found
