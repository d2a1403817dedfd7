"""Every form that makes something, sent five times at once: it is made once, and everybody is led to it."""

import copy
import threading
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select

from core.audit import AuditEntry
from core.db import db
from tests.support.city import City
from tests.support.forms import PageForm, fill, parse

PEOPLE = ("office", "head", "specialist", "desk", "admin", "langu")
AT_ONCE = 5
CHANGES_NOTHING_TWICE = {
    "auth.close_session", "auth.prefer", "auth.sign_out", "home.read_notices", "notices.read_all",
    "notices.read_one", "lists.columns",
    "portal.retire_user",
    "admin.unlock", "audit.verify", "imports.stop",
}  # fmt: skip
"""Without a key, because doing it again leaves everything as it is."""
OPENS = {"admin.reveal_phone", "enterprises.reveal", "greencards.cases.reveal", "leads.reveal"}
"""Each opening of a number is a deed of its own and a row of its own."""
ANEW = {
    "tasks.open_calendar",
    "admin.issue_link",
    "auth.begin_factor",
    "invitations.again",
    "lists.bulk.begin",
}
"""A second one ends the first, or is decided on the page that follows."""
JUDGED_FIRST = {
    "auth.change_password", "calendar.new", "chains.import_file", "chains.place", "cultivation.inputs", "imports.new",
    "targets.candidates", "people.deputy", "people.prepare", "tokens.create", "admin.new_account", "outbox.new",
    "admin.ask_role", "admin.ask_clearance", "portal.invite_user", "enterprises.lookup", "duplicates.other",
    "chains.undo", "chains.move", "chains.add_link",
}  # fmt: skip
"""Need a file, a password or a choice that the walk cannot make."""
GIVEN: dict[str, dict[str, str]] = {
    "enterprises.new": {
        "name": "示例市重复提交试验有限公司", "uscc": "", "stock_code": "", "industry_code": "", "park_id": "0",
        "region_code": "", "industry_extra": "", "lng": "", "lat": "",
    },
    "chains.purchase": {"year": "2001"},
    "admin.new_region": {"code": "510790", "name": "新设试验区"},
    "admin.new_park": {
        "code": "Z99", "name": "新设试验园", "regions": "", "valid_from": "", "valid_to": "",
        "parent_id": "0", "unit_id": "0",
    },
    "leads.new": {"investor_name": "重复提交投资有限公司"},
    "invitations.new": {"username": "twice.five", "phone": "13800001234"},
    "projects.new_receipt": {"voucher_no": "PZ-2026-重复-01"},
    "greencards.cases.add_member": {"phone": "13800001235"},
    "enterprises.new_contact": {"mobile": "13800001236"},
    "portal.new": {"content": "本月二十日起二号厂房夜间电压不稳，请安排检修，最好十二月前解决。"},
}  # fmt: skip
EXPECTED = {
    "activity.follow_up", "activity.new_file", "activity.new_note", "activity.new_task", "admin.add_unit",
    "admin.new_park", "admin.new_region", "cultivation.evaluate", "cultivation.target", "enterprises.new",
    "enterprises.new_contact", "enterprises.new_year", "greencards.cases.add_member", "greencards.use",
    "invitations.new", "leads.new", "portal.new", "projects.new_receipt", "projects.new_row",
}  # fmt: skip
ELSEWHERE = {
    "auth.sign_in": "before the door",
    "auth.first_password": "before the door, by a link that works once",
    "admin.decide": "no role of the demonstration is asked for",
    "admin.region": "behind what was looked up; a second one leaves the days as they are",
    "admin.revoke": "behind an account's page, for the security administrator",
    "invitations.again": "a second link ends the first",
    "enterprises.reveal": "each opening is a row of its own",
    "enterprises.contact_step": "behind a contact, by its version",
    "enterprises.edit_contact": "behind a contact, by its version",
    "enterprises.edit_name": "behind a former name, by its version",
    "enterprises.remove_name": "behind a former name; what is removed stays removed",
    "tasks.revoke_calendar": "an address that is revoked stays so",
    "chains.choose_place": "a choice of one's own; a second one leaves it as it is",
    "chains.remove_link": "what is removed stays removed",
    "chains.remove_node": "what is removed stays removed",
    "chains.save_node": "behind a node's drawer",
    "chains.set_home": "behind a node's drawer",
    "chains.set_state": "behind a node's drawer",
    "duplicates.decide": "needs two firms that are suspected",
    "duplicates.merge": "needs two firms that are chosen",
    "merges.undo": "needs a merge",
    "imports.undo": "needs an import",
    "target_lists.reopen": "no list of the demonstration is closed",
    "targets.clear_part": "needs a part given by hand",
    "lists.edit_view": "needs a saved view",
    "lists.delete_view": "a view that is gone stays gone",
    "outbox.edit": "behind the channels of the administrator",
    "outbox.retry": "needs a message that failed",
    "outbox.test": "each test is a message of its own",
    "auth.bind_identity": "behind the door's own steps",
    "auth.close_others": "behind the door's own steps",
    "auth.confirm_factor": "behind the door's own steps",
    "auth.new_codes": "behind the door's own steps",
    "auth.new_password": "behind the door's own steps",
    "auth.prove": "behind the door's own steps",
    "auth.remove_factor": "behind the door's own steps",
    "auth.second_step": "behind the door's own steps",
    "auth.to_provider": "behind the door's own steps",
    "auth.unbind_identity": "behind the door's own steps",
    "criteria.confirm": "its own tests send it twice",
    "criteria.edit_head": "its own tests send it twice",
    "criteria.edit_rule": "its own tests send it twice",
    "criteria.edit_values": "its own tests send it twice",
    "criteria.step": "its own tests send it twice",
    "criteria.try_out": "its own tests send it twice",
    "calendar.decide": "needs an uploaded list of days",
    "projects.decide_turning": "its own tests send it twice",
    "lists.exports.decide": "needs an export that waits for a second person",
    "security.close_sessions": "sessions that are closed stay closed",
    "security.link_identity": "behind an account's page, for the security administrator",
    "security.reset_factor": "a factor that is gone stays gone",
    "lists.bulk.undo": "in a state that the demonstration does not show",
    "lists.exports.fetch": "in a state that the demonstration does not show",
    "people.end_deputy": "in a state that the demonstration does not show",
    "people.settle_handover": "in a state that the demonstration does not show",
    "search.clear_recent": "in a state that the demonstration does not show",
    "search.remove": "in a state that the demonstration does not show",
    "search.retry": "in a state that the demonstration does not show",
    "search.save": "in a state that the demonstration does not show",
    "search.watch": "in a state that the demonstration does not show",
    "tokens.revoke": "in a state that the demonstration does not show",
    "auth.close_session": "a session that is closed stays closed",
    "admin.unlock": "an account that is unlocked stays so",
    "chains.import_confirm": "needs a file that was looked at",
    "chains.remove": "behind a node's drawer",
    "chains.review": "behind a node's drawer",
    "greencards.cases.reopen": "no case of the demonstration is closed",
    "greencards.new": "needs a project that is chosen first",
    "greencards.turn": "needs a valid card in the hands of the office",
    "imports.choices": "needs an import that would change records",
    "imports.columns": "needs an uploaded file",
    "imports.confirm": "needs an uploaded file",
    "imports.decisions": "needs an uploaded file",
    "imports.mend_alike": "needs an import with faults",
    "imports.resume": "needs an import that failed; its state says that it runs again",
    "imports.rows": "needs an uploaded file",
    "imports.sheet": "needs a file of several sheets",
    "imports.stop": "needs an import that runs",
    "jobs.cancel": "needs a job that waits",
    "jobs.retry": "needs a job that failed",
    "projects.admission": "no project of the demonstration waits for admission",
}
"""Addresses that no page of the demonstration leads to, and why a second arrival is harmless."""
WALKERS = (
    *PEOPLE,
    "government",
    "leader",
    "specialist2",
    "desk2",
    "head2",
    "hengyao",
    "yicheng",
    "auditor",
    "security",
)


def _last(app: Any) -> int:
    with app.app_context():
        return int(db.session.scalar(select(func.coalesce(func.max(AuditEntry.seq), 0))) or 0)


def _requests_since(app: Any, seq: int) -> set[str]:
    with app.app_context():
        return set(db.session.scalars(select(AuditEntry.request_id).where(AuditEntry.seq > seq)))


def _at_once(city: City, person: str, form: PageForm) -> list[tuple[int, str, str]]:
    """The same form from five windows of the same browser at the same moment."""
    cookie = city.client(person).get_cookie("sid")
    assert cookie is not None
    answers: list[tuple[int, str, str]] = []
    gate = threading.Barrier(AT_ONCE)

    def send() -> None:
        client = city.app.test_client()
        client.set_cookie("sid", cookie.value)
        gate.wait()
        answers.append(copy.deepcopy(form).send(client))

    threads = [threading.Thread(target=send) for _number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def _creating(city: City) -> Iterator[tuple[Any, str, PageForm]]:
    """Every form without a version, once for each address pattern and verb."""
    seen = set()
    for person in PEOPLE:
        for form in city.forms(person):
            key = city.endpoint(form.action)
            if key not in seen and not form.hidden("version"):
                seen.add(key)
                yield key, person, form


def test_five_at_once_make_one(city: City) -> None:
    made: set[str] = set()
    wrong: list[tuple[Any, ...]] = []
    for key, person, form in list(_creating(city)):
        endpoint = key[0]
        if not form.hidden("form_key"):
            if endpoint not in CHANGES_NOTHING_TWICE | OPENS | ANEW:
                wrong.append((key, "has no form key"))
            continue
        if endpoint in JUDGED_FIRST | ANEW:
            continue
        fill(form, GIVEN.get(endpoint, {}))
        before = _last(city.app)
        answers = _at_once(city, person, form)
        for status, text, _where in answers:
            if status not in (201, 303):
                wrong.append((key, status, _errors(text)[:3]))
                break
        if len({where for _status, _text, where in answers if where}) > 1:
            wrong.append((key, "led to different places"))
        if (deeds := len(_requests_since(city.app, before))) > 1:
            wrong.append((key, f"done {deeds} times"))
        made.add(endpoint)
    assert not wrong, "\n".join(map(str, wrong))
    assert made >= EXPECTED, EXPECTED - made


def test_the_address_map_holds_no_form_that_was_not_tried(city: City) -> None:
    """Every POST address is reached by a form of a page, or stands in a list with its reason."""
    reached = {city.endpoint(form.action)[0] for person in WALKERS for form in city.forms(person)}
    posts = {rule.endpoint for rule in city.app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    calls = {
        endpoint for endpoint in posts if endpoint.startswith("api.")
    }  # by token; tests/webapp/api sends them twice
    left = sorted(posts - reached - calls - set(ELSEWHERE))
    assert not left, ", ".join(left)


def _errors(html: str) -> list[str]:
    return [
        " ".join("".join(node.itertext()).split())
        for node in parse(html).iter()
        if node.get("class") == "err" or (node.get("role") == "alert")
    ]
