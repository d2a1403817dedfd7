"""The oldest browser that README names can show the product: no newer feature in style, script or template.

Versions of Chromium by MDN's compatibility tables (caniuse.com agrees); a feature missing here is added with
the first use of it. What a file asks for only after testing that it is there stands in GUARDED.
"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OLDEST = 123
"""Chromium 123 of March 2024; the vendored Tabler needs light-dark()."""

STYLE = {
    r"(?<!-)\btext-wrap\s*:\s*balance": 114, r"\btext-wrap\s*:\s*pretty": 117, r":has\(": 105, r"@container\b": 105,
    r"@layer\b": 99, r"color-mix\(": 111, r"\b(?:oklch|oklab|rgb|hsl)\(\s*from\b": 119, r"\boklch\(": 111,
    r"\blight-dark\(": 123, r"@scope\b": 118, r"@starting-style\b": 117, r"\bsubgrid\b": 117, r"\bfield-sizing\b": 123,
    r":user-(?:in)?valid\b": 119, r"@property\b": 85, r"\b\d+[dsl]vh\b": 108, r"\banimation-timeline\b": 115,
    r"\banchor-name\b|\banchor\(": 125, r"\bposition-anchor\b": 125, r"@view-transition\b": 126,
    r"\b(?:round|mod|rem)\(": 125, r"\binterpolate-size\b|\bcalc-size\(": 129, r"::details-content\b": 131,
    r":open\b": 133, r"\bbase-select\b": 135, r"(?<![-\w])if\(\s*(?:style|media)\(": 137, r"@function\b": 139,
    r"\bsibling-index\(": 138, r"\bcorner-shape\b": 139, r"\btext-box-trim\b|\btext-box\s*:": 133,
    r"(?:^|[;{}])\s*&": 120, r"\babs\(|\bsign\(": 138, r"\bscrollbar-color\b|\bscrollbar-width\b": 121,
}  # fmt: skip
SCRIPT = {
    r"\.replaceAll\(": 85, r"\.at\(": 92, r"\.findLast(?:Index)?\(": 97, r"\bstructuredClone\(": 98,
    r"\.to(?:Sorted|Spliced|Reversed)\(": 110, r"\bstartViewTransition\b": 111, r"\bshowPopover\(": 114,
    r"\b(?:Object|Map)\.groupBy\(": 117, r"\bPromise\.withResolvers\(": 119, r"\bArray\.fromAsync\(": 121,
    r"\bIterator\.from\(": 122, r"\.(?:isSubsetOf|isSupersetOf|isDisjointFrom|symmetricDifference)\(": 122,
    r"\bimport\b[^;\n]*\bwith\s*\{\s*type": 123, r"\bPromise\.try\(": 128, r"\bscheduler\.yield\(": 129,
    r"\.moveBefore\b": 133, r"\bError\.isError\(": 134, r"\bRegExp\.escape\(": 136, r"\bfromBase64\(": 140,
}  # fmt: skip
MARKUP = {
    r"<dialog\b": 37, r"\sinert\b(?=[\s>=])": 102, r"\spopover\b(?=[\s>=])": 114, r"<search\b": 118,
    r"<details[^>]*\sname=": 120, r"\sclosedby=": 134, r"\scommandfor=": 135,
}  # fmt: skip
GUARDED = {
    (r"\bstartViewTransition\b", "htmx"): "asked for only with hx-swap transition:true, and tested for",
    (r"\.moveBefore\b", "idiomorph"): "tested for before it is called",
    (r"\.moveBefore\b", "htmx"): "only after e.moveBefore was tested; hx-preserve is not used here",
}


def used(text: str, features: dict[str, int], name: str = "") -> dict[str, int]:
    """The features that a text uses, each with the Chromium that brought it."""
    return {
        pattern: version
        for pattern, version in features.items()
        if re.search(pattern, text) and not any(pattern == at and part in name for at, part in GUARDED)
    }


def _files(features: dict[str, int]) -> list[Path]:
    static = ROOT / "webapp" / "static"
    if features is STYLE:
        return sorted(static.rglob("*.css"))
    return sorted(static.rglob("*.js")) if features is SCRIPT else sorted((ROOT / "webapp").rglob("*.html"))


def _text(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)


@pytest.mark.parametrize("features", [STYLE, SCRIPT, MARKUP], ids=["style", "script", "markup"])
def test_nothing_is_newer_than_the_oldest_browser(features: dict[str, int]) -> None:
    files = _files(features)
    assert len(files) >= 3
    newer = [
        f"{path.relative_to(ROOT)}: {pattern} needs Chromium {version}"
        for path in files
        for pattern, version in used(_text(path), features, path.name).items()
        if version > OLDEST
    ]
    assert newer == []


def test_readme_names_the_oldest_browser_and_it_is_not_older_than_need_be() -> None:
    """Whoever lowers OLDEST sees what stands in the way; whoever drops the last use of a feature may lower it."""
    needed = max(version for path in _files(STYLE) for version in used(_text(path), STYLE).values())
    assert needed == OLDEST
    assert f"Chromium {OLDEST}" in (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("features", "text"),
    [
        (STYLE, "a{color:oklch(from red l c h)} b{position-anchor:--x}"),
        (STYLE, "details:open{color:red}"),
        (SCRIPT, "await Promise.try(work)"),
        (MARKUP, "<button commandfor=x command=show-modal>"),
    ],
)
def test_a_newer_feature_would_be_noticed(features: dict[str, int], text: str) -> None:
    assert max(used(text, features).values()) > OLDEST
