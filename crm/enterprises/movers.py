"""What hangs on an enterprise within the register, and what any record may have: contacts, activity, attachments."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement

from core.files import Attachment
from core.i18n import lazy as _l
from crm.activity.models import FollowUp, Note, Task
from crm.enterprises import honours
from crm.enterprises.contacts import CONTACT_KIND
from crm.enterprises.duplicates.moving import Mover, register
from crm.enterprises.membership import Membership
from crm.enterprises.models import Contact, Enterprise, EnterpriseYear, FormerName, Honour, YearVersion
from crm.enterprises.placements import Placement
from crm.enterprises.purchases import AnchorPurchase
from crm.enterprises.service import KIND


def _of_enterprises(model: Any) -> Callable[[], ColumnElement[bool]]:
    def clause() -> ColumnElement[bool]:
        found: ColumnElement[bool] = model.kind == KIND
        return found

    return clause


def _of_record(code: str, label: Any, model: type[Any], order: int, subject: str = "") -> Mover:
    return Mover(code, label, model, "record_id", where=_of_enterprises(model), subject=subject, order=order)


MOVERS = register(
    Mover("contact", _l("联系人"), Contact, first="is_primary", subject=CONTACT_KIND, order=10),
    Mover("year", _l("年度数据"), EnterpriseYear, unique=("year", "source"), gives_way="source", order=11),
    Mover("year_version", _l("年度数据的旧版"), YearVersion, order=11),
    Mover("group", _l("集团下属企业"), Enterprise, "group_id", subject=KIND, order=16),
    Mover("honour", _l("资质荣誉"), Honour, unique=honours.ONE, order=12),
    Mover("former", _l("曾用名"), FormerName, unique=("core_name",), order=13),
    Mover("placement", _l("图谱挂点"), Placement, unique=("node_id", "product"), order=14),
    Mover("purchase", _l("采购额"), AnchorPurchase, unique=("home", "year"), order=14),
    Mover("member", _l("企业账号"), Membership, key="account_id", order=15),
    _of_record("follow_up", _l("跟进记录"), FollowUp, 20),
    _of_record("task", _l("待办"), Task, 21),
    _of_record("note", _l("备注"), Note, 22),
    _of_record("attachment", _l("附件"), Attachment, 23, subject="attachment"),
)
