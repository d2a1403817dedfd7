"""Roles: asked for by one administrator, given by another, effective and gone at once; three stand apart."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.accounts import granting, separation, service
from core.accounts.granting import RoleAsk
from core.accounts.models import Grant, GrantRequest
from core.audit import AuditEntry
from core.db import load, unit_of_work
from core.errors import Conflict, Invalid, NotPermitted, Refused
from core.notify import Notice
from core.permissions import SYSTEM, Actor
from crm import roles
from tests.support.world import World

Actors = Callable[[str], Actor]


def _asked(world: World, actor: Actor, username: str = "spec_b", ask: RoleAsk | None = None) -> GrantRequest:
    unit = world.unit("JKQ").id
    with unit_of_work() as writing:
        return granting.ask_role(
            writing,
            world.account(username),
            ask or RoleAsk("service_desk", "unit", unit),
            reason="兼任",
            actor=actor,
        )


def _second_security(world: World) -> Actor:
    with unit_of_work() as writing:
        account = service.create(writing, username="security2", name="安全二", kind="staff", actor=SYSTEM)
        service.grant(writing, account, "security_administrator", scope="all", actor=SYSTEM)
    return world.actor("security2")


def test_one_asks_another_gives_and_it_holds_at_once(world: World, actor: Actors, session: Session) -> None:
    request = _asked(world, actor("admin"))
    assert not world.actor("spec_b").can("requests:request:accept")
    with unit_of_work() as writing:
        granting.decide(writing, request.public_id, True, "同意", version=1, actor=actor("security"))
    assert world.actor("spec_b").can("requests:request:accept")
    deeds = session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)).all()
    assert deeds[-3:] == ["accounts.grant_asked", "accounts.role_granted", "accounts.grant_approved"]
    told = session.scalars(select(Notice.code).order_by(Notice.id)).all()
    assert told == ["accounts.grant_asked", "accounts.grant_approved", "accounts.grant_given"]


def test_nobody_approves_what_he_asked_for(world: World, actor: Actors) -> None:
    request = _asked(world, actor("security"))
    with pytest.raises(NotPermitted), unit_of_work() as writing:
        granting.decide(writing, request.public_id, True, "", version=1, actor=actor("security"))
    another = _second_security(world)
    with unit_of_work() as writing:
        granting.decide(writing, request.public_id, True, "", version=1, actor=another)


def test_nobody_asks_for_himself_or_approves_for_himself(world: World, actor: Actors) -> None:
    with pytest.raises(Invalid):
        _asked(world, actor("admin"), "admin", RoleAsk("leader", "all"))
    request = _asked(world, actor("admin"), "security", RoleAsk("security_administrator", "all"))
    with pytest.raises(NotPermitted), unit_of_work() as writing:
        granting.decide(writing, request.public_id, True, "", version=1, actor=actor("security"))


def test_the_system_administrator_approves_nothing(world: World, actor: Actors) -> None:
    request = _asked(world, actor("security"))
    with pytest.raises(NotPermitted), unit_of_work() as writing:
        granting.decide(writing, request.public_id, True, "", version=1, actor=actor("admin"))


def test_a_request_is_decided_once(world: World, actor: Actors) -> None:
    request, security = _asked(world, actor("admin")), actor("security")
    with unit_of_work() as writing:
        granting.decide(writing, request.public_id, True, "", version=1, actor=security)
    with pytest.raises(Conflict), unit_of_work() as writing:
        granting.decide(writing, request.public_id, True, "", version=1, actor=security)
    with pytest.raises(Refused), unit_of_work() as writing:
        granting.decide(writing, request.public_id, False, "不", version=None, actor=security)
    with unit_of_work() as writing:
        grants = writing.scalars(select(Grant).where(Grant.account_id == world.account("spec_b").id)).all()
        assert len(grants) == 2


def test_a_refusal_needs_its_reason_and_reaches_whoever_asked(
    world: World, actor: Actors, session: Session
) -> None:
    request = _asked(world, actor("admin"))
    with pytest.raises(Invalid), unit_of_work() as writing:
        granting.decide(writing, request.public_id, False, " ", version=1, actor=actor("security"))
    with unit_of_work() as writing:
        granting.decide(writing, request.public_id, False, "不需要", version=1, actor=actor("security"))
    notice = session.scalars(select(Notice).order_by(Notice.id.desc())).first()
    assert notice is not None
    assert (notice.account_id, notice.params["note"]) == (world.account("admin").id, "不需要")


@pytest.mark.parametrize("wanted", [*sorted(separation.ADMINISTRATORS), "specialist"])
@pytest.mark.parametrize("held", sorted(separation.ADMINISTRATORS))
def test_an_administrator_holds_no_other_role(held: str, wanted: str) -> None:
    assert (separation.conflict([held], wanted) is None) is (held == wanted)
    assert (separation.conflict([wanted], held) is None) is (held == wanted)


def test_no_account_becomes_two_administrators(world: World, actor: Actors) -> None:
    with pytest.raises(Invalid):
        _asked(world, actor("security"), "admin", RoleAsk("audit_administrator", "all"))
    with pytest.raises(Invalid):
        _asked(world, actor("admin"), "auditor", RoleAsk("leader", "all"))
    with pytest.raises(Invalid), unit_of_work() as writing:
        service.grant(writing, world.account("spec_a"), "administrator", scope="all", actor=SYSTEM)


def test_the_three_reach_no_business_and_not_each_other(actor: Actors) -> None:
    admin, security, auditor = actor("admin"), actor("security"), actor("auditor")
    for three in (admin, security, auditor):
        for permission in ("leads:lead:view", "projects:project:view", "enterprises:enterprise:view"):
            assert not three.can(permission), (three.name, permission)
    assert auditor.can("audit:entry:view")
    assert not admin.can("audit:entry:view")
    assert not security.can("audit:entry:view")
    assert not auditor.can("accounts:account:list")
    assert not admin.can("accounts:grant:decide")
    for name in ("leader", "office", "gov"):
        assert not actor(name).can("audit:entry:view"), name
        assert not actor(name).can("accounts:account:view"), name


def test_a_revoked_role_is_gone_with_the_next_look(world: World, actor: Actors) -> None:
    grant = world.account("spec_a").grants[0]
    with unit_of_work() as writing:
        granting.revoke(
            writing, load(writing, Grant, grant.public_id), reason="调离", actor=actor("security")
        )
    assert world.actor("spec_a").grants == ()


def test_several_roles_add_up_and_end_by_their_day(world: World, actor: Actors) -> None:
    today = clock.today()
    units = [world.unit("GXQ").id, world.unit("JKQ").id]
    ask = RoleAsk("supervisor", "chosen", None, units, today, today + timedelta(days=3))
    request = _asked(world, actor("admin"), "desk_a", ask)
    with unit_of_work() as writing:
        granting.decide(writing, request.public_id, True, "", version=1, actor=actor("security"))
    reach = world.actor("desk_a").reach("leads:lead:view")
    assert reach.unit_ids == frozenset(units)
    with clock.frozen(clock.now() + timedelta(days=4)):
        assert not world.actor("desk_a").can("leads:lead:view")
        assert world.actor("desk_a").can("requests:request:accept")


def test_chosen_units_must_be_chosen(world: World, actor: Actors) -> None:
    with pytest.raises(Invalid):
        _asked(world, actor("admin"), "desk_a", RoleAsk("supervisor", "chosen"))


def test_every_role_says_what_it_can_and_cannot() -> None:
    named = {
        "leader", "promotion_office", "investment_team", "park_committee", "specialist", "department_handler",
        "policy_owner", "finance", "supervisor", "inspector", "enterprise_user", "enterprise_handler",
        *separation.ADMINISTRATORS,
    }  # fmt: skip
    assert named <= set(roles.BY_CODE)
    for role in roles.ROLES:
        assert str(role.can), role.code
        assert str(role.cannot), role.code
