"""What follows the decision or conclusion of one case: what it orders, and what was carried out of it.

Law on Complaints arts 44-46; Law on Denunciations arts 36 and 44.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from config.database import db
from petitions.models import Decision, EnforcementEntry
from petitions.models.proceedings import AMOUNT_COLUMNS
from petitions.queries.case_shapes import CasePage
from workflows.enforcement import Amounts
from workflows.records import Finding
from workflows.vocabulary import Fact, Mark


@dataclass(frozen=True, slots=True)
class EntryShown:
    """One entry of what was carried out."""

    on: date
    document: str
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class AfterDecision:
    """The decision or conclusion that stands in a case, and what became of it."""

    number: str | None
    issued_on: date
    finding: Finding | None
    result: str | None
    served_on: date | None
    ordered: Amounts
    done: Amounts
    entries: tuple[EntryShown, ...]
    said_done: bool


def after_decision(page: CasePage) -> AfterDecision | None:
    """What follows the decision of a case page; None before there is one. Two statements, or none."""
    facts = (Fact.DECISION_ISSUED, Fact.CONCLUSION_ISSUED)
    if not any(page.file.day(fact) for fact in facts):
        return None
    made = db.session.scalar(
        select(Decision).where(Decision.case_id == page.id).order_by(Decision.id.desc()).limit(1)
    )
    if made is None:
        return None
    rows = db.session.scalars(
        select(EnforcementEntry)
        .where(EnforcementEntry.decision_id == made.id)
        .order_by(EnforcementEntry.seq)
    )
    entries = tuple(EntryShown(row.on, row.document, _of(row)) for row in rows)
    return AfterDecision(
        made.number, made.issued_on, made.finding, made.result, made.served_on, _of(made),
        sum((each.amounts for each in entries), Amounts()), entries, Mark.ENFORCED in page.file.marks,
    )  # fmt: skip


def _of(row: Decision | EnforcementEntry) -> Amounts:
    kept: dict[str, Any] = {
        name: getattr(row, column) or 0 for name, column in AMOUNT_COLUMNS.items()
    }
    return Amounts(**kept)
