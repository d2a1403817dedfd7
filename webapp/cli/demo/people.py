"""The city's units, and one account for each role; all share one password made at the first start."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.accounts import granting, passwords, service, tree
from core.accounts.models import Account, Unit
from core.permissions import SYSTEM
from crm.enterprises import membership
from crm.enterprises.models import Enterprise
from crm.projects import service as projects
from crm.projects.models import Project
from webapp.cli.demo.world import DemoWorld

UNITS = (
    # code, name, short name, kind, parent, phone
    ("SLS", "示例市", "示例市", "city", None, ""),
    ("ZFB", "示例市政府办公室", "市政府办", "bureau", "SLS", "0816-2100001"),
    ("JHJ", "示例市经济合作局", "市经合局", "bureau", "SLS", "0816-2100010"),
    ("JXJ", "示例市经济和信息化局", "市经信局", "bureau", "SLS", "0816-2100020"),
    ("ZGJ", "示例市自然资源和规划局", "市自规局", "bureau", "SLS", "0816-2100030"),
    ("HBJ", "示例市生态环境局", "市生态环境局", "bureau", "SLS", "0816-2100040"),
    ("ZJJ", "示例市住房和城乡建设局", "市住建局", "bureau", "SLS", "0816-2100050"),
    ("CZJ", "示例市财政局", "市财政局", "bureau", "SLS", "0816-2100060"),
    ("SCJ", "示例市市场监督管理局", "市市场监管局", "bureau", "SLS", "0816-2100070"),
    ("DCS", "示例市委市政府督查室", "市督查室", "bureau", "SLS", "0816-2100080"),
    ("ZB01", "新型显示招商专班", "显示专班", "task_force", "JHJ", "0816-2100101"),
    ("ZSZ01", "招商一组", "招商一组", "group", "JHJ", "0816-2100111"),
    ("SZZX", "驻深圳投资促进中心", "驻深中心", "promotion_centre", "JHJ", "0755-22000001"),
    ("GXQ", "示例高新技术产业开发区管委会", "高新区", "zone", "SLS", "0816-2200001"),
    ("GXQ-ZS", "高新区招商局", "高新区招商局", "department", "GXQ", "0816-2200011"),
    ("GXQ-QF", "高新区企业服务中心", "高新区企服中心", "service_centre", "GXQ", "0816-2200021"),
    ("JKQ", "示例经济技术开发区管委会", "经开区", "zone", "SLS", "0816-2300001"),
    ("JKQ-QF", "经开区企业服务中心", "经开区企服中心", "service_centre", "JKQ", "0816-2300021"),
    ("KJC", "示例科技城新区管委会", "科技城新区", "zone", "SLS", "0816-2400001"),
    ("JCY", "示例江城工业园区管委会", "江城园区", "zone", "SLS", "0816-2500001"),
)
ACCOUNTS = (
    # user name, name, title, role, unit, scope; an administrator of three stands alone
    ("admin", "罗知远", "系统管理员", "administrator", "SLS", "all"),
    ("security", "祁安澜", "安全管理员", "security_administrator", "SLS", "all"),
    ("auditor", "简明远", "审计管理员", "audit_administrator", "SLS", "all"),
    ("leader", "顾维桢", "副市长", "leader", "SLS", "all"),
    ("office", "秦书仪", "市经合局项目科科长", "promotion_office", "JHJ", "all"),
    ("government", "贺明章", "市政府办公室二科科长", "government_office", "ZFB", "all"),
    ("head", "陆闻笛", "高新区招商局局长", "unit_head", "GXQ", "below"),
    ("specialist", "周予安", "项目专员", "specialist", "GXQ", "below"),
    ("desk", "沈知夏", "企业服务专员", "service_desk", "GXQ", "below"),
    ("head2", "韩砚青", "经开区招商局局长", "unit_head", "JKQ", "below"),
    ("specialist2", "许栖霞", "项目专员", "specialist", "JKQ", "below"),
    ("desk2", "程既白", "企业服务专员", "service_desk", "JKQ", "below"),
    ("park", "闻人洲", "江城园区管委会副主任", "park_committee", "JCY", "below"),
    ("centre", "宁远帆", "驻深圳中心招商主管", "investment_team", "SZZX", "unit"),
    ("handler", "褚云岚", "用地科科长", "department_handler", "ZGJ", "unit"),
    ("policy", "卫青禾", "企业科科长", "policy_owner", "JXJ", "unit"),
    ("finance", "柏知微", "企业科主任科员", "finance", "CZJ", "unit"),
    ("supervisor", "岑立诚", "督查室副主任", "supervisor", "DCS", "all"),
    ("inspector", "严守正", "执法支队队员", "inspector", "SCJ", "unit"),
)
CLEARED = ("leader", "office", "government", "head", "specialist", "head2")
"""Cleared for what is restricted (控制知悉); the others do not find it."""
RESTRICTED = "拓岑硅基显示中试线项目"
ENTERPRISE_USERS = (
    ("D001", "langu", "白溪", "企业管理员", "enterprise_user"),
    ("D001", "langu2", "冉秋池", "企业经办人", "enterprise_handler"),
    ("D014", "hengyao", "江听澜", "企业管理员", "enterprise_user"),
    ("D022", "yicheng", "宋砚", "企业管理员", "enterprise_user"),
)


def load_units(session: Session) -> None:
    made: dict[str, Unit] = {}
    for code, name, short, kind, parent, phone in UNITS:
        made[code] = tree.create_unit(
            session,
            code=code,
            name=name,
            short_name=short,
            kind=kind,
            parent=made.get(parent or ""),
            phone=phone,
            actor=SYSTEM,
        )


def load_accounts(session: Session, world: DemoWorld) -> None:
    """Staff accounts, one per role and a second zone's, so that both sides of a wall can be tried."""
    password_hash = passwords.hash_of(world.password)
    for number, (username, name, title, role, unit, scope) in enumerate(ACCOUNTS):
        account = service.create(
            session,
            username=username,
            name=name,
            kind="staff",
            unit_id=world.unit(unit).id,
            title=title,
            phone=f"0816-220{number:04d}",
            actor=SYSTEM,
        )
        account.password_hash = password_hash
        account.clearance = "restricted" if username in CLEARED else "normal"
        service.grant(session, account, role, scope=scope, unit_id=world.unit(unit).id, actor=SYSTEM)


def load_enterprise_users(session: Session, world: DemoWorld) -> None:
    """The first users of three invented firms in two zones."""
    password_hash = passwords.hash_of(world.password)
    for number, username, name, title, role in ENTERPRISE_USERS:
        account = service.create(
            session, username=username, name=name, kind="enterprise", title=title, actor=SYSTEM
        )
        account.password_hash = password_hash
        membership.join(session, account.id, world.firm(number).id, actor=SYSTEM, role=role)


def load_people_work(session: Session, world: DemoWorld) -> None:
    """A project that only those who are cleared find, and a role that waits for the security administrator."""
    secret = session.scalars(select(Project).where(Project.name == RESTRICTED)).one()
    label = {"confidentiality": "restricted"}
    projects.update(session, secret.public_id, label, version=None, actor=world.actor("head"))
    unit = world.unit("JKQ").id
    ask = granting.RoleAsk("specialist", "unit", unit)
    reason = "经开区企服专员兼办两个项目"
    granting.ask_role(session, world.account("desk2"), ask, reason=reason, actor=world.actor("admin"))


def accounts_list(session: Session, password: str) -> list[dict[str, Any]]:
    """What `demo accounts` prints: role, user name, password, name, unit, enterprise."""
    roles = {username: role for username, _name, _title, role, _unit, _scope in ACCOUNTS}
    roles |= {username: role for _number, username, _name, _title, role in ENTERPRISE_USERS}
    listed = []
    for account in session.scalars(select(Account).where(Account.username.in_(roles)).order_by(Account.id)):
        enterprise_id = membership.enterprise_of(session, account.id)
        enterprise = session.get(Enterprise, enterprise_id) if enterprise_id else None
        listed.append(
            {
                "role": roles[account.username],
                "username": account.username,
                "password": password,
                "name": account.name,
                "unit": account.unit.name if account.unit else None,
                "enterprise": enterprise.name if enterprise else None,
            }
        )
    return listed
