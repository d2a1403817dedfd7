"""Deputies: the absent one's reach for some days, gone by the date; the trail says on whose behalf."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.accounts import deputies
from core.accounts.models import Deputy
from core.audit import AuditEntry
from core.db import unit_of_work
from core.errors import Invalid, NotPermitted
from core.notify import Notice
from core.permissions import Actor
from crm.leads import access as lead_access
from crm.leads import service as leads
from crm.leads.models import Lead
from tests.support.world import World

Actors = Callable[[str], Actor]


def _named(world: World, by: Actor, absent: str = "spec_a", deputy: str = "spec_b", days: int = 3) -> Deputy:
    today = clock.today()
    with unit_of_work() as writing:
        return deputies.name(
            writing, world.account(absent), world.account(deputy), today, today + timedelta(days=days),
            reason="休假", actor=by,
        )  # fmt: skip


def _draft(world: World, by: Actor) -> str:
    values = {"source": "web", "investor_name": "某某新材料有限公司", "content": "电子级硅材料"}
    with unit_of_work() as writing:
        return leads.draft(writing, values, actor=by).public_id


def test_a_deputy_reaches_what_the_absent_one_reaches_until_the_day(
    world: World, actor: Actors, session: Session
) -> None:
    pid = _draft(world, actor("spec_a"))
    seen = select(Lead.id).where(Lead.public_id == pid)
    assert session.scalar(seen.where(lead_access.visible_to(actor("spec_b")))) is None
    _named(world, actor("spec_a"))
    stand_in = actor("spec_b")
    assert stand_in.stands_in_for == {world.account("spec_a").id: "甲区专员"}
    assert session.scalar(seen.where(lead_access.visible_to(stand_in))) is not None
    with clock.frozen(clock.now() + timedelta(days=3)):
        assert session.scalar(seen.where(lead_access.visible_to(actor("spec_b")))) is not None
    with clock.frozen(clock.now() + timedelta(days=4)):
        assert actor("spec_b").stands_in_for == {}
        assert session.scalar(seen.where(lead_access.visible_to(actor("spec_b")))) is None


def test_the_trail_says_on_whose_behalf(world: World, actor: Actors, session: Session) -> None:
    theirs = _draft(world, actor("spec_a"))
    _named(world, actor("spec_a"))
    by, values = actor("spec_b"), {"content": "改过的内容"}
    with unit_of_work() as writing:
        leads.update(writing, theirs, values, version=None, actor=by)
    own_actor = actor("spec_b")
    own = _draft(world, own_actor)
    again = actor("spec_b")
    with unit_of_work() as writing:
        leads.update(writing, own, values, version=None, actor=again)
    deeds = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "leads.changed").order_by(AuditEntry.seq)
    )
    assert [deed.actor_name for deed in deeds] == ["乙区专员（代甲区专员）", "乙区专员"]


def test_both_are_told(world: World, actor: Actors, session: Session) -> None:
    _named(world, actor("spec_a"))
    told = {row.account_id: row.code for row in session.scalars(select(Notice))}
    assert told == {
        world.account("spec_b").id: "accounts.deputy_named",
        world.account("spec_a").id: "accounts.deputy_for_you",
    }


def test_it_can_be_ended_early_and_is_gone_at_once(world: World, actor: Actors) -> None:
    row = _named(world, actor("spec_a"))
    by = actor("spec_a")
    with unit_of_work() as writing:
        deputies.end(writing, row.public_id, version=None, actor=by)
    assert actor("spec_b").stands_in_for == {}


def test_a_head_names_for_his_people_and_for_nobody_else(world: World, actor: Actors) -> None:
    _named(world, actor("head_a"))
    with pytest.raises(NotPermitted):
        _named(world, actor("head_a"), absent="spec_b", deputy="spec_a")
    with pytest.raises(NotPermitted):
        _named(world, actor("spec_a2"), absent="desk_a")


def test_a_deputy_names_no_deputy_for_the_absent_ones_people(world: World, actor: Actors) -> None:
    _named(world, actor("head_a"), absent="head_a", deputy="spec_b")
    with pytest.raises(NotPermitted):
        _named(world, actor("spec_b"), absent="spec_a", deputy="spec_a2")


@pytest.mark.parametrize(
    ("absent", "deputy"), [("admin", "spec_a"), ("spec_a", "admin"), ("spec_a", "spec_a")]
)
def test_administrators_neither_have_deputies_nor_are_any(
    world: World, actor: Actors, absent: str, deputy: str
) -> None:
    with pytest.raises(Invalid):
        _named(world, actor(absent), absent=absent, deputy=deputy)


def test_two_deputies_at_once_are_refused(world: World, actor: Actors) -> None:
    _named(world, actor("spec_a"))
    with pytest.raises(Invalid):
        _named(world, actor("spec_a"), deputy="spec_a2")


def test_a_disabled_absent_gives_nothing(world: World, actor: Actors) -> None:
    _named(world, actor("spec_a"))
    with unit_of_work():
        world.account("spec_a").active = False
    assert actor("spec_b").stands_in_for == {}
