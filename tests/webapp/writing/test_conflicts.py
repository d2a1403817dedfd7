"""Every form that carries a version, walked: nothing is overwritten unseen, nobody's text is lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

from flask import Flask, g, request_finished
from sqlalchemy import text

from core.db import Base, unit_of_work
from tests.support.city import City
from tests.support.forms import PageForm, fill, parse, post_forms

PEOPLE = ("office", "head", "specialist", "desk", "admin", "government")
EDITS = {
    "activity.task", "admin.edit_park", "cultivation.entry", "enterprises.edit", "enterprises.edit_honour",
    "leads.edit", "projects.days", "projects.edit",
    "greencards.steps.promise", "projects.edit_row", "projects.summary", "targets.edit",
}  # fmt: skip
"""Where a record is edited: changes of different fields are merged there."""

ADDS = {("requests.take", (("verb", "note"),)), ("target_lists.freeze", ())}
"""A remark is added, a quarter frozen, beside whatever else happened."""
LEADS_ON = {"leads.move", "requests.move"}
"""Changes nothing itself: it opens the form of the step, which is judged there."""
AS_THEY_ARE = {"admin.values", "notices.choose"}
"""One's own choices, and values that nobody has set yet: no record that anybody else saved, so nothing is stale."""
REASON = "情况有变化，按实际调整"
GIVEN = {"jobs": "12", "energy_tce": "30", "land_sqm": "3", "uscc": "913303006807061374"}

Found = tuple[str, PageForm]


def _versioned(city: City) -> dict[Any, Found]:
    """One form for each address pattern and verb, as the first person who gets it sees it."""
    found: dict[Any, Found] = {}
    for person in PEOPLE:
        for form in city.forms(person):
            if form.hidden("version"):
                found.setdefault(city.endpoint(form.action), (person, form))
    return found


def _others_save(app: Flask) -> None:
    """Somebody saves every record meanwhile, changing nothing that these forms show."""
    with app.app_context(), unit_of_work() as session:
        for table in Base.metadata.sorted_tables:
            if "version" in table.c and "public_id" in table.c:
                session.execute(text(f'UPDATE "{table.name}" SET version = version + 1'))


@contextmanager
def _merges(app: Flask) -> Iterator[list[int]]:
    """How often each answered request was merged."""
    counts: list[int] = []

    def note(_app: Flask, **_more: Any) -> None:
        counts.append(g.get("merges", 0))

    with request_finished.connected_to(note, app):
        yield counts


NOT_FREE = ("reason", "region_code", "regions", "industry_code", "industry_extra", "group")
"""Texts that are looked up or counted, or said beside."""


def _free(form: PageForm) -> list[str]:
    return [name for name in form.texts if not name.endswith(NOT_FREE)]


def _type(form: PageForm, addition: str) -> str:
    """Write something into the first free text of the form; returns what stands there now."""
    name = _free(form)[0]
    form.values[name] = [f"{form.values[name][0]}{addition}"]
    for other in form.texts:
        if other.endswith("reason"):
            form.values[other] = [REASON]
    return form.values[name][0]


def test_what_nobody_else_touched_is_saved_and_every_other_stale_form_is_shown_again(city: City) -> None:
    forms = {key: (person, city.again(person, form)) for key, (person, form) in _versioned(city).items()}
    edited: set[str] = set()
    wrong: list[tuple[Any, ...]] = []
    _others_save(city.app)
    for key, (person, form) in forms.items():
        endpoint = key[0]
        if endpoint == "projects.days":
            form.values |= {"planned_at_capacity": ["2032-06-30"], "reason": [REASON]}
        elif endpoint in AS_THEY_ARE or (endpoint in EDITS and not _free(form)):
            pass
        elif endpoint in EDITS:
            _type(form, "（补充）")
        else:
            fill(form, GIVEN)
        typed = [value for name in form.texts for value in form.values[name] if value]
        for name in [name for name in form.values if name.endswith("form_key")]:
            form.values[name] = [f"walk-{id(form)}"]
        with _merges(city.app) as merged:
            status, text, where = form.send(city.client(person))
        if endpoint in EDITS or (status, merged[0]) == (303, 1):
            assert (status, merged[0]) == (303, 1), (key, status, text[-3000:])
            stored = unescape(city.client(person).get(form.page).text + city.client(person).get(where).text)
            assert all(value in stored for value in typed if value != REASON), key
            edited.add(endpoint)
        elif key in ADDS or endpoint in LEADS_ON | AS_THEY_ARE:
            assert status == 303, (key, status)
        elif (status, merged[0]) != (409, 0):
            wrong.append((key, status, merged[0], where))
        else:
            assert [value for value in typed if value not in unescape(text)] == [], key
    assert not wrong, "\n".join(map(str, wrong))
    assert edited >= EDITS, EDITS - edited
    assert len(forms) > 45


def test_the_same_field_is_asked_for_and_the_answer_is_saved(city: City) -> None:
    tried = set()
    for key, (person, opened) in _versioned(city).items():
        if key[0] not in EDITS - {"projects.days"} or not _free(opened):
            continue
        theirs, mine = city.again(person, opened), city.again(person, opened)
        kept_theirs, kept_mine = _type(theirs, "甲"), _type(mine, "乙")
        assert theirs.send(city.client(person))[0] == 303, key
        status, text, _where = mine.send(city.client(person))
        assert status == 409, (key, status)
        assert kept_theirs in text and kept_mine in text, key
        asked = next(form for form in post_forms(parse(text), mine.action) if form.hidden("version"))
        open_name = next(name for name, kind in asked.kinds.items() if kind == "radio")
        asked.values[open_name] = [kept_mine]
        assert asked.send(city.client(person))[0] == 303, key
        assert kept_mine in city.client(person).get(opened.page).text or key[0] == "activity.task", key
        tried.add(key[0])
    assert tried == EDITS - {"projects.days"}
