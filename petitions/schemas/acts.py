"""The payload of every act: one typed field for each need, and what a form must know to draw it.

Whether the act is lawful, and which fields it needs in this case, is the lifecycle's to say; here
stands only what a value of each need looks like.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from marshmallow import ValidationError, fields, post_load
from werkzeug.datastructures import MultiDict

from petitions.errors import Invalid
from petitions.labels import label
from petitions.schemas.criteria import CRITERIA, Criterion
from petitions.schemas.fields import (
    LARGEST_ID,
    Area,
    CaseCodeText,
    Choice,
    Day,
    Inner,
    Line,
    Rows,
    Shape,
    Text,
    Whole,
    YesNo,
    load,
    said,
)
from petitions.schemas.forms import converted, shaped
from petitions.schemas.registration import LARGEST_GROUP
from petitions.services import corrections
from workflows.checks import AMOUNTS
from workflows.effects import SHOWN_BY_PAPERS
from workflows.facts import DATED_FACTS
from workflows.lifecycle import Permission
from workflows.records import Finding
from workflows.transition import Transition
from workflows.transitions import TABLE
from workflows.vocabulary import (
    Action,
    Complexity,
    Fact,
    Kind,
    Mark,
    Need,
    Outcome,
    WithdrawalTest,
)

PERSONS = frozenset({Need.FIRST_PERSON, Need.SECOND_PERSON})
"""Never typed: the command knows who registered and who acts."""
LONGEST = 10_000
"""Largest number of days or people a payload may name."""
MOST_MONEY = 10**15
"""Largest sum of money a payload may name, đồng."""


class Part(Shape):
    """One part of a petition that is split."""

    summary = Text(required=True, validate=said)
    content = Text(required=True, validate=said)
    kind = Choice(Kind, allow_none=True)
    field_code = Text(allow_none=True)


class Changes(fields.Dict):
    """Corrected fields by name (``summary``, ``parties.2.phone``), each of its column's type."""

    default_error_messages = {
        "required": "Mục này bắt buộc phải có.",
        "null": "Mục này không được để trống.",
        "invalid": "Phải là các mục cần sửa, mỗi mục một giá trị.",
    }

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> dict[Any, Any]:
        if not isinstance(value, Mapping):
            raise self.make_error("invalid")
        good: dict[str, Any] = {}
        faults: dict[str, Any] = {}
        for name, wanted in value.items():
            field = _column(name)
            if field is None:
                faults[name] = ["Mục này không sửa được."]
                continue
            try:
                given = converted(field, wanted) if isinstance(wanted, str) else wanted
                good[name] = _loaded(field, None if given == "" else given)
            except ValidationError as error:
                faults[name] = error.messages
        if faults:
            raise ValidationError(faults)
        return good


def _loaded(field: fields.Field[Any], value: Any) -> Any:
    if value is None and isinstance(field, Text) and not field.allow_none:
        return ""
    loaded = field.deserialize(value)
    return loaded.isoformat() if isinstance(field, Day) and loaded is not None else loaded


_TYPED: Mapping[str, fields.Field[Any]] = {
    **dict.fromkeys(
        ("official_conduct", "security_risk", "wants_protection", "wants_result", "interpreter",
         "fingerprint"), YesNo(),
    ),
    **dict.fromkeys(("written_on", "forward_on"), Day(allow_none=True)),
    **dict.fromkeys(("summary", "content", "demand", "handled_before", "name", "field_code"), Text()),
    "group_size": Whole(1, LARGEST_GROUP),
    "project_id": Whole(1, LARGEST_ID, allow_none=True),
    "birth_year": Whole(1800, 2199, allow_none=True),
}  # fmt: skip
_ANY_LINE = Text(allow_none=True)
_OF_THE_CASE = (
    corrections.CASE_COLUMNS
    | corrections.TEXT_COLUMNS
    | corrections.PAPER_COLUMNS
    | corrections.REFERENCES
)
_OF_PEOPLE = {
    "parties": corrections.PERSON_COLUMNS,
    "respondents": corrections.RESPONDENT_COLUMNS,
}


def _column(name: str) -> fields.Field[Any] | None:
    """The field a correction of ``name`` must fit; None when it cannot be corrected."""
    side, _, rest = name.partition(".")
    number, _, column = rest.partition(".")
    if rest:
        sound = number.isascii() and number.isdigit() and len(number) <= 4
        if not sound or column not in _OF_PEOPLE.get(side, ()):
            return None
    elif name not in _OF_THE_CASE:
        return None
    return _TYPED.get(column or name, _ANY_LINE)


class Payload(Shape):
    """Every need of every act. Loads to a mapping by ``Need`` without what was left empty."""

    outcome = Choice(Outcome, allow_none=True)
    ground = Text(allow_none=True)
    reason = Text(allow_none=True)
    document = Text(allow_none=True)
    content = Text(allow_none=True)
    recipient = Text(allow_none=True)
    assignee = Text(allow_none=True)
    deputy = Text(allow_none=True)
    team = Rows(Text())
    lead = Text(allow_none=True)
    cooperating = Rows(Text())
    criteria = Rows(Choice(Criterion))
    complexity = Choice(
        Complexity, {Complexity.COMPLEX, Complexity.ESPECIALLY_COMPLEX}, allow_none=True
    )
    dialogue_on = Day(allow_none=True)
    notice_by = Day(allow_none=True)
    finding = Text(allow_none=True)
    result = Text(allow_none=True)
    found = Choice(Finding, allow_none=True)
    money = Whole(0, MOST_MONEY, allow_none=True)
    land = Area(allow_none=True)
    returned_money = Whole(0, MOST_MONEY, allow_none=True)
    returned_land = Area(allow_none=True)
    bodies_money = Whole(0, MOST_MONEY, allow_none=True)
    bodies_land = Area(allow_none=True)
    people = Whole(0, LONGEST, allow_none=True)
    days = Whole(1, LONGEST, allow_none=True)
    until = Day(allow_none=True)
    withdrawn = Text(allow_none=True)
    remaining = Whole(0, LARGEST_GROUP, allow_none=True)
    withdrawal_test = Choice(WithdrawalTest, allow_none=True)
    obstacle = Text(allow_none=True)
    court = Text(allow_none=True)
    measures = Text(allow_none=True)
    parts = Rows(Part)
    into = CaseCodeText(allow_none=True)
    awaited = Whole(1, LONGEST, allow_none=True)
    changes = Changes()
    fact = Choice(Fact, {Fact(name) for name in DATED_FACTS} | {Fact.ASSIGNED}, allow_none=True)
    day = Day(allow_none=True)
    competent = YesNo(allow_none=True)
    marks = Rows(Choice(Mark, SHOWN_BY_PAPERS))

    @post_load
    def by_need(self, data: dict[str, Any], **_: Any) -> dict[Need, Any]:
        """The values by need."""
        return {
            Need(name): value for name, value in data.items() if value not in (None, "", [], {})
        }


PAYLOAD = Payload()


class Envelope(Shape):
    """The body of an act sent to the API."""

    version = Whole(1, LARGEST_ID, required=True)
    on = Day(required=True)
    late_reason = Line(300, allow_none=True)
    given = Inner(Payload)


ENVELOPE = Envelope()


_WIDGETS: Mapping[Need, str] = {
    Need.OUTCOME: "outcome",
    Need.GROUND: "textarea",
    Need.REASON: "textarea",
    Need.DOCUMENT: "text",
    Need.CONTENT: "textarea",
    Need.RECIPIENT: "text",
    Need.ASSIGNEE: "user",
    Need.DEPUTY: "user",
    Need.TEAM: "users",
    Need.LEAD: "agency",
    Need.COOPERATING: "agencies",
    Need.CRITERIA: "checkboxes",
    Need.COMPLEXITY: "select",
    Need.DIALOGUE_ON: "date",
    Need.NOTICE_BY: "date",
    Need.FINDING: "textarea",
    Need.RESULT: "textarea",
    Need.FOUND: "outcome",
    **dict.fromkeys(AMOUNTS, "number"),
    Need.DAYS: "number",
    Need.UNTIL: "date",
    Need.WITHDRAWN: "textarea",
    Need.REMAINING: "number",
    Need.WITHDRAWAL_TEST: "select",
    Need.OBSTACLE: "textarea",
    Need.COURT: "text",
    Need.MEASURES: "textarea",
    Need.PARTS: "parts",
    Need.INTO: "case_code",
    Need.AWAITED: "number",
    Need.CHANGES: "changes",
    Need.FACT: "select",
    Need.DAY: "date",
    Need.COMPETENT: "yes_no",
    Need.MARKS: "checkboxes",
}
_WIDGETS_OF_ACTS: Mapping[tuple[Action, Need], str] = {
    (Action.TRANSFER, Need.RECIPIENT): "agency",
    (Action.ENGAGE_ADVISER, Need.RECIPIENT): "agency",
    (Action.ASK_DRAFT, Need.RECIPIENT): "agency",
    (Action.ORDER_SUBORDINATE, Need.RECIPIENT): "agency",
    (Action.DIRECT_ENFORCEMENT, Need.ASSIGNEE): "text",
}
_HINTS: Mapping[Need, str] = {
    Need.DOCUMENT: "Ghi số, ký hiệu và ngày của văn bản.",
    Need.TEAM: "Từ hai người trở lên; người đầu tiên là trưởng đoàn nếu không nêu riêng.",
    Need.CRITERIA: "Chọn các tiêu chí đã ghi nhận bằng văn bản trong hồ sơ.",
    Need.NOTICE_BY: "Để trống nếu thông báo ngay trong ngày thực hiện.",
    Need.DAYS: "Mỗi lần không quá 30 ngày.",
    Need.REMAINING: "Số người tiếp tục khiếu nại, tố cáo sau khi có người rút.",
    Need.PARTS: "Mỗi phần thành một hồ sơ; ít nhất hai phần.",
    Need.LEAD: "Để trống nếu cơ quan mình tự xác minh; cơ quan chủ trì sẽ lập Đoàn (Tổ).",
    Need.COOPERATING: "Các cơ quan cùng tham gia xác minh.",
    Need.AWAITED: "Để trống nếu hồ sơ chỉ có một việc chờ phúc đáp.",
    Need.INTO: "Mã của hồ sơ cùng loại, ví dụ TCD-2026-000123-4.",
    Need.DAY: "Ngày thực tế đã xảy ra.",
    Need.COMPETENT: "Để trống nếu chưa xác định.",
}
_HINTS_OF_ACTS: Mapping[tuple[Action, Need], str] = {
    (Action.TRANSFER, Need.RECIPIENT): "Cơ quan trong hệ thống; hồ sơ giữ nguyên mã.",
    (Action.TRANSFER_OUT, Need.RECIPIENT): "Cơ quan, tổ chức ngoài hệ thống.",
    (Action.PLAN_DIALOGUE, Need.CONTENT): "Còn sửa được khi chuẩn bị buổi đối thoại.",
    (Action.RECORD_ENFORCEMENT, Need.REASON): "Chỉ khi số đã thi hành khác số phải thi hành.",
    (Action.DECLARE_RELATION, Need.ASSIGNEE): "Người có liên quan đến một bên trong vụ việc.",
    (Action.FORM_TEAM, Need.TEAM): "Không kể trưởng đoàn, phó trưởng đoàn.",
    (Action.REPORT_UP, Need.RECIPIENT): "Tên hoặc mã cơ quan cấp trên, trong hay ngoài hệ thống.",
    (Action.FILE_AND_WATCH, Need.UNTIL): "Đến ngày này hồ sơ hiện lại trong danh sách chờ.",
}
_NAMES_OF_ACTS: Mapping[tuple[Action, Need], str] = {
    (Action.PASS_ON, Need.CONTENT): "Ý kiến chỉ đạo",
    (Action.PLAN_DIALOGUE, Need.CONTENT): "Địa điểm đối thoại",
    (Action.PASS_ON, Need.UNTIL): "Hạn nội bộ",
    (Action.ENGAGE_ADVISER, Need.RECIPIENT): "Cơ quan tham mưu",
    (Action.ENGAGE_ADVISER, Need.UNTIL): "Hạn tham mưu",
    (Action.ASSIGN_VERIFICATION, Need.ASSIGNEE): "Người xác minh của cơ quan",
    (Action.FORM_TEAM, Need.ASSIGNEE): "Trưởng đoàn (tổ trưởng)",
    (Action.ASK_DRAFT, Need.RECIPIENT): "Cơ quan lập dự thảo",
    (Action.ASK_DRAFT, Need.UNTIL): "Hạn lập dự thảo",
    (Action.ORDER_SUBORDINATE, Need.RECIPIENT): "Cơ quan cấp dưới",
    (Action.ORDER_SUBORDINATE, Need.UNTIL): "Hạn báo cáo lại",
    (Action.REPORT_UP, Need.RECIPIENT): "Cơ quan cấp trên",
    (Action.REPORT_UP, Need.UNTIL): "Đề nghị phúc đáp trước ngày",
    (Action.RETURN_FORWARDED, Need.REASON): "Lý do trả lại",
    (Action.DECIDE, Need.RESULT): "Tóm tắt kết quả giải quyết",
    (Action.CONCLUDE, Need.RESULT): "Tóm tắt kết luận",
    (Action.RECORD_ENFORCEMENT, Need.RESULT): "Kết quả thi hành lần này",
    (Action.RECORD_ENFORCEMENT, Need.MONEY): "Đã thu tiền cho Nhà nước (đồng)",
    (Action.RECORD_ENFORCEMENT, Need.LAND): "Đã thu đất cho Nhà nước (m²)",
    (Action.RECORD_ENFORCEMENT, Need.RETURNED_MONEY): "Đã trả tiền cho cá nhân (đồng)",
    (Action.RECORD_ENFORCEMENT, Need.RETURNED_LAND): "Đã trả đất cho cá nhân (m²)",
    (Action.RECORD_ENFORCEMENT, Need.BODIES_MONEY): "Đã trả tiền cho tổ chức (đồng)",
    (Action.RECORD_ENFORCEMENT, Need.BODIES_LAND): "Đã trả đất cho tổ chức (m²)",
    (Action.RECORD_ENFORCEMENT, Need.PEOPLE): "Số người đã xử lý",
    (Action.RECORD_ENFORCEMENT, Need.REASON): "Lý do chênh lệch",
    (Action.FILE_AND_WATCH, Need.UNTIL): "Ngày xem lại",
}
"""What an input is called in an act whose field has a narrower meaning than its need."""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One input of an act's form. ``name`` is the input's name and the path of its faults.

    ``widget`` is one of text, textarea, date, number, select, yes_no, checkboxes, user, users,
    agency, case_code, outcome, parts (rows ``parts.0.summary``, ``.content``, ``.kind``,
    ``.field_code``) and changes (inputs ``changes.NAME``). ``user`` and ``users`` send usernames,
    ``agency`` the agency's code.
    """

    name: str
    need: Need
    widget: str
    required: bool
    choices: tuple[StrEnum, ...]
    hint: str
    called: str = ""

    @property
    def label(self) -> str:
        """What stands beside the input."""
        return self.called or label(self.need)

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """(value, wording) of each choice."""
        return tuple(
            (choice.value, CRITERIA[choice] if isinstance(choice, Criterion) else label(choice))
            for choice in self.choices
        )


def payload_schema(permission: Permission) -> list[FieldSpec]:
    """The inputs of the act ``permission`` is about, in the order they are asked.

    Where the act has several ends, an input only some of them need is not required here; the
    lifecycle asks for it once the end is chosen.
    """
    needs, takes = list(permission.needs), list(permission.takes)
    required = set(needs)
    if permission.choices:
        rows = [row for row in _rows(permission.action) if row.outcome in permission.choices]
        required = {need for need in needs if all(need in row.needs for row in rows)}
        takes += [need for row in rows for need in (*row.needs, *row.takes)]
        needs, required = [Need.OUTCOME, *needs], required | {Need.OUTCOME}
    return [
        _spec(permission.action, need, need in required, permission.choices)
        for need in dict.fromkeys([*needs, *takes])
        if need not in PERSONS
    ]


def _spec(action: Action, need: Need, required: bool, outcomes: tuple[Outcome, ...]) -> FieldSpec:
    return FieldSpec(
        name=need.value,
        need=need,
        widget=_WIDGETS_OF_ACTS.get((action, need), _WIDGETS[need]),
        required=required,
        choices=outcomes if need is Need.OUTCOME else _choices(need),
        hint=_HINTS_OF_ACTS.get((action, need), _HINTS.get(need, "")),
        called=_NAMES_OF_ACTS.get((action, need), ""),
    )


def _choices(need: Need) -> tuple[StrEnum, ...]:
    field = PAYLOAD.fields[need.value]
    if isinstance(field, Rows):
        field = field.inner
    return field.among if isinstance(field, Choice) else ()


@cache
def _rows(action: Action) -> tuple[Transition, ...]:
    return tuple(row for row in TABLE if row.action is action)


@cache
def needs_of(action: Action) -> frozenset[Need]:
    """Everything a payload of ``action`` may carry in any kind of case."""
    found = {need for row in _rows(action) for need in (*row.needs, *row.takes)} - PERSONS
    if any(row.outcome is not None for row in _rows(action)):
        found.add(Need.OUTCOME)
    return frozenset(found)


def load_payload(
    action: Action, permission: Permission | None, data: Mapping[str, Any]
) -> dict[Need, Any]:
    """The payload ``data`` describes, for ``services.acts.perform``. Raises ``Invalid`` at the needs.

    With the permission at hand what it requires must be there and nothing else may; without, the
    act's needs in any case are taken and the lifecycle judges what is missing.
    """
    given: dict[Need, Any] = load(PAYLOAD, data)
    faults = refused(action, permission, data)
    if permission is not None:
        for spec in payload_schema(permission):
            if spec.required and spec.need not in given:
                faults[spec.name] = ["Mục này bắt buộc phải có."]
    if faults:
        raise Invalid(faults)
    return given


def refused(
    action: Action, permission: Permission | None, names: Iterable[str]
) -> dict[str, list[str]]:
    """A fault for each of ``names`` that has no place in the act's payload."""
    known = (
        needs_of(action)
        if permission is None
        else {spec.need for spec in payload_schema(permission)}
    )
    return {name: ["Việc này không có mục này."] for name in names if name not in known}


def payload_from_form(permission: Permission, form: MultiDict[str, str]) -> dict[str, Any]:
    """The mapping an act's form describes, for ``load_payload``; see ``forms.shaped``.

    Inputs that are not the act's (its day, version, one-time key) are left out.
    """
    names = {spec.name for spec in payload_schema(permission)}
    return {name: value for name, value in shaped(PAYLOAD, form).items() if name in names}
