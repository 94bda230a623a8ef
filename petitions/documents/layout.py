"""The Word template of a form, laid out by Decree 30/2020/NĐ-CP, Annex I, with the tags still in it.

An agency may download it, edit it in Word and upload it again: everything is real paragraphs and
tables in styles with Vietnamese names, lines are borders of paragraphs, control tags stand alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from petitions.documents import archive, blocks
from petitions.documents.blocks import Look, Paragraph, Row, Table, Tag
from petitions.documents.forms import Form, FormField
from petitions.documents.ooxml import Page, Style, cell, package, paragraph, row, rule, run, table

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
RECITAL, RECITAL_NAME = "CanCu", "Căn cứ"
DRAFT, DRAFT_NAME = "DuThao", "Dự thảo"
BODY, BODY_NAME = "NoiDung", "Nội dung"
"""Identifiers of three styles, and their names: Word makes its own identifiers when it saves, the names stay."""

PORTRAIT = Page(210, 297, left=30, right=20)
LANDSCAPE = Page(297, 210, left=25, right=20)

_MOTTO_RULE = 59
_SHORT_RULE = 26
_SUBJECT_RULE = 30
_LEFT, _RIGHT = 0.42, 0.58
"""Shares of the two halves of letterhead and signature; the nation's name fits the right one at 12 points."""

_NUMBER_COLUMN = 11
_BRIEF = ("Năm", "Ngày", "Số", "Loại", "Thuộc")
_WIDE = ("Chỉ tiêu", "Cơ quan, đơn vị")
"""Headings of the column a table of figures is read by."""
ARTICLE = re.compile(r"Điều (?:\d+|\{\{[^}]*\}\})\.")
_LOOKS = {
    Look.BODY: BODY,
    Look.CENTRE: "GiuaTrang",
    Look.HEADING: "DeMuc",
    Look.ADDRESSEE: "KinhGui",
    Look.ITEM: BODY,
}
_LINE = 259

STYLES = (
    Style("SoTrang", "Số trang", 13, "center"),
    Style("CoQuanChuQuan", "Cơ quan chủ quản", 13, "center"),
    Style("CoQuan", "Cơ quan ban hành", 13, "center", bold=True),
    Style("QuocHieu", "Quốc hiệu", 12, "center", bold=True),
    Style("TieuNgu", "Tiêu ngữ", 13, "center", bold=True),
    Style("DuongKe", "Đường kẻ", 2, before=2, line=40, exact=True),
    Style("SoKyHieu", "Số, ký hiệu", 13, "center", before=6),
    Style("VeViec", "V/v", 12, "center"),
    Style("DiaDanhNgay", "Địa danh, ngày tháng", 13, "center", italic=True, before=6),
    Style("NgayBenPhai", "Ngày tháng bên phải", 14, "right", italic=True, before=12),
    Style(DRAFT, DRAFT_NAME, 13, "right", bold=True, after=4),
    Style("TenLoai", "Tên loại", 14, "center", bold=True, before=18, keep_next=True),
    Style("TrichYeu", "Trích yếu", 14, "center", bold=True, keep_next=True),
    Style("ThamQuyen", "Thẩm quyền ban hành", 14, "center", bold=True, before=12, after=6, keep_next=True),
    Style(RECITAL, RECITAL_NAME, 14, "both", italic=True, before=6, first_line=12.7, line=_LINE),
    Style("KinhGui", "Kính gửi", 14, "left", before=12, after=6, left=47, hanging=22, keep_next=True),
    Style(BODY, BODY_NAME, 14, "both", before=6, first_line=12.7, line=_LINE),
    Style("DeMuc", "Đề mục", 14, "both", bold=True, before=6, first_line=12.7, line=_LINE, keep_next=True),
    Style("GiuaTrang", "Giữa trang", 14, "center", bold=True, before=10, after=4, keep_next=True),
    Style("DauBang", "Đầu bảng", 12, "center", bold=True, before=2, after=2, keep_next=True),
    Style("OBang", "Ô bảng", 12, "left", before=2, after=2),
    Style("DauBangNho", "Đầu bảng nhỏ", 10, "center", bold=True, before=2, after=2, keep_next=True),
    Style("OBangNho", "Ô bảng nhỏ", 10, "left", before=2, after=2),
    Style("NoiNhan", "Nơi nhận", 12, "left", bold=True, italic=True, keep_next=True),
    Style("DanhSachNhan", "Danh sách nơi nhận", 11, "left", keep_next=True),
    Style("ChucVu", "Chức vụ người ký", 14, "center", bold=True, keep_next=True),
    Style("CachKy", "Cách ký", 13, "center", italic=True, keep_next=True),
    Style("HoTen", "Họ tên người ký", 14, "center", bold=True),
    Style("The", "Thẻ điều khiển", 9, "left", colour="808080"),
    Style("CachDong", "Cách dòng", 2, line=40, exact=True),
)  # fmt: skip

_SIGNING_SPACE, _SIGNING_SPACE_OF_MANY = 62, 46
"""Points left for signature and seal; less where several rows of people sign."""


@cache
def template_of(form: Form) -> bytes:
    """The .docx template. The same form gives the same bytes."""
    page = LANDSCAPE if form.letterhead == "register" else PORTRAIT
    body = "".join(_Sheet(form, page).parts())
    return archive.pack(package(body, page, STYLES, form.name))


class _Sheet:
    def __init__(self, form: Form, page: Page) -> None:
        self._form = form
        self._width = page.text_width
        self._small = form.letterhead == "register"

    def parts(self) -> Iterator[str]:
        form = self._form
        yield from self._letterhead()
        yield from self._heading()
        if not form.subject or isinstance(blocks.parse(form.body)[0], Table):
            yield paragraph("CachDong", more='<w:keepNext/><w:spacing w:before="120"/>')
        yield from self._lines(blocks.parse("\n".join(form.recitals)), RECITAL)
        yield from self._lines(blocks.parse(form.body), "")
        yield paragraph("CachDong", more='<w:keepNext/><w:spacing w:before="240"/>')
        yield from self._signature()
        for annex in form.annexes:
            yield from self._annex(annex)
        yield paragraph("CachDong")

    def _letterhead(self) -> Iterator[str]:
        form = self._form
        if form.letterhead == "register":
            yield paragraph("CoQuanChuQuan", run("{{ agency | hoa }}"), more='<w:jc w:val="left"/>')
        elif form.letterhead == "citizen":
            yield from self._nation(self._width)
            if form.dated:
                yield paragraph("NgayBenPhai", run("{{ date_line }}"))
        else:
            left, right = self._width * _LEFT, self._width * _RIGHT
            # two rows, so that number and date stand on one line however long the names above are
            yield table(
                (left, right),
                (
                    row(cell(left, *self._agency(left)), cell(right, *self._nation(right))),
                    row(cell(left, *self._number()), cell(right, *self._date())),
                ),
            )

    def _agency(self, width: float) -> Iterator[str]:
        above = paragraph("CoQuanChuQuan", run("{{ parent_agency | hoa }}"))
        name = paragraph("CoQuan", run("{{ agency | hoa }}"))
        team = self._form.field("team_name")
        if team is None:
            yield from _when("parent_agency", above)
            yield name
        elif team.required:
            yield paragraph("CoQuanChuQuan", run("{{ agency | hoa }}"))
            yield paragraph("CoQuan", run("{{ team_name | hoa }}"))
        else:
            yield from _when(
                "team_name",
                paragraph("CoQuanChuQuan", run("{{ agency | hoa }}")),
                paragraph("CoQuan", run("{{ team_name | hoa }}")),
                otherwise=name,
            )
        yield rule(_SHORT_RULE, width)

    @staticmethod
    def _nation(width: float) -> Iterator[str]:
        yield paragraph("QuocHieu", run(NATION))
        yield paragraph("TieuNgu", run(MOTTO))
        yield rule(_MOTTO_RULE, width)

    def _number(self) -> Iterator[str]:
        form = self._form
        yield paragraph("SoKyHieu", *([run("Số: {{ number_symbol }}")] if form.numbered else []))
        if form.is_official_letter:
            yield paragraph("VeViec", run(about(form)))

    def _date(self) -> Iterator[str]:
        yield paragraph("DiaDanhNgay", *([run("{{ date_line }}")] if self._form.dated else []))

    def _heading(self) -> Iterator[str]:
        form = self._form
        if form.is_official_letter:
            return
        yield paragraph("TenLoai", run(form.title))
        if form.subject:
            yield paragraph("TrichYeu", run(form.subject))
            yield rule(_SUBJECT_RULE, self._width)
        if form.competence_line:
            yield paragraph("ThamQuyen", run("{{ issuer_office_caps | hoa }}"))

    def _lines(self, found: Sequence[blocks.Block], style: str) -> Iterator[str]:
        last = _last_certain(found)
        for at, block in enumerate(found):
            match block:
                case Tag():
                    yield _control(block.text)
                case Table():
                    yield self._table(block)
                    yield paragraph("CachDong")
                case Paragraph():
                    yield _body_paragraph(block, style, keep=not style and at >= last)

    def _table(self, found: Table) -> str:
        widths = self._widths(found.header.cells)
        head, plain = ("DauBangNho", "OBangNho") if self._small else ("DauBang", "OBang")
        rows = [row(*_cells(found.header, widths, head), header=True)]
        for each in found.rows:
            rows.append(
                row(cell(sum(widths), _control(each.text, "tr"), span=len(widths)))
                if isinstance(each, Tag)
                else row(*_cells(each, widths, plain, of_figures=_of_figures(found)))
            )
        return table(widths, rows, lined=True)

    def _widths(self, headings: tuple[str, ...]) -> list[float]:
        """A narrow column for the running number, small ones for days and figures."""
        narrow = [heading in ("STT", "TT") for heading in headings]
        weights = [
            0 if each else 2 if heading.startswith(_BRIEF) else 6 if heading in _WIDE else 3
            for heading, each in zip(headings, narrow, strict=True)
        ]
        share = (self._width - _NUMBER_COLUMN * sum(narrow)) / (sum(weights) or 1)
        return [weight * share or _NUMBER_COLUMN for weight in weights]

    def _signature(self) -> Iterator[str]:
        form = self._form
        room = _SIGNING_SPACE if len(form.signature) == 1 else _SIGNING_SPACE_OF_MANY
        for signers in form.signature:
            width = self._width / len(signers)
            places = [list(_signer(each, room)) for each in signers]
            if form.receives_beside_signers:
                places[0] = list(self._recipients())
            yield table([width] * len(signers), [row(*(cell(width, *each) for each in places))])
            yield paragraph("CachDong")
        if form.is_issued:
            left, right = self._width * _LEFT, self._width * _RIGHT
            yield table(
                (left, right), [row(cell(left, *self._recipients()), cell(right, *_signed()))]
            )
        elif form.recipients and not form.receives_beside_signers:
            yield from self._recipients()

    def _recipients(self) -> Iterator[str]:
        if not self._form.recipients:
            yield paragraph("DanhSachNhan")
            return
        yield paragraph("NoiNhan", run("Nơi nhận:"))
        yield _control("{% for item in recipients %}")
        yield paragraph("DanhSachNhan", run("- {{ item }}"))
        yield _control("{% endfor %}")
        yield paragraph("DanhSachNhan", run("- Lưu: VT, {{ file_unit }}."))

    def _annex(self, field: FormField) -> Iterator[str]:
        yield _control(f"{{% if {field.name} %}}")
        yield paragraph("TenLoai", run(field.label.upper()), more="<w:pageBreakBefore/>")
        if self._form.numbered:
            attached = f"(Kèm theo {self._form.title.capitalize()} số {{{{ number_symbol }}}} {{{{ issue_date | ngay }}}})"
            yield from _when("issue_date", paragraph("CachKy", run(attached)))
        yield paragraph("CachDong", more='<w:spacing w:before="120"/>')
        yield self._table(annex_table(field))
        yield _control("{% endif %}")


def annex_table(field: FormField) -> Table:
    """A field of rows as a table with a running number."""
    loop = Tag(f"{{% for line in {field.name} %}}")
    cells = ("{{ loop.index }}", *(f"{{{{ line.{each.name} }}}}" for each in field.columns))
    headings = ("STT", *(each.label for each in field.columns))
    return Table(Row(headings), (loop, Row(cells), Tag("{% endfor %}")))


def about(form: Form) -> str:
    """The matter of a công văn, under its number."""
    return form.subject if "V/v" in form.subject else f"V/v {form.subject}"


def _last_certain(found: Sequence[blocks.Block]) -> int:
    """Where the end begins that may not be parted from the signature: the last paragraph no tag can hide."""
    depth = 0
    last = 0
    for at, block in enumerate(found):
        if isinstance(block, Tag):
            depth += block.opens - block.closes
        elif depth == 0:
            last = at
    return last


def _body_paragraph(block: Paragraph, style: str, *, keep: bool) -> str:
    text = f"- {block.text}" if block.look is Look.ITEM else block.text
    if block.look is Look.BODY and (article := ARTICLE.match(text)):
        runs = [run(article.group(), bold=True), run(text[article.end() :])]
    else:
        runs = [run(text)]
    return paragraph(style or _LOOKS[block.look], *runs, more="<w:keepNext/>" if keep else "")


def _of_figures(found: Table) -> bool:
    """Whether a table is figures beside what they are of."""
    return found.header.cells[0] in _WIDE


def _cells(
    found: Row, widths: list[float], style: str, *, of_figures: bool = False
) -> Iterator[str]:
    for at, (text, width) in enumerate(zip(found.cells, widths, strict=True)):
        middle = width == _NUMBER_COLUMN or text.isdecimal() or (of_figures and at > 0)
        centred = '<w:jc w:val="center"/>' if middle else ""
        yield cell(width, paragraph(style, run(text), more=centred))


def _signed() -> Iterator[str]:
    yield _control("{% for line in signing_lines %}")
    yield paragraph("ChucVu", run("{{ line }}"))
    yield _control("{% endfor %}")
    yield _space(_SIGNING_SPACE)
    yield from _when("signer_name", paragraph("HoTen", run("{{ signer_name }}")), otherwise=paragraph("HoTen"))  # fmt: skip


def _signer(text: str, room: int) -> Iterator[str]:
    """One of several who sign: title, then how in brackets; a last line that is a field is the name."""
    lines = text.split("\n")
    name = lines.pop() if lines[-1].startswith("{") else ""
    for line in lines:
        yield paragraph("CachKy" if line.startswith("(") else "ChucVu", run(line))
    yield _space(room)
    yield paragraph("HoTen", run(name))


def _space(points: int) -> str:
    return paragraph("CachDong", more=f'<w:keepNext/><w:spacing w:before="{points * 20}"/>')


def _control(tag: str, of: str = "p") -> str:
    """A tag that takes its whole paragraph (or row) away with it."""
    return paragraph("The", run(tag.replace("{%-", "{%").replace("{%", f"{{%{of}", 1)))


def _when(name: str, *then: str, otherwise: str = "") -> Iterator[str]:
    yield _control(f"{{% if {name} %}}")
    yield from then
    if otherwise:
        yield _control("{% else %}")
        yield otherwise
    yield _control("{% endif %}")
