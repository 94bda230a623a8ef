"""One official form as the catalogue holds it, and the names its texts may use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

from petitions.documents.tags import Reading, Word, read
from workflows.vocabulary import Action, Kind

FieldType = Literal["line", "text", "day", "moment", "number", "choice", "lines", "rows"]
Need = Literal["required", "optional"]
Origin = Literal["case", "officer", "register", "agency", "signer"]
Letterhead = Literal["agency", "unnumbered", "team", "citizen", "register"]
Audience = Literal["petitioner", "respondent", "bodies", "public", "internal"]

OFFICIAL_LETTER = "CV"
"""The one abbreviation whose document has no title, but its matter under the number (công văn)."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A value templates compare, and the words they print for it."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a field of rows."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class FormField:
    """A blank of a form. ``default`` is a template over the other fields."""

    name: str
    label: str
    type: FieldType
    need: Need
    source: Origin
    choices: tuple[Choice, ...] = ()
    columns: tuple[Column, ...] = ()
    default: str = ""
    hint: str = ""

    @property
    def required(self) -> bool:
        """Whether the document may not be made without it."""
        return self.need == "required"

    @property
    def word(self) -> Word:
        """What templates may do with it."""
        columns = tuple(column.name for column in self.columns)
        return Word(columns if self.type in ("lines", "rows") else None, not self.required)


@dataclass(frozen=True, slots=True)
class Form:
    """One version of a form; ``valid_to`` is its last day. See ``catalog`` for each key."""

    key: str
    version: str
    valid_from: date
    valid_to: date | None
    name: str
    abbreviation: str
    letterhead: Letterhead
    dated: bool
    title: str
    subject: str
    competence_line: bool
    recitals: tuple[str, ...]
    body: str
    signature: tuple[tuple[str, ...], ...]
    recipients: tuple[str, ...]
    sealed: frozenset[str]
    audience: Audience
    kinds: frozenset[Kind]
    acts: frozenset[Action]
    base: str
    confirmed: bool
    fields: tuple[FormField, ...]

    def in_force(self, on: date) -> bool:
        """Whether a document of that day is written with this version."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def field(self, name: str) -> FormField | None:
        """The field, its own or a common one."""
        return next((each for each in (*self.fields, *COMMON) if each.name == name), None)

    @property
    def numbered(self) -> bool:
        """Whether it bears a number of the issuing agency."""
        return self.letterhead == "agency"

    @property
    def is_official_letter(self) -> bool:
        """Whether it is a công văn."""
        return self.abbreviation == OFFICIAL_LETTER

    @property
    def is_issued(self) -> bool:
        """Whether somebody signs it for a body; minutes and receipts are signed by those present."""
        return not self.signature and self.letterhead in ("agency", "unnumbered", "team")

    @property
    def receives_beside_signers(self) -> bool:
        """Whether the first place to sign is left empty for the list of recipients."""
        return len(self.signature) == 1 and not self.signature[0][0] and bool(self.recipients)

    @property
    def annexes(self) -> tuple[FormField, ...]:
        """The lists printed after the signature."""
        return tuple(
            each for each in self.fields if each.type == "rows" and each.name.endswith("_list")
        )

    def texts(self) -> Iterator[str]:
        """Every text printed as it stands in the catalogue, without recipients (they vanish when empty)."""
        yield from (self.title, self.subject, "\n".join(self.recitals), self.body)
        for row in self.signature:
            yield from row


def _common(name: str, label: str, kind: FieldType, source: Origin, **more: object) -> FormField:
    return FormField(name, label, kind, "optional", source, **more)  # type: ignore[arg-type]


CAPACITIES = (
    Choice("head", "Người đứng đầu"),
    Choice("acting", "Quyền (Q.)"),
    Choice("kt", "Ký thay (KT.)"),
    Choice("tl", "Thừa lệnh (TL.)"),
    Choice("tl_kt", "Thừa lệnh, ký thay (TL., KT.)"),
    Choice("tuq", "Thừa ủy quyền (TUQ.)"),
)

COMMON = (
    _common("parent_agency", "Cơ quan chủ quản", "line", "agency"),
    _common("agency", "Cơ quan ban hành", "line", "agency"),
    _common("agency_abbr", "Chữ viết tắt cơ quan", "line", "agency"),
    _common("unit_abbr", "Chữ viết tắt đơn vị soạn thảo", "line", "agency"),
    _common("place", "Địa danh", "line", "agency"),
    _common("issue_date", "Ngày ban hành", "day", "register"),
    _common("number", "Số", "number", "register"),
    _common("year", "Năm", "number", "register"),
    _common("issuer_office_caps", "Thẩm quyền ban hành", "line", "agency"),
    _common("file_unit", "Đơn vị soạn thảo, lưu", "line", "agency"),
    _common("function_document", "Văn bản quy định chức năng, nhiệm vụ", "line", "agency"),
    _common("inspectorate", "Cơ quan thanh tra cùng cấp", "line", "agency"),
    _common("recipients", "Nơi nhận", "lines", "officer"),
    _common("signing_capacity", "Tư cách ký", "choice", "signer", choices=CAPACITIES),
    _common("signing_collective", "Tập thể (TM.)", "line", "signer"),
    _common("signing_head_title", "Chức vụ người đứng đầu", "line", "signer"),
    _common("signing_unit_title", "Chức vụ trưởng đơn vị", "line", "signer"),
    _common("signer_title", "Chức vụ người ký", "line", "signer"),
    _common("signer_name", "Người ký", "line", "signer"),
    _common("authority_ref", "Văn bản giao ký", "line", "signer"),
)
"""Known to every form. One is required where a form prints it without asking first; ``year`` is the
year of an undated draft; ``signing_*`` are the titles a capacity names: KT. and TL. the head's, TM. the
collective, TL. with KT. also that of the unit's head."""

DERIVED: Mapping[str, Word] = {
    "number_symbol": Word(),
    "date_line": Word(),
    "signing_lines": Word(()),
}
"""Made of common fields by ``values``: number and symbol, place and date, capacity and title."""


def words(form: Form) -> dict[str, Word]:
    """Every name the form's own texts may use."""
    common = {each.name: Word(each.word.columns) for each in COMMON}
    return common | dict(DERIVED) | {each.name: each.word for each in form.fields}


def template_words(form: Form) -> dict[str, Word]:
    """Every name a Word template of the form may use; what may be empty has to be asked for first."""
    needed = required(form)
    common = {each.name: Word(each.word.columns, each.name not in needed) for each in COMMON}
    return common | dict(DERIVED) | {each.name: each.word for each in form.fields}


@cache
def reading(form: Form) -> Reading:
    """What the form's own texts use."""
    return read("\n".join(form.texts()), words(form))


@cache
def required(form: Form) -> frozenset[str]:
    """Names without which the document is not made: its required fields and the common ones it prints."""
    own = {each.name for each in form.fields if each.required}
    common = {each.name for each in COMMON} & reading(form).bare
    by_shape = {
        "agency": form.letterhead != "citizen",
        "agency_abbr": form.numbered,
        "unit_abbr": form.is_official_letter,
        "place": form.dated,
        "issuer_office_caps": form.competence_line,
        "file_unit": bool(form.recipients),
    }
    return frozenset(own | common | {name for name, holds in by_shape.items() if holds})
