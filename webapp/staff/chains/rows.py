"""The rows of a map's picture as SVG: a map has thousands of them, so they are written here and not by a template."""

from collections.abc import Iterable

from markupsafe import Markup, escape

from chains import words
from chains.drawing import Row, Shown
from core.i18n import _
from webapp.staff.chains.views import bp

_SWATCHES = {
    "strong": '<rect class="sw" width="10" height="10"/>',
    "emerging": '<rect class="sw0" width="10" height="10"/><rect class="sw" y="5" width="10" height="5"/>',
    "weak": '<rect class="sw0" width="10" height="10"/><path class="swl" d="M0 5l5-5M0 10l10-10M5 10l5-5"/>',
    "missing": '<rect class="sw0" width="10" height="10" stroke-dasharray="2.5 2"/>',
}
"""A state beside its word: full, half, hatched, empty."""


@bp.app_template_global("map_rows")
def written(rows: Iterable[Row]) -> Markup:
    """Every row a link with its whole name, its state in words and its count. What comes from people is escaped."""
    return Markup("\n".join(_group(row) if row.group else _end(row) for row in rows))  # noqa: S704 - escaped below


@bp.app_template_global("map_swatch")
def swatch(state: str) -> Markup:
    return Markup(_SWATCHES[state])  # noqa: S704 - our own shapes


def _open(row: Row, label: str, state: str = "") -> str:
    """The beginning of a row, in the colour of its state: a picture that leaves the house has no address."""
    node = row.node
    href = escape(node.href)
    link = f' href="{href}#node" hx-get="{href}"' if node.href else ""
    chosen = ' aria-current="true"' if row.chosen else ""
    cut = f"<title>{escape(node.name)}</title>" if row.text != node.name else ""
    inner = row.width - 4
    back = f'<rect class="row" x="2" y="1" width="{inner}" height="20" rx="2"/>' if state else ""
    tone = f' class="st-{state}"' if state else ""
    return (
        f'<a{tone}{link} aria-label="{escape(label)}"{chosen} transform="translate({row.x} {row.y})">{cut}{back}'
        f'<rect class="hit" x="2" y="1" width="{inner}" height="20" rx="2" opacity=".6"/>'
    )


def _group(row: Row) -> str:
    node = row.node
    tally = words.tally(node.missing, node.weak) if node.missing or node.weak else ""
    tone = "missing" if node.missing else "weak" if node.weak else "strong"
    return (
        f'{_open(row, group_label(node))}<text class="gh" x="{8 + row.indent}" y="15.5">{escape(row.text)}</text> '
        f'<text class="st-{tone} st" x="{row.width - 9}" y="15.5">{escape(tally)}</text></a>'
    )


@bp.app_template_global("map_group_label")
def group_label(node: Shown) -> str:
    return _(
        "%(name)s，%(tally)s，共 %(ends)s 个末级节点",
        name=node.name, tally=words.tally_spoken(node.missing, node.weak), ends=node.ends,
    )  # fmt: skip


def _end(row: Row) -> str:
    node = row.node
    talks = '<rect class="talk" y="3" width="3" height="16"/>' if node.talks else ""
    return (
        f"{_open(row, _end_label(node), node.state)}"
        f'<g transform="translate({8 + row.indent} 6)">{_SWATCHES[node.state]}</g>{talks}'
        f'<text x="{24 + row.indent}" y="15.5">{escape(row.text)}</text> '
        f'<text class="st" x="{row.width - 32}" y="15.5">{escape(node.mark)}</text> '
        f'<text class="cnt-t" x="{row.width - 9}" y="15.5">{node.firms}</text></a>'
    )


def _end_label(node: Shown) -> str:
    told = {"name": node.name, "state": node.mark, "firms": node.firms, "listed": node.listed}
    if node.talks:
        return _(
            "%(name)s %(state)s，本地企业 %(firms)s 家，全国上市 %(listed)s 家，在谈 %(talks)s 个",
            talks=node.talks, **told,
        )  # fmt: skip
    return _("%(name)s %(state)s，本地企业 %(firms)s 家，全国上市 %(listed)s 家", **told)
