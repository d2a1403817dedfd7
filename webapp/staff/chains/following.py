"""Follow-ups, tasks, notes and files of a map and of a node: every record's component, on a page beside the map."""

from flask import url_for
from flask.typing import ResponseReturnValue

from chains import access, lifecycle, queries, service
from chains.models import Chain, ChainNode
from core.db import db, load
from core.i18n import lazy as _l
from crm.activity.queries import Words
from webapp.staff.activity import component
from webapp.staff.chains.page import name_of
from webapp.staff.chains.views import bp
from webapp.web.access import requires
from webapp.web.acting import acting
from webapp.web.rendering import render

WORDS = Words(
    actions={
        "chains.created": _l("建立图谱"),
        "chains.edited": _l("编辑图谱"),
        "chains.undone": _l("撤销一步"),
        "chains.redone": _l("重做一步"),
        "chains.described": _l("修改说明"),
        "chains.appointed": _l("改链长或部门"),
        "chains.state_set": _l("改判节点状态"),
        "chains.placements_loaded": _l("载入企业挂点"),
        **{f"chains.{step.verb}": step.label for step in lifecycle.MAP.steps},
    },
    fields={"status": _l("状态"), "state": _l("节点状态")},
    shown=lambda name, value: (
        str(lifecycle.MAP.label_of(value)) if name == "status" and value else str(value or "—")
    ),
    named=("chains.edited", "chains.state_set"),
)


@bp.get("/<pid>/activity")
@requires(access.VIEW)
def activity(pid: str) -> ResponseReturnValue:
    chain = load(db.session(), Chain, pid, where=access.visible_to(acting()))
    return _page(service.KIND, chain, chain.name, url_for(".show", pid=pid))


@bp.get("/nodes/<pid>/activity")
@requires(access.VIEW)
def node_activity(pid: str) -> ResponseReturnValue:
    node = queries.node(db.session(), pid, actor=acting())
    back = url_for(".show", pid=node.chain.public_id, node=node.code, _anchor="node")
    return _page(service.NODE_KIND, node, f"{node.chain.name} {name_of(node)}", back)


def _page(kind: str, record: Chain | ChainNode, name: str, back: str) -> ResponseReturnValue:
    return render(
        "staff/chains/activity.html",
        kind=kind,
        record=record,
        name=name,
        back=back,
        timeline=component.timeline(kind, record.id, WORDS),
    )
