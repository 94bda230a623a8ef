"""The law files: rows of ``[[rule]]`` and ``[[quota]]``, one ``[computation]`` table, read strictly.

Keys of a rule: ``rule_code``, ``variant`` (tells apart rows of one code), ``title``, ``step`` (the
clock; none for a limit nobody's clock counts), the selectors ``kinds``, ``subkinds``, ``instances``,
``remote``, ``complexities``, ``when`` (absent: any), ``trigger_event``, ``amount``, ``unit``,
``direction``, ``roll``, ``binds``, ``calculator`` (false: counted for cases, not in the calculator),
``valid_from``, ``valid_to`` (both included), ``applies_before`` (answers also for days before its
text was law), ``select_by``, ``citation``, ``source_note``, ``verified_by``, ``verified_on`` (absent:
to be confirmed) and ``differing`` (another text's amount, unit and citation).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from workflows.facts import DATED_FACTS
from workflows.rules import (
    INSTANCES,
    MATTERS,
    SUBKINDS,
    Bound,
    Cell,
    Computation,
    Differing,
    OtherUnit,
    Quota,
    Rule,
    SelectBy,
    When,
)
from workflows.source_lines import Place, Source, SourceFault
from workflows.vocabulary import Complexity, Step
from workflows.working_days import Direction, Roll, Unit

_RULE = ("rule_code", "title", "kinds", "trigger_event", "amount", "unit", "direction", "roll", "valid_from", "citation")  # fmt: skip
_RULE_MAY = ("variant", "step", "subkinds", "instances", "remote", "complexities", "when", "binds", "calculator", "valid_to", "applies_before", "select_by", "source_note", "verified_by", "verified_on", "differing")  # fmt: skip
_QUOTA = ("rule_code", "title", "who", "amount", "per", "valid_from", "citation")
_QUOTA_MAY = ("valid_to", "source_note", "verified_by", "verified_on")
_MOST = 3660

Value = TypeVar("Value")


class LawbookError(SourceFault):
    """A law file that may not be used."""


def read_law(paths: Iterable[Path]) -> tuple[list[Rule], list[Quota], Computation]:
    """All rules, all quotas, and how they are counted.

    Raises LawbookError naming file and line.
    """
    rules: list[tuple[Rule, Source, Place]] = []
    quotas: list[tuple[Quota, Source, Place]] = []
    computation: Computation | None = None
    last: Source | None = None
    for path in paths:
        last = source = Source(path, LawbookError)
        document = source.table((), source.document, (), ("rule", "quota", "computation"))
        for index, table in enumerate(source.rows(("rule",), document.get("rule", []))):
            rules.append((_rule(source, ("rule", index), table), source, ("rule", index)))
        for index, table in enumerate(source.rows(("quota",), document.get("quota", []))):
            quotas.append((_quota(source, ("quota", index), table), source, ("quota", index)))
        if "computation" in document:
            if computation is not None:
                raise source.fault(("computation",), "bảng computation lặp lại")
            computation = _computation(source, document["computation"])
    if last is None:
        raise LawbookError(Path(), 1, "không có tệp luật nào")
    if computation is None:
        raise last.fault((), "không tệp nào có bảng computation")
    _check_keys(rules)
    _check_lives(rules, lambda rule: [*rule.cells()] or [(rule.code, rule.variant)])
    _check_lives(quotas, lambda quota: quota.who)
    return [rule for rule, *_ in rules], [quota for quota, *_ in quotas], computation


def by_cell(rules: Iterable[Rule]) -> dict[Cell, list[Rule]]:
    """The rows that answer for each combination of selectors, oldest first."""
    cells: dict[Cell, list[Rule]] = defaultdict(list)
    for rule in sorted(rules, key=lambda each: each.valid_from):
        for cell in rule.cells():
            cells[cell].append(rule)
    return cells


def _computation(source: Source, table: object) -> Computation:
    place: Place = ("computation",)
    keys = ("start_citation", "roll_citation", "roll_authority_deadlines")
    data = source.table(place, table, keys)
    return Computation(
        source.text((*place, "start_citation"), data["start_citation"]),
        source.text((*place, "roll_citation"), data["roll_citation"]),
        source.flag((*place, "roll_authority_deadlines"), data["roll_authority_deadlines"]),
    )


def _rule(source: Source, place: Place, table: object) -> Rule:
    data = source.table(place, table, _RULE, _RULE_MAY)
    read = _Row(source, place, data)
    step = read.maybe("step", lambda at, value: source.choice(Step, at, value), None)
    unit_words = Unit if step else (*Unit, *OtherUnit)
    unit = read.word("unit", unit_words)
    rule = Rule(
        code=read.text("rule_code"),
        variant=read.text("variant", ""),
        title=read.text("title"),
        step=step,
        kinds=read.words("kinds", MATTERS),
        subkinds=read.words("subkinds", SUBKINDS),
        instances=read.instances(),
        remote=read.maybe("remote", source.flag, None),
        complexities=tuple(map(Complexity, read.words("complexities", tuple(Complexity)))),
        when=read.maybe("when", lambda at, value: source.choice(When, at, value), None),
        trigger_event=read.words("trigger_event", None),
        amount=source.number((*place, "amount"), data["amount"], 0, _MOST),
        unit=Unit(unit) if unit in set(Unit) else OtherUnit(unit),
        direction=source.choice(Direction, (*place, "direction"), data["direction"]),
        roll=source.choice(Roll, (*place, "roll"), data["roll"]),
        binds=Bound(read.word("binds", Bound, Bound.AUTHORITY)),
        calculator=read.maybe("calculator", source.flag, step is not None),
        valid_from=source.day((*place, "valid_from"), data["valid_from"]),
        valid_to=read.maybe("valid_to", source.day, None),
        applies_before=read.maybe("applies_before", source.flag, False),
        select_by=SelectBy(read.word("select_by", SelectBy, SelectBy.TRIGGER_DATE)),
        citation=read.text("citation"),
        source_note=read.text("source_note", ""),
        verified_by=read.text("verified_by", ""),
        verified_on=read.maybe("verified_on", source.day, None),
        differing=read.maybe("differing", lambda at, value: _differing(source, at, value), None),
    )
    read.check_dates(rule.valid_from, rule.valid_to, rule.verified_by, rule.verified_on)
    if rule.calculator:
        if step is None:
            raise source.fault((*place, "calculator"), "thời hạn không có step thì không tính được")
        for fact in rule.trigger_event:
            if fact not in DATED_FACTS:
                raise source.fault((*place, "trigger_event"), f"không có sự kiện {fact}")
    return rule


def _differing(source: Source, place: Place, table: object) -> Differing:
    data = source.table(place, table, ("amount", "unit", "citation"))
    return Differing(
        source.number((*place, "amount"), data["amount"], 0, _MOST),
        source.choice(Unit, (*place, "unit"), data["unit"]),
        source.text((*place, "citation"), data["citation"]),
    )


def _quota(source: Source, place: Place, table: object) -> Quota:
    data = source.table(place, table, _QUOTA, _QUOTA_MAY)
    read = _Row(source, place, data)
    quota = Quota(
        code=read.text("rule_code"),
        title=read.text("title"),
        who=read.words("who", None),
        amount=source.number((*place, "amount"), data["amount"], 1, 31),
        per=read.word("per", ("week", "month")),
        valid_from=source.day((*place, "valid_from"), data["valid_from"]),
        valid_to=read.maybe("valid_to", source.day, None),
        citation=read.text("citation"),
        source_note=read.text("source_note", ""),
        verified_by=read.text("verified_by", ""),
        verified_on=read.maybe("verified_on", source.day, None),
    )
    read.check_dates(quota.valid_from, quota.valid_to, quota.verified_by, quota.verified_on)
    return quota


class _Row:
    """One table's optional keys, each with the value it has when absent."""

    def __init__(self, source: Source, place: Place, data: dict[str, Any]) -> None:
        self.source = source
        self.place = place
        self.data = data

    def maybe(
        self, key: str, reader: Callable[[Place, object], Value], absent: Value | None
    ) -> Any:
        return reader((*self.place, key), self.data[key]) if key in self.data else absent

    def text(self, key: str, absent: str | None = None) -> str:
        if absent is not None and key not in self.data:
            return absent
        return self.source.text((*self.place, key), self.data[key])

    def word(self, key: str, allowed: Iterable[str], absent: str | None = None) -> str:
        if absent is not None and key not in self.data:
            return absent
        value = self.data[key]
        if not isinstance(value, str) or value not in set(allowed):
            raise self.source.fault((*self.place, key), "phải là một trong: " + ", ".join(allowed))
        return value

    def words(self, key: str, allowed: tuple[str, ...] | None) -> tuple[str, ...]:
        if key not in self.data:
            return ()
        value, place = self.data[key], (*self.place, key)
        if not isinstance(value, list) or not value:
            raise self.source.fault(place, "phải là một danh sách, không để trống")
        for word in value:
            if not isinstance(word, str) or (allowed is not None and word not in allowed):
                among = ", ".join(allowed) if allowed else "chữ"
                raise self.source.fault(place, f"mỗi giá trị phải là một trong: {among}")
        if len(set(value)) != len(value):
            raise self.source.fault(place, "giá trị lặp lại")
        return tuple(value)

    def instances(self) -> tuple[int, ...]:
        value, place = self.data.get("instances", []), (*self.place, "instances")
        if not isinstance(value, list) or len(value) > len(INSTANCES):
            raise self.source.fault(place, "phải là một danh sách 1, 2")
        return tuple(self.source.number(place, each, INSTANCES[0], INSTANCES[-1]) for each in value)

    def check_dates(
        self, first: date, last: date | None, verified_by: str, verified_on: date | None
    ) -> None:
        if last is not None and last < first:
            raise self.source.fault((*self.place, "valid_to"), "trước valid_from")
        if bool(verified_by) != (verified_on is not None):
            raise self.source.fault(self.place, "verified_by và verified_on phải có cùng nhau")


def _check_keys(rules: list[tuple[Rule, Source, Place]]) -> None:
    seen: dict[str, str] = {}
    for rule, source, place in rules:
        if rule.row_key in seen:
            other = seen[rule.row_key]
            raise source.fault(place, f"dòng {rule.row_key} đã có ở {other}; hãy đặt variant")
        seen[rule.row_key] = f"{source.path}:{source.line(place)}"


def _check_lives(
    rows: Sequence[tuple[Rule | Quota, Source, Place]], lives: Callable[[Any], Iterable[object]]
) -> None:
    """Each life of a rule is one unbroken line of rows started by the same events."""
    by_life: dict[object, list[tuple[Rule | Quota, Source, Place]]] = defaultdict(list)
    for entry in sorted(rows, key=lambda each: each[0].valid_from):
        for life in lives(entry[0]):
            by_life[life].append(entry)
    for entries in by_life.values():
        for earlier, later in pairwise(entries):
            before, (after, source, place) = earlier[0], later
            name = f"{before.row_key} và {after.row_key}"
            if before.valid_to is None or before.valid_to >= after.valid_from:
                raise source.fault(place, f"{name} cùng có hiệu lực từ {after.valid_from}")
            if before.valid_to + timedelta(days=1) < after.valid_from:
                raise source.fault(place, f"giữa {name} có khoảng trống")
            if isinstance(before, Rule) and isinstance(after, Rule):
                if before.trigger_event != after.trigger_event:
                    raise source.fault((*place, "trigger_event"), f"khác {before.row_key}")
                if before.select_by != after.select_by:
                    raise source.fault((*place, "select_by"), f"khác {before.row_key}")
