"""Former names: with their days, found by search, mended and taken out (DOMAIN 3)."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from core.db import unit_of_work
from core.errors import Invalid, NotPermitted
from core.permissions import Actor
from crm.enterprises import names, queries
from crm.enterprises.models import FormerName
from search.documents import enterprises as documents

ActorOf = Callable[[str], Actor]


def _add(firm: str, actor: Actor, **values: Any) -> FormerName:
    given = {"name": "示例市华澜器件厂", "from_on": date(2001, 5, 1), "until_on": date(2010, 4, 30), **values}
    with unit_of_work() as session:
        return names.add(session, firm, given, actor=actor)


def test_a_former_name_is_found_and_has_its_days(session: Session, firm: str, actor: ActorOf) -> None:
    number = _add(firm, actor("spec_a")).enterprise_id
    former = queries.get(session, firm, actor=actor("leader")).former_names[0]
    assert (former.from_on, former.until_on) == (date(2001, 5, 1), date(2010, 4, 30))
    assert documents.build(session, [number])[number].former == ("示例市华澜器件厂",)
    assert queries.same_core_name(session, [former.core_name]) == {former.core_name: [number]}


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"name": "厂"}, "name", "required"),
        ({"name": "示例市华澜光电科技有限公司"}, "name", "present"),
        ({"until_on": date(2000, 1, 1)}, "until_on", "order"),
        ({"until_on": date(2100, 1, 1)}, "until_on", "future"),
        ({"from_on": date(2100, 1, 1), "until_on": None}, "from_on", "future"),
    ],
)
def test_what_cannot_have_been_is_refused(
    firm: str, actor: ActorOf, values: dict[str, Any], field: str, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        _add(firm, actor("spec_a"), **values)
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [(field, code)]


def test_the_same_name_is_entered_once(firm: str, actor: ActorOf) -> None:
    _add(firm, actor("spec_a"))
    with pytest.raises(Invalid) as refused:
        _add(firm, actor("spec_a"))
    assert refused.value.faults[0].code == "twice"


def test_a_name_is_mended_and_taken_out_by_its_own_zone_only(
    session: Session, firm: str, actor: ActorOf
) -> None:
    former = _add(firm, actor("spec_a"))
    values = {"name": "示例市华澜电子器件厂", "from_on": None, "until_on": date(2010, 4, 30)}
    with pytest.raises(NotPermitted), unit_of_work() as writing:
        names.change(writing, former.public_id, values, actor=actor("spec_b"))
    with unit_of_work() as writing:
        names.change(writing, former.public_id, values, actor=actor("spec_a"))
    found = queries.get(session, firm, actor=actor("spec_a")).former_names[0]
    assert (found.name, found.from_on) == ("示例市华澜电子器件厂", None)
    session.rollback()
    with unit_of_work() as writing:
        names.remove(writing, former.public_id, actor=actor("spec_a"))
    session.rollback()
    assert queries.get(session, firm, actor=actor("spec_a")).former_names == []
