"""The criteria of a scorecard that is still a draft."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from petitions.errors import Invalid
from petitions.models import ScoreCriterion
from petitions.services.administration import Faults, refuse, words
from petitions.services.onetime import run_once
from petitions.services.score_rows import (
    LONGEST_BASIS,
    NOT_A_DRAFT,
    criterion_at,
    held,
    points_of,
    require_keeper,
    touch,
)
from workflows.scoring import WHOLE, CardState, Indicator
from workflows.vocabulary import Actor

LONGEST_TITLE = 200
MOST_CRITERIA = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionGiven:
    """A criterion as it is written; ``weight`` is typed points ("12,5")."""

    title: str
    weight: str
    basis: str = ""
    indicator: Indicator | None = None
    target: int | None = None
    zero: int | None = None
    least: int = 1


def save_criterion(
    year: int,
    position: int | None,
    given: CriterionGiven,
    *,
    version: int,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Add a criterion to a draft, or change the one at ``position``. Raises as ``save_card`` does."""
    require_keeper(actor)

    def work(session: Session) -> str:
        row = held(session, year, version, CardState.DRAFT, NOT_A_DRAFT)
        values = _criterion(given)
        if position is None:
            last = session.scalar(
                select(func.max(ScoreCriterion.position)).where(
                    ScoreCriterion.scorecard_id == row.id
                )
            )
            if (last or 0) >= MOST_CRITERIA:
                raise Invalid.at("title", f"Một bảng có nhiều nhất {MOST_CRITERIA} tiêu chí.")
            session.add(ScoreCriterion(scorecard_id=row.id, position=(last or 0) + 1, **values))
        else:
            found = criterion_at(session, row, position)
            for name, value in values.items():
                setattr(found, name, value)
        touch(session, row)
        return str(year)

    return run_once(key, f"scorecard:criterion:{year}:{position or 'new'}", actor, now, work)


def remove_criterion(
    year: int,
    position: int,
    *,
    version: int,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Take a criterion out of a draft; the later ones move up. Raises as ``save_card`` does."""
    require_keeper(actor)

    def work(session: Session) -> str:
        row = held(session, year, version, CardState.DRAFT, NOT_A_DRAFT)
        session.execute(
            delete(ScoreCriterion).where(
                ScoreCriterion.id == criterion_at(session, row, position).id
            )
        )
        later = session.scalars(
            select(ScoreCriterion)
            .where(ScoreCriterion.scorecard_id == row.id, ScoreCriterion.position > position)
            .order_by(ScoreCriterion.position)
        )
        for each in later:
            each.position -= 1
            session.flush()
        touch(session, row)
        return str(year)

    return run_once(key, f"scorecard:remove:{year}:{position}", actor, now, work)


def _criterion(given: CriterionGiven) -> dict[str, Any]:
    faults: Faults = defaultdict(list)
    values: dict[str, Any] = {
        "title": words(given.title, "title", LONGEST_TITLE, faults),
        "basis": words(given.basis, "basis", LONGEST_BASIS, faults, required=False),
        "weight": points_of(given.weight, "weight", faults),
        "indicator": given.indicator,
        "target": None,
        "zero": None,
        "least": 1,
    }
    if values["weight"] == 0 or (values["weight"] or 0) > WHOLE:
        faults["weight"].append("Trọng số lớn hơn 0, không quá 100 điểm.")
    if given.indicator is not None:
        values |= {"target": given.target, "zero": given.zero, "least": given.least}
        for name in ("target", "zero"):
            if values[name] is None:
                faults[name].append("Tiêu chí do hệ thống tính phải có mức này.")
        if given.target is not None and given.target == given.zero:
            faults["zero"].append("Mức không điểm phải khác mức đủ điểm.")
    refuse(faults)
    return values
