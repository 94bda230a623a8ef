"""Rate alarms: communes where an unusual share of matters went over the competent body's head or was sent again.

A commune's share in a window is set against its own share in the year before, drawn toward that of the
rest of the province (beta–binomial, closed form). What is judged is a commune, never a person. All
constants stand in ``workflows.hotspots.model``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, pairwise
from math import exp, lgamma

from workflows.episodes import ShareSign
from workflows.hotspots.model import MODEL


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter: ``week`` is the Monday of its first receipt, ``since`` the day each sign first showed."""

    id: int
    place: int
    week: date
    since: Mapping[ShareSign, date]


@dataclass(frozen=True, slots=True)
class Share:
    """``marked`` of ``matters`` in the last ``window`` weeks; ``before_marked`` of ``before`` in the year
    before; ``around``: the share of the rest of the province in that year."""

    place: int
    sign: ShareSign
    window: int
    marked: int
    matters: int
    before_marked: int
    before: int
    around: float

    @property
    def prior(self) -> tuple[float, float]:
        """The beta distribution the share is drawn from when nothing has changed."""
        weight = MODEL.share_weight
        return (
            weight * self.around + self.before_marked,
            weight * (1 - self.around) + self.before - self.before_marked,
        )

    @property
    def expected(self) -> float:
        """How many of ``matters`` are usual."""
        a, b = self.prior
        return self.matters * a / (a + b)

    @property
    def tails(self) -> tuple[float, ...]:
        """The chances of at least 0, 1, … ``matters`` marked ones when nothing has changed."""
        return upper_tails(self.matters, *self.prior)

    @property
    def p(self) -> float:
        """The chance of at least so many marked ones when nothing has changed."""
        return self.tails[self.marked]


@dataclass(frozen=True, slots=True)
class Called:
    """The shares above the cut, the rarest first; ``expected_false`` of them are expected to be chance.

    ``cut`` is the chance from which a share is called, ``series`` how many were looked at.
    """

    shares: tuple[Share, ...]
    cut: float
    expected_false: float
    series: int


def upper_tails(of: int, a: float, b: float) -> tuple[float, ...]:
    """The beta–binomial chances of at least 0, 1, … ``of`` marked ones out of ``of``."""
    start = lgamma(of + 1) + lgamma(a + b) - lgamma(a) - lgamma(b) - lgamma(a + b + of)
    tails, total = [], 0.0
    for k in range(of, 0, -1):
        total += exp(
            start - lgamma(k + 1) - lgamma(of - k + 1) + lgamma(a + k) + lgamma(b + of - k)
        )
        tails.append(min(1.0, total))
    return (1.0, *reversed(tails))


def shares(matters: Iterable[Matter], week: date) -> list[Share]:
    """Every commune's shares up to the week (its Monday): those with enough matters in the window.

    The year before is cut into spans as long as the window (the earliest two overlap where it does not
    divide the year), and each matter is looked at as it stood when its span ended: a sign needs time
    to show, and old matters had more of it.
    """
    known = [each for each in matters if each.week <= week]
    return [
        share
        for window in MODEL.share_windows
        for sign in ShareSign
        for share in _of_window(known, week, window, sign)
    ]


def called(found: Sequence[Share]) -> Called:
    """The shares beyond chance, one for a commune and sign: the window that is rarest, of at least
    ``MODEL.least_observed`` marked matters.

    The cut is the highest chance, ``MODEL.commonest`` at most, at which all shares together would bring
    at most ``MODEL.false_share`` of the alarms called (or of one) by chance. That number is exact for
    each share, whose attainable chances are known; two windows of one series count as two.
    """
    rarest: dict[tuple[int, ShareSign], Share] = {}
    for each in sorted(found, key=lambda each: (each.p, each.window)):
        rarest.setdefault((each.place, each.sign), each)
    enough = [each for each in rarest.values() if each.marked >= MODEL.least_observed]
    seen = sorted(each.p for each in enough)
    steps = sorted(
        (tail, tail - rarer)
        for each in found
        for tail, rarer in pairwise((*each.tails[MODEL.least_observed :], 0.0))
        if tail <= MODEL.commonest
    )
    by_chance = cut = expected = 0.0
    for level, added in groupby(steps, key=lambda step: step[0]):
        by_chance += sum(step[1] for step in added)
        if by_chance <= MODEL.false_share * max(1, bisect_right(seen, level)):
            cut, expected = level, by_chance
    above = [each for each in enough if each.p <= cut]
    return Called(
        tuple(sorted(above, key=lambda each: (each.p, each.place, each.sign))),
        cut,
        expected,
        len(rarest),
    )


def within(matter: Matter, week: date, window: int) -> bool:
    """Whether the matter is one of the window that ends with the week."""
    return timedelta() <= week - matter.week < timedelta(weeks=window)


def marked(matter: Matter, week: date, window: int, sign: ShareSign) -> bool:
    """Whether the matter bore the sign when its span of ``window`` weeks ended, counted back from ``week``."""
    back = min((week - matter.week).days // 7 // window * window, MODEL.share_before)
    ended = week - timedelta(weeks=back) + timedelta(days=6)
    return sign in matter.since and matter.since[sign] <= ended


def _of_window(
    known: Sequence[Matter], week: date, window: int, sign: ShareSign
) -> Iterable[Share]:
    counts: dict[int, list[int]] = {}
    for each in known:
        back = (week - each.week).days // 7
        if back >= window + MODEL.share_before:
            continue
        own = counts.setdefault(each.place, [0, 0, 0, 0])
        at = 0 if back < window else 2
        own[at] += marked(each, week, window, sign)
        own[at + 1] += 1
    all_marked = sum(own[2] for own in counts.values())
    everything = sum(own[3] for own in counts.values())
    for place, (now, matters, then, before) in sorted(counts.items()):
        others = everything - before
        if matters >= MODEL.share_matters and others >= MODEL.share_around:
            around = (all_marked - then + 0.5) / (others + 1)
            yield Share(place, sign, window, now, matters, then, before, around)
