"""Roles of DOMAIN 1 as data: which permissions each holds. A grant says over which units.

A pattern matches `area:noun:verb`; one that begins with `!` takes away. Several roles add up, the most
generous wins; an administrator's role stands alone (三员分立).
"""

from dataclasses import dataclass
from typing import Any

from core.accounts.separation import ADMINISTRATORS
from core.i18n import lazy as _l


@dataclass(frozen=True)
class Role:
    """A role, its label, its permission patterns and the data scope that it usually has; `can` and `cannot`
    say in one line each what an official should know of it (DOMAIN 1)."""

    code: str
    label: Any
    patterns: tuple[str, ...]
    scope: str
    kind: str = "staff"
    can: Any = ""
    cannot: Any = ""


_ALL_VIEWS = ("*:*:view", "!accounts:*:*", "!audit:*:*", "!security:*:*", "!portal:*:*")
"""Sees all business; what belongs to the three administrators is none of it."""

_AMOUNTS = ("leads:amount:view", "projects:amount:view")
"""Whoever finds, judges or admits a project. Serving, hurrying and inspecting go by days (docs/security.md, C4)."""

_PEOPLE = ("accounts:deputy:name", "accounts:handover:prepare")
"""A head names deputies for his people and lays out their hand-overs."""

_SERVICE = (
    "enterprises:*:*",
    "!enterprises:code:accept",
    "chains:*:view",
    "requests:*:*",
    "greencards:card:view",
    "greencards:case:*",
    "cultivation:*:*",
    "activity:*:*",
    "jobs:job:view",
)
"""Serving the enterprises of one's units."""

_PURSUIT = (
    "enterprises:enterprise:*",
    "enterprises:contact:*",
    "chains:*:view",
    "chains:placement:*",
    "targets:*:*",
    "leads:lead:*",
    "activity:*:*",
    "jobs:job:view",
    *_AMOUNTS,
)
"""Going after enterprises: targets, leads, what was said."""

ROLES: tuple[Role, ...] = (
    Role(
        "administrator",
        _l("系统管理员"),
        (
            "accounts:account:list",
            "accounts:account:manage",
            "accounts:unit:manage",
            "accounts:grant:request",
            "settings:*:*",
            "criteria:*:*",
            "search:index:*",
            "jobs:job:*",
            "lists:view:*",
            "messages:*:*",
            "calendar:*:*",
            "places:*:*",
            "greencards:term:set",
        ),
        "all",
        can=_l("管账号、单位和系统设置，替人申请角色"),
        cannot=_l("看审计、看业务数据、批角色、兼任别的角色"),
    ),
    Role(
        "security_administrator",
        _l("安全管理员"),
        ("accounts:account:list", "accounts:account:unlock", "accounts:grant:*", "security:*:*"),
        "all",
        can=_l("管安全策略，审批和收回角色，给锁住的账号解锁"),
        cannot=_l("批自己提的申请、看业务数据、看审计、兼任别的角色"),
    ),
    Role(
        "audit_administrator",
        _l("审计管理员"),
        ("audit:*:*", "lists:export:approve"),
        "all",
        can=_l("看审计日志、核验日志链，审批别的审计管理员的大批量导出"),
        cannot=_l("改任何数据、兼任别的角色"),
    ),
    Role(
        "leader",
        _l("领导"),
        _ALL_VIEWS,
        "all",
        can=_l("看全域、包抓项目、批示、督办"),
        cannot=_l("改业务数据"),
    ),
    Role(
        "promotion_office",
        _l("经合局（投促局）"),
        (
            *_ALL_VIEWS,
            "enterprises:*:*",
            "chains:*:*",
            "targets:*:*",
            "leads:*:*",
            "projects:*:*",
            "activity:*:*",
            "quotas:*:*",
            "greencards:card:review",
            "greencards:card:manage",
            "criteria:version:*",
            "jobs:job:view",
            "lists:*:*",
        ),
        "all",
        can=_l("裁定线索归属、汇总准入、调配指标、考核、出简报"),
        cannot=_l("代企业评价"),
    ),
    Role(
        "government_office",
        _l("市政府办公室"),
        (*_ALL_VIEWS, "greencards:card:approve"),
        "all",
        can=_l("看全域、审定绿卡"),
        cannot=_l("改业务数据"),
    ),
    Role(
        "unit_head",
        _l("单位负责人"),
        (
            *_PEOPLE,
            *_SERVICE,
            *_AMOUNTS,
            "chains:*:*",
            "targets:*:*",
            "leads:lead:*",
            "leads:assignment:*",
            "projects:project:*",
            "projects:stage:*",
            "projects:specialist:*",
            "projects:selfreview:*",
            "greencards:card:first_review",
            "lists:view:share",
            "lists:export:approve",
        ),
        "below",
        can=_l("分派线索、换专员、自审、初审绿卡，定代理人和工作交接"),
        cannot=_l("改别的单位的数据"),
    ),
    Role(
        "park_committee",
        _l("园区管委会"),
        (
            *_SERVICE,
            *_AMOUNTS,
            "targets:*:view",
            "leads:lead:view",
            "projects:project:*",
            "projects:selfreview:*",
            "greencards:card:first_review",
            "sites:*:*",
        ),
        "below",
        can=_l("办本园区和下属片区的企业、项目、诉求、土地和厂房"),
        cannot=_l("跨园区改数据"),
    ),
    Role(
        "investment_team",
        _l("驻外中心、专班、招商组"),
        (*_PURSUIT, "projects:project:view"),
        "unit",
        can=_l("报线索、跟进目标企业、记拜访"),
        cannot=_l("看别的单位签约前的线索明细"),
    ),
    Role(
        "specialist",
        _l("项目专员"),
        (
            *_PURSUIT,
            "projects:project:*",
            "greencards:card:view",
            "greencards:card:apply",
            "greencards:case:*",
            "requests:request:view",
            "cultivation:*:view",
            "cultivation:*:evaluate",
        ),
        "unit",
        can=_l("办自己项目的全程，提醒、备材料"),
        cannot=_l("自己审自己提交的节点"),
    ),
    Role(
        "department_handler",
        _l("专班成员、部门承办"),
        (
            "enterprises:enterprise:view",
            "chains:*:view",
            "projects:project:view",
            "requests:request:view",
            "requests:request:sign",
            "requests:request:handle",
            "requests:request:complete",
            "greencards:card:view",
            "greencards:case:*",
            "activity:*:*",
        ),
        "unit",
        can=_l("签收、办理、退回、申请延期"),
        cannot=_l("给自己办的诉求做回访"),
    ),
    Role(
        "service_desk",
        _l("企服专员"),
        (*_SERVICE, "greencards:card:use", "projects:project:view"),
        "below",
        can=_l("受理、派单、回访诉求，办绿卡服务和培优"),
        cannot=_l("改项目阶段和线索归属"),
    ),
    Role(
        "policy_owner",
        _l("政策主管部门"),
        (
            "policies:*:*",
            "!policies:payment:*",
            "enterprises:enterprise:view",
            "chains:*:view",
            "cultivation:*:view",
        ),
        "unit",
        can=_l("发布政策、受理和审核申报"),
        cannot=_l("改企业画像的原始数据、拨付资金"),
    ),
    Role(
        "finance",
        _l("财政部门"),
        ("policies:*:view", "policies:payment:*", "enterprises:enterprise:view"),
        "unit",
        can=_l("兑付和追回政策资金"),
        cannot=_l("改企业画像的原始数据、审核申报"),
    ),
    Role(
        "supervisor",
        _l("督查"),
        (*_ALL_VIEWS, "!*:amount:view", "supervision:*:*", "!supervision:item:handle"),
        "all",
        can=_l("催办、亮灯、通报、提级"),
        cannot=_l("改时限起点"),
    ),
    Role(
        "inspector",
        _l("执法人员"),
        ("inspections:*:*", "!inspections:task:approve", "enterprises:enterprise:view"),
        "unit",
        can=_l("扫码入企、登记检查"),
        cannot=_l("没有检查任务入企"),
    ),
    Role(
        "enterprise_user",
        _l("企业管理员"),
        ("portal:*:*",),
        "self",
        kind="enterprise",
        can=_l("本企业资料、申报、诉求、评价，邀请经办人"),
        cannot=_l("看内部研判和别的企业的数据"),
    ),
    Role(
        "enterprise_handler",
        _l("企业经办人"),
        ("portal:*:*", "!portal:user:*"),
        "self",
        kind="enterprise",
        can=_l("办本企业的申报、诉求和评价"),
        cannot=_l("邀请别的经办人、看内部研判和别的企业的数据"),
    ),
)

BY_CODE: dict[str, Role] = {role.code: role for role in ROLES}

PATTERNS: dict[str, tuple[str, ...]] = {role.code: role.patterns for role in ROLES}
"""What `core.accounts.sessions.role_grants` needs."""

BUSINESS: dict[str, tuple[str, ...]] = {
    code: patterns for code, patterns in PATTERNS.items() if code not in ADMINISTRATORS
}
"""The roles that a deputy takes on; an administrator's stays with him."""
