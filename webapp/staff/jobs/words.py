"""How jobs are called, how their states look, where their results stand."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.i18n import _
from core.i18n import lazy as _l
from core.imports.models import Import
from core.jobs.models import Job
from crm.parks import tasks as park_tasks
from webapp import schedule
from webapp.web.signin import own_path

STATES: Mapping[str, tuple[Any, str]] = {
    "queued": (_l("排队中"), "idle"),
    "running": (_l("进行中"), "info"),
    "done": (_l("已完成"), "ok"),
    "failed": (_l("没做成"), "late"),
    "cancelled": (_l("已停止"), "idle"),
    "dead": (_l("多次失败"), "late"),
}
_KINDS: Mapping[str, Any] = {
    "imports.check": _l("预检导入文件"),
    "imports.run": _l("导入文件"),
    "imports.undo": _l("撤销导入"),
    "lists.export": _l("导出列表"),
    "search.rebuild": _l("重建检索"),
    "lists.bulk": _l("批量操作"),
    park_tasks.JOB: _l("园区改动后更新名下企业和项目"),
}


def kind_label(kind: str) -> Any:
    return kinds().get(kind, kind)


def kinds() -> Mapping[str, Any]:
    return {**_KINDS, **schedule.labels()}


def title_of(job: Job) -> str:
    """The kind in words, and what it is about where the job says so."""
    about = "" if job.title in schedule.TABLE else job.title
    label = str(kind_label(job.kind))
    return f"{label}：{about}" if about else label


def result_urls(session: Session, jobs: Sequence[Job]) -> dict[int, str]:
    """Job id → own address of its result: what the job has left in `result["url"]`, or its import."""
    found = {
        job.id: url for job in jobs if job.result and (url := own_path(str(job.result.get("url") or "")))
    }
    imports = [job.id for job in jobs if job.kind.startswith("imports.")]
    if imports:
        rows = session.execute(select(Import.job_id, Import.public_id).where(Import.job_id.in_(imports)))
        found |= {row.job_id: f"/imports/{row.public_id}" for row in rows if row.job_id is not None}
    return found


def when_words(row: schedule.Periodic) -> str:
    """ "每天 00:10"; other rhythms by their day: "每周一 08:00", "每月 1 日 08:00"."""
    when = row.when
    clock_time = f"{min(when.hour):02d}:{min(when.minute):02d}"
    if len(when.hour) * len(when.minute) > 1:
        return str(_("每天 %(count)s 次", count=len(when.hour) * len(when.minute)))
    if len(when.day_of_week) < 7:
        names = (_("周日"), _("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"))
        days = "、".join(names[day] for day in sorted(when.day_of_week))
        return str(_("每%(days)s %(time)s", days=days, time=clock_time))
    if len(when.day_of_month) < 31:
        days = "、".join(str(day) for day in sorted(when.day_of_month))
        return str(_("每月 %(days)s 日 %(time)s", days=days, time=clock_time))
    return str(_("每天 %(time)s", time=clock_time))
