"""Reference data that every installation needs: regions, industries, the announced working-day calendar, standards."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from core import calendar, workdays
from core.criteria import sheets, store
from core.criteria.models import RuleVersion
from core.db import db, take_turn, unit_of_work
from core.places import Region
from crm.cultivation import trial as cultivation_trial
from crm.enterprises import contact_trial, map_trial, size_trial
from crm.enterprises.models import Industry
from crm.greencards import trial as card_trial
from crm.leads import trial as lead_trial
from crm.projects import trial as project_trial
from crm.service_requests import trial as request_trial
from crm.targets import trial as target_trial

BOOKS = (cultivation_trial, card_trial)
"""Areas whose standards are rows; importing them registers their books."""
SHEETS = (contact_trial, lead_trial, map_trial, project_trial, request_trial, size_trial, target_trial)
"""Areas whose terms and thresholds are rows; importing them registers their sheets."""

DATA = Path(__file__).resolve().parents[1] / "data"
SHORT = {
    "内蒙古自治区": "内蒙古",
    "广西壮族自治区": "广西",
    "西藏自治区": "西藏",
    "宁夏回族自治区": "宁夏",
    "新疆维吾尔自治区": "新疆",
}
PLACEHOLDERS = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of a CSV file below data/."""
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def ensure(app: Flask) -> None:
    """Load what an empty database lacks; does nothing on one that has it."""
    with app.app_context():
        lacking = _lacking(db.session())
        db.session.rollback()
        if not lacking:
            return
        with unit_of_work() as session:
            take_turn(session, "reference data")
            for load in _lacking(session):
                load(session)


def _lacking(session: Session) -> list[Callable[[Session], Any]]:
    """What loads the tables that are empty now."""
    loaders: tuple[tuple[type[Any], Callable[[Session], Any]], ...] = (
        (Region, load_regions), (Industry, load_industries),
        (calendar.CalendarRow, load_calendar), (RuleVersion, store.seed),
    )  # fmt: skip
    found = [load for model, load in loaders if session.scalar(select(model).limit(1)) is None]
    return [*found, sheets.seed] if sheets.unseeded(session) else found


def load_regions(session: Session) -> None:
    """Provinces, cities and counties of 2023.

    Development zones that the statistics list as counties (…71 to …79) are no legal divisions and stay out.
    """
    names: dict[str, str] = {}
    made: list[dict[str, object]] = []
    for row in rows("codes/provinces.csv"):
        names[row["code"]] = row["name"]
        short = SHORT.get(row["name"], row["name"].rstrip("省市"))
        made.append(_region(f"{row['code']}0000", short, row["name"], 1, None))
    for row in rows("codes/cities.csv"):
        full = names[row["provinceCode"]] + ("" if row["name"] in PLACEHOLDERS else row["name"])
        names[row["code"]] = full
        made.append(_region(f"{row['code']}00", row["name"], full, 2, f"{row['provinceCode']}0000"))
    known = {item["code"] for item in made}
    for row in rows("codes/areas.csv"):
        if row["code"] in known or "71" <= row["code"][4:] <= "79":
            continue
        full = names[row["cityCode"]] + row["name"]
        made.append(_region(row["code"], row["name"], full, 3, f"{row['cityCode']}00"))
    session.execute(insert(Region), made)


def _region(code: str, name: str, full_name: str, level: int, parent: str | None) -> dict[str, object]:
    return {
        "code": code,
        "name": name,
        "full_name": full_name,
        "level": level,
        "parent_code": parent,
        "invented": False,
    }


def load_industries(session: Session) -> None:
    """GB/T 4754-2017."""
    made = [
        {
            "code": row["code"],
            "name": row["name"],
            "level": int(row["level"]),
            "parent_code": row["parent_code"] or None,
            "section": row["section"],
        }
        for row in rows("codes/gbt4754_2017.csv")
    ]
    session.execute(insert(Industry), made)


def load_calendar(session: Session) -> None:
    """Holidays and make-up days 2004–2026."""
    days = workdays.read_days(DATA / "calendar" / "cn_holidays.csv")
    calendar.add(session, days, "国务院办公厅历年通知（2004–2026）")
