"""Keeping the yearly scorecard: beginning it, opening it, points by hand, closing it."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import exists, func, insert, select
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions.errors import Conflict, Invalid, NotFound
from petitions.installation import installation
from petitions.models import Scorecard, ScoreCriterion, ScoreEntry, ScoreResult
from petitions.queries.indicators import bodies
from petitions.queries.scores import (
    UNKNOWN_AGENCY,
    card_of,
    content_of,
    counted,
    missing_by_hand,
)
from petitions.queries.statistics.periods import window
from petitions.services.administration import Faults, refuse, words
from petitions.services.onetime import run_once
from petitions.services.score_rows import (
    LONGEST_BASIS,
    NOT_A_DRAFT,
    NOT_OPEN,
    criterion_at,
    held,
    points_of,
    points_text,
    require_keeper,
)
from workflows.scoring import POINT, WHOLE, Band, CardState, Indicator
from workflows.vocabulary import Actor

LONGEST_REASON, LONGEST_BAND = 500, 60
MOST_BANDS = 8
FIRST_YEAR, LAST_YEAR = 2021, 2100


@dataclass(frozen=True, slots=True, kw_only=True)
class CardGiven:
    """What a card says besides its criteria."""

    basis: str
    first_day: date
    last_day: date
    closes_on: date
    least_share: int
    bands: Sequence[Band]


def new_card(
    year: int, *, like_last: bool, actor: Actor, now: datetime, key: str | None = None
) -> str:
    """Begin a year's card with the house's proposal, or with the last card's criteria; returns the year.

    Raises ``Forbidden``, ``Conflict`` when the year has one, ``Invalid`` at ``year``.
    """
    require_keeper(actor)

    def work(session: Session) -> str:
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise Invalid.at("year", f"Năm từ {FIRST_YEAR} đến {LAST_YEAR}.")
        if session.scalar(select(exists().where(Scorecard.year == year))):
            raise Conflict(f"Năm {year} đã có bảng chấm điểm.")
        proposal = _shipped(installation().settings.law_dir)
        last = session.scalar(select(func.max(Scorecard.year)).where(Scorecard.year < year))
        model = card_of(last) if like_last and last else None
        days = window("nam", year)
        row = Scorecard(
            year=year,
            state=CardState.DRAFT,
            basis=model.basis if model else "",
            first_day=days.first,
            last_day=days.last,
            closes_on=days.last + timedelta(days=proposal["closes_after"]),
            least_share=model.least_share if model else proposal["least_share"],
            bands=[asdict(each) for each in model.bands] if model else proposal["band"],
            created_by=actor.user_id,
            created_at=now,
        )
        session.add(row)
        session.flush()
        criteria: Sequence[Mapping[str, Any]] = (
            [{name: getattr(each, name) for name in _COLUMNS} for each in model.criteria]
            if model
            else [_of_proposal(each) for each in proposal["criterion"]]
        )
        session.execute(
            insert(ScoreCriterion),
            [
                {**each, "scorecard_id": row.id, "position": position}
                for position, each in enumerate(criteria, 1)
            ],
        )
        return str(year)

    return run_once(key, f"scorecard:new:{year}", actor, now, work)


def save_card(
    year: int,
    given: CardGiven,
    *,
    version: int,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Change a draft's days, classes and basis. Raises ``Forbidden``, ``NotFound``, ``Stale``, ``Conflict``,
    ``Invalid`` with every fault at its field."""
    require_keeper(actor)

    def work(session: Session) -> str:
        row = held(session, year, version, CardState.DRAFT, NOT_A_DRAFT)
        faults: Faults = defaultdict(list)
        basis = words(given.basis, "basis", LONGEST_BASIS, faults, required=False)
        if given.last_day < given.first_day:
            faults["last_day"].append("Ngày cuối phải từ ngày đầu trở đi.")
        if given.closes_on <= given.last_day:
            faults["closes_on"].append("Ngày chốt phải sau ngày cuối của kỳ tính điểm.")
        if not 1 <= given.least_share <= 100:
            faults["least_share"].append("Phải từ 1 đến 100.")
        bands = _bands(given.bands, faults)
        refuse(faults)
        row.basis, row.first_day, row.last_day = basis, given.first_day, given.last_day
        row.closes_on, row.least_share, row.bands = given.closes_on, given.least_share, bands
        return str(year)

    return run_once(key, f"scorecard:save:{year}", actor, now, work)


def open_card(
    year: int, *, version: int, actor: Actor, now: datetime, key: str | None = None
) -> str:
    """Fix a draft's criteria and begin to score. Raises ``Invalid`` when the weights are not 100 points."""
    require_keeper(actor)

    def work(session: Session) -> str:
        row = held(session, year, version, CardState.DRAFT, NOT_A_DRAFT)
        weights = session.scalar(
            select(func.sum(ScoreCriterion.weight)).where(ScoreCriterion.scorecard_id == row.id)
        )
        if weights != WHOLE:
            raise Invalid.at(
                "weights",
                f"Các tiêu chí phải cộng đủ 100 điểm; đang là {points_text(weights or 0)}.",
            )
        row.state, row.opened_by, row.opened_at = CardState.OPEN, actor.user_id, now
        return str(year)

    return run_once(key, f"scorecard:open:{year}", actor, now, work)


def revise_card(
    year: int, *, version: int, actor: Actor, now: datetime, key: str | None = None
) -> str:
    """Take an open card back to a draft, as long as no points were given by hand. Raises ``Conflict``."""
    require_keeper(actor)

    def work(session: Session) -> str:
        row = held(session, year, version, CardState.OPEN, NOT_OPEN)
        given = (
            select(ScoreEntry.id)
            .join(ScoreCriterion, ScoreCriterion.id == ScoreEntry.criterion_id)
            .where(ScoreCriterion.scorecard_id == row.id)
            .limit(1)
        )
        if session.scalar(given) is not None:
            raise Conflict("Đã có điểm chấm tay; không đưa lại về soạn tiêu chí được nữa.")
        row.state, row.opened_by, row.opened_at = CardState.DRAFT, None, None
        return str(year)

    return run_once(key, f"scorecard:revise:{year}", actor, now, work)


def move_closing(
    year: int,
    closes_on: date,
    *,
    version: int,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Put the closing date of an open card on another day, from today on. Raises ``Invalid``."""
    require_keeper(actor)

    def work(session: Session) -> str:
        row = held(session, year, version, CardState.OPEN, NOT_OPEN)
        if closes_on <= row.last_day or closes_on < local_day(now):
            raise Invalid.at("closes_on", "Ngày chốt phải sau kỳ tính điểm và không trước hôm nay.")
        row.closes_on = closes_on
        return str(year)

    return run_once(key, f"scorecard:closing:{year}", actor, now, work)


def give_points(
    year: int,
    position: int,
    agency_code: str,
    points: str,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Give an agency points by hand, or correct them: what was given before stays in the record.

    Raises ``Forbidden``, ``NotFound``, ``Conflict`` after the closing date, ``Invalid`` at ``points``
    or ``reason``.
    """
    require_keeper(actor)

    def work(session: Session) -> str:
        row = held(session, year, None, CardState.OPEN, NOT_OPEN)
        if local_day(now) > row.closes_on:
            raise Conflict("Đã qua ngày chốt điểm; muốn chấm tiếp phải dời ngày chốt.")
        criterion = criterion_at(session, row, position)
        on = min(local_day(now), row.last_day)
        agency = next((each.id for each in bodies(on) if each.code == agency_code), None)
        if agency is None:
            raise NotFound(UNKNOWN_AGENCY)
        if criterion.indicator is not None:
            raise Conflict("Tiêu chí này do hệ thống tính; sai thì sửa ở hồ sơ, sổ gốc.")
        faults: Faults = defaultdict(list)
        given = points_of(points, "points", faults)
        said = words(reason, "reason", LONGEST_REASON, faults)
        if given is not None and given > criterion.weight:
            faults["points"].append(f"Cao nhất {points_text(criterion.weight)} điểm.")
        refuse(faults)
        session.execute(
            insert(ScoreEntry).values(
                criterion_id=criterion.id, agency_id=agency, points=given, reason=said,
                given_by=actor.user_id, given_at=now,
            )
        )  # fmt: skip
        return agency_code

    return run_once(key, f"scorecard:points:{year}:{position}:{agency_code}", actor, now, work)


def close_card(
    year: int,
    *,
    missing_known: bool,
    version: int,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Count everything once more, freeze it and close the year; nothing of it changes afterwards.

    ``missing_known``: whoever closes knows that points by hand are missing and count as not judged.
    Raises ``Conflict`` before the counted days are over, ``Invalid`` at ``missing_known``.
    """
    require_keeper(actor)

    def work(session: Session) -> str:
        row = held(session, year, version, CardState.OPEN, NOT_OPEN)
        today = local_day(now)
        if today <= row.last_day:
            raise Conflict("Kỳ tính điểm chưa hết; chưa chốt được.")
        found = card_of(year)
        assert found is not None
        lines = counted(found, today)
        missing = missing_by_hand(found, lines)
        if missing and not missing_known:
            raise Invalid.at(
                "missing_known",
                f"Còn {missing} điểm chấm tay chưa có. Chấm nốt, hoặc xác nhận tính là không đủ số liệu.",
            )
        session.execute(insert(ScoreResult).values(scorecard_id=row.id, content=content_of(lines)))
        row.state, row.closed_by, row.closed_at = CardState.CLOSED, actor.user_id, now
        return str(year)

    return run_once(key, f"scorecard:close:{year}", actor, now, work)


_COLUMNS = ("title", "basis", "weight", "indicator", "target", "zero", "least")


@cache
def _shipped(folder: Path) -> Mapping[str, Any]:
    found: dict[str, Any] = tomllib.loads(
        (folder / "catalog" / "scorecard.toml").read_text(encoding="utf-8")
    )
    return found


def _of_proposal(row: Mapping[str, Any]) -> dict[str, Any]:
    indicator = Indicator(row["indicator"]) if "indicator" in row else None
    return {
        "title": row["title"],
        "basis": row.get("basis", ""),
        "weight": row["weight"] * POINT,
        "indicator": indicator,
        "target": row.get("target"),
        "zero": row.get("zero"),
        "least": row.get("least", 1),
    }


def _bands(bands: Sequence[Band], faults: Faults) -> list[dict[str, Any]]:
    kept = []
    if not 1 <= len(bands) <= MOST_BANDS:
        faults["bands"].append(f"Phải có từ 1 đến {MOST_BANDS} mức xếp loại.")
    for at, each in enumerate(bands):
        name = words(each.name, f"bands.{at}.name", LONGEST_BAND, faults)
        if not 0 <= each.least <= 100:
            faults[f"bands.{at}.least"].append("Phải từ 0 đến 100.")
        kept.append({"name": name, "least": each.least})
    if len({each["least"] for each in kept}) != len(kept):
        faults["bands"].append("Hai mức xếp loại không được bắt đầu từ cùng một điểm.")
    return sorted(kept, key=lambda each: -int(each["least"]))
