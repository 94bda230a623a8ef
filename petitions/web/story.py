"""The timeline in words: what each event says, for people who were not there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from petitions.labels import label
from petitions.queries.case_shapes import Happening
from petitions.queries.choices import Names
from petitions.queries.letters import LetterShown
from petitions.schemas.criteria import CRITERIA, Criterion
from petitions.text import vn_date
from workflows.records import Finding
from workflows.vocabulary import (
    Complexity,
    Fact,
    Mark,
    Need,
    Outcome,
    State,
    Step,
    WithdrawalTest,
)

UNSPOKEN = frozenset(
    {
        Need.FIRST_PERSON, Need.SECOND_PERSON, Need.DEPUTY, "kind", "source", "group_size", "agency", "fields",
        "from_agency", "link", "team", "warnings", "change", "user",
    }
)  # fmt: skip
"""Values of events the page shows elsewhere, or that say nothing to a reader."""
OWN_WORDS = {
    "register": "Số vào sổ",
    "to_agency": "Nơi nhận",
    "from_case": "Mở từ hồ sơ",
    "joined": "Nhận thêm đơn từ hồ sơ",
    "undone_split": "Hoàn tác tách từ",
    "erased": "Đã xóa nội dung của diễn biến số",
    "was": "Ngày đã ghi trước",
    "late_reason": "Lý do nhập muộn",
    "repeat_reason": "Lý do đăng ký mới dù có hồ sơ giống",
}
_VOCABULARY = {
    Need.OUTCOME: Outcome,
    Need.COMPLEXITY: Complexity,
    Need.WITHDRAWAL_TEST: WithdrawalTest,
    Need.FACT: Fact,
    Need.MARKS: Mark,
    Need.FOUND: Finding,
}
AGENCIES = frozenset({Need.LEAD, Need.COOPERATING, Need.RECIPIENT})
"""Needs that may name an agency by its code."""
NEEDS = frozenset(need.value for need in Need)
FIELD_WORDS = {
    "summary": "tóm tắt", "content": "nội dung", "demand": "yêu cầu", "group_size": "số người",
    "official_conduct": "đơn về thái độ cán bộ", "security_risk": "nguy cơ mất an ninh",
    "wants_protection": "đề nghị bảo vệ", "wants_result": "muốn được báo kết quả",
    "language": "ngôn ngữ", "interpreter": "phiên dịch", "fingerprint": "điểm chỉ",
    "handled_before": "quá trình giải quyết trước", "written_on": "ngày ghi trên đơn",
    "forward_number": "số văn bản chuyển", "forward_on": "ngày văn bản chuyển",
    "originals": "bản chính đã nhận", "copies_to": "nơi đơn còn gửi đến",
    "field_code": "lĩnh vực", "place_code": "nơi xảy ra", "project_id": "dự án",
    "name": "họ tên", "id_number": "số giấy tờ", "phone": "điện thoại", "address": "địa chỉ",
    "birth_year": "năm sinh", "position": "chức vụ", "workplace": "nơi công tác",
}  # fmt: skip
"""Fields that can be corrected, as they are spoken of."""
ISSUED = "Văn bản đã ban hành"
SEALED_CHANGE = {"from": "sealed", "to": "changed"}
"""What a correction of a sealed person leaves in place of the values."""
SIDES = {"parties": "người gửi", "respondents": "đối tượng"}


@dataclass(frozen=True, slots=True)
class Told:
    """One event of the timeline in words."""

    what: str
    state: str | None
    on: date
    recorded_at: datetime
    late: bool
    who: str
    lines: tuple[tuple[str, str], ...]
    erased: bool


def told(
    timeline: tuple[Happening, ...],
    names: Names,
    local_day: Any,
    letters: Sequence[LetterShown] = (),
) -> list[Told]:
    """The events as people read them, the newest first; ``local_day`` gives the day of an instant.

    An act tells the number and day of the ``letters`` signed with it, once they have them.
    """
    issued: dict[int | None, list[tuple[str, str]]] = defaultdict(list)
    for each in letters:
        if each.number:
            issued[each.event_seq].append(
                (ISSUED, f"{each.name} số {each.number} ngày {vn_date(each.issued_on)}")
            )
    states: list[State | None] = [event.state_to for event in timeline[1:]]
    states.append(None)
    return [
        Told(
            what=label(event.action),
            state=label(event.state_to) if event.state_to is not before else None,
            on=event.on,
            recorded_at=event.recorded_at,
            late=local_day(event.recorded_at) != event.on,
            who=_who(event),
            lines=(*_lines(event, names), *issued.get(event.seq, ())),
            erased=event.erased,
        )
        for event, before in zip(timeline, states, strict=True)
    ]


def _who(event: Happening) -> str:
    role = f" ({label(event.role)})" if event.role else ""
    return f"{event.actor or 'Hệ thống'}{role} – {event.agency}"


def _lines(event: Happening, names: Names) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    people = event.data.get("team") or [event.data.get("assignee") or event.data.get("user")]
    charged = [names.users[each] for each in people if each in names.users]
    if charged:
        found.append(("Người được giao", ", ".join(charged)))
    for name, value in {**event.data, **event.words}.items():
        if name == Need.ASSIGNEE and charged:
            continue
        if name == "moved":
            found += [(f"Hạn {label(Step(each['step'])).lower()}", _moved(each)) for each in value]
        elif name == Need.CHANGES:
            found += [_change(field, each) for field, each in value.items()]
        elif name == Need.RECIPIENT and "to_agency" in event.data:
            continue
        elif name == Need.PARTS:
            found += [(f"Phần {n}", part["summary"]) for n, part in enumerate(value, 1)]
        elif name not in UNSPOKEN and value not in (None, "", [], {}) and _known(name):
            found.append((_name(name), _value(name, value, names)))
    return found


def _known(name: str) -> bool:
    """Whether there are words for a value: a page may meet events of a later version."""
    return name in OWN_WORDS or name in NEEDS


def _moved(each: Mapping[str, Any]) -> str:
    return f"{_day(each['from']) or 'chưa có'} → {_day(each['to']) or 'tạm dừng'}"


def _change(field: str, each: Mapping[str, Any]) -> tuple[str, str]:
    if each == SEALED_CHANGE:
        return f"Sửa {spoken_field(field)}", "nội dung được niêm phong"
    return (
        f"Sửa {spoken_field(field)}",
        f"{_day(each['from']) or '(trống)'} → {_day(each['to']) or '(trống)'}",
    )


def spoken_field(path: str) -> str:
    """A correctable field as people call it: *điện thoại của người gửi 2*."""
    side, _, rest = path.partition(".")
    if side not in SIDES:
        return FIELD_WORDS.get(path, path)
    number, _, column = rest.partition(".")
    return f"{FIELD_WORDS.get(column, column)} của {SIDES[side]} {number}"


def _name(name: str) -> str:
    return OWN_WORDS.get(name) or label(Need(name))


def _value(name: str, value: Any, names: Names) -> str:
    if isinstance(value, list):
        return "; ".join(_value(name, each, names) for each in value)
    if name == "to_agency":
        return names.agencies.get(value, "")
    if name in AGENCIES:
        return names.agency_codes.get(value, str(value))
    if name == Need.CRITERIA:
        return CRITERIA[Criterion(value)]
    if name in _VOCABULARY:
        return label(_VOCABULARY[Need(name)](value))
    return _day(value)


def _day(value: Any) -> str:
    """A stored value as text; days in Vietnamese order, yes and no as words."""
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, str):
        try:
            return vn_date(date.fromisoformat(value))
        except ValueError:
            return value
    return "" if value is None else str(value)
