"""A workbook as WPS 表格 writes it, part by part.

The shape is that of 96 real files, builds 5.1 to 12.1, that were read by hand: entries of folders in the archive;
`Application` “WPS 表格”, `ICV` and `KSOProductBuildVer` among the properties; a worksheet that declares the namespace
`etc`, a `dimension`, columns out to the last one, rows with `spans`, empty cells that only carry a style; text in
shared strings, some with `_x000D_` in it; days as numbers in the formats of zh-CN, which are built in (31, 57) or
written out with `[DBNum1][$-804]`; formulas with their values, lists of choices, a filter, a hidden sheet.
None of those files held a picture within a cell: the formula `DISPIMG` beside a part `cellimages.xml` stands here as
others have described it.
"""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PROPERTY = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"

PLAIN, DAY, SHORT_DAY, IN_WORDS, WRITTEN_OUT, AMOUNT = range(6)
"""Styles of a cell; days: built in, built in without a year, 二〇一九年四月二日, 2019年4月2日 written out."""

_FORMATS = (0, 31, 57, 178, 176, 4)


@dataclass(frozen=True)
class Cell:
    """What stands between the tags: a number, an index of shared strings, a formula's value."""

    value: str = ""
    kind: str = ""
    style: int = PLAIN
    formula: str = ""


def number(value: float, style: int = PLAIN) -> Cell:
    return Cell(repr(value), style=style)


def error(formula: str, value: str = "#N/A") -> Cell:
    return Cell(value, "e", formula=formula)


def picture(name: str) -> Cell:
    """A picture within a cell."""
    return Cell(f'=DISPIMG("{name}",1)', "str", formula=f'_xlfn.DISPIMG("{name}",1)')


Written = str | Cell | None
Rows = Sequence[Sequence[Written]]


def workbook(
    rows: Rows, *, name: str = "企业名录", merged: Sequence[str] = (), hidden: Sequence[int] = ()
) -> bytes:
    """`rows` from A1 on, some of them hidden (numbers from 1), and a second sheet that nobody sees."""
    strings: list[str] = []
    parts = {
        "[Content_Types].xml": _types(),
        "_rels/.rels": _rels({"rId1": ("officeDocument", "xl/workbook.xml")}),
        "docProps/app.xml": _app(name),
        "docProps/core.xml": f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"/>',
        "docProps/custom.xml": _custom(),
        "xl/_rels/workbook.xml.rels": _rels(
            {
                "rId1": ("worksheet", "worksheets/sheet1.xml"),
                "rId2": ("worksheet", "worksheets/sheet2.xml"),
                "rId3": ("theme", "theme/theme1.xml"),
                "rId4": ("styles", "styles.xml"),
                "rId5": ("sharedStrings", "sharedStrings.xml"),
            }
        ),
        "xl/cellimages.xml": f'{_HEAD}<etc:cellImages xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData"/>',
        "xl/styles.xml": _styles(),
        "xl/theme/theme1.xml": _THEME,
        "xl/workbook.xml": _book(name),
        "xl/worksheets/sheet1.xml": _sheet(rows, merged, hidden, strings),
        "xl/worksheets/sheet2.xml": _sheet([["是"], ["否"]], (), (), strings),
    }
    parts["xl/sharedStrings.xml"] = _strings(strings)
    return _zipped(parts)


def _zipped(parts: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    folders: set[str] = set()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(parts):
            for depth in range(1, path.count("/") + 1):
                folder = "/".join(path.split("/")[:depth]) + "/"
                if folder not in folders:
                    archive.writestr(folder, b"")
                    folders.add(folder)
            archive.writestr(path, parts[path])
    return stream.getvalue()


def _types() -> str:
    kinds = {
        "/xl/workbook.xml": "sheet.main",
        "/xl/worksheets/sheet1.xml": "worksheet",
        "/xl/worksheets/sheet2.xml": "worksheet",
        "/xl/styles.xml": "styles",
        "/xl/sharedStrings.xml": "sharedStrings",
    }
    stem = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    overrides = "".join(
        f'<Override PartName="{path}" ContentType="{stem}.{kind}+xml"/>' for path, kind in kinds.items()
    )
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.'
        'openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'{overrides}<Override PartName="/xl/cellimages.xml" ContentType="application/vnd.wps-officedocument.'
        'cellimage+xml"/></Types>'
    )


def _rels(targets: dict[str, tuple[str, str]]) -> str:
    rows = "".join(
        f'<Relationship Id="{key}" Type="{_OFFICE}/relationships/{kind}" Target="{target}"/>'
        for key, (kind, target) in targets.items()
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'


def _app(name: str) -> str:
    return (
        f'{_HEAD}<Properties xmlns="{_OFFICE}/extended-properties" xmlns:vt="{_OFFICE}/docPropsVTypes">'
        '<Application>WPS 表格</Application><HeadingPairs><vt:vector size="2" baseType="variant"><vt:variant>'
        "<vt:lpstr>工作表</vt:lpstr></vt:variant><vt:variant><vt:i4>2</vt:i4></vt:variant></vt:vector></HeadingPairs>"
        f'<TitlesOfParts><vt:vector size="2" baseType="lpstr"><vt:lpstr>{name}</vt:lpstr><vt:lpstr>hidden_1</vt:lpstr>'
        "</vt:vector></TitlesOfParts></Properties>"
    )


def _custom() -> str:
    said = {"ICV": "06EA06B63A2A460E9CA0580307596385_13", "KSOProductBuildVer": "2052-12.1.0.21541"}
    rows = "".join(
        f'<property fmtid="{_PROPERTY}" pid="{pid}" name="{key}"><vt:lpwstr>{value}</vt:lpwstr></property>'
        for pid, (key, value) in enumerate(said.items(), 2)
    )
    spaces = f'xmlns="{_OFFICE}/custom-properties" xmlns:vt="{_OFFICE}/docPropsVTypes"'
    return f"{_HEAD}<Properties {spaces}>{rows}</Properties>"


def _book(name: str) -> str:
    return (
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}/relationships"><fileVersion appName="xl" lastEdited="3" '
        'lowestEdited="5" rupBuild="9302"/><workbookPr/><bookViews><workbookView windowWidth="28800" '
        f'windowHeight="12420"/></bookViews><sheets><sheet name="{name}" sheetId="1" r:id="rId1"/><sheet '
        'name="hidden_1" sheetId="2" state="hidden" r:id="rId2"/></sheets><calcPr calcId="144525"/></workbook>'
    )


def _styles() -> str:
    written = {
        41: "_ * #,##0_ ;_ * \\-#,##0_ ;_ * &quot;-&quot;_ ;_ @_ ",
        42: "_ &quot;￥&quot;* #,##0_ ;_ &quot;￥&quot;* \\-#,##0_ ;_ &quot;￥&quot;* &quot;-&quot;_ ;_ @_ ",
        43: "_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * &quot;-&quot;??_ ;_ @_ ",
        44: "_ &quot;￥&quot;* #,##0.00_ ;_ &quot;￥&quot;* \\-#,##0.00_ ;_ &quot;￥&quot;* &quot;-&quot;??_ ;_ @_ ",
        176: "yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@",
        178: "[DBNum1][$-804]yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;",
    }
    formats = "".join(f'<numFmt numFmtId="{key}" formatCode="{code}"/>' for key, code in written.items())
    used = "".join(f'<xf numFmtId="{key}" fontId="0" fillId="0" borderId="0" xfId="0"/>' for key in _FORMATS)
    return (
        f'{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts count="{len(written)}">{formats}</numFmts><fonts count="1"><font>'
        '<sz val="11"/><color theme="1"/><name val="宋体"/><charset val="134"/><scheme val="minor"/></font></fonts>'
        '<fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(_FORMATS)}">{used}</cellXfs><cellStyles count="1"><cellStyle name="常规" xfId="0" '
        'builtinId="0"/></cellStyles></styleSheet>'
    )


def _sheet(rows: Rows, merged: Sequence[str], hidden: Sequence[int], strings: list[str]) -> str:
    width = max(map(len, rows))
    lines = "".join(
        f'<row r="{place}" spans="1:{width}"{" hidden=" + chr(34) + "1" + chr(34) if place in hidden else ""}>'
        + "".join(_cell(cell, f"{chr(65 + column)}{place}", strings) for column, cell in enumerate(cells))
        + "</row>"
        for place, cells in enumerate(rows, 1)
    )
    ranges = "".join(f'<mergeCell ref="{each}"/>' for each in merged)
    last = f"{chr(64 + width)}{len(rows)}"
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}" xmlns:r="{_OFFICE}/relationships" xmlns:mc="http://schemas.openxmlformats.org/'
        'markup-compatibility/2006" xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData"><sheetPr/>'
        f'<dimension ref="A1:{last}"/><sheetViews><sheetView workbookViewId="0"/></sheetViews><sheetFormatPr '
        'defaultColWidth="9" defaultRowHeight="13.5"/><cols><col min="1" max="16384" width="9" style="0"/></cols>'
        f'<sheetData>{lines}</sheetData><autoFilter ref="A1:{last}"><extLst/></autoFilter>'
        + (f'<mergeCells count="{len(merged)}">{ranges}</mergeCells>' if merged else "")
        + '<dataValidations count="1"><dataValidation type="list" sqref="A2:A1048576"><formula1>hidden_1!$A$1:$A$2'
        '</formula1></dataValidation></dataValidations><pageMargins left="0.75" right="0.75" top="1" bottom="1" '
        'header="0.5" footer="0.5"/><headerFooter/></worksheet>'
    )


def _cell(cell: Written, place: str, strings: list[str]) -> str:
    if cell is None:
        return f'<c r="{place}" s="0"/>'
    if isinstance(cell, str):
        strings.append(cell)
        cell = Cell(str(len(strings) - 1), "s")
    kind = f' t="{cell.kind}"' if cell.kind else ""
    formula = f"<f>{escape(cell.formula)}</f>" if cell.formula else ""
    return f'<c r="{place}" s="{cell.style}"{kind}>{formula}<v>{escape(cell.value)}</v></c>'


def _strings(strings: Sequence[str]) -> str:
    rows = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in strings)
    return f'{_HEAD}<sst xmlns="{_MAIN}" count="{len(strings)}" uniqueCount="{len(strings)}">{rows}</sst>'


_THEME = (
    f'{_HEAD}<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="WPS"><a:themeElements>'
    '<a:fontScheme name="WPS"><a:majorFont><a:ea typeface=""/><a:font script="Hans" typeface="宋体"/></a:majorFont>'
    "</a:fontScheme></a:themeElements></a:theme>"
)
