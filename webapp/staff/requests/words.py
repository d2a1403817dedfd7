"""How deeds on requests are told in the timeline."""

from core.i18n import lazy as _l
from crm.activity.queries import Words
from crm.service_requests.lifecycle import REQUEST

WORDS = Words(
    actions={
        **{f"requests.{step.verb}": step.label for step in REQUEST.steps},
        "requests.submit": _l("企业提交"),
        "requests.note": _l("内部备注"),
        "requests.host_set": _l("指定承办单位"),
        "requests.due_moved": _l("调整办结时限"),
        "requests.call_missed": _l("回访未接通"),
    },
    fields={"status": _l("状态"), "due_at": _l("办结时限")},
    shown=lambda name, value: (
        str(REQUEST.label_of(value)) if name == "status" and value else str(value or "—")
    ),
)
