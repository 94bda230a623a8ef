"""Yearly scorecards as pages read them: live while points are given, frozen once closed.

Whoever keeps the cards sees every agency; others see the agencies they reach, and of the rest only
place and points, once the year is closed. A live card is counted for its reader, who is not told of
cases shut to him; a closed one is what was counted officially on the day it was closed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from config.clock import local_day
from config.database import read
from petitions.errors import NotFound
from petitions.models import (
    Agency,
    Scorecard,
    ScoreCriterion,
    ScoreEntry,
    ScoreResult,
    User,
)
from petitions.queries.indicators import Body, Question, bodies, shares
from petitions.queries.statistics.figures import Window
from workflows.scoring import (
    Band,
    Bloc,
    CardState,
    Indicator,
    Scale,
    Scored,
    Share,
    Total,
    band_of,
    ranks,
    total,
)
from workflows.transition import LEADERS
from workflows.vocabulary import Actor, Role

READERS = LEADERS | {Role.INSPECTOR}
"""Who reads scorecards: the heads who are scored and the inspectorate."""
UNKNOWN = "Không có bảng chấm điểm của năm này, hoặc bạn chưa được xem."
UNKNOWN_AGENCY = "Không có cơ quan này trong bảng chấm điểm, hoặc bạn không có quyền xem."


@dataclass(frozen=True, slots=True)
class Criterion:
    """A criterion of a year; ``weight`` in hundredths of a point, ``indicator`` None: by hand."""

    id: int
    position: int
    title: str
    basis: str
    weight: int
    indicator: Indicator | None
    target: int | None
    zero: int | None
    least: int

    @property
    def scale(self) -> Scale | None:
        """How its share becomes points; None for points by hand."""
        if self.target is None or self.zero is None:
            return None
        return Scale(self.weight, self.target, self.zero, self.least)


@dataclass(frozen=True, slots=True)
class Card:
    """A year's card with its criteria."""

    id: int
    year: int
    version: int
    state: CardState
    basis: str
    window: Window
    closes_on: date
    least_share: int
    bands: tuple[Band, ...]
    opened_at: datetime | None
    closed_at: datetime | None
    criteria: tuple[Criterion, ...] = ()

    @property
    def weights(self) -> int:
        """Sum of the weights, in hundredths."""
        return sum(each.weight for each in self.criteria)

    @property
    def by_hand(self) -> tuple[Criterion, ...]:
        """The criteria whose points are given by hand."""
        return tuple(each for each in self.criteria if each.indicator is None)


@dataclass(frozen=True, slots=True)
class Given:
    """Points given by hand: how many, why, by whom, when."""

    points: int
    reason: str
    by: str
    on: date


@dataclass(frozen=True, slots=True)
class Cell:
    """One criterion of one agency. ``points`` None: not enough to judge. ``share`` None: nothing counted."""

    share: Share | None
    points: int | None
    given: Given | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """An agency's line; ``cells`` in the order of the criteria, none where the reader sees the sum only."""

    agency_id: int
    code: str
    agency: str
    bloc: Bloc
    cells: tuple[Cell, ...]
    total: Total
    rank: int | None
    band: str


def keeps(actor: Actor) -> bool:
    """Whether this hat keeps the scorecards: the province's inspectors and the inspectorate's leaders."""
    return actor.province_wide


def cards(actor: Actor) -> tuple[Card, ...]:
    """Every year's card this hat may see, the latest first, without criteria."""
    query = _CARDS.order_by(Scorecard.year.desc())
    if not keeps(actor):
        query = query.where(Scorecard.state != CardState.DRAFT)
    return tuple(_card(row) for row in read(query))


def card(actor: Actor, year: int) -> Card:
    """One year's card. Raises ``NotFound``, also for a draft nobody but its keepers sees."""
    found = card_of(year)
    if found is None or (found.state is CardState.DRAFT and not keeps(actor)):
        raise NotFound(UNKNOWN)
    return found


def card_of(year: int) -> Card | None:
    """One year's card, whoever asks."""
    row = read(_CARDS.where(Scorecard.year == year)).one_or_none()
    if row is None:
        return None
    found = _card(row)
    rows = read(
        _CRITERIA.where(ScoreCriterion.scorecard_id == found.id).order_by(ScoreCriterion.position)
    )
    return replace(found, criteria=tuple(Criterion(*each) for each in rows))


def results(actor: Actor, found: Card, today: date) -> tuple[Result, ...]:
    """The lines of a card this hat may see, by bloc, then by place, then by name."""
    keeper = keeps(actor)
    if found.state is CardState.CLOSED:
        lines = _frozen(found)
        if not keeper:
            lines = tuple(_seen(each, actor) for each in lines)
    else:
        among = None if keeper else actor.agency_ids
        lines = counted(found, today, among=among, reader=actor)
        if not keeper:
            lines = tuple(replace(each, rank=None) for each in lines)
    return tuple(
        sorted(lines, key=lambda each: (each.bloc, each.rank or len(lines) + 1, each.agency))
    )


def result(actor: Actor, found: Card, code: str, today: date) -> Result:
    """One agency's line with its criteria. Raises ``NotFound``, also out of reach."""
    for each in results(actor, found, today):
        if each.code == code and each.cells:
            return each
    raise NotFound(UNKNOWN_AGENCY)


def counted(
    found: Card,
    today: date,
    *,
    among: Collection[int] | None = None,
    reader: Actor | None = None,
) -> tuple[Result, ...]:
    """A card counted now. ``reader`` None: the official figures, as they are frozen."""
    scored = bodies(min(today, found.window.last), among)
    asked = Question(frozenset(each.id for each in scored), found.window, found.year, today, reader)
    by_hand = _given(found)
    columns = [
        {} if each.indicator is None or not scored else shares(each.indicator, asked)
        for each in found.criteria
    ]
    lines = []
    for body in scored:
        cells = tuple(
            _cell(criterion, column.get(body.id), by_hand.get((criterion.id, body.id)))
            for criterion, column in zip(found.criteria, columns, strict=True)
        )
        lines.append(_line(body, cells, found))
    return ranked(lines)


def ranked(lines: Sequence[Result]) -> tuple[Result, ...]:
    """The lines with their places, each bloc by itself."""
    found: list[Result] = []
    for bloc in Bloc:
        inside = [each for each in lines if each.bloc is bloc]
        places = ranks([each.total.points for each in inside])
        found += [replace(each, rank=place) for each, place in zip(inside, places, strict=True)]
    return tuple(found)


def history(
    actor: Actor, shown: Card, line: Result, today: date
) -> tuple[tuple[Card, Result], ...]:
    """An agency's line in every year this hat may see, the latest first; ``line`` of ``shown`` is known."""
    found = [(shown, line)]
    for each in cards(actor):
        whole = None if each.year == shown.year else card_of(each.year)
        if whole is None or whole.state is CardState.DRAFT:
            continue
        lines = results(actor, whole, today)
        found += [(whole, one) for one in lines if one.code == line.code]
    return tuple(sorted(found, key=lambda each: -each[0].year))


def past(actor: Actor, before: int) -> Mapping[str, Result]:
    """The lines of the last closed year before one, by agency; nothing if there is none."""
    year = read(
        select(func.max(Scorecard.year)).where(
            Scorecard.year < before, Scorecard.state == CardState.CLOSED
        )
    ).scalar()
    whole = card_of(year) if year else None
    return {} if whole is None else {each.code: each for each in results(actor, whole, date.max)}


def corrections(found: Card, code: str) -> Mapping[int, tuple[Given, ...]]:
    """Everything ever given by hand to an agency, by the criterion's position, the latest first."""
    kept: dict[int, tuple[Given, ...]] = {}
    rows = read(
        _ENTRIES.where(ScoreCriterion.scorecard_id == found.id, Agency.code == code).order_by(
            ScoreEntry.id.desc()
        )
    )
    for row in rows:
        kept[row.position] = (*kept.get(row.position, ()), _entry(row))
    return kept


def missing_by_hand(found: Card, lines: Iterable[Result]) -> int:
    """How many points by hand nobody has given yet."""
    places = [at for at, each in enumerate(found.criteria) if each.indicator is None]
    return sum(line.cells[at].points is None for line in lines for at in places if line.cells)


def content_of(lines: Iterable[Result]) -> dict[str, Any]:
    """The lines as they are frozen."""
    return {"lines": [_plain(each) for each in lines]}


def _plain(line: Result) -> dict[str, Any]:
    found = asdict(line)
    found["bloc"] = line.bloc.value
    for kept, cell in zip(found["cells"], line.cells, strict=True):
        if cell.given is not None:
            kept["given"]["on"] = cell.given.on.isoformat()
    return found


def _frozen(found: Card) -> tuple[Result, ...]:
    content = read(
        select(ScoreResult.content).where(ScoreResult.scorecard_id == found.id)
    ).scalar_one()
    return tuple(_thawed(each) for each in content["lines"])


def _thawed(kept: Mapping[str, Any]) -> Result:
    cells = tuple(
        Cell(
            Share(**each["share"]) if each["share"] else None,
            each["points"],
            Given(**(each["given"] | {"on": date.fromisoformat(each["given"]["on"])}))
            if each["given"]
            else None,
        )
        for each in kept["cells"]
    )
    return Result(
        kept["agency_id"], kept["code"], kept["agency"], Bloc(kept["bloc"]), cells,
        Total(**kept["total"]), kept["rank"], kept["band"],
    )  # fmt: skip


def _seen(line: Result, actor: Actor) -> Result:
    return line if line.agency_id in actor.agency_ids else replace(line, cells=())


def _cell(criterion: Criterion, share: Share | None, given: Given | None) -> Cell:
    if criterion.scale is None:
        return Cell(None, given.points if given else None, given)
    return Cell(share, criterion.scale.points(share))


def _line(body: Body, cells: tuple[Cell, ...], found: Card) -> Result:
    whole = total(
        (
            Scored(criterion.weight, cell.points)
            for criterion, cell in zip(found.criteria, cells, strict=True)
        ),
        found.least_share,
    )
    return Result(
        body.id, body.code, body.name, body.bloc, cells, whole, None,
        band_of(whole.points, found.bands),
    )  # fmt: skip


def _given(found: Card) -> Mapping[tuple[int, int], Given]:
    """The latest points of each criterion and agency."""
    latest = select(func.max(ScoreEntry.id)).group_by(ScoreEntry.criterion_id, ScoreEntry.agency_id)
    rows = read(_ENTRIES.where(ScoreCriterion.scorecard_id == found.id, ScoreEntry.id.in_(latest)))
    return {(row.criterion_id, row.agency_id): _entry(row) for row in rows}


def _entry(row: Any) -> Given:
    return Given(row.points, row.reason, row.by, local_day(row.given_at))


def _card(row: Any) -> Card:
    return Card(
        row.id, row.year, row.version, row.state, row.basis, Window(row.first_day, row.last_day),
        row.closes_on, row.least_share, tuple(Band(**each) for each in row.bands),
        row.opened_at, row.closed_at,
    )  # fmt: skip


_CARDS = select(
    Scorecard.id, Scorecard.year, Scorecard.version, Scorecard.state, Scorecard.basis,
    Scorecard.first_day, Scorecard.last_day, Scorecard.closes_on, Scorecard.least_share,
    Scorecard.bands, Scorecard.opened_at, Scorecard.closed_at,
)  # fmt: skip
_CRITERIA = select(
    ScoreCriterion.id, ScoreCriterion.position, ScoreCriterion.title, ScoreCriterion.basis,
    ScoreCriterion.weight, ScoreCriterion.indicator, ScoreCriterion.target, ScoreCriterion.zero,
    ScoreCriterion.least,
)  # fmt: skip
_ENTRIES = (
    select(
        ScoreEntry.criterion_id, ScoreEntry.agency_id, ScoreCriterion.position, ScoreEntry.points,
        ScoreEntry.reason, ScoreEntry.given_at, User.name.label("by"),
    )
    .join(ScoreCriterion, ScoreCriterion.id == ScoreEntry.criterion_id)
    .join(Agency, Agency.id == ScoreEntry.agency_id)
    .join(User, User.id == ScoreEntry.given_by)
)  # fmt: skip
