"""Taking back what an import did to the register; nothing that somebody has touched or used since."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Row, bindparam, delete, select
from sqlalchemy.orm import Session

from core.bulk import among, write_rows
from core.dirty import touch
from core.errors import Text
from core.i18n import _
from core.i18n import lazy as _l
from core.imports.handlers import Done, Undone
from core.imports.reversing import Reversal, reverse
from core.permissions import Actor
from core.text import forms
from crm.enterprises import access, name_grams, placing, tags
from crm.enterprises.cutting import derived_names
from crm.enterprises.import_columns import COLUMNS
from crm.enterprises.import_writes import FORMER_NAMES_ADDED
from crm.enterprises.models import Enterprise, FormerName
from crm.enterprises.service import KIND

_FIELDS: Final = {"park": "park_id", "region": "region_code"}
_NAMES: Final = frozenset({"name", "short_name"})
_DROPPED: Final = delete(FormerName.__table__).where(  # type: ignore[arg-type]  # a table, as the mapper declares it
    FormerName.enterprise_id == bindparam("b_owner"), FormerName.core_name == bindparam("b_core_name")
)
_PRODUCTS: Final = frozenset({"main_products", "industry_code", "industry_text"})


def _derived(present: Row[Any], restored: Mapping[str, Any]) -> Mapping[str, Any]:
    """Sort keys and pinyin follow the name that stands again."""
    if not restored.keys() & _NAMES:
        return {}
    now = {**present._mapping, **restored}
    return derived_names(now["name"], now.get("short_name") or "") if "name" in now else {}


REVERSAL: Final = Reversal(
    Enterprise,
    kind=KIND,
    own=(
        "enterprise_gram",
        "enterprise_key",
        "enterprise_tag",
        "enterprise_suspect",
        "product_match",
        "former_name",
    ),
    words={
        "contact": _l("联系人"),
        "enterprise_year": _l("年度数据"),
        "honour": _l("荣誉"),
        "placement": _l("挂点"),
        "lead": _l("线索"),
        "project": _l("项目"),
        "target": _l("目标企业"),
        "enterprise_request": _l("诉求"),
        "green_card": _l("绿卡"),
        "note": _l("记事"),
        "follow_up": _l("跟进"),
        "task": _l("任务"),
        "attachment": _l("附件"),
        "enterprise_membership": _l("企业账号"),
        "service_case": _l("服务专班"),
        "roster_entry": _l("培优名录"),
        "evaluation": _l("培优评估"),
        "assessment_input": _l("培优评估"),
    },
    labels={
        **{_FIELDS.get(column.key, column.key): column.label for column in COLUMNS},
        "unit_id": _l("归口单位"),
    },
    derived=_derived,
)


def undo(session: Session, rows: Sequence[Done], *, actor: Actor) -> list[Undone]:
    """Records, former names, grams of names, matches of products; marks what changed for the search."""
    ids = sorted({row.record_id for row in rows if row.record_id is not None})
    found = reverse(session, REVERSAL, rows, held=_held(session, ids, actor))
    _drop_former_names(session, rows, found)
    changed = [each for each in found if each.restored]
    renamed = _ids(each for each in changed if each.restored.keys() & _NAMES)
    name_grams.renew(session, renamed)
    tags.renew(session, renamed)
    placing.refresh_matches(session, _ids(each for each in changed if each.restored.keys() & _PRODUCTS))
    touch(KIND, _ids(each for each in found if each.restored or each.deleted or each.group == "reversed"))
    return found


def _ids(found: Iterable[Undone]) -> list[int]:
    return [each.record_id for each in found if each.record_id is not None]


def _held(session: Session, ids: Sequence[int], actor: Actor) -> dict[int, Text]:
    """Enterprises that have gone to a unit where the actor may not change them."""
    reach = actor.reach(access.EDIT)
    owners = session.execute(
        select(Enterprise.id, Enterprise.unit_id).where(among(session, Enterprise.id, ids))
    )
    return {
        row.id: _("归其他单位管，您不能改。")
        for row in owners
        if not reach or (row.unit_id is not None and not reach.covers(row.unit_id))
    }


def _drop_former_names(session: Session, rows: Sequence[Done], found: Sequence[Undone]) -> None:
    """Those that the import added, unless the new name itself was kept."""
    outcome = {each.row_no: each for each in found}
    wanted = []
    for row in rows:
        names = (row.after or {}).get(FORMER_NAMES_ADDED, ())
        done = outcome[row.row_no]
        if names and done.group != "failed" and ("name" not in (row.after or {}) or "name" in done.restored):
            wanted += [
                {"b_owner": row.record_id, "b_core_name": forms.normal_form(name)[:200]} for name in names
            ]
    write_rows(session.connection(), _DROPPED, wanted)
