"""How deeds on targets are told in the timeline."""

from core.i18n import lazy as _l
from crm.activity.queries import Words
from crm.targets.lifecycle import TARGET

WORDS = Words(
    actions={
        "targets.added": _l("列入目标名单"),
        "targets.advanced": _l("对接状态"),
        "targets.assigned": _l("分派"),
        "targets.changed": _l("修改资料"),
        "targets.moved": _l("移到别的名单"),
        "targets.scored": _l("重新评分"),
        "targets.released": _l("久无跟进，回收公海"),
    },
    fields={
        "contact_status": _l("对接状态"),
        "maturity": _l("成熟度"),
        "product": _l("主营产品"),
        "fit_points": _l("契合分"),
        "fit_known": _l("契合分的分母"),
        "list": _l("名单"),
    },
    shown=lambda name, value: (
        str(TARGET.label_of(value)) if name == "contact_status" and value else str(value or "—")
    ),
)
