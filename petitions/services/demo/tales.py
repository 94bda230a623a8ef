"""A tale says what befalls a number of cases and where they stand at the end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from petitions.services.demo.petition import ORDINARY, Profile
from petitions.services.demo.thread import Stage
from workflows.vocabulary import AgencyKind, Kind, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Tale:
    """So many cases of a kind, received between ``youngest`` and ``oldest`` days before the day.

    ``road`` leads from the desk to ``ends``; an empty one leaves the case where it was registered.
    ``after`` is the first day on which the law knows such a case. ``at`` narrows the bodies it
    reaches to one kind or one code, ``remote`` to remote communes or to others. ``project`` files it
    under the land-recovery project of its commune.
    """

    kind: Kind
    ends: State
    count: int
    oldest: int
    youngest: int
    road: tuple[Stage, ...] = ()
    profile: Profile = ORDINARY
    at: AgencyKind | str | None = None
    remote: bool | None = None
    after: date = date.min
    project: bool = False
