"""Why something stands in the inspectorate's queue, in words: each factor with its fact and its points."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from petitions.labels import label, step_label
from petitions.queries.queue_shapes import Weight
from petitions.text import vn_date
from workflows.severity import Factor, Skip, Table, months_open
from workflows.vocabulary import Step


@dataclass(frozen=True, slots=True)
class Reason:
    """Points with the fact they stand on: *Đông người: 34 người, +30*."""

    factor: Factor
    name: str
    fact: str
    points: int

    @property
    def text(self) -> str:
        """All of it in one line."""
        said = f"{self.name}: {self.fact}" if self.fact else self.name
        return f"{said}, +{self.points}"


def reasons(weight: Weight, table: Table, on: date) -> tuple[Reason, ...]:
    """The reasons of a case, the weightiest first."""
    found = [
        Reason(factor, label(factor), _FACTS[factor](weight.facts, table, on), points)
        for factor, points in weight.factors.items()
    ]
    order = list(Factor)
    return tuple(sorted(found, key=lambda each: (-each.points, order.index(each.factor))))


def _day(facts: Mapping[str, Any], name: str) -> str:
    return vn_date(date.fromisoformat(facts[name]))


def _crowd(facts: Mapping[str, Any], _table: Table, _on: date) -> str:
    return f"{facts['people']} người"


def _skipped(facts: Mapping[str, Any], _table: Table, _on: date) -> str:
    if "skip" not in facts:
        return ""
    sent = "gửi bản sao đến" if facts.get("skip_copy") else "gửi đến"
    where = f"{sent} {facts['skip_body']} ngày {_day(facts, 'skip_on')}"
    who = facts.get("competent", "cấp có thẩm quyền")
    if facts["skip"] == Skip.RAN_OUT:
        since = f" từ {_day(facts, 'skip_due')}" if "skip_due" in facts else ""
        return f"{where}, {who} đã hết hạn giải quyết{since}"
    return f"{where}, {who} còn trong hạn"


def _repeated(facts: Mapping[str, Any], table: Table, _on: date) -> str:
    return (
        f"{facts['petitions']} đơn trong {table.repeat_months} tháng"
        if "petitions" in facts
        else ""
    )


def _prolonged(facts: Mapping[str, Any], table: Table, on: date) -> str:
    if facts.get("reopened"):
        return "giải quyết lại sau khi đã có quyết định, kết luận"
    since = date.fromisoformat(facts["open_since"])
    months = months_open(since, on, [least for least, _ in table.prolonged])
    return f"nhận từ {vn_date(since)}, quá {months} tháng chưa xong"


def _overdue(facts: Mapping[str, Any], _table: Table, on: date) -> str:
    due = date.fromisoformat(facts["late_due"])
    step = step_label(Step(facts["late_step"]))
    return f"{(on - due).days} ngày ({step[:1].lower()}{step[1:]}, hạn {vn_date(due)})"


def _security(_facts: Mapping[str, Any], _table: Table, _on: date) -> str:
    return "cán bộ thụ lý hồ sơ đã đánh dấu"


def _spread(facts: Mapping[str, Any], table: Table, _on: date) -> str:
    if "communes" not in facts:
        return ""
    about = f"về {facts['project']}" if facts.get("project") else "về cùng một đối tượng"
    return f"đơn {about} từ {facts['communes']} xã trong {table.spread_days // 7} tuần"


def _protected(facts: Mapping[str, Any], _table: Table, _on: date) -> str:
    said = []
    if facts.get("elderly"):
        said.append(f"{facts['elderly']} người cao tuổi")
    if facts.get("children"):
        said.append(f"{facts['children']} trẻ em")
    if facts.get("remote"):
        said.append("vùng sâu, vùng xa")
    if facts.get("ethnic_minority"):
        said.append("vùng dân tộc thiểu số")
    return ", ".join(said)


_FACTS: Mapping[Factor, Callable[[Mapping[str, Any], Table, date], str]] = {
    Factor.CROWD: _crowd,
    Factor.SKIPPED: _skipped,
    Factor.REPEATED: _repeated,
    Factor.PROLONGED: _prolonged,
    Factor.OVERDUE: _overdue,
    Factor.SECURITY: _security,
    Factor.SPREAD: _spread,
    Factor.PROTECTED: _protected,
}
