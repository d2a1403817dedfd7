"""A small world for tests: one city, two zones with a park each, one account per role and zone."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts import passwords, tree
from core.accounts.models import Account, Grant, Unit
from core.permissions import SYSTEM, Actor
from core.places import Park, ParkRegion, Region
from crm.enterprises.models import Industry
from webapp import reference
from webapp.web.actors import actor_of

PASSWORD = "Ceshi-2026-pw"

UNITS = (
    ("SLS", "示例市", "city", None),
    ("JHJ", "示例市经济合作局", "bureau", "SLS"),
    ("ZFB", "示例市政府办公室", "bureau", "SLS"),
    ("GXQ", "甲区管委会", "zone", "SLS"),
    ("GXQ-QF", "甲区企业服务中心", "service_centre", "GXQ"),
    ("JKQ", "乙区管委会", "zone", "SLS"),
    ("JKQ-QF", "乙区企业服务中心", "service_centre", "JKQ"),
)
ACCOUNTS = (
    # username, name, role, unit, scope
    ("admin", "系统管理员", "administrator", "SLS", "all"),
    ("security", "安全管理员", "security_administrator", "SLS", "all"),
    ("auditor", "审计管理员", "audit_administrator", "SLS", "all"),
    ("leader", "顾维桢", "leader", "SLS", "all"),
    ("office", "经合局负责人", "promotion_office", "JHJ", "all"),
    ("gov", "政府办负责人", "government_office", "ZFB", "all"),
    ("head_a", "甲区负责人", "unit_head", "GXQ", "below"),
    ("spec_a", "甲区专员", "specialist", "GXQ", "unit"),
    ("spec_a2", "甲区专员二", "specialist", "GXQ", "unit"),
    ("desk_a", "甲区企服", "service_desk", "GXQ", "below"),
    ("head_b", "乙区负责人", "unit_head", "JKQ", "below"),
    ("spec_b", "乙区专员", "specialist", "JKQ", "unit"),
    ("desk_b", "乙区企服", "service_desk", "JKQ", "below"),
)

CLEARED = ("leader", "office", "gov", "head_a", "spec_a")
"""Cleared for what is restricted; spec_a2, desk_a and all of zone B are not."""


@dataclass(frozen=True)
class World:
    """Ids by code or user name; `actor` composes the acting user as the web layer does."""

    session: Session

    def unit(self, code: str) -> Unit:
        return self.session.scalars(select(Unit).where(Unit.code == code)).one()

    def park(self, code: str) -> Park:
        return self.session.scalars(select(Park).where(Park.code == code)).one()

    def account(self, username: str) -> Account:
        return self.session.scalars(select(Account).where(Account.username == username)).one()

    def actor(self, username: str) -> Actor:
        actor = actor_of(self.session, self.account(username), ip="127.0.0.1", request_id="test")
        self.session.rollback()
        return actor


def build(session: Session) -> None:
    """Fill an empty migrated database. Call inside a unit of work."""
    reference.load_calendar(session)
    session.add(Region(code="510000", name="四川", full_name="四川省", level=1))
    session.add(Region(code="440000", name="广东", full_name="广东省", level=1))
    session.flush()
    session.add(
        Region(
            code="519900",
            name="示例市",
            full_name="四川省示例市",
            level=2,
            parent_code="510000",
            invented=True,
        )
    )
    session.add_all(
        [
            Industry(code="C", name="制造业", level=1, section="C"),
            Industry(
                code="39", name="计算机、通信和其他电子设备制造业", level=2, parent_code="C", section="C"
            ),
            Industry(code="397", name="电子器件制造", level=3, parent_code="39", section="C"),
            Industry(code="3974", name="显示器件制造", level=4, parent_code="397", section="C"),
        ]
    )
    units: dict[str, Unit] = {}
    for code, name, kind, parent in UNITS:
        units[code] = tree.create_unit(
            session, code=code, name=name, kind=kind, parent=units.get(parent or ""), actor=SYSTEM
        )
    for code, name, unit in (("Z1", "甲区", "GXQ"), ("Z2", "乙区", "JKQ")):
        zone = Park(code=code, name=name, regions=[ParkRegion(region_code="519900")], unit_id=units[unit].id)
        session.add(zone)
        session.flush()
        session.add(
            Park(
                code=f"{code}-01",
                name=f"{name}产业园",
                parent_id=zone.id,
                regions=[ParkRegion(region_code="519900")],
                unit_id=units[unit].id,
            )
        )
    password_hash = passwords.hash_of(PASSWORD)
    for username, name, role, unit, scope in ACCOUNTS:
        account = Account(
            username=username,
            name=name,
            kind="staff",
            unit_id=units[unit].id,
            password_hash=password_hash,
            phone="0816-2000000",
            clearance="restricted" if username in CLEARED else "normal",
        )
        session.add(account)
        session.flush()
        session.add(Grant(account_id=account.id, role=role, unit_id=units[unit].id, scope=scope))
    session.info.pop("dirty", None)  # nobody waits for the index: a test marks what it looks for
