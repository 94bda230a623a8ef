"""The way of a file down through an office: whom a hop may go to, and whom a file goes back to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from workflows.hop_dates import hop_date
from workflows.office import HopState, RouteShape
from workflows.passage import RANK
from workflows.transition import LEADERS
from workflows.vocabulary import Role
from workflows.working_days import Calendar

DESK = frozenset({Role.RECEPTION, Role.CLERK})
EXPERTS = frozenset({Role.OFFICER, Role.INSPECTOR})
"""Who works on a file; in an inspectorate the inspectors do."""
EVERYBODY = DESK | EXPERTS | LEADERS | {Role.SECTION_HEAD}
NOBODY: frozenset[Role] = frozenset()

_DOWN: Mapping[RouteShape, Mapping[Role, frozenset[Role]]] = {
    RouteShape.FULL: {
        Role.RECEPTION: LEADERS,
        Role.CLERK: LEADERS,
        Role.HEAD: frozenset({Role.DEPUTY_HEAD, Role.SECTION_HEAD}),
        Role.DEPUTY_HEAD: frozenset({Role.SECTION_HEAD}),
        Role.SECTION_HEAD: EXPERTS,
    },
    RouteShape.DIRECT: {
        Role.RECEPTION: LEADERS,
        Role.CLERK: LEADERS,
        Role.HEAD: frozenset({Role.DEPUTY_HEAD, Role.SECTION_HEAD}) | EXPERTS,
        Role.DEPUTY_HEAD: frozenset({Role.SECTION_HEAD}) | EXPERTS,
        Role.SECTION_HEAD: EXPERTS,
    },
    RouteShape.RECEPTION_BOARD: {
        Role.RECEPTION: LEADERS,
        Role.CLERK: LEADERS,
        Role.HEAD: frozenset({Role.DEPUTY_HEAD}) | EXPERTS,
        Role.DEPUTY_HEAD: EXPERTS,
    },
    RouteShape.ONE_STEP: dict.fromkeys(EVERYBODY, EVERYBODY),
}


@dataclass(frozen=True, slots=True)
class Passed:
    """One hop, as far as the way back is concerned. A hop from somebody to himself is a file that
    came back to whoever nobody else had given it."""

    giver: int
    receiver: int
    state: HopState


def next_receivers(shape: RouteShape, role: Role) -> frozenset[Role]:
    """The roles somebody in ``role`` may give a file on to; empty where the way ends.

    A head may also give it to a deputy, who is a leader himself.
    """
    return _DOWN[shape].get(role, NOBODY)


def works_on_it(shape: RouteShape, role: Role) -> bool:
    """Whether the file stays with this role, rather than being given on."""
    return shape is RouteShape.ONE_STEP or not next_receivers(shape, role)


def internal_date(
    shape: RouteShape,
    role: Role,
    days: Sequence[int],
    legal_end: date | None,
    today: date,
    calendar: Calendar,
) -> date | None:
    """When whoever receives a file in ``role`` must be done with it.

    Whoever works on it leaves the approvers above the working days (``days``) their steps may take
    before the legal end; whoever gives it on has one working day and never more than that. None
    without a legal end for whoever works on it. Raises ``CalendarMissing``.
    """
    end = hop_date(days, 0, legal_end, today, calendar)
    if works_on_it(shape, role):
        return end
    soon = calendar.add_working_days(today, 1)
    return soon if end is None else min(soon, end)


def may_redirect(
    role: Role, giver: Role | None, holder: Role | None, *, gave: bool, same_section: bool
) -> bool:
    """Whether somebody who does not hold the file may take it from its holder and give it to another.

    He must stand above the holder and not below whoever gave it (``gave``: he did); a section head
    does so in the own section only.
    """
    level = RANK.get(role, 0)
    if level <= _level(holder) or level < _level(giver):
        return False
    return level > _level(Role.SECTION_HEAD) or gave or same_section


def _level(role: Role | None) -> int:
    return 0 if role is None else RANK.get(role, 0)


def highest(roles: Sequence[Role]) -> Role | None:
    """The role that counts of somebody who wears several hats."""
    return max(roles, key=_level, default=None)


def way_back(hops: Sequence[Passed]) -> list[int]:
    """Places in ``hops`` (oldest first) of the hops by which the last one's givers got the file.

    The nearest first; empty when its giver had the file from nobody.
    """
    found: list[int] = []
    place = len(hops) - 1
    while place >= 0:
        giver = hops[place].giver
        place = next(
            (
                before
                for before in reversed(range(place))
                if hops[before].receiver == giver and hops[before].state is HopState.PASSED_ON
            ),
            -1,
        )
        if place >= 0:
            found.append(place)
    return found
