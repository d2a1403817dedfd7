"""Every string that a person sees has its English."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import translations

ROOT = Path(__file__).resolve().parents[2]
CHINESE = re.compile(r"[㐀-鿿]")
MARKERS = {
    "_",
    "_l",
    "gettext",
    "ngettext",
    "pgettext",
    "npgettext",
    "lazy",
    "lazy_pgettext",
    "lazy_gettext",
    "lazy_ngettext",
}
# Chinese that the code reads and compares, official names that are rows of data, and the invented city.
VOCABULARY = (
    "core/text",
    "core/fields",
    "core/places.py",
    "core/reference.py",
    "core/imports",
    "chains/matching",
    "chains/exchange",
    "chains/workbook",
    "search/",
    "webapp/cli",
    "webapp/reference.py",
)
READERS = (
    "import_columns.py",
    "import_lookups.py",
)  # headings and values as other people's tables spell them
# Single words of that kind in files that otherwise show words to people.
WORDS = {
    "chains/words.py": "上游 中游 下游 配套 供应 替代 衍生 链主 龙头 骨干",  # as the chain files write them
    "core/accounts/passwords.py": "链招 招商",  # too easily guessed
    "core/accounts/second_factor.py": "链招",  # how an authenticator names the account
    # what offices write in the tables of days that they upload
    "core/calendar_changes.py": (
        "日期 类型 类别 安排 名称 节日 说明 放假 休 休息 节假日 上班 班 调休 调休上班 补班 停工 本地停工 本地上班 开工"
    ),
    "core/criteria/words.py": "人 项 个 件 家",  # measure words as the criteria files write them
    "core/permissions.py": "系统 （代",  # the actor of what nobody did by hand; a deputy's name in the trail
    "core/workdays.py": "元旦 春节 清明节 劳动节 端午节 中秋节 国庆节",  # names of statutory days in the calendar
    "crm/enterprises/import_nodes.py": "产业链",  # what tables add to a chain's name
    "crm/cultivation/rules.py": "人 项",  # units as the criteria files write them
    "crm/leads/rules.py": "集团",  # part of a firm's name
    "crm/service_requests/terms.py": "咨询 求助 建议 投诉举报 要素保障 复杂疑难",  # keys of the file of time limits
    "webapp/staff/imports/views.py": "元 千元 万元 百万元 亿元 亩 公顷 平方公里 万平方米",  # units as tables spell them
    "webapp/web/fields.py": "平方米",  # as people type it
    "webapp/web/formats.py": "周一 周二 周三 周四 周五 周六 周日 年 月 日",  # the Chinese form of a date
}


def test_english_catalogue_is_complete() -> None:
    faults = translations.faults()
    assert not faults, f"{len(faults)} strings; run `make translations`\n" + "\n".join(faults[:40])


def unmarked(tree: ast.AST) -> Iterator[ast.Constant]:
    """Chinese string literals outside translating calls and docstrings."""
    marked: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in MARKERS:
            marked.update(id(deep) for argument in node.args for deep in ast.walk(argument))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            marked.add(id(node.value))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {
            "compile",
            "sub",
            "match",
            "search",
        }:
            marked.update(id(deep) for argument in node.args for deep in ast.walk(argument))
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in marked
            and CHINESE.search(node.value)
        ):
            yield node


@pytest.mark.parametrize("folder", ["core", "chains", "crm", "webapp"])
def test_no_visible_string_is_left_unmarked(folder: str) -> None:
    wrong = []
    for path in sorted((ROOT / folder).rglob("*.py")):
        name = str(path.relative_to(ROOT))
        if not name.startswith(VOCABULARY) and not path.name.endswith(READERS):
            known = set(WORDS.get(name, "").split())
            found = unmarked(ast.parse(path.read_text()))
            wrong += [f"{name}:{node.lineno}: {node.value!r}" for node in found if node.value not in known]
    assert not wrong, "\n".join(wrong)


def test_placeholders_are_named_and_never_formatted_before_translation() -> None:
    """`_(f"…")` cannot be found in a catalogue, and `%s` leaves the translator no choice of order."""
    wrong = []
    for path in [path for folder in translations.FOLDERS for path in (ROOT / folder).rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") in MARKERS and node.args):
                continue
            for argument in node.args:
                if isinstance(argument, ast.JoinedStr) and path.name != "lazy.py":
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}: an f-string")
                if isinstance(argument, ast.Constant) and re.search(r"%[sd]", str(argument.value)):
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}: a nameless placeholder")
    assert not wrong, "\n".join(wrong)
