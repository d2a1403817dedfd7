"""The security administrator's pages: rules of the door, a lost factor, the register of personal data."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import personal, reveals
from core.accounts import policy, second_factor
from core.audit import AuditEntry
from core.db import Base, unit_of_work
from core.notify import Notice
from core.permissions import Actor
from core.secrets import Sealed
from tests.conftest import csrf_of
from tests.support.world import World

ClientAs = Callable[..., FlaskClient]
PERSONAL_WORDS = re.compile(
    r"phone|mobile|person|legal_rep|id_card|email|birth|bank|(^|_)ip$|agent$|seed$|subject$"
)
NO_PERSON = {
    "unit.phone",  # the telephone of an office
    "contact.mobile_index",  # a keyed digest
    "task.subject",  # what an enterprise or a project is called
}


def _post(client: FlaskClient, path: str, page: str, **data: str) -> tuple[int, str]:
    token = csrf_of(client.get(page).get_data(as_text=True))
    answer = client.post(path, data={"csrf_token": token, **data})
    return answer.status_code, answer.get_data(as_text=True)


def test_the_rules_are_changed_within_bounds_and_audited(client_as: ClientAs, session: Session) -> None:
    client = client_as("security")
    values = {name: str(value) for name, value in vars(policy.DEFAULT).items() if not isinstance(value, bool)}
    status, page = _post(
        client, "/admin/security/policy", "/admin/security/policy", **{**values, "lock_minutes": "1"}
    )
    assert (status, "5 到 1440" in page) == (422, True)
    status, _page = _post(
        client, "/admin/security/policy", "/admin/security/policy",
        **{**values, "lock_minutes": "45", "strength": "nist", "staff_second_factor": "y"},
    )  # fmt: skip
    assert status == 303
    found = policy.current(session)
    assert (found.lock_minutes, found.strength, found.staff_second_factor) == (45, "nist", True)
    row = session.scalars(select(AuditEntry).where(AuditEntry.label == policy.NAME)).one()
    assert row.changes[policy.NAME][1]["lock_minutes"] == 45


@pytest.mark.parametrize("username", ["admin", "auditor", "leader", "spec_a"])
def test_nobody_else_comes_in(client_as: ClientAs, world: World, username: str) -> None:
    client, pid = client_as(username), world.account("spec_b").public_id
    world.session.rollback()
    for page in ("/admin/security/policy", "/admin/security/register", f"/admin/security/accounts/{pid}"):
        assert client.get(page).status_code == 403


def test_a_lost_factor_is_reset_with_a_reason(client_as: ClientAs, world: World, session: Session) -> None:
    owner = world.account("spec_b")
    with unit_of_work() as writing:
        second_factor.begin(writing, owner.id)
        row = writing.get_one(second_factor.SecondFactor, owner.id)
        row.confirmed_at = owner.created_at
    client, page = client_as("security"), f"/admin/security/accounts/{owner.public_id}"
    assert _post(client, f"{page}/factor/reset", page, reason="")[0] == 422
    assert _post(client, f"{page}/factor/reset", page, reason="手机丢失")[0] == 303
    assert not second_factor.enrolled(session, owner.id)
    session.rollback()
    mine = client_as("spec_b")
    assert _post(client, f"{page}/sessions/close", page)[0] == 303
    assert mine.get("/leads").status_code == 302


def test_every_personal_column_stands_in_the_register(client_as: ClientAs) -> None:
    there = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if PERSONAL_WORDS.search(column.name) and str(column.type).startswith(("VARCHAR", "TEXT"))
    } - NO_PERSON
    assert there <= personal.KNOWN, sorted(there - personal.KNOWN)
    columns = {
        f"{table.name}.{column.name}": column
        for table in Base.metadata.sorted_tables
        for column in table.columns
    }
    for field in personal.FIELDS:
        assert isinstance(columns[field.where].type, Sealed) is field.sealed, field.where
    page = client_as("security").get("/admin/security/register").get_data(as_text=True)
    assert all(field.where in page for field in personal.FIELDS)


def test_sealed_columns_are_all_in_the_register() -> None:
    sealed = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Sealed)
        and not f"{table.name}.{column.name}".startswith("message_endpoint.")  # of machines
    }
    assert sealed <= personal.KNOWN, sorted(sealed - personal.KNOWN)


def test_too_many_openings_in_a_day_are_told_once(
    world: World, session: Session, actor: Callable[[str], Actor]
) -> None:
    with unit_of_work() as writing:
        values = {**vars(policy.DEFAULT), "reveals_a_day": 3}
        policy.change(writing, values, actor=actor_of_security(actor))
    for _round in range(5):
        with unit_of_work() as writing:
            reveals.record(
                writing, "leads.mobile_revealed", "lead", 1, actor=actor("spec_a"), label="x", reason="回访"
            )
    told = session.scalars(select(Notice).where(Notice.code == "security.many_reveals")).all()
    assert [notice.account_id for notice in told] == [world.account("security").id]


def actor_of_security(actor: Callable[[str], Actor]) -> Actor:
    return actor("security")
