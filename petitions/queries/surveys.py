"""What citizens think, as figures per agency and as the unhappy answers somebody must look at.

A figure is shown from ``FEWEST`` answers on, and only if nothing smaller can be had by taking one shown
figure from another. The present month is not counted until it is over: a figure that moves the day
after one case was closed would tell that case's answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, extract, func, select, true

from config.database import db, read
from petitions.access import visible
from petitions.kept_words import case_key_of, read_back
from petitions.models import (
    Agency,
    Case,
    CaseKey,
    SurveyAnswer,
    SurveyCampaign,
    SurveyCampaignAgency,
    User,
)
from workflows.records import SurveyChannel
from workflows.satisfaction import (
    SATISFIED_TOTAL,
    Months,
    Scores,
    Tally,
    Topic,
    enough,
    month_shown,
    quarter_shown,
    remainder_hides,
    year_shown,
)
from workflows.vocabulary import Actor, Role

LOOKED_SHOWN = 20
"""Answers already looked at that the page still shows."""
LOOKS_SHOWN = 100
"""Answers waiting that one page shows."""


@dataclass(frozen=True, slots=True)
class Span:
    """A year, or one quarter or month of it."""

    year: int
    quarter: int | None = None
    month: int | None = None

    def shown(self, months: Months) -> Tally | None:
        """The tally of one body in this span; None where it must not be shown."""
        if self.month is not None:
            return month_shown(months, self.year, self.month)
        if self.quarter is not None:
            return quarter_shown(months, self.year, self.quarter)
        return year_shown(months, self.year)

    def holds(self, month: int) -> bool:
        """Whether a month of the year belongs to it."""
        if self.month is not None:
            return month == self.month
        return self.quarter is None or (month + 2) // 3 == self.quarter


@dataclass(frozen=True, slots=True)
class Score:
    """An agency's line: its figures, or None where fewer answers than may be shown came in."""

    agency: str
    tally: Tally | None


@dataclass(frozen=True, slots=True)
class Look:
    """An unhappy answer of a case the reader sees. ``comment_hidden``: its words name a sealed person."""

    uid: str
    code: str
    summary: str
    agency: str
    agency_id: int
    officer_id: int | None
    answered_on: date
    channel: SurveyChannel
    scores: Scores
    comment: str
    comment_hidden: bool
    waiting: bool
    looked_at: datetime | None
    looked_by: str
    found: str


@dataclass(frozen=True, slots=True)
class Campaign:
    """A survey of chosen agencies; ``over`` when its last day has passed and its figures stand."""

    uid: str
    name: str
    starts_on: date
    ends_on: date
    created_by: str
    agencies: int
    over: bool


def scores(actor: Actor, span: Span, today: date) -> tuple[Score, ...]:
    """Every agency in reach that has answers in the span, by name; unfinished months are left out."""
    first, last = date(span.year, 1, 1), date(span.year, 12, 31)
    found = _months(_reach(actor), first, min(last, _month_end_before(today)))
    return tuple(
        Score(name, span.shown(months))
        for (_, name), months in sorted(found.items(), key=lambda each: each[0][1])
        if any(span.holds(month) for _, month in months)
    )


def looks(actor: Actor) -> tuple[Look, ...]:
    """Unhappy answers of cases the actor sees: those that wait, the oldest first, then the last looked at."""
    waiting = db.session.execute(
        _LOOKS.where(SurveyAnswer.needs_look, visible(actor))
        .order_by(SurveyAnswer.answered_at, SurveyAnswer.id)
        .limit(LOOKS_SHOWN)
    ).all()
    done = db.session.execute(
        _LOOKS.where(SurveyAnswer.looked_at.is_not(None), visible(actor))
        .order_by(SurveyAnswer.looked_at.desc(), SurveyAnswer.id.desc())
        .limit(LOOKED_SHOWN)
    ).all()
    return tuple(_look(row) for row in (*waiting, *done))


def campaigns(actor: Actor, today: date) -> tuple[Campaign, ...]:
    """Campaigns that ask about an agency in reach, the latest first."""
    return tuple(
        _campaign(row, today)
        for row in read(
            _campaigns(actor).order_by(SurveyCampaign.starts_on.desc(), SurveyCampaign.id.desc())
        )
    )


def campaign(actor: Actor, uid: str, today: date) -> tuple[Campaign, tuple[Score, ...]] | None:
    """A campaign with the figures of its agencies in reach, none before it is over; None if unknown.

    They are counted from answers nobody can change any more, so that they come out the same again.
    """
    row = read(_campaigns(actor).where(SurveyCampaign.uid == uid)).one_or_none()
    if row is None:
        return None
    found = _campaign(row, today)
    agencies = read(
        select(Agency.id, Agency.name)
        .join(SurveyCampaignAgency, SurveyCampaignAgency.agency_id == Agency.id)
        .where(SurveyCampaignAgency.campaign_id == row.id, _reach(actor, Agency.id))
        .order_by(Agency.name)
    ).all()
    tallies: Mapping[int, Tally] = {}
    if found.over:
        tallies = _in_window([each.id for each in agencies], row.starts_on, row.ends_on)
    return found, tuple(Score(each.name, tallies.get(each.id)) for each in agencies)


def _in_window(agencies: list[int], first: date, last: date) -> dict[int, Tally]:
    """The tallies that may be shown, by agency: nothing small is left beside the months shown elsewhere."""
    window = _months(SurveyAnswer.agency_id.in_(agencies), first, last)
    years = range(first.year, last.year + 1)
    whole: dict[int, dict[tuple[int, int], Tally]] = defaultdict(dict)
    for (agency, _), months in _months(
        SurveyAnswer.agency_id.in_(agencies),
        date(years[0], 1, 1),
        date(years[-1], 12, 31),
    ).items():
        whole[agency] = months
    found = {}
    for (agency, _), months in window.items():
        tally = sum(months.values(), Tally())
        known = [
            inside.answers
            for (year, month), inside in months.items()
            if inside == whole[agency].get((year, month)) and enough(inside.answers)
        ]
        if enough(tally.answers) and remainder_hides(tally.answers, known):
            found[agency] = tally
    return found


def year_tallies(agencies: Collection[int], year: int, today: date) -> Mapping[int, Tally]:
    """The year's tally of each agency that may be shown, months not over left out: for scorecards and
    reports, whoever asks."""
    last = min(date(year, 12, 31), _month_end_before(today))
    found = _months(SurveyAnswer.agency_id.in_(tuple(agencies)), date(year, 1, 1), last)
    shown = {agency: year_shown(months, year) for (agency, _), months in found.items()}
    return {agency: tally for agency, tally in shown.items() if tally is not None}


def _months(
    within: ColumnElement[bool], first: date, last: date
) -> dict[tuple[int, str], dict[tuple[int, int], Tally]]:
    """Tallies by month, for each (agency id, name) with answers on those days. One statement."""
    found: dict[tuple[int, str], dict[tuple[int, int], Tally]] = defaultdict(dict)
    for row in read(_TALLIES.where(within, SurveyAnswer.answered_on.between(first, last))):
        tally = Tally(
            int(row.answers),
            int(row.satisfied),
            tuple(int(getattr(row, topic.value)) for topic in Topic),
        )
        found[row.id, row.name][int(row.year), int(row.month)] = tally
    return found


def _reach(actor: Actor, column: Any = SurveyAnswer.agency_id) -> ColumnElement[bool]:
    if actor.province_wide:
        return true()
    within: ColumnElement[bool] = column.in_(actor.agency_ids)
    return within


def _month_end_before(today: date) -> date:
    return date.fromordinal(today.replace(day=1).toordinal() - 1)


def _campaigns(actor: Actor) -> Select[*tuple[Any, ...]]:
    asked = select(SurveyCampaignAgency.campaign_id).where(
        _reach(actor, SurveyCampaignAgency.agency_id)
    )
    count = (
        select(func.count(SurveyCampaignAgency.id))
        .where(SurveyCampaignAgency.campaign_id == SurveyCampaign.id)
        .scalar_subquery()
    )
    return (
        select(
            SurveyCampaign.id, SurveyCampaign.uid, SurveyCampaign.name, SurveyCampaign.starts_on,
            SurveyCampaign.ends_on, User.name.label("author"), count.label("agencies"),
        )
        .join(User, User.id == SurveyCampaign.created_by)
        .where(SurveyCampaign.id.in_(asked))
    )  # fmt: skip


def _campaign(row: Any, today: date) -> Campaign:
    return Campaign(
        uid=row.uid,
        name=row.name,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        created_by=row.author,
        agencies=row.agencies,
        over=row.ends_on < today,
    )


def _look(row: Any) -> Look:
    answer: SurveyAnswer = row.SurveyAnswer
    told = read_back(answer, case_key_of(row.wrapped), SurveyAnswer.__tablename__, answer.uid)
    hidden = bool(told.get("names"))
    return Look(
        uid=answer.uid,
        code=row.code,
        summary=row.summary,
        agency=row.agency,
        agency_id=answer.agency_id,
        officer_id=row.officer_id,
        answered_on=answer.answered_on,
        channel=answer.channel,
        scores=Scores(*(getattr(answer, topic.value) for topic in Topic)),
        comment="" if hidden else told.get("comment", ""),
        comment_hidden=hidden,
        waiting=answer.needs_look,
        looked_at=answer.looked_at,
        looked_by=row.looker or "",
        found=told.get("found", ""),
    )


def may_survey(actor: Actor) -> bool:
    """Whether this hat sets campaigns up: administration, and the inspectorate of the province."""
    return actor.role is Role.ADMIN or (actor.role is Role.INSPECTOR and actor.province_wide)


_TOTAL = sum(
    (getattr(SurveyAnswer, topic.value) for topic in list(Topic)[1:]),
    SurveyAnswer.spirit,
)
_YEAR = extract("year", SurveyAnswer.answered_on)
_MONTH = extract("month", SurveyAnswer.answered_on)
_TALLIES: Select[*tuple[Any, ...]] = (
    select(
        Agency.id,
        Agency.name,
        _YEAR.label("year"),
        _MONTH.label("month"),
        func.count(SurveyAnswer.id).label("answers"),
        func.sum(case((_TOTAL >= SATISFIED_TOTAL, 1), else_=0)).label("satisfied"),
        *(func.sum(getattr(SurveyAnswer, topic.value)).label(topic.value) for topic in Topic),
    )
    .join(Agency, Agency.id == SurveyAnswer.agency_id)
    .group_by(Agency.id, Agency.name, _YEAR, _MONTH)
)
_LOOKS: Select[*tuple[Any, ...]] = (
    select(
        SurveyAnswer, Case.code, Case.summary, Case.officer_id, CaseKey.wrapped,
        Agency.name.label("agency"), User.name.label("looker"),
    )
    .join(Case, Case.id == SurveyAnswer.case_id)
    .join(Agency, Agency.id == SurveyAnswer.agency_id)
    .outerjoin(CaseKey, CaseKey.case_id == Case.id)
    .outerjoin(User, User.id == SurveyAnswer.looked_by)
)  # fmt: skip
