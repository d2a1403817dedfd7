"""The register of personal data (PIPL 6, 13, 17): every field, why, by what right, how long, who sees it."""

from dataclasses import dataclass
from typing import Any, Final

from core.i18n import lazy as _l

_DUTY: Final = _l("履行法定职责")
_CONTRACT: Final = _l("为订立、履行服务关系所必需")
_OPEN: Final = _l("企业主动提供")
_SECURITY: Final = _l("网络安全法要求的日志")
_ACCOUNT_LIFE: Final = _l("账号存续期间，停用后 3 年")
_RECORD_LIFE: Final = _l("随业务记录保存")
_LOG_LIFE: Final = _l("至少 12 个月")


@dataclass(frozen=True)
class PersonalField:
    """`where` is `table.column`; `level`: 1 name and post, 2 number to ring, 3 secret. `sealed`: encrypted at rest."""

    where: str
    label: Any
    purpose: Any
    basis: Any
    level: int
    retention: Any
    seen_by: Any
    sealed: bool = False


def _field(
    where: str, label: Any, purpose: Any, basis: Any, level: int, retention: Any, seen_by: Any
) -> PersonalField:
    return PersonalField(where, label, purpose, basis, level, retention, seen_by, level >= 2)


_ALL = _l("看得到该记录的人")
_MASKED = _l("默认打码；能办该记录的人写明用途后可看，留痕")
_STAFF = _l("管理员；本人")
_NOBODY = _l("谁也看不到")

FIELDS: tuple[PersonalField, ...] = (
    _field("account.name", _l("姓名"), _l("登录、署名、分派"), _DUTY, 1, _ACCOUNT_LIFE, _ALL),
    _field("account.title", _l("职务"), _l("分派、联系"), _DUTY, 1, _ACCOUNT_LIFE, _ALL),
    _field(
        "account.phone",
        _l("联系电话"),
        _l("联系经办人"),
        _DUTY,
        2,
        _ACCOUNT_LIFE,
        _l("默认打码；管理员写明用途后可看，留痕；专员的号码给他服务的企业"),
    ),
    _field(
        "account.last_signed_in_ip", _l("最近登录地址"), _l("发现异常登录"), _SECURITY, 1, _LOG_LIFE, _STAFF
    ),
    _field("session_row.ip", _l("登录地址"), _l("发现异常登录"), _SECURITY, 1, _LOG_LIFE, _l("本人")),
    _field("session_row.agent", _l("设备"), _l("发现异常登录"), _SECURITY, 1, _LOG_LIFE, _l("本人")),
    _field("sign_in_attempt.ip", _l("尝试登录的地址"), _l("防止猜密码"), _SECURITY, 1, _LOG_LIFE, _NOBODY),
    _field("api_token.last_used_ip", _l("登录地址"), _l("发现异常登录"), _SECURITY, 1, _LOG_LIFE, _l("本人")),
    _field("audit_entry.ip", _l("操作地址"), _l("审计"), _SECURITY, 1, _LOG_LIFE, _l("审计管理员")),
    _field("second_factor.seed", _l("第二因素密钥"), _l("核对验证码"), _SECURITY, 3, _ACCOUNT_LIFE, _NOBODY),
    _field(
        "export.password",
        _l("导出文件的口令"),
        _l("打开加密的导出文件"),
        _DUTY,
        3,
        _l("随文件保存一天"),
        _l("申请导出的人"),
    ),
    _field(
        "outside_identity.subject",
        _l("统一身份认证标识"),
        _l("免密登录"),
        _CONTRACT,
        1,
        _ACCOUNT_LIFE,
        _STAFF,
    ),
    _field("contact.person", _l("企业联系人姓名"), _l("联系企业"), _OPEN, 1, _RECORD_LIFE, _ALL),
    _field("contact.title", _l("企业联系人职务"), _l("联系企业"), _OPEN, 1, _RECORD_LIFE, _ALL),
    _field("contact.mobile", _l("企业联系人手机"), _l("联系企业"), _OPEN, 2, _RECORD_LIFE, _MASKED),
    _field(
        "enterprise.legal_rep",
        _l("法定代表人"),
        _l("核对企业身份（公开登记信息）"),
        _DUTY,
        1,
        _RECORD_LIFE,
        _ALL,
    ),
    _field("lead.contact_person", _l("线索联系人姓名"), _l("跟进线索"), _OPEN, 1, _RECORD_LIFE, _ALL),
    _field("lead.contact_title", _l("线索联系人职务"), _l("跟进线索"), _OPEN, 1, _RECORD_LIFE, _ALL),
    _field("lead.contact_mobile", _l("线索联系人手机"), _l("跟进线索"), _OPEN, 2, _RECORD_LIFE, _MASKED),
    _field(
        "enterprise_request.contact_person",
        _l("诉求联系人姓名"),
        _l("答复诉求"),
        _OPEN,
        1,
        _RECORD_LIFE,
        _ALL,
    ),
    _field(
        "enterprise_request.contact_phone",
        _l("诉求联系人电话"),
        _l("答复诉求"),
        _OPEN,
        2,
        _RECORD_LIFE,
        _MASKED,
    ),
    _field("green_card.holder_person", _l("生活卡持卡人"), _l("核发绿卡"), _OPEN, 1, _RECORD_LIFE, _ALL),
    _field("task_force_member.name", _l("专班成员姓名"), _l("企业找得到人"), _DUTY, 1, _RECORD_LIFE, _ALL),
    _field(
        "task_force_member.phone", _l("专班成员电话"), _l("企业找得到人"), _DUTY, 2, _RECORD_LIFE, _MASKED
    ),
)
KNOWN: Final = frozenset(field.where for field in FIELDS)
