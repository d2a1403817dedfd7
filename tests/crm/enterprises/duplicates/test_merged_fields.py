"""What the survivor of a merge holds: values that belong together, its mother, its unit, its figures (DOMAIN 3)."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import unit_of_work
from core.permissions import Actor
from crm.enterprises import contacts, figures, honours
from crm.enterprises.models import Contact, Enterprise, Honour
from tests.support.merging import Pair, add, change, merged_now, present, undone
from tests.support.world import World

USCC = "913303006807061374"


def test_values_that_mean_nothing_apart_are_taken_together(
    session: Session, pair: Pair, office: Actor
) -> None:
    keep, gone = pair
    values = {
        "reg_capital_wan": Decimal(500), "reg_currency": "USD", "country": "DE", "foreign_reg_no": "HRB 1",
        "above_scale": True, "above_scale_since": date(2024, 1, 31), "lng": Decimal("104.5"),
        "lat": Decimal("31.5"), "org_type": "外商投资", "reg_authority": "市市场监管局",
    }  # fmt: skip
    change(session, gone, office, **values)
    made = merged_now(session, keep, gone, office)
    survivor = present(session, keep)
    assert {name: getattr(survivor, name) for name in values} == values
    undone(made, office)
    assert {
        getattr(present(session, keep), name) for name in ("reg_capital_wan", "foreign_reg_no", "lng")
    } == {None}


def test_a_value_that_is_left_leaves_what_belongs_to_it(session: Session, pair: Pair, office: Actor) -> None:
    keep, gone = pair
    change(session, keep, office, reg_capital_wan=Decimal(300), above_scale=True)
    change(
        session, gone, office, uscc=USCC, reg_capital_wan=Decimal(500), reg_currency="USD", above_scale=True,
        above_scale_since=date(2024, 1, 31),
    )  # fmt: skip
    with unit_of_work() as writing:
        writing.get_one(Enterprise, gone.id).uscc_as_printed = True
    merged_now(session, keep, gone, office, uscc=False)
    survivor = present(session, keep)
    assert (survivor.uscc, survivor.uscc_as_printed) == (None, False)
    assert (survivor.reg_capital_wan, survivor.reg_currency) == (300, "CNY")
    assert survivor.above_scale_since == date(2024, 1, 31), "both are above the scale, one knows since when"


def test_lists_of_words_are_joined(session: Session, pair: Pair, office: Actor) -> None:
    keep, gone = pair
    change(session, keep, office, aliases=["华澜"], industry_extra=["3974"], tags=["链主"])
    change(session, gone, office, aliases=["华澜光电", "华澜"], industry_extra=["397"], tags=["外资"])
    merged_now(session, keep, gone, office)
    survivor = present(session, keep)
    assert survivor.aliases == ["华澜", "华澜光电"] and survivor.industry_extra == ["3974", "397"]
    assert survivor.tags == ["链主", "外资"]


def test_readings_that_somebody_mended_outlast_a_merge_and_its_undoing(
    session: Session, pair: Pair, office: Actor
) -> None:
    keep, gone = pair
    change(session, keep, office, pinyin="hua lan guang dian", initials="hlgd")
    made = merged_now(session, keep, gone, office)
    assert present(session, keep).pinyin == "hua lan guang dian"
    undone(made, office)
    assert present(session, keep).initials == "hlgd"
    made = merged_now(session, keep, gone, office, name=True)
    survivor = present(session, keep)
    assert survivor.pinyin != "hua lan guang dian" and survivor.name == gone.name
    assert survivor.core_name == gone.core_name
    undone(made, office)
    survivor = present(session, keep)
    assert (survivor.pinyin, survivor.core_name) == ("hua lan guang dian", keep.core_name)


def test_a_unit_takes_charge_with_a_specialist_of_its_own(
    session: Session, pair: Pair, office: Actor, world: World
) -> None:
    keep, gone = pair
    specialist = world.account("spec_a")
    number, of_a, other = specialist.id, specialist.unit_id, world.unit("JKQ").id
    session.rollback()
    for unit_id, named in ((None, number), (other, None)):
        with unit_of_work() as writing:
            writing.get_one(Enterprise, keep.id).unit_id = unit_id
            absorbed = writing.get_one(Enterprise, gone.id)
            absorbed.unit_id, absorbed.specialist_id = of_a, number
        made = merged_now(session, keep, gone, office)
        survivor = present(session, keep)
        assert (survivor.unit_id, survivor.specialist_id) == (unit_id or of_a, named)
        undone(made, office)


@pytest.mark.parametrize("of_which", ["survivor", "absorbed"])
def test_a_mother_and_a_daughter_that_become_one_are_no_group(
    session: Session, pair: Pair, office: Actor, of_which: str
) -> None:
    keep, gone = pair
    mother, daughter = (keep, gone) if of_which == "survivor" else (gone, keep)
    above = add(office, "绵阳利尔集团有限公司")
    change(session, daughter, office, group_id=mother.id)
    made = merged_now(session, keep, gone, office)
    assert present(session, keep).group_id is None
    undone(made, office)
    assert present(session, daughter).group_id == mother.id and present(session, mother).group_id is None
    change(session, mother, office, group_id=above.id)
    merged_now(session, keep, gone, office)
    assert present(session, keep).group_id == above.id


def test_a_group_never_runs_in_a_circle_through_a_merge(session: Session, pair: Pair, office: Actor) -> None:
    keep, gone = pair
    daughter = add(office, "绵阳利尔化学股份有限公司")
    change(session, daughter, office, group_id=keep.id)
    change(session, gone, office, group_id=daughter.id)
    made = merged_now(session, keep, gone, office)
    assert present(session, keep).group_id is None and present(session, daughter).group_id == keep.id
    undone(made, office)
    assert present(session, gone).group_id == daughter.id


def test_the_size_follows_the_figures_of_both(session: Session, pair: Pair, office: Actor) -> None:
    keep, gone = pair
    for each in pair:
        change(session, each, office, industry_code="3974")
    with unit_of_work() as writing:
        figures.record_year(
            writing, keep.public_id, 2025, "年报", {"revenue_wan": Decimal(50000)}, actor=office
        )
        figures.record_year(writing, gone.public_id, 2025, "统计", {"employees_end": 2000}, actor=office)
    made = merged_now(session, keep, gone, office)
    survivor = present(session, keep)
    assert (survivor.size_class, survivor.latest_revenue_wan) == ("large", 50000)
    undone(made, office)
    assert present(session, keep).size_class is None and present(session, gone).size_class is None


def test_one_contact_is_the_first_to_call_and_both_are_again_after_the_undoing(
    session: Session, pair: Pair, office: Actor
) -> None:
    keep, gone = pair
    for each, person in zip(pair, ("陈晨", "林深"), strict=True):
        with unit_of_work() as writing:
            values = {"person": person, "mobile": "13800001234", "is_primary": True}
            contacts.add(writing, each.public_id, values, actor=office)
    made = merged_now(session, keep, gone, office)
    session.rollback()
    first = select(Contact.person).where(Contact.enterprise_id == keep.id, Contact.is_primary)
    assert session.scalars(first).all() == ["陈晨"]
    undone(made, office)
    session.rollback()
    assert sorted(session.scalars(select(Contact.person).where(Contact.is_primary))) == ["林深", "陈晨"]


def test_a_title_that_was_granted_anew_is_not_lost(session: Session, pair: Pair, office: Actor) -> None:
    keep, gone = pair
    title = {"kind": "hte", "name": "高新技术企业", "level": "national"}
    with unit_of_work() as writing:
        honours.add(writing, keep.public_id, {**title, "granted_year": 2019}, actor=office)
        for year in (2019, 2022):
            honours.add(writing, gone.public_id, {**title, "granted_year": year}, actor=office)
    made = merged_now(session, keep, gone, office)
    session.rollback()
    held = select(Honour.granted_year).where(Honour.enterprise_id == keep.id).order_by(Honour.granted_year)
    assert session.scalars(held).all() == [2019, 2022]
    undone(made, office)
    session.rollback()
    assert session.scalars(held).all() == [2019]
