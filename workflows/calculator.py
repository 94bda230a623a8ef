"""The law as a calculator: items as plain JSON values in, dates as plain JSON values out.

``parse`` refuses the whole list at the first fault, naming the item, its id and the field;
``answer`` counts. Both the console command and the API stand on these two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final, TypeVar

from workflows.deadlines import Deadline, compute
from workflows.facts import RECEPTION, CaseItem, Facts, Matter, Obstacle, Suspension
from workflows.lawbook import Lawbook
from workflows.rules import INSTANCES, MATTERS
from workflows.source_lines import iso_day
from workflows.strict_json import RepeatedKey
from workflows.vocabulary import Complexity, Kind, Subkind
from workflows.working_days import (
    Calendar,
    CalendarMissing,
    Direction,
    Roll,
    Unit,
    WorkingWeek,
    count,
    roll,
)

_CASE_KEYS: Final = ("id", "kind", "subkind", "instance", "remote", "complexity", "facts")
_ARITHMETIC_KEYS: Final = ("start", "amount", "unit", "direction", "roll", "days_off", "working_saturdays")  # fmt: skip
_AT_DESK: Final = ("received",)
FACTS: Final[dict[str, tuple[str, ...]]] = {
    Kind.COMPLAINT: (
        "received", "accepted", "decision_issued", "decision_received", "settlement_expired",
        "contested_decision_received", "legal_effect", "dialogue_on", "suspension_decided",
        "suspensions", "obstacles",
    ),
    Kind.DENUNCIATION: (
        "received", "accepted", "conclusion_issued", "further_denunciation_received",
        "overdue_further_denunciation_received", "suspension_decided", "suspensions", "extensions",
        "multi_place_check", "competent", "forwarded_by",
    ),
    Kind.RECOMMENDATION: _AT_DESK,
    Kind.FEEDBACK: _AT_DESK,
    RECEPTION: (
        *_AT_DESK, "refusal_grounds_established", "reception_on", "online_reception_on", "settled",
        "result_reported",
    ),
}  # fmt: skip
"""The facts each kind may carry."""
EXTENSIONS_ALLOWED: Final = {
    Complexity.ORDINARY: 0,
    Complexity.COMPLEX: 1,
    Complexity.ESPECIALLY_COMPLEX: 2,
}
"""How often a denunciation may be extended (Law on Denunciations art 30)."""
LONGEST_EXTENSION: Final = 30
COMPLAINT_SUSPENSION_SINCE: Final = date(2026, 7, 1)
"""Law on Complaints art 11a, added by Law 136/2025/QH15."""

Word = TypeVar("Word", bound=StrEnum)


class InputFault(ValueError):
    """The first fault of a list of items: its number from 1, its id, the field and why."""

    def __init__(self, index: int | None, id_: object, path: str, reason: str) -> None:
        self.index = index
        self.id = id_ if isinstance(id_, str) else None
        self.path = path
        self.reason = reason
        item = "" if index is None else f"item {index} (id {'?' if self.id is None else id_}): "
        field = f"{path}: " if path else ""
        super().__init__(_one_line(item + field + reason))


class CountFailed(RuntimeError):
    """A well-formed item that cannot be counted: a year without a calendar, or no such year."""

    def __init__(self, index: int, id_: str, reason: str) -> None:
        self.index = index
        self.id = id_
        self.reason = reason
        super().__init__(_one_line(f"item {index} (id {id_}): {reason}"))


@dataclass(frozen=True, slots=True)
class CaseQuestion:
    """One case to be counted."""

    id: str
    item: CaseItem


@dataclass(frozen=True, slots=True)
class Sum:
    """Plain counting on a week of its own; no shipped calendar plays a part."""

    id: str
    start: date
    amount: int
    unit: Unit
    direction: Direction
    roll: Roll
    days_off: frozenset[date]
    working_saturdays: tuple[date, ...]


Question = CaseQuestion | Sum


def parse(items: object) -> list[Question]:
    """The questions in ``items``. Raises InputFault at the first fault."""
    if not isinstance(items, list):
        raise InputFault(None, None, "", "phải là một danh sách các mục")
    seen: set[str] = set()
    return [_Item(number, raw, seen).question() for number, raw in enumerate(items, start=1)]


def answer(
    questions: Sequence[Question], lawbook: Lawbook, calendar: Calendar
) -> list[dict[str, Any]]:
    """One plain answer per question, in order. Raises CountFailed naming the item."""
    answers: list[dict[str, Any]] = []
    for number, question in enumerate(questions, start=1):
        try:
            if isinstance(question, Sum):
                answers.append(_total(question))
                continue
            deadlines = compute(question.item, lawbook, calendar)
        except CalendarMissing as error:
            raise CountFailed(number, question.id, str(error)) from error
        except OverflowError as error:
            reason = "kết quả nằm ngoài các năm 1-9999"
            raise CountFailed(number, question.id, reason) from error
        plain = {step.value: _plain(deadline) for step, deadline in deadlines.items()}
        answers.append({"id": question.id, "deadlines": plain})
    return answers


def _plain(deadline: Deadline) -> dict[str, Any]:
    return {
        "nominal_end": _iso(deadline.nominal_end),
        "due": _iso(deadline.due),
        "safe": _iso(deadline.safe),
        "provisional": deadline.provisional,
        "rule": deadline.rule,
        "citation": deadline.citation,
        "explanation": list(deadline.explanation),
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _total(asked: Sum) -> dict[str, Any]:
    week = WorkingWeek(asked.days_off, asked.working_saturdays)
    end = count(asked.start, asked.amount, asked.unit, asked.direction, week)
    return {"id": asked.id, "nominal_end": _iso(end), "due": _iso(roll(end, asked.roll, week))}


def _one_line(text: str) -> str:
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


class _Item:
    """One raw item being read; every reader checks one value and names its path in a fault."""

    def __init__(self, number: int, raw: object, seen: set[str]) -> None:
        self.number = number
        self.raw = raw
        self.seen = seen
        self.id: object = raw.get("id") if isinstance(raw, dict) else None

    def fault(self, path: str, reason: str) -> InputFault:
        return InputFault(self.number, self.id, path, reason)

    def question(self) -> Question:
        if isinstance(self.raw, dict) and "arithmetic" in self.raw:
            data = self.table("", self.raw, ("id", "arithmetic"))
            return self.sum(self.identity(data), data["arithmetic"])
        data = self.table("", self.raw, _CASE_KEYS)
        return CaseQuestion(self.identity(data), self.case(data))

    def identity(self, data: dict[str, Any]) -> str:
        if "id" not in data:
            raise self.fault("id", "thiếu")
        found = self.text("id", data["id"])
        if found in self.seen:
            raise self.fault("id", "lặp lại")
        self.seen.add(found)
        return found

    def case(self, data: dict[str, Any]) -> CaseItem:
        if "kind" not in data:
            raise self.fault("kind", "thiếu")
        kind = self.among("kind", data["kind"], MATTERS)
        matter: Matter = RECEPTION if kind == RECEPTION else Kind(kind)
        subkind = data.get("subkind")
        instance = data.get("instance", 1)
        if type(instance) is not int or instance not in INSTANCES:
            raise self.fault("instance", "phải là 1 hoặc 2")
        complexity = Complexity.ORDINARY
        if subkind is not None:
            subkind = self.word("subkind", subkind, Subkind)
        remote = self.flag("remote", data.get("remote", False))
        if "complexity" in data:
            complexity = self.word("complexity", data["complexity"], Complexity)
        facts = self.facts(data.get("facts", {}), matter, complexity)
        return CaseItem(matter, subkind, instance, remote, complexity, facts)

    def facts(self, raw: object, kind: Matter, complexity: Complexity) -> Facts:
        data = self.table("facts", raw, FACTS[kind])
        read: dict[str, Any] = {}
        for name, value in data.items():
            path = f"facts.{name}"
            match name:
                case "suspensions" | "obstacles" | "extensions":
                    read[name] = self.rows(path, value)
                case "multi_place_check" | "competent":
                    read[name] = self.flag(path, value)
                case "forwarded_by":
                    read[name] = self.text(path, value)
                case _:
                    read[name] = self.day(path, value)
        if "suspensions" in read:
            read["suspensions"] = self.suspensions(read["suspensions"], kind, read.get("accepted"))
        if "obstacles" in read:
            read["obstacles"] = self.obstacles(read["obstacles"])
        if "extensions" in read:
            read["extensions"] = self.extensions(read["extensions"], complexity)
        return Facts(**read)

    def suspensions(
        self, rows: list[Any], kind: Matter, accepted: date | None
    ) -> tuple[Suspension, ...]:
        found: list[tuple[Suspension, str]] = []
        for index, row in enumerate(rows):
            path = f"facts.suspensions[{index}]"
            data = self.table(path, row, ("from", "resumed"))
            begins = self.needed_day(path, data, "from")
            resumed = self.needed_day(path, data, "resumed") if "resumed" in data else None
            if resumed is not None and resumed < begins:
                raise self.fault(f"{path}.resumed", "trước from")
            if accepted is not None and begins < accepted:
                raise self.fault(f"{path}.from", "trước accepted")
            if kind == Kind.COMPLAINT and begins < COMPLAINT_SUSPENSION_SINCE:
                since = COMPLAINT_SUSPENSION_SINCE.strftime("%d/%m/%Y")
                raise self.fault(f"{path}.from", f"khiếu nại chỉ được tạm đình chỉ từ {since}")
            found.append((Suspension(begins, resumed), path))
        found.sort(key=lambda each: (each[0].begins, each[0].resumed or date.max))
        for (earlier, path), (later, later_path) in pairwise(found):
            if earlier.resumed is None:
                raise self.fault(f"{path}.resumed", "chỉ lần tạm đình chỉ cuối cùng được bỏ trống")
            if later.begins < earlier.resumed:
                raise self.fault(f"{later_path}.from", "chồng lên lần tạm đình chỉ khác")
        return tuple(suspension for suspension, _ in found)

    def obstacles(self, rows: list[Any]) -> tuple[Obstacle, ...]:
        found = []
        for index, row in enumerate(rows):
            path = f"facts.obstacles[{index}]"
            data = self.table(path, row, ("from", "to"))
            begins = self.needed_day(path, data, "from")
            ends = self.needed_day(path, data, "to")
            if ends < begins:
                raise self.fault(f"{path}.to", "trước from")
            found.append(Obstacle(begins, ends))
        return tuple(found)

    def extensions(self, rows: list[Any], complexity: Complexity) -> tuple[int, ...]:
        for index, days in enumerate(rows):
            if type(days) is not int or not 1 <= days <= LONGEST_EXTENSION:
                raise self.fault(
                    f"facts.extensions[{index}]", f"phải là số nguyên từ 1 đến {LONGEST_EXTENSION}"
                )
        allowed = EXTENSIONS_ALLOWED[complexity]
        if len(rows) > allowed:
            raise self.fault(
                "facts.extensions", f"mức {complexity} chỉ được gia hạn nhiều nhất {allowed} lần"
            )
        return tuple(rows)

    def sum(self, id_: str, raw: object) -> Sum:
        data = self.table("arithmetic", raw, _ARITHMETIC_KEYS)
        for key in _ARITHMETIC_KEYS:
            if key not in data:
                raise self.fault(f"arithmetic.{key}", "thiếu")
        amount = data["amount"]
        start = self.day("arithmetic.start", data["start"])
        if type(amount) is not int or amount < 0:
            raise self.fault("arithmetic.amount", "phải là số nguyên không âm")
        off = frozenset(self.days("arithmetic.days_off", data["days_off"]))
        saturdays = self.days("arithmetic.working_saturdays", data["working_saturdays"])
        for index, day in enumerate(saturdays):
            path = f"arithmetic.working_saturdays[{index}]"
            if day.weekday() != 5:
                raise self.fault(path, f"{day} không phải thứ Bảy")
            if day in off:
                raise self.fault(path, f"{day} cũng có trong days_off")
        return Sum(
            id_,
            start,
            amount,
            self.word("arithmetic.unit", data["unit"], Unit),
            self.word("arithmetic.direction", data["direction"], Direction),
            self.word("arithmetic.roll", data["roll"], Roll),
            off,
            saturdays,
        )

    def table(self, path: str, value: object, keys: Sequence[str]) -> dict[str, Any]:
        inside = f"{path}." if path else ""
        if isinstance(value, RepeatedKey):
            raise self.fault(inside + value.key, "khoá lặp lại")
        if not isinstance(value, dict):
            raise self.fault(path, "phải là một đối tượng")
        for key in value:
            if key not in keys:
                elsewhere = path == "facts" and any(key in names for names in FACTS.values())
                reason = "sự kiện của loại đơn khác" if elsewhere else "khoá lạ"
                raise self.fault(inside + key, reason)
        return value

    def rows(self, path: str, value: object) -> list[Any]:
        if not isinstance(value, list):
            raise self.fault(path, "phải là một danh sách")
        return value

    def text(self, path: str, value: object) -> str:
        if not isinstance(value, str):
            raise self.fault(path, "phải là chữ")
        if not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value):
            raise self.fault(path, "có ký tự không hợp lệ")
        return value

    def flag(self, path: str, value: object) -> bool:
        if not isinstance(value, bool):
            raise self.fault(path, "phải là true hoặc false")
        return value

    def day(self, path: str, value: object) -> date:
        day = iso_day(value) if isinstance(value, str) else None
        if day is None:
            raise self.fault(path, "phải là một ngày YYYY-MM-DD có thật")
        return day

    def days(self, path: str, value: object) -> tuple[date, ...]:
        rows = self.rows(path, value)
        return tuple(self.day(f"{path}[{index}]", row) for index, row in enumerate(rows))

    def needed_day(self, path: str, data: dict[str, Any], key: str) -> date:
        if key not in data:
            raise self.fault(f"{path}.{key}", "thiếu")
        return self.day(f"{path}.{key}", data[key])

    def among(self, path: str, value: object, words: Sequence[str]) -> str:
        if not isinstance(value, str) or value not in words:
            raise self.fault(path, "phải là một trong: " + ", ".join(words))
        return value

    def word(self, path: str, value: object, words: type[Word]) -> Word:
        return words(self.among(path, value, tuple(words)))
