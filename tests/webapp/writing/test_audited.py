"""Some thirty deeds through the pages: each leaves exactly one row, and the row says what changed."""

from sqlalchemy import func, select

from core.audit import AuditEntry
from core.db import db
from tests.support.city import City
from tests.support.forms import fill, links, parse, post_forms


def _rows(city: City, since: int) -> list[AuditEntry]:
    with city.app.app_context():
        return list(
            db.session.scalars(select(AuditEntry).where(AuditEntry.seq > since).order_by(AuditEntry.seq))
        )


def _last(city: City) -> int:
    with city.app.app_context():
        return int(db.session.scalar(select(func.coalesce(func.max(AuditEntry.seq), 0))) or 0)


def _done(city: City, person: str, endpoint: str, verb: str = "", **given: str) -> list[AuditEntry]:
    """Send the form of this address once, everything filled in; the rows that it left."""
    for found in city.forms(person):
        key = city.endpoint(found.action)
        if key[0] == endpoint and (not verb or verb in dict(key[1]).values()):
            form = city.again(person, found)
            break
    else:
        raise AssertionError(f"{person} meets no form of {endpoint} {verb}")
    form.values |= {name: [value] for name, value in given.items()}
    fill(form, GIVEN)
    before = _last(city)
    status, text, _where = form.send(city.client(person))
    assert status in (200, 201, 303), (endpoint, verb, status, text[-3000:])
    return _rows(city, before)


GIVEN = {"username": "audited.person", "phone": "13800001234", "mobile": "13800001236"}
DEEDS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    # person, address, verb or kind, the rows it leaves
    ("specialist", "leads.reveal", "", ("leads.mobile_revealed",)),
    ("specialist", "activity.follow_up", "target", ("activity.followed_up", "files.added")),
    ("specialist", "targets.advance", "link", ("targets.advanced",)),
    ("specialist", "greencards.steps.finish", "", ("greencards.step_finish",)),
    ("specialist", "leads.new", "", ("leads.drafted",)),
    ("specialist", "cultivation.evaluate", "", ("cultivation.evaluated",)),
    ("specialist", "activity.follow_up", "project", ("activity.followed_up", "files.added")),
    ("specialist", "projects.new_receipt", "", ("projects.received",)),
    ("specialist", "projects.new_row", "", ("projects.plan_added",)),
    ("specialist", "activity.new_task", "project", ("activity.task_added",)),
    ("specialist", "activity.new_file", "project", ("files.added",)),
    ("specialist", "greencards.cases.reveal", "", ("greencards.phone_revealed",)),
    ("specialist", "greencards.cases.add_member", "", ("greencards.member_added",)),
    ("specialist", "greencards.cases.remove_member", "", ("greencards.member_removed",)),
    ("specialist", "enterprises.new_year", "", ("enterprises.year_recorded",)),
    ("specialist", "enterprises.new_contact", "", ("enterprises.contact_added",)),
    ("specialist", "leads.terminate", "", ("leads.terminate",)),
    ("desk", "requests.take", "note", ("requests.note", "files.added")),
    ("desk", "requests.take", "accept", ("requests.accept",)),
    ("desk", "greencards.use", "", ("greencards.used",)),
    ("desk", "cultivation.target", "", ("cultivation.target_set",)),
    ("desk", "cultivation.leave", "", ("cultivation.left",)),
    ("desk", "invitations.new", "", ("accounts.created", "enterprises.user_joined", "accounts.link_issued")),
    ("head", "greencards.pass_level", "", ("greencards.passed_first_review",)),
    ("head", "projects.step", "pause", ("projects.pause",)),
    ("admin", "admin.add_unit", "", ("accounts.unit_created",)),
    ("admin", "admin.issue_link", "", ("accounts.link_issued",)),
    ("office", "leads.dispute", "", ("leads.dismiss",)),
    ("langu", "portal.withdraw", "", ("requests.withdraw",)),
    # Last: whoever stands first in the list cannot sign in any more.
    ("admin", "admin.set_active", "disable", ("accounts.disabled",)),
)


EDITS = (
    ("specialist", "enterprises.edit", "", "main_products", "enterprises.changed"),
    ("specialist", "projects.edit", "works", "acceptance_no", "projects.changed"),
    ("specialist", "projects.edit_row", "", "promise", "projects.plan_changed"),
    ("specialist", "targets.edit", "", "product", "targets.changed"),
    ("specialist", "projects.summary", "", "summary", "projects.summarised"),
)


def test_an_edit_says_what_it_was_and_what_it_is(city: City) -> None:
    for person, endpoint, verb, name, action in EDITS:
        found = next(
            each for each in city.forms(person)
            if city.endpoint(each.action)[0] == endpoint and (not verb or verb in each.action)
        )  # fmt: skip
        form = city.again(person, found)
        before = form.values[name][0]
        form.values[name] = [f"{before}（改）"]
        seq = _last(city)
        status, text, _where = form.send(city.client(person))
        assert status == 303, (endpoint, text[-2000:])
        rows = _rows(city, seq)
        assert [row.action for row in rows] == [action], endpoint
        assert rows[0].changes[name] == [before, f"{before}（改）"], (endpoint, rows[0].changes)


def test_each_deed_leaves_exactly_its_rows(city: City) -> None:
    wrong = []
    for person, endpoint, verb, expected in DEEDS:
        rows = _done(city, person, endpoint, verb)
        found = tuple(row.action for row in rows)
        if sorted(found) != sorted(expected):
            wrong.append((person, endpoint, verb, found))
        for row in rows:
            assert row.ip == "127.0.0.1" and row.request_id and row.account_id, row.action
    assert not wrong, "\n".join(map(str, wrong))


def test_coming_going_being_refused_and_taking_a_file_are_rows(city: City) -> None:
    seq = _last(city)
    client = city.app.test_client()
    door = next(
        each for each in post_forms(parse(client.get("/login").text), "/login") if "username" in each.values
    )
    door.values |= {"username": ["desk2"], "password": ["wrong"]}
    assert door.send(client)[0] == 401
    client = city.fresh("desk2")
    assert client.get("/admin/accounts").status_code == 403
    leave = next(
        each
        for each in post_forms(parse(client.get("/account").text), "/account")
        if each.action.startswith("/logout")
    )
    assert leave.send(client)[0] == 303
    assert [row.action for row in _rows(city, seq)] == [
        "accounts.sign_in_failed", "accounts.signed_in", "access.refused", "accounts.signed_out",
    ]  # fmt: skip
    city.forms("specialist")  # signed in and walked before the count begins
    seq = _last(city)
    _done(city, "specialist", "activity.new_file", "project")
    page = next(
        form.page for form in city.forms("specialist") if city.endpoint(form.action)[0] == "activity.new_file"
    )
    record = city.client("specialist").get(
        page.replace("/activity/project", "/projects").removesuffix("/files/new")
    )
    link = next(link for link in links(parse(record.text)) if link.startswith("/activity/files/"))
    assert city.client("specialist").get(link).status_code == 200
    assert [row.action for row in _rows(city, seq)] == ["files.added", "files.downloaded"]
