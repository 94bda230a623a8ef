"""Lists of episodes: what burns now, a week's list, all of them narrowed; and how often alarms were right."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, bindparam, exists, func, or_, select

from config.database import Key, read
from petitions.access import (
    Scope,
    episodes_seen,
    episodes_seen_in,
    reads_scans,
    reads_secret_scans,
    scope_of,
    scope_values,
)
from petitions.models import (
    Agency,
    Episode,
    EpisodeEntry,
    EpisodePlace,
    Field,
    HotspotScan,
    Place,
    Silence,
    Surge,
)
from petitions.queries.hotspots.counts import barred_matters
from petitions.queries.hotspots.lines import EPISODES, episodes_of, lines, told
from petitions.queries.hotspots.shapes import (
    EpisodeFilters,
    EpisodeLine,
    EpisodePage,
    Named,
    ScanLine,
    SilenceLine,
    SurgeLine,
    WeekPage,
)
from petitions.queries.hotspots.shares import share_alarms
from workflows import episodes as rules
from workflows.episodes import MANAGED, EntryKind, Precision, Trend
from workflows.vocabulary import Actor, AgencyKind

PAGE = 50
OPEN = or_(Episode.trend != Trend.CLOSED, Episode.state.in_(MANAGED))
"""Episodes that burn: with alarms lately, or managed as latent or hot."""
_WHOLE = Episode.merged_into_id.is_(None)


def burning(actor: Actor, on: date, *, case_id: int | None = None) -> tuple[EpisodeLine, ...]:
    """Every episode that is open on the day ``on`` (by what was scanned), the rarest first.

    ``case_id``: those that count this case now. Those found to be none are left out until they get
    worse. Empty for whoever may not read hot spots.
    """
    statement = _burning(scope_of(actor), case_id is not None)
    found = told(read(statement, {**scope_values(actor), "on": on, "case": case_id}).all())
    return tuple(
        line
        for line in found
        if not line.dismissed and (case_id is None or case_id in line.case_ids)
    )


@cache
def _burning(scope: Scope, of_case: bool) -> Select[*tuple[Any, ...]]:
    found = EPISODES.where(
        OPEN, Episode.opened_week <= bindparam("on", type_=Date()), episodes_seen_in(scope)
    )
    if not of_case:
        return found
    return found.where(Episode.id.in_(episodes_of(bindparam("case", type_=Key))))


def episodes(actor: Actor, filters: EpisodeFilters, page: int = 1) -> EpisodePage:
    """Episodes narrowed by ``filters``, the latest first."""
    wanted: list[ColumnElement[bool]] = []
    if filters.state is not None:
        wanted.append(Episode.state == filters.state)
    if filters.open is not None:
        wanted.append(OPEN if filters.open else ~OPEN)
    if filters.field is not None:
        wanted.append(Episode.field_id.in_(select(Field.id).where(Field.code == filters.field)))
    if filters.place is not None:
        wanted.append(
            exists()
            .where(EpisodePlace.episode_id == Episode.id, EpisodePlace.place_id == Place.id)
            .where(Place.code == filters.place)
        )
    if filters.mine:
        wanted.append(Episode.owner_id == actor.user_id)
    wanted += [episodes_seen(actor), _WHOLE]
    total = read(select(func.count(Episode.id)).where(*wanted)).scalar_one()
    skipped = (page - 1) * PAGE
    ids = read(
        select(Episode.id)
        .where(*wanted)
        .order_by(Episode.last_week.desc(), Episode.score.desc(), Episode.id)
        .limit(PAGE)
        .offset(skipped)
    ).scalars().all()  # fmt: skip
    found = {line.id: line for line in lines(Episode.id.in_(ids), actor=actor)}
    return EpisodePage(
        tuple(found[each] for each in ids if each in found), total, total > skipped + PAGE
    )


def week(actor: Actor, monday: date | None = None) -> WeekPage:
    """The list of one week (None: the latest scanned), with silence, surges and what it was cut by.

    Raises nothing for a week nobody scanned: its ``scan`` is None.
    """
    wanted = monday or read(select(func.max(HotspotScan.week))).scalar_one()
    if wanted is None or not reads(actor):
        return WeekPage(None, None, (), (), (), (), 0.0, 0.0, Precision(0, 0, 0), None, None)
    scans = {row.secret: _scan(row) for row in read(_scans().where(HotspotScan.week == wanted))}
    if not reads_secret_scans(actor):
        scans.pop(True, None)
    before, after = read(
        select(
            select(func.max(HotspotScan.week)).where(HotspotScan.week < wanted).scalar_subquery(),
            select(func.min(HotspotScan.week)).where(HotspotScan.week > wanted).scalar_subquery(),
        )
    ).one()
    on_list = exists().where(
        EpisodeEntry.episode_id == Episode.id,
        EpisodeEntry.kind == EntryKind.LISTED,
        EpisodeEntry.week == wanted,
    )
    listed = lines(on_list, actor=actor, at=wanted)
    followed = lines(OPEN, Episode.opened_week <= wanted, ~on_list, actor=actor, at=wanted)
    shares = share_alarms(actor, wanted)
    return WeekPage(
        scan=scans.get(False),
        secret_scan=scans.get(True),
        listed=listed,
        followed=tuple(line for line in followed if not line.dismissed),
        silences=_silences(wanted),
        surges=_surges(actor, wanted, tuple(scans)),
        expected_false=sum(each.expected_false for each in scans.values()),
        listed_false=sum(each.listed_false for each in scans.values()),
        precision=precision(actor),
        before=before,
        after=after,
        shares=shares,
        shares_false=_by_chance(scans.get(False), len(shares)),
    )


def reads(actor: Actor) -> bool:
    """Whether this hat reads hot spots at all: who is over the province, and the chair."""
    if actor.province_wide or not reads_scans(actor):
        return actor.province_wide
    kind = read(select(Agency.kind).where(Agency.id == actor.agency_id)).scalar_one_or_none()
    return kind is AgencyKind.PROVINCE


def precision(actor: Actor) -> Precision:
    """The latest hundred verdicts on episodes this actor may read."""
    verdicts = read(
        select(Episode.verdict)
        .where(Episode.verdict.is_not(None), _WHOLE, episodes_seen(actor))
        .order_by(Episode.judged_at.desc(), Episode.id.desc())
        .limit(rules.VERDICTS_READ)
    )
    return rules.precision(verdicts.scalars())


def _scans() -> Select[*tuple[Any, ...]]:
    return select(
        HotspotScan.week, HotspotScan.secret, HotspotScan.model, HotspotScan.scanned_at,
        HotspotScan.series, HotspotScan.alarms, HotspotScan.expected_false, HotspotScan.listed_false,
        HotspotScan.raised, HotspotScan.cuts,
        HotspotScan.placeless, HotspotScan.imported,
    )  # fmt: skip


def _scan(row: Any) -> ScanLine:
    return ScanLine(*row)


def _by_chance(scan: ScanLine | None, shown: int) -> float:
    """How many of the rate alarms ``shown`` are chance: their part of what is expected of all."""
    if scan is None or not shown:
        return 0.0
    cut = scan.cuts["shares"]
    return float(shown * min(1.0, cut["expected_false"] / cut["alarms"]))


def _silences(monday: date) -> tuple[SilenceLine, ...]:
    rows = read(
        select(Place.id, Place.code, Place.name, Silence.weeks, Silence.expected)
        .join(HotspotScan, HotspotScan.id == Silence.scan_id)
        .join(Place, Place.id == Silence.place_id)
        .where(HotspotScan.week == monday, ~HotspotScan.secret)
        .order_by(Silence.expected.desc(), Place.code)
    )
    return tuple(
        SilenceLine(Named(number, code, name), weeks, expected)
        for number, code, name, weeks, expected in rows
    )


def _surges(actor: Actor, monday: date, secret: tuple[bool, ...]) -> tuple[SurgeLine, ...]:
    """What the reader is shut out of is not counted."""
    rows = read(
        select(Field.id, Field.code, Field.name, Surge.observed, Surge.expected, HotspotScan.secret)
        .join(HotspotScan, HotspotScan.id == Surge.scan_id)
        .join(Field, Field.id == Surge.field_id)
        .where(HotspotScan.week == monday, HotspotScan.secret.in_(secret))
        .order_by((Surge.observed / Surge.expected).desc(), Field.code)
    ).all()
    hidden = barred_matters(actor, monday) if rows else {}
    return tuple(
        SurgeLine(
            Named(number, code, name),
            observed - hidden.get((is_secret, number), 0),
            expected,
            is_secret,
        )
        for number, code, name, observed, expected, is_secret in rows
    )
