"""What the loaders of the demonstration share: its data, and look-ups by code, user name and firm id."""

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.accounts.models import Account, Unit
from core.permissions import Actor
from core.places import Park
from crm.enterprises.models import Enterprise
from webapp.reference import DATA
from webapp.web.actors import actor_of

CITY_REGION = "519900"


@cache
def city() -> dict[str, Any]:
    """The invented city of data/chains_deep/demo_city.json."""
    found: dict[str, Any] = json.loads((DATA / "chains_deep" / "demo_city.json").read_text("utf-8"))
    return found


@dataclass
class DemoWorld:
    """Look-ups inside the open unit of work. Dates count from the day of loading."""

    session: Session
    password: str
    today: date = field(default_factory=clock.today)

    def unit(self, code: str) -> Unit:
        return self.session.scalars(select(Unit).where(Unit.code == code)).one()

    def park(self, code: str) -> Park:
        return self.session.scalars(select(Park).where(Park.code == code)).one()

    def account(self, username: str) -> Account:
        return self.session.scalars(select(Account).where(Account.username == username)).one()

    def actor(self, username: str) -> Actor:
        """The acting user, so that the demonstration walks through the same verbs as people do."""
        return actor_of(self.session, self.account(username))

    def firm(self, number: str) -> Enterprise:
        """An invented firm by its id in the data, e.g. D001."""
        firm = next(item for item in city()["firms"] if item["id"] == number)
        return self.session.scalars(select(Enterprise).where(Enterprise.uscc == firm["uscc"])).one()

    def listed(self, stock_code: str) -> Enterprise:
        return self.session.scalars(select(Enterprise).where(Enterprise.stock_code == stock_code)).one()

    def day(self, offset: int) -> date:
        """The day `offset` days from the day of loading."""
        return self.today + timedelta(days=offset)
