"""The demonstration's scorecards: last year's closed, this year's open with some points still to give."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from config.clock import VIETNAM
from petitions.queries.indicators import bodies
from petitions.queries.scores import Card, card_of
from petitions.queries.statistics.periods import quarter_of, window
from petitions.services import scores
from petitions.services.demo.people import Cast, Office
from petitions.services.score_rows import points_text
from workflows.vocabulary import Actor, Role

_INSPECTORATE = "thanh-tra-tinh"
_REASONS = (
    ("Quy chế, lịch tiếp công dân niêm yết đủ; có phân công cán bộ thường xuyên", 100),
    ("Lịch tiếp công dân niêm yết chậm hai tháng đầu năm", 80),
    ("Chưa ban hành lại quy chế sau khi sắp xếp đơn vị", 60),
    ("Đối thoại, hòa giải kịp thời; không phát sinh đoàn đông người", 100),
    ("Còn một vụ việc đông người, đã phối hợp giải quyết tại chỗ", 70),
)
"""Why so many per cent of a criterion's points were given."""


def keep_scores(offices: Mapping[str, Office], cast: Cast, as_of: date) -> int:
    """Two years' cards; returns how many commands it took."""
    year = quarter_of(as_of)[1]
    inspector = next(each for each in offices[_INSPECTORATE].seats if each.role is Role.INSPECTOR)
    closed = window("nam", year - 1).last + timedelta(days=12)
    done = _year(year - 1, cast.actor(inspector, closed), closed, share=1)
    last = card_of(year - 1)
    assert last is not None
    scores.close_card(
        year - 1, missing_known=True, version=last.version,
        actor=cast.actor(inspector, closed), now=_at(closed),
    )  # fmt: skip
    eve = as_of - timedelta(days=1)
    return done + 1 + _year(year, cast.actor(inspector, eve), eve, share=2)


def _year(year: int, inspector: Actor, on: date, share: int) -> int:
    """A card of the house's proposal, opened, and every ``share``-th body judged by hand."""
    now = _at(on)
    scores.new_card(year, like_last=False, actor=inspector, now=now)
    card = card_of(year)
    assert card is not None
    scores.open_card(year, version=card.version, actor=inspector, now=now)
    done = 2
    for at, body in enumerate(bodies(min(on, card.window.last))):
        if at % share == 0:
            done += _judged(card, body.code, at, inspector, now)
    return done


def _judged(card: Card, code: str, at: int, inspector: Actor, now: datetime) -> int:
    for number, criterion in enumerate(card.by_hand):
        reasons = _REASONS[:3] if number == 0 else _REASONS[3:]
        reason, per_cent = reasons[(at + number) % len(reasons)]
        scores.give_points(
            card.year, criterion.position, code,
            points_text(criterion.weight * per_cent // 100), reason, actor=inspector, now=now,
        )  # fmt: skip
    return len(card.by_hand)


def _at(day: date) -> datetime:
    return datetime.combine(day, time(10), VIETNAM)
