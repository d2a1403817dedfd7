"""Two versions of a standard side by side: lines added, dropped and changed, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.criteria import words
from core.criteria.model import (
    Bands,
    Compare,
    Group,
    Indicator,
    Library,
    Options,
    Score,
    Source,
    Steps,
    Version,
    Way,
)
from core.i18n import _


@dataclass(frozen=True)
class Difference:
    """One line; `before` None is new, `after` None is gone."""

    label: str
    before: str | None
    after: str | None

    @property
    def kind(self) -> str:
        if self.before is None:
            return "added"
        return "gone" if self.after is None else "changed"


def differences(library: Library, before: Version | None, after: Version | None) -> list[Difference]:
    """Line by line, by id; what is the same on both sides is left out."""
    old, new = dict(_lines(library, before)), dict(_lines(library, after))
    found = []
    for key in dict.fromkeys([*old, *new]):
        was, now = old.get(key), new.get(key)
        if was is None or now is None or was[1] != now[1]:
            label = (now or was or ("", ""))[0]
            found.append(Difference(label, was[1] if was else None, now[1] if now else None))
    return found


def _lines(library: Library, version: Version | None) -> Iterator[tuple[str, tuple[str, str]]]:
    if version is None or version.rule is None:
        return
    yield from _of(library, version.rule, "0")


def _of(library: Library, node: Any, place: str) -> Iterator[tuple[str, tuple[str, str]]]:
    if isinstance(node, Compare):
        metric = library.metric(node.metric)
        said = f"{metric.label} {threshold_words(library, node)}"
        yield f"line:{node.id}", (node.label or metric.label, said)
    elif isinstance(node, Group):
        yield f"group:{place}", (node.label or str(_("组合")), group_words(node))
        for number, part in enumerate(node.of):
            yield from _of(library, part, f"{place}.{number}")
    elif isinstance(node, Score):
        yield f"score:{node.id}", (node.label or str(_("评分")), score_words(node))
        for indicator in node.indicators:
            yield f"line:{indicator.id}", (indicator.label, indicator_words(library, indicator))


def threshold_words(library: Library, node: Compare) -> str:
    return f"{words.threshold(library.metric(node.metric), node)}{_whence(node.source)}"


def group_words(node: Group) -> str:
    count = len(node.of)
    if node.kind == "all":
        return str(_("%(count)s 条全部满足", count=count))
    if node.kind == "any":
        return str(_("%(count)s 条满足其一", count=count))
    return str(_("%(count)s 条至少满足 %(n)s 条", count=count, n=node.n))


def score_words(node: Score) -> str:
    if node.total_min is not None:
        said = str(_("总分不低于 %(points)s", points=words.plain(node.total_min)))
    else:
        said = str(_("总分高于 %(points)s（不含）", points=words.plain(node.total_above or 0)))  # type: ignore[arg-type]  # one of the two is given
    least = "、".join(f"{name} ≥ {words.plain(points)}" for name, points in node.category_min.items())
    never = "、".join(f"{name} ≠ 0" for name in node.category_not_zero)
    return "；".join(part for part in (said, least, never) if part)


def indicator_words(library: Library, indicator: Indicator) -> str:
    ways = " / ".join(_way(library, way) for way in indicator.ways)
    most = _("满分 %(points)s", points=words.plain(indicator.max))
    return f"{indicator.category}，{most}，{ways}{_whence(indicator.source)}"


def _whence(source: Source) -> str:
    """Where a line comes from, in words; that it was compared with the text is the rule and not said."""
    return "" if source == "V" else f"（{words.SOURCES[source]}）"


def _way(library: Library, way: Way) -> str:
    metric = library.metric(way.metric)
    if isinstance(way, Bands):
        return f"{metric.label}：" + "，".join(words.band_words(metric, band) for band in way.bands)
    if isinstance(way, Options):
        chosen = (
            f"{metric.choices.get(code, code)} {words.plain(points)}" for code, points in way.points.items()
        )
        return f"{metric.label}：" + "，".join(chosen)
    if isinstance(way, Steps):
        return f"{metric.label}：{words.plain(way.per)}/{words.plain(way.every)}"
    return metric.label
