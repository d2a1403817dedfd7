"""Points: banded, by choice, in steps or as given; ranges where data are missing."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal

from core.criteria import words
from core.criteria.model import Band, Bands, Given, Indicator, Library, Options, Score, Steps, Way
from core.criteria.outcome import Line, ScoreSheet, Verdict
from core.criteria.values import Value, Values, absent_parts, value_of
from core.i18n import _

ZERO = Decimal(0)


def points_of(way: Way, known: Value | None, most: Decimal) -> Decimal | None:
    """The points of one way, at most `most`; None when the value is missing or not one of the choices."""
    if known is None:
        return None
    if isinstance(way, Options):
        return way.points.get(str(known.value))
    if not isinstance(known.value, Decimal):
        return None
    if isinstance(way, Bands):
        return band_of(way, known.value).points
    if isinstance(way, Given):
        return min(most, max(ZERO, known.value))
    full = (known.value / way.every).to_integral_value(rounding=ROUND_FLOOR)
    return min(most, max(ZERO, full * way.per))


def band_of(way: Bands, value: Decimal) -> Band:
    """The band that holds a value: lower bound included, upper excluded."""
    return next(
        band
        for band in way.bands
        if (band.min is None or value >= band.min) and (band.max is None or value < band.max)
    )


def indicator_line(library: Library, values: Values, indicator: Indicator, enforced: bool) -> Line:
    """The best of an indicator's ways; what is missing could still bring up to that way's best."""
    known = [value_of(library.metric(way.metric), values) for way in indicator.ways]
    points = [points_of(way, value, indicator.max) for way, value in zip(indicator.ways, known, strict=True)]
    low = max((found for found in points if found is not None), default=ZERO)
    high = max(
        _best(way, indicator) if found is None else found
        for way, found in zip(indicator.ways, points, strict=True)
    )
    best = max(range(len(points)), key=lambda place: (points[place] is not None, points[place] or ZERO))
    way, value, metric = indicator.ways[best], known[best], library.metric(indicator.ways[best].metric)
    absent = [
        code
        for other, found in zip(indicator.ways, points, strict=True)
        if found is None
        for code in absent_parts(library, library.metric(other.metric), values) or (other.metric,)
    ]
    undecided = high > low
    return Line(
        id=indicator.id,
        label=indicator.label,
        verdict=Verdict.MISSING if undecided else (Verdict.MET if low > 0 else Verdict.NOT_MET),
        metric=metric.code,
        metric_label=metric.label,
        value=words.shown(metric, value.value if value else None),
        year=value.year if value else None,
        source=value.source if value else "",
        threshold=_asked(library, way, value),
        distance=_next_band(library, way, values, value),
        enforced=enforced,
        missing=tuple(dict.fromkeys(absent)) if undecided else (),
        points=low,
        points_high=high,
        points_max=indicator.max,
        category=indicator.category,
        note=indicator.note,
    )


def sheet(node: Score, lines: Sequence[Line]) -> ScoreSheet:
    """Totals as ranges. An indicator that nobody has confirmed is not sure of any point."""
    categories: dict[str, tuple[Decimal, Decimal]] = {}
    for line in lines:
        low, high = categories.get(line.category, (ZERO, ZERO))
        sure = (line.points or ZERO) if line.enforced else ZERO
        possible = (line.points_high if line.enforced else line.points_max) or ZERO
        categories[line.category] = (low + sure, high + possible)
    return ScoreSheet(
        total=sum((low for low, _high in categories.values()), ZERO),
        total_high=sum((high for _low, high in categories.values()), ZERO),
        threshold=node.total_min if node.total_min is not None else node.total_above or ZERO,
        inclusive=node.total_min is not None,
        categories=categories,
        category_min=dict(node.category_min),
        category_not_zero=node.category_not_zero,
    )


def _best(way: Way, indicator: Indicator) -> Decimal:
    if isinstance(way, Bands):
        return max(band.points for band in way.bands)
    if isinstance(way, Options):
        return max(way.points.values())
    return indicator.max


def _asked(library: Library, way: Way, known: Value | None) -> str:
    metric = library.metric(way.metric)
    if isinstance(way, Bands) and known is not None and isinstance(known.value, Decimal):
        return words.band_words(metric, band_of(way, known.value))
    if isinstance(way, Bands):
        best = max(way.bands, key=lambda band: band.points)
        return words.band_words(metric, best)
    if isinstance(way, Options):
        return "；".join(
            _("%(choice)s：%(points)s 分", choice=metric.choices.get(code, code), points=words.plain(points))
            for code, points in way.points.items()
        )
    if isinstance(way, Steps):
        return str(
            _("每 %(every)s 计 %(per)s 分", every=words.shown(metric, way.every), per=words.plain(way.per))
        )
    return ""


def _next_band(library: Library, way: Way, values: Values, known: Value | None) -> str:
    """What separates a value from the next band with more points."""
    if not isinstance(way, Bands) or known is None or not isinstance(known.value, Decimal):
        return ""
    here = band_of(way, known.value)
    better = [band for band in way.bands if band.points > here.points]
    if not better:
        return ""
    have = known.value
    want, more = min(
        ((_edge(band, have), band.points - here.points) for band in better),
        key=lambda pair: abs(pair[0] - have),
    )
    metric = library.metric(way.metric)
    gap = words.distance(library, metric, values, have, want)
    return str(_("离下一档（多 %(points)s 分）%(gap)s", points=words.plain(more), gap=gap))


def _edge(band: Band, value: Decimal) -> Decimal:
    """The nearest bound of a band that does not hold the value."""
    if band.min is not None and value < band.min:
        return band.min
    return band.max if band.max is not None else value
