"""Forms as a browser sees them: found in pages, filled in as a person would, sent as they are."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient

TEXTUAL = {"text", "search", "tel", "email", "url"}
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass
class PageForm:
    """One POST form of a page: where it goes, what it would send untouched, and what a person may fill in."""

    page: str
    action: str
    values: dict[str, list[str]] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)

    def hidden(self, ending: str) -> str | None:
        """The value of the hidden field of that name, whatever the form's prefix."""
        for name, values in self.values.items():
            if name.endswith(ending) and self.kinds.get(name) == "hidden" and values and values[0]:
                return values[0]
        return None

    def send(self, client: FlaskClient, **changes: str | list[str]) -> tuple[int, str, str]:
        """Status, text and path of the redirect; files are small PDFs."""
        data: dict[str, object] = {name: list(values) for name, values in self.values.items()}
        data.update(changes)
        for name, kind in self.kinds.items():
            if kind == "file":
                data[name] = (
                    (io.BytesIO(PDF), "扫描件.pdf")
                    if self.values.get(name) == ["file"]
                    else (io.BytesIO(b""), "")
                )
        answer = client.post(self.action, data=data, content_type="multipart/form-data")
        return (
            answer.status_code,
            answer.get_data(as_text=True),
            urlsplit(answer.headers.get("Location", "")).path,
        )


def parse(html: str) -> Element:
    return html5lib.parse(html, namespaceHTMLElements=False)


def links(tree: Element) -> Iterator[str]:
    for node in tree.iter("a"):
        target = urlsplit(node.get("href") or "")
        if target.path.startswith("/") and not target.netloc:
            yield target.path + (f"?{target.query}" if target.query else "")


def post_forms(tree: Element, page: str) -> Iterator[PageForm]:
    for node in tree.iter("form"):
        if (node.get("method") or "get").lower() != "post":
            continue
        found = PageForm(page, _path(page, node.get("action")))
        for part in node.iter():
            _read(found, part)
        for button in node.iter("button"):
            if other := button.get("formaction"):
                yield PageForm(
                    page,
                    _path(page, other),
                    dict(found.values),
                    found.texts,
                    found.kinds,
                    found.choices,
                    found.labels,
                )
        buttons = list(node.iter("button"))
        if not buttons or not all(button.get("formaction") for button in buttons):
            yield found


def _path(page: str, action: str | None) -> str:
    return urljoin(page, action or page)


def _read(form: PageForm, part: Element) -> None:
    name = part.get("name")
    if not name or part.get("disabled") is not None:
        return
    if part.tag == "textarea":
        form.values[name] = ["".join(part.itertext())]
        form.texts.append(name)
        form.kinds[name] = "textarea"
    elif part.tag == "select":
        _read_select(form, part, name)
    elif part.tag == "input":
        _read_input(form, part, name)


def _read_select(form: PageForm, part: Element, name: str) -> None:
    options = list(part.iter("option"))
    form.kinds[name] = "select"
    form.choices[name] = [each.get("value") or "" for each in options]
    chosen = [each.get("value") or "" for each in options if each.get("selected") is not None]
    form.values[name] = chosen or ([] if part.get("multiple") is not None else form.choices[name][:1])


def _read_input(form: PageForm, part: Element, name: str) -> None:
    kind = (part.get("type") or "text").lower()
    form.kinds[name] = part.get("inputmode") or kind
    value = part.get("value") or ""
    if kind in ("checkbox", "radio"):
        form.choices.setdefault(name, []).append(value or "y")
        if part.get("checked") is not None:
            form.values.setdefault(name, []).append(value or "y")
    elif kind == "file":
        form.values.setdefault(name, [])
    elif kind not in ("submit", "button"):
        form.values.setdefault(name, []).append(value)
        if kind in TEXTUAL and not part.get("inputmode"):
            form.texts.append(name)


def fill(form: PageForm, given: Mapping[str, str]) -> None:
    """Fill in every blank as a person in a hurry would; `given` says what this form must hold by field."""
    for name, kind in form.kinds.items():
        short = name.rpartition("-")[2]
        if kind == "hidden":
            continue
        if short in given:
            form.values[name] = [given[short]]
        elif kind == "file":
            form.values[name] = ["file"]
        elif kind in ("radio", "select"):
            _choose(form, name)
        elif kind != "checkbox" and not any(form.values.get(name, [])):
            form.values[name] = [_words(kind, short)]


def _choose(form: PageForm, name: str) -> None:
    if not any(value not in ("", "0") for value in form.values.get(name, [])):
        form.values[name] = [value for value in form.choices[name] if value not in ("", "0")][:1]


def _words(kind: str, name: str) -> str:
    if kind == "date" or name.endswith("_on"):
        return (date.today() + timedelta(days=7 if name.startswith(("next", "due")) else -7)).isoformat()
    if kind == "datetime-local":
        return "2026-11-20T09:00"
    if kind == "tel":
        return "0816-2213344"
    if kind in ("number", "numeric", "decimal") or name.endswith(
        ("_wan", "_mu", "_sqm", "days", "year", "_pct", "points")
    ):
        return "2025" if name.endswith("year") else "1"
    return "测试填写的内容"
