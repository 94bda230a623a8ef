"""Figures and forms as they are kept: exact, in one order, and readable without the files of today."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from petitions.queries.statistics.figures import (
    Figure,
    Line,
    Report,
    Unit,
    Untold,
    Window,
    broken,
    total,
)
from petitions.queries.statistics.spec import Table, table_from

Values = Mapping[int, Figure | None]


def packed(values: Values) -> dict[str, Any]:
    """Figures as JSON: by column, amounts with decimals as text."""
    return {
        str(number): str(value) if isinstance(value, Decimal) else value
        for number, value in sorted(values.items())
    }


def unpacked(kept: Mapping[str, Any]) -> dict[int, Any]:
    """The figures ``packed`` made."""
    return {
        int(number): Decimal(value) if isinstance(value, str) else value
        for number, value in kept.items()
    }


def whole(
    table: Table, computed: Values, declared: Values, manual: Values
) -> dict[int, Figure | None]:
    """A line: what was counted with what was declared, what was written by hand, and the sums anew."""
    values: dict[int, Figure | None] = {}
    for column in table.columns:
        if column.measure is not None:
            values[column.number] = (computed.get(column.number) or 0) + (
                declared.get(column.number) or 0
            )
        elif column.missing:
            values[column.number] = manual.get(column.number) if column.manual else None
    for column in table.columns:
        if column.parts:
            parts = [values.get(part) for part in column.parts]
            known = [each for each in parts if each is not None]
            values[column.number] = sum(known) if known else None
    return dict(sorted(values.items()))


def form_of(table: Table) -> dict[str, Any]:
    """A table's form, complete: columns, formulas, identities."""
    return {
        "id": table.id,
        "title": table.title,
        "universe": table.universe.value,
        "kinds": sorted(table.kinds),
        "where": list(table.where),
        "unconfirmed": table.unconfirmed,
        "columns": [
            {
                "n": column.number,
                "head": list(column.head),
                **({"count": column.measure.value} if column.measure is not None else {}),
                "where": list(column.where),
                "sum": list(column.parts),
                "missing": column.missing,
                "manual": column.manual,
            }
            for column in table.columns
        ],
        "identities": [
            {"left": rule.left, "right": list(rule.right), "soft": rule.soft}
            for rule in table.identities
        ],
        "gaps": [
            {
                "name": gap.name,
                "columns": list(gap.columns),
                "where": list(gap.where),
                "text": gap.text,
            }
            for gap in table.gaps
        ],
    }


def report_of(form: Mapping[str, Any], version: str, window: Window, lines: list[Any]) -> Report:
    """A kept table as one that was just drawn."""
    table = table_from(form, version)
    shown = tuple(
        Line(
            Unit(each["unit"], each["code"], each["name"]),
            whole(table, *(unpacked(each[part]) for part in ("computed", "declared", "manual"))),
        )
        for each in lines
    )
    missing = {
        gap.name: sum(each["untold"].get(gap.name, 0) for each in lines) for gap in table.gaps
    }
    return Report(
        table=table,
        window=window,
        lines=shown,
        total=total(table, shown),
        broken=tuple(each for line in shown for each in broken(table, line)),
        untold=tuple(Untold(gap, missing[gap.name]) for gap in table.gaps if missing[gap.name]),
        declared={each["unit"]: unpacked(each["declared"]) for each in lines if each["declared"]},
    )


def digest_of(content: Any) -> str:
    """SHA-256 of what is signed, independent of the order it is kept in."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def signed_digest(
    spec: str,
    window: Window,
    edition: int,
    tables: Sequence[tuple[str, Mapping[str, Any], Any, Mapping[str, list[int]]]],
    missing: Sequence[str],
) -> str:
    """The digest under a signature: version, window, edition, forms, figures and cases behind them."""
    days = [day.isoformat() for day in window]
    return digest_of([spec, days, edition, [list(each) for each in tables], list(missing)])
