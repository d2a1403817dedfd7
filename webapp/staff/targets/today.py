"""Rows of 今天: targets that nobody has spoken to for too long, and next steps that are due."""

from collections.abc import Sequence
from datetime import timedelta

from flask import url_for
from sqlalchemy.orm import Session

from core import clock
from core.i18n import lazy as _l
from core.permissions import Actor
from crm.targets import queries, rules, terms
from webapp.web.home import Todo


def neglected(session: Session, actor: Actor) -> Sequence[Todo]:
    """My open targets that are due: the day is when the silence is to be broken, or the next step."""
    today, rule = clock.today(), terms.on(clock.today())
    found = []
    for target in queries.due_for(session, actor, today):
        since = max(target.last_contact_on or target.assigned_on, target.assigned_on)
        quiet = rules.silence(target.last_contact_on, target.assigned_on, today, rule)
        silent = quiet != "quiet"
        due_on = since + timedelta(days=rule.remind_days) if silent else target.next_contact_on
        url = url_for("targets.show", pid=target.public_id, _anchor="follow")
        title = _l("目标企业久未跟进") if silent else target.next_step or _l("按计划联系")
        found.append(Todo(due_on, title, target.enterprise.name, url, _l("记跟进")))
    return found
