"""The description of the API in the reader's language.

The calls and shapes say in English what they are, since the document is made of them once. Here stand their sentences
as the rest of the platform has them; what a list can be asked comes from its own declaration.
"""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from core.i18n import _
from core.i18n import lazy as _l
from core.lists.spec import ListSpec

Document = dict[str, Any]

TAGS: Mapping[str, Any] = {
    "enterprises": _l("企业"),
    "chains": _l("产业链图谱"),
    "targets": _l("目标企业"),
    "leads": _l("线索"),
    "projects": _l("项目"),
    "search": _l("搜索"),
    "greencards": _l("服务绿卡"),
    "cases": _l("服务专班"),
    "requests": _l("企业诉求"),
    "cultivation": _l("梯次培育"),
}

ABOUT = _l(
    "列表的条件和页面一样：每个字段写 名称=值；成组的条件写 w=字段:比较:值|字段:比较:值，组内任一满足即可，各组都要"
    "满足；另有 sort、page、size，超过 10000 行后用上一页答复里的 after 往下翻。金额是文本，单位万元（以 _wan 结尾）；"
    "面积是文本，单位平方米；日期按 ISO 8601，时刻用协调世界时。修改要写明所依据的 version，别人先改了就答 409。新增用"
    "的 POST 要带 Idempotency-Key：24 小时内重发，得到第一次的答复，不会做两遍。"
)

SAID: Mapping[str, Any] = {
    "Accept a request; its clock starts.": _l("受理诉求，开始计时。"),
    "Add an enterprise. Needs an Idempotency-Key.": _l("新增企业。要带 Idempotency-Key。"),
    "Answer the enterprise.": _l("答复企业。"),
    "Book money that has arrived; answers the project. Needs an Idempotency-Key.":
        _l("登记到位资金，答复项目。要带 Idempotency-Key。"),
    "Change what is named, from `version` on; 409 when somebody was quicker.":
        _l("只改写到的字段，写明所依据的 version；别人先改了就答 409。"),
    "End a lead, with the reason.": _l("终止线索，写明事由。"),
    "Every map that the caller may see.": _l("调用人看得到的所有图谱。"),
    "Find records by fragment, pinyin, initials, code or former name.":
        _l("按名称片段、拼音、首字母、代码或曾用名查找。"),
    "Note a follow-up; answers the record. Needs an Idempotency-Key.":
        _l("记一次跟进，答复该记录。要带 Idempotency-Key。"),
    "One enterprise, as far as the caller may see it.": _l("一家企业，只到调用人看得到为止。"),
    "One map with its nodes and edges, in the form that an import takes.":
        _l("一张图谱及其环节和连线，格式和导入用的一样。"),
    "Register a lead. Needs an Idempotency-Key.": _l("登记线索。要带 Idempotency-Key。"),
    "Respond within the term and name a specialist.": _l("在期限内响应，指定专员。"),
    "Say how it ended; a review follows.": _l("写明办理结果，等回访。"),
    "Send it to the unit that handles it.": _l("派给承办单位。"),
    "Sign for a dispatched request.": _l("签收派来的诉求。"),
    "A deed on a record names the version that its caller has seen; a stale one is a conflict.":
        _l("对记录做一步，要写明看到的 version；已经过时就是冲突。"),
    "A hit. `near` hits differ in a character and are in no total.":
        _l("一条结果。near 的差一个字，不计入总数。"),
    "A lead to be registered at once: the server's clock decides who was first.":
        _l("立即登记的线索：首报以服务器时间为准。"),
    "A recognition. `state` is that of today: valid, expiring, waiting, expired or revoked.":
        _l("一项资质。state 是今天的状态：有效、将到期、未生效、已过期、已撤销。"),
    "A year's figures from one source; money in ten thousand yuan. `verified_on`: when somebody else compared them.":
        _l("一个年度、一个来源的指标，金额单位万元。verified_on：另一人核对的日期。"),
    "An earlier name with the days from and until which it was borne, as far as they are known.":
        _l("曾用名及其起止日期（知道的才有）。"),
    "Money that has arrived, by its voucher.": _l("按凭证登记的到位资金。"),
    "One enterprise. `contacts` is null where the caller may not see them; those who have left are not in it.":
        _l("一家企业。调用人无权看联系人时 contacts 为空值；已离职的不在其中。"),
    "One wrong or missing value.": _l("一个填错或缺少的值。"),
    "RFC 9457. `errors` names every value that is wrong or missing, with the cure.":
        _l("按 RFC 9457。errors 列出每个填错或缺少的值和改法。"),
    "Somebody at the enterprise, his number masked; whole numbers are opened on the page, for a purpose.":
        _l("企业联系人，号码打码；完整号码在页面上写明用途后查看。"),
    "What was talked about with whom, and what comes next.": _l("和谁谈了什么，下一步做什么。"),
    "Where the neighbours of a page stand.": _l("前后页的地址。"),
    "`content` is the exchange form: nodes with stages, codes and words, edges by kind.":
        _l("content 是交换格式：环节及其位置、代码和说明，连线及其类型。"),
    "Bad Request": _l("请求有误"),
    "Conflict": _l("冲突"),
    "Created": _l("已新增"),
    "Forbidden": _l("无权"),
    "Not Found": _l("没有这条记录"),
    "OK": _l("成功"),
    "Service Unavailable": _l("暂时不能服务"),
    "Too Many Requests": _l("请求太多"),
    "Unauthorized": _l("没有令牌"),
    "Unprocessable Content": _l("内容有误"),
    "Unsupported Media Type": _l("不是 JSON"),
    "code of a node of an industry-chain map": _l("图谱环节的代码"),
    "code of the unit that handles it": _l("承办单位的代码"),
    "groups of conditions": _l("成组的条件"),
    "its page below the site's address": _l("它的页面，接在网站地址后面"),
    "never answered; opened on the page only": _l("不会答复；只在页面上查看"),
    "of a conflict: the version that stands": _l("冲突时：现在的 version"),
    "other short names": _l("其他简称"),
    "side lines, GB/T 4754 codes": _l("兼营行业，GB/T 4754 代码"),
    "the alias, former name or code that was found": _l("匹配到的别名、曾用名或代码"),
    "the engine is away; only beginnings of names and codes were compared":
        _l("搜索引擎不在；只比对了名称和代码的开头"),
    "the version that the change was made from": _l("修改所依据的 version"),
    "unified social credit code, 18 characters": _l("统一社会信用代码，18 位"),
    "user name of the one responsible": _l("负责人的用户名"),
}  # fmt: skip
"""Every sentence that the code says of a call or a shape."""

KINDS: Mapping[str, Any] = {
    "wan": _l("万元"), "yi": _l("万元，页面上写亿元"), "mu": _l("平方米，页面上写亩"), "day": _l("日期"),
    "instant": _l("时刻"), "number": _l("数"), "code": _l("代码"), "yesno": _l("是或否"), "many": _l("多个"),
}  # fmt: skip


def worded(document: Document, lists: Mapping[str, ListSpec], base: str) -> Document:
    """The document with every summary and description in the reader's language. `lists` by their path below `base`."""
    found = deepcopy(document)
    found["info"]["description"] = str(ABOUT)
    _replaced(found["paths"])
    _replaced(found["components"]["schemas"])
    for tag in found["tags"]:
        tag["description"] = str(TAGS[tag["name"]])
    for path, spec in lists.items():
        _list(found["paths"][f"{base}/{path}"]["get"], spec)
        _shape_of_rows(found["components"]["schemas"], camel(path), spec)
    for verbs in found["paths"].values():
        for call in verbs.values():
            if call["summary"].startswith("One record of "):
                name = TAGS[call["tags"][0]]
                call["summary"] = _("%(name)s：一条记录，只到调用人看得到为止。", name=name)
    return found


def camel(path: str) -> str:
    return "".join(part.capitalize() for part in path.split("-"))


def _replaced(part: Any) -> None:
    """Sentences of the code, in place."""
    if isinstance(part, list):
        for each in part:
            _replaced(each)
    elif isinstance(part, dict):
        for key, value in part.items():
            if key in ("summary", "description") and isinstance(value, str):
                part[key] = str(SAID.get(value, value))
            else:
                _replaced(value)


def _list(call: Document, spec: ListSpec) -> None:
    call["summary"] = _("%(title)s：条件、排序和分页同页面。", title=spec.title)
    words = _words_of(spec)
    for each in call["parameters"]:
        if each["name"] in words:
            each["description"] = words[each["name"]]
            each["schema"].pop("description", None)


def _shape_of_rows(shapes: Document, name: str, spec: ListSpec) -> None:
    """What a row of the list holds, and what its query takes."""
    columns = {column.name: _column(column.label, column.kind) for column in spec.columns}
    for shape, words in ((f"{name}Row", columns), (f"{name}Query", _words_of(spec))):
        for key, described in shapes.items():
            if shape in key.split("."):
                for field, value in described["properties"].items():
                    if field in words:
                        value["description"] = words[field]


def _column(label: Any, kind: str) -> str:
    return f"{label} ({KINDS[kind]})" if kind in KINDS else str(label)


def _words_of(spec: ListSpec) -> dict[str, str]:
    found = {
        field.name: _(
            "%(label)s；不写比较方法就是“%(op)s”", label=field.label, op=field.op_label(field.ops[0])
        )
        for field in spec.fields
    }
    sorts = _joined(f"{name} ({sort.label})" for name, sort in spec.sorts.items())
    return {
        **found,
        "w": _("成组的条件"),
        "sort": _("可以是 %(names)s；前面加减号就倒过来", names=sorts),
        "page": _("第几页"),
        "size": _("每页几条"),
        "after": _("上一页答复里给的位置，往后翻"),
        "before": _("答复里给的位置，往前翻"),
    }


def _joined(parts: Iterable[str]) -> str:
    return ", ".join(parts)
