"""一表: the table that goes with a map's picture, on paper and as Excel."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from chains import gaps, words
from chains.models import ChainNode
from core.i18n import _
from crm.enterprises import coverage, map_versions
from webapp.staff.chains import page as pages


@dataclass(frozen=True)
class Row:
    """An end node with its state, its parents, local firms and the weightiest others."""

    node: ChainNode
    state: gaps.NodeState
    above: str
    local: Sequence[coverage.Named]
    others: Sequence[coverage.Named]


def of(session: Session, built: pages.MapPage) -> list[Row]:
    """Every end node with its state, action, local and other firms, in the order of the map."""
    if built.version is not None:
        firms = map_versions.names_by_node(built.version, built.locator)
    else:
        firms = coverage.names_by_node(session, built.found, built.locator)
    rows = []
    for node in built.found.nodes:
        state = built.report.nodes[node.code]
        if state.end:
            local, others = firms.get(node.code, ((), ()))
            above = " / ".join(pages.name_of(each) for each in built.found.line_of(node))
            rows.append(Row(node, state, above, local, others))
    return rows


def book(built: pages.MapPage, rows: Sequence[Row]) -> dict[str, list[list[Any]]]:
    """Page title → lines of the workbook, the first one being the head."""
    found = {
        _("图谱"): _about(built),
        _("环节表"): [_heads(), *(_line(at, row) for at, row in enumerate(rows, 1))],
    }
    if built.supply is not None:
        found[_("本地配套率")] = _purchases(built)
    return found


def _about(built: pages.MapPage) -> list[list[Any]]:
    chain, report, home = built.found.chain, built.report, built.locator.home.name
    counts: list[list[Any]] = [[str(words.STATES[state]), report.counts[state]] for state in gaps.State]
    lines: list[list[Any]] = [
        [_("项目"), _("内容")],
        [_("产业链"), pages.chain_name(chain)],
        [_("范围"), home],
        [
            _("版本"),
            _("第 %(number)s 版（%(status)s）", number=chain.number, status=words.STATUSES[chain.status]),
        ],
        [_("编制单位"), chain.prepared_by or "—"],
        [_("链长"), chain.office("chief") or "—"],
        [_("牵头部门"), chain.office("lead_department") or "—"],
        [_("基准日"), chain.as_of.isoformat() if chain.as_of else "—"],
        [_("计量单位"), _("家；采购额为万元")],
        [_("环节覆盖率（%）"), float(report.coverage)],
        [_("末级节点"), report.end_nodes],
        *counts,
        [_("本地企业（家，去重）"), report.local_firms],
    ]
    if built.supply is not None:
        rate = built.supply.rate
        lines.append([_("本地配套率（%）"), _("缺数据") if rate is None else float(rate)])
    basis = chain.basis or _("这是草稿，未经主管部门核定。")
    return [*lines, [_("数据来源"), basis], [_("阈值版本"), report.thresholds.version]]


def _heads() -> list[Any]:
    return [
        _("序号"), _("环节"), _("上级"), _("节点"), _("状态"), _("规模分"), _("本地企业"), _("本地企业名称（角色）"),
        _("外地重点企业"), _("缺口类型"), _("动作"),
    ]  # fmt: skip


def _line(number: int, row: Row) -> list[Any]:
    state = row.state
    return [
        number,
        str(words.STAGES[row.node.stage]),
        row.above,
        pages.name_of(row.node),
        str(words.STATES[state.state]),
        None if state.score is None else float(state.score),
        state.local_firms,
        _("、").join(f"{firm.name}（{words.ROLES[firm.role]}）" for firm in row.local),
        _("、").join(firm.name for firm in row.others),
        str(words.GAP_KINDS[state.gap_kind]) if state.gap_kind else "",
        str(words.ACTIONS[state.action]) if state.action else "",
    ]


def _purchases(built: pages.MapPage) -> list[list[Any]]:
    """The anchors of the home with what they buy; those that tell nothing stand there without figures."""
    assert built.supply is not None
    heads = [
        _("链主"), _("年度"), _("采购总额（万元）"), _("其中本地供应商（万元）"), _("本地配套率（%）"),
        _("数据来源"),
    ]  # fmt: skip
    lines: list[list[Any]] = [heads]
    for each in built.supply.anchors:
        figures = (each.total_wan, each.local_wan, each.rate)
        told = [None if figure is None else float(figure) for figure in figures]
        lines.append([each.name, each.year, *told, each.source or _("缺数据")])
    return lines
