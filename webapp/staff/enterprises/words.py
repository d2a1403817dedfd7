"""How the timeline of an enterprise calls deeds and fields, and how it writes their values."""

from decimal import Decimal
from typing import Any

from core.i18n import _
from core.i18n import lazy as _l
from crm.activity.queries import Words
from crm.enterprises import rules
from webapp.web import formats

ACTIONS = {
    "enterprises.created": _l("登记企业"),
    "enterprises.changed": _l("修改资料"),
    "enterprises.year_recorded": _l("填报年度数据"),
    "enterprises.year_verified": _l("核验年度数据"),
    "enterprises.year_removed": _l("删除年度数据"),
    "enterprises.honour_added": _l("登记资质"),
    "enterprises.honour_changed": _l("更正资质"),
    "enterprises.honour_revoked": _l("登记资质撤销"),
    "enterprises.honour_removed": _l("删除资质"),
    "enterprises.former_name_added": _l("登记曾用名"),
    "enterprises.former_name_changed": _l("更正曾用名"),
    "enterprises.former_name_removed": _l("删除曾用名"),
    "enterprises.contact_added": _l("添加联系人"),
    "enterprises.contact_changed": _l("修改联系人"),
    "enterprises.contact_left": _l("联系人离职"),
    "enterprises.contact_back": _l("联系人恢复在职"),
    "enterprises.contact_anonymised": _l("联系人匿名"),
    "enterprises.mobile_revealed": _l("查看联系人号码"),
    "enterprises.number_looked_up": _l("按号码找联系人"),
    "enterprises.user_joined": _l("开通企业账号"),
    "enterprises.imported": _l("批量导入"),
    "enterprises.loaded": _l("批量载入企业"),
    "enterprises.merged": _l("合并另一家"),
    "enterprises.merged_away": _l("并入另一家"),
    "enterprises.merge_undone": _l("撤销合并"),
    "cultivation.evaluated": _l("对照标准评估"),
    "cultivation.inputs_entered": _l("填报评估数据"),
    "chains.placed": _l("挂到图谱节点"),
    "chains.reviewed": _l("复核图谱挂点"),
    "chains.removed": _l("从图谱节点移除"),
}
NAMED = ("enterprises.year_", "enterprises.honour_", "enterprises.contact_", "enterprises.mobile_")
FIELDS = {
    "name": _l("企业全称"),
    "uscc": _l("统一社会信用代码"),
    "uscc_as_printed": _l("证照原件如此"),
    "stock_code": _l("证券代码"),
    "country": _l("国别代码"),
    "foreign_reg_no": _l("境外注册号"),
    "short_name": _l("简称"),
    "aliases": _l("其他简称、别名"),
    "english_name": _l("英文名"),
    "pinyin": _l("拼音"),
    "initials": _l("首字母"),
    "former_name": _l("曾用名"),
    "reg_status": _l("登记状态"),
    "org_type": _l("企业类型"),
    "legal_rep": _l("法定代表人"),
    "reg_capital_wan": _l("注册资本（万元）"),
    "reg_currency": _l("注册资本币种"),
    "reg_authority": _l("登记机关"),
    "founded_on": _l("成立日期"),
    "listed_on": _l("上市日期"),
    "region_code": _l("所属地区"),
    "reg_address": _l("注册地址"),
    "site_address": _l("生产经营地址"),
    "lng": _l("经度"),
    "lat": _l("纬度"),
    "industry_code": _l("行业代码"),
    "industry_extra": _l("兼营行业代码"),
    "main_products": _l("主要产品"),
    "scope_text": _l("经营范围"),
    "above_scale": _l("规模以上"),
    "above_scale_since": _l("入库日期"),
    "tags": _l("标签"),
    "group": _l("集团母公司"),
    "park": _l("园区"),
    "unit": _l("管理单位"),
    "specialist": _l("服务专员"),
    "leader": _l("联系领导"),
    "absorbed": _l("被合并企业"),
    "survivor": _l("并入"),
    "next_contact_on": _l("下次联系"),
    "person": _l("姓名"),
    "title": _l("职务"),
    "mobile": _l("手机"),
    "is_primary": _l("首选联系人"),
    "left_on": _l("离职日期"),
    "retain_until": _l("保存到"),
    "level": _l("级别"),
    "batch": _l("批次"),
    "doc_no": _l("文号"),
    "granted_on": _l("认定日期"),
    "valid_from": _l("有效期起"),
    "valid_to": _l("有效期止"),
    "revoked_on": _l("撤销日期"),
    "review_result": _l("复核结果"),
    "energy_basis": _l("能耗口径"),
    **rules.FIGURE_LABELS,
}
_CODES = {"reg_status": rules.STATUS_LABELS, "level": rules.LEVEL_LABELS, "energy_basis": rules.ENERGY_BASES}


def shown(name: str, value: Any) -> str:
    """A value of the audit trail as people read it."""
    if value is None or value == "" or value == []:
        return "—"
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if name in rules.FIGURE_LABELS:
        return figure(name, value)
    if isinstance(value, list):
        return "、".join(map(str, value))
    return str(_CODES.get(name, {}).get(value, value))


def figure(name: str, value: Any) -> str:
    """A yearly figure with its unit."""
    return f"{amount(name, value)} {rules.FIGURE_UNITS.get(name, _('万元'))}"


def amount(name: str, value: Any) -> str:
    """A yearly figure as tables write it: land is kept in ㎡ and read in 亩, small emissions keep their decimals."""
    exact = Decimal(value)
    if name.endswith("_wan"):
        return formats.wan(exact)
    if name == "land_sqm":
        return formats.mu(exact)
    exponent = exact.normalize().as_tuple().exponent
    return formats.number(exact, max(0, -exponent) if isinstance(exponent, int) else 0)


WORDS = Words(ACTIONS, FIELDS, shown, named=NAMED)
OUTSIDE = Words(
    ACTIONS,
    {name: label for name, label in FIELDS.items() if name not in ("person", "title", "mobile")},
    shown,
    named=tuple(each for each in NAMED if each not in ("enterprises.contact_", "enterprises.mobile_")),
)
"""For whoever may not see the contacts: their names stand in no line."""
