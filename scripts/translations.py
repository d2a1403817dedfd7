"""Extracts what people read and compares it with the English catalogue.

    python scripts/translations.py update     writes new strings into the catalogue, keeps what is translated
    python scripts/translations.py check      exits 1 and names what is missing, empty, fuzzy or does not fit

Chinese is the source and needs no catalogue. Fuzzy matching stays off: it gives a new sentence the English
of its neighbour.
"""

import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
ENGLISH = ROOT / "webapp/translations/en/LC_MESSAGES/messages.po"
FOLDERS = ("core", "chains", "crm", "search", "webapp")
METHODS = [("**/templates/**.html", "jinja2"), ("**/static/**", "ignore"), ("**.py", "python")]
OPTIONS = {"**/templates/**.html": {"extensions": "jinja2.ext.i18n,jinja2.ext.do", "silent": "false"}}
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "_l": None,
    "lazy_gettext": None,
    "lazy_pgettext": ((1, "c"), 2),
    "lazy_ngettext": (1, 2),
}
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%%")
_PERCENT = re.compile(r"(?<!%)%(?!\(\w+\)[sd]|%)")


def extracted() -> Catalog:
    """Every string that the code and the templates mark, with where it stands."""
    found = Catalog(project="Lianzhao", charset="utf-8")
    for folder in FOLDERS:
        if not (ROOT / folder).is_dir():
            continue
        for name, line, message, comments, context in extract_from_dir(
            ROOT / folder, METHODS, OPTIONS, KEYWORDS, comment_tags=("Translators:",)
        ):
            found.add(message, None, [(f"{folder}/{name}", line)], auto_comments=comments, context=context)
    return found


def catalogue() -> Catalog:
    if not ENGLISH.exists():
        return Catalog(
            locale="en",
            project="Lianzhao",
            header_comment="# English of Lianzhao; the source is Chinese. `make translations` extracts.",
            last_translator="the contributors",
            language_team="the contributors",
            msgid_bugs_address="the project's issue list",
            charset="utf-8",
            fuzzy=False,
        )
    with ENGLISH.open("rb") as stream:
        return read_po(stream, locale="en")


def _forms(text: object) -> list[str]:
    return [str(part) for part in text] if isinstance(text, list | tuple) else [str(text or "")]


def _faults(message: Message, translated: Message | None) -> list[str]:
    if translated is None:
        return ["is not in the catalogue"]
    if translated.fuzzy:
        return ["is marked fuzzy"]
    forms = _forms(translated.string)
    if not all(form.strip() for form in forms):
        return ["has no English"]
    source = set(_PLACEHOLDER.findall("".join(_forms(message.id))))
    faults = []
    for form in forms:
        named = set(_PLACEHOLDER.findall(form))
        if named - source or (source - named and len(forms) == 1):
            faults.append(f"names other placeholders: {sorted(source)} and {sorted(named)}")
        if source and _PERCENT.search(form):
            faults.append("has a bare % beside placeholders; write %%")
    return faults


def faults() -> list[str]:
    """One line for each string whose English is missing or does not fit."""
    english = catalogue()
    lines = []
    for message in extracted():
        if not message.id:
            continue
        where = "{}:{}".format(*message.locations[0]) if message.locations else "?"
        translated = english.get(message.id, message.context)
        lines += [f"{where}: {_forms(message.id)[0]!r} {fault}" for fault in _faults(message, translated)]
    return lines


def update() -> None:
    english = catalogue()
    english.update(extracted(), no_fuzzy_matching=True)
    english.obsolete.clear()
    ENGLISH.parent.mkdir(parents=True, exist_ok=True)
    with ENGLISH.open("wb") as stream:
        write_po(stream, english, width=110, sort_by_file=True, include_lineno=False)
    with ENGLISH.with_suffix(".mo").open("wb") as stream:
        write_mo(stream, english)


def main() -> int:
    if sys.argv[1:] == ["update"]:
        update()
        print(f"{ENGLISH.relative_to(ROOT)}: {len(faults())} strings want English")
        return 0
    if sys.argv[1:] == ["check"]:
        found = faults()
        print(
            "\n".join(
                [*found, f"{len(found)} strings want English" if found else "every string has its English"]
            )
        )
        return 1 if found else 0
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main())
