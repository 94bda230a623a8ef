"""WordprocessingML by hand: paragraphs, runs, tables, and the fixed parts of a small .docx package.

Lengths are millimetres where a name says so, else twentieths of a point as the format has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

TWIPS_PER_MM = 1440 / 25.4
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NAMESPACES = f'xmlns:w="{W}" xmlns:r="{R}"'
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "application/vnd.openxmlformats-officedocument"

FONT = "Times New Roman"


def twips(mm: float) -> int:
    """Millimetres in twentieths of a point."""
    return round(mm * TWIPS_PER_MM)


def run(text: str, *, bold: bool = False, italic: bool = False, boxed: bool = False) -> str:
    """A run of text; its tags stay as they are written."""
    marks = "".join(
        (
            "<w:b/>" if bold else "",
            "<w:i/>" if italic else "",
            '<w:bdr w:val="single" w:sz="8" w:space="0" w:color="auto"/>' if boxed else "",
        )
    )
    properties = f"<w:rPr>{marks}</w:rPr>" if marks else ""
    return f'<w:r>{properties}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(style: str, *runs: str, more: str = "") -> str:
    """A paragraph of a style; ``more`` are further properties, in the order the schema wants."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{more}</w:pPr>{"".join(runs)}</w:p>'


def rule(length_mm: float, width_mm: float) -> str:
    """A line of that length centred in a column of that width: the border of a paragraph of no height."""
    side = twips((width_mm - length_mm) / 2)
    border = '<w:pBdr><w:bottom w:val="single" w:sz="6" w:space="1" w:color="auto"/></w:pBdr>'
    return paragraph("DuongKe", more=f'{border}<w:ind w:left="{side}" w:right="{side}"/>')


def cell(width_mm: float, *paragraphs: str, span: int = 1) -> str:
    """A cell of a table."""
    spanned = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{twips(width_mm)}" w:type="dxa"/>{spanned}</w:tcPr>'
        f"{''.join(paragraphs)}</w:tc>"
    )


def row(*cells: str, header: bool = False) -> str:
    """A row that is never broken over two pages; a header is repeated on each."""
    repeated = "<w:tblHeader/>" if header else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{repeated}</w:trPr>{''.join(cells)}</w:tr>"


def table(widths_mm: Sequence[float], rows: Iterable[str], *, lined: bool = False) -> str:
    """A table of fixed column widths, borderless unless ``lined``."""
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    line = "single" if lined else "nil"
    borders = "".join(
        f'<w:{side} w:val="{line}" w:sz="4" w:space="0" w:color="auto"/>' for side in sides
    )
    margin = twips(1.2) if lined else 0
    grid = "".join(f'<w:gridCol w:w="{twips(width)}"/>' for width in widths_mm)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{twips(sum(widths_mm))}" w:type="dxa"/>'
        f"<w:tblBorders>{borders}</w:tblBorders>"
        '<w:tblLayout w:type="fixed"/>'
        f'<w:tblCellMar><w:left w:w="{margin}" w:type="dxa"/><w:right w:w="{margin}" w:type="dxa"/>'
        f"</w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


@dataclass(frozen=True, slots=True)
class Page:
    """Size and margins in millimetres."""

    width: float
    height: float
    left: float
    right: float
    top: float = 20
    bottom: float = 20

    @property
    def text_width(self) -> float:
        """Width between the margins."""
        return self.width - self.left - self.right


def document(body: str, page: Page) -> str:
    """``word/document.xml``; the first page has a header of its own, which is empty."""
    landscape = ' w:orient="landscape"' if page.width > page.height else ""
    margins = " ".join(
        f'w:{side}="{twips(getattr(page, side))}"' for side in ("top", "right", "bottom", "left")
    )
    return (
        f"{_XML}<w:document {_NAMESPACES}><w:body>{body}<w:sectPr>"
        '<w:headerReference w:type="default" r:id="rId3"/>'
        '<w:headerReference w:type="first" r:id="rId4"/>'
        f'<w:pgSz w:w="{twips(page.width)}" w:h="{twips(page.height)}"{landscape}/>'
        f'<w:pgMar {margins} w:header="{twips(10)}" w:footer="{twips(10)}" w:gutter="0"/>'
        "<w:titlePg/></w:sectPr></w:body></w:document>"
    )


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph style; sizes in points, distances in points, indents in millimetres."""

    id: str
    name: str
    size: float = 14
    align: str = "left"
    bold: bool = False
    italic: bool = False
    caps: bool = False
    colour: str = ""
    before: float = 0
    after: float = 0
    first_line: float = 0
    left: float = 0
    hanging: float = 0
    line: int = 240
    exact: bool = False
    keep_next: bool = False

    def xml(self) -> str:
        """The style's definition."""
        indent = (
            f'w:left="{twips(self.left)}" w:hanging="{twips(self.hanging)}"'
            if self.hanging
            else f'w:left="{twips(self.left)}" w:firstLine="{twips(self.first_line)}"'
        )
        return (
            f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{self.id}">'
            f'<w:name w:val="{escape(self.name)}"/><w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>'
            f"{'<w:keepNext/>' if self.keep_next else ''}"
            f'<w:spacing w:before="{round(self.before * 20)}" w:after="{round(self.after * 20)}" '
            f'w:line="{self.line}" w:lineRule="{"exact" if self.exact else "auto"}"/>'
            f'<w:ind {indent}/><w:jc w:val="{self.align}"/></w:pPr><w:rPr>'
            f"{'<w:b/>' if self.bold else ''}{'<w:i/>' if self.italic else ''}"
            f"{'<w:caps/>' if self.caps else ''}"
            f"{f'<w:color w:val={chr(34)}{self.colour}{chr(34)}/>' if self.colour else ''}"
            f'<w:sz w:val="{round(self.size * 2)}"/><w:szCs w:val="{round(self.size * 2)}"/>'
            "</w:rPr></w:style>"
        )


def styles(named: Iterable[Style]) -> str:
    """``word/styles.xml``: Times New Roman for every script, Vietnamese, no lone first or last line."""
    return (
        f"{_XML}<w:styles {_NAMESPACES}><w:docDefaults><w:rPrDefault><w:rPr>"
        f'<w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:eastAsia="{FONT}" w:cs="{FONT}"/>'
        '<w:color w:val="000000"/><w:sz w:val="28"/><w:szCs w:val="28"/>'
        '<w:lang w:val="vi-VN" w:eastAsia="vi-VN" w:bidi="vi-VN"/></w:rPr></w:rPrDefault>'
        "<w:pPrDefault><w:pPr><w:widowControl/></w:pPr></w:pPrDefault></w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        '<w:uiPriority w:val="99"/><w:semiHidden/></w:style>'
        f"{''.join(style.xml() for style in named)}</w:styles>"
    )


_HEADER = f"{_XML}<w:hdr {_NAMESPACES}>{{}}</w:hdr>"
_PAGE_NUMBER = paragraph(
    "SoTrang",
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r>',
    '<w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>',
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r>',
    "<w:r><w:t>2</w:t></w:r>",
    '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
)

CORE = "docProps/core.xml"
APP = "docProps/app.xml"


def core_properties(title: str) -> str:
    """``docProps/core.xml``: the name of the form, no person, no time of day."""
    return (
        f'{_XML}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{escape(title)}</dc:title><dc:language>vi-VN</dc:language></cp:coreProperties>"
    )


APP_PROPERTIES = (
    f'{_XML}<Properties xmlns="{R.removesuffix("relationships")}extended-properties"></Properties>'
)


def package(body: str, page: Page, named: Iterable[Style], title: str) -> dict[str, bytes]:
    """Every part of a document, by name in the archive."""
    types = {
        "word/document.xml": f"{_OFFICE}.wordprocessingml.document.main+xml",
        "word/styles.xml": f"{_OFFICE}.wordprocessingml.styles+xml",
        "word/settings.xml": f"{_OFFICE}.wordprocessingml.settings+xml",
        "word/header1.xml": f"{_OFFICE}.wordprocessingml.header+xml",
        "word/header2.xml": f"{_OFFICE}.wordprocessingml.header+xml",
        CORE: "application/vnd.openxmlformats-package.core-properties+xml",
        APP: f"{_OFFICE}.extended-properties+xml",
    }
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in types.items()
    )
    texts = {
        "[Content_Types].xml": (
            f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
        ),
        "_rels/.rels": _relations(
            (f"{R}/officeDocument", "word/document.xml"),
            (f"{_PACKAGE}/relationships/metadata/core-properties", CORE),
            (f"{R}/extended-properties", APP),
        ),
        "word/document.xml": document(body, page),
        "word/_rels/document.xml.rels": _relations(
            (f"{R}/styles", "styles.xml"),
            (f"{R}/settings", "settings.xml"),
            (f"{R}/header", "header1.xml"),
            (f"{R}/header", "header2.xml"),
        ),
        "word/styles.xml": styles(named),
        "word/settings.xml": (
            f'{_XML}<w:settings {_NAMESPACES}><w:zoom w:percent="100"/>'
            '<w:defaultTabStop w:val="720"/><w:compat><w:compatSetting w:name="compatibilityMode" '
            'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
            '<w:themeFontLang w:val="vi-VN"/></w:settings>'
        ),
        "word/header1.xml": _HEADER.format(_PAGE_NUMBER),
        "word/header2.xml": _HEADER.format(paragraph("SoTrang")),
        CORE: core_properties(title),
        APP: APP_PROPERTIES,
    }
    return {name: text.encode() for name, text in texts.items()}


def _relations(*targets: tuple[str, str]) -> str:
    each = "".join(
        f'<Relationship Id="rId{at}" Type="{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(targets, start=1)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{each}</Relationships>'
