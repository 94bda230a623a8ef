"""Which stories are told: every tale so often as it says, the hot spots, and the former district's last cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from random import Random

from petitions.services.demo import denunciations
from petitions.services.demo.catalog import Catalog
from petitions.services.demo.citizens import Citizens
from petitions.services.demo.complaint_tales import COMPLAINT_TALES
from petitions.services.demo.complaint_tales import ROAD as COMPLAINT_ROAD
from petitions.services.demo.denunciation_tales import DENUNCIATION_TALES
from petitions.services.demo.office_tales import OFFICE_TALES
from petitions.services.demo.people import Office, offices
from petitions.services.demo.petition import Profile, Writer, commune_of
from petitions.services.demo.suggestions import ROAD as SUGGESTION_ROAD
from petitions.services.demo.suggestions import SUGGESTION_TALES
from petitions.services.demo.tales import Tale
from petitions.services.demo.thread import Arrival, Course, Stage, Thread
from workflows.vocabulary import AgencyKind, Kind, Role, State
from workflows.working_days import Calendar, Roll

SEED = 1945
FORMER_DISTRICT = "huyen-suoi-khuya"
_SHARES = {AgencyKind.COMMUNE: 78, AgencyKind.DEPARTMENT: 13, AgencyKind.PROVINCE: 9}
"""Of a hundred petitions that may go anywhere, how many reach which kind of body."""
_SHARES_OF_DENUNCIATIONS = {
    AgencyKind.COMMUNE: 30,
    AgencyKind.DEPARTMENT: 25,
    AgencyKind.PROVINCE: 45,
}
"""Those against the heads of communes are the province's to settle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HotSpot:
    """A burst on purpose: so many petitions each week, the last one the week before the day.

    ``communes`` and ``fields`` take turns; ``kinds`` too.
    """

    name: str
    communes: tuple[str, ...]
    fields: tuple[str, ...]
    kinds: tuple[Kind, ...]
    weeks: tuple[int, ...]
    quiet_weeks: int = 0
    project: str | None = None


HOT_SPOTS = (
    HotSpot(
        name="land recovery",
        communes=("Xã Hồ Mây", "Phường Cầu Vồng", "Xã Nắng Mai"),
        fields=("boi-thuong-ho-tro", "thu-hoi-dat"),
        kinds=(Kind.COMPLAINT, Kind.RECOMMENDATION, Kind.COMPLAINT),
        weeks=(2, 4, 6, 9, 8),
        project="Khu du lịch sinh thái Hồ Mây",
    ),
    HotSpot(
        name="slow burn",
        communes=("Xã Suối Nắng",),
        fields=("o-nhiem",),
        kinds=(Kind.FEEDBACK,),
        weeks=(1, 1, 1, 2, 1, 2, 2, 3, 2, 3, 4, 4),
    ),
    HotSpot(
        name="burst",
        communes=("Phường Gió Ngàn",),
        fields=("giao-duc",),
        kinds=(Kind.FEEDBACK,),
        weeks=(13,),
        quiet_weeks=1,
    ),
)
FLOODED = "giao-thong"
"""The field that rises in the whole province in the last week: a surge, and no commune's hot spot."""
_FORMER = Tale(
    kind=Kind.FEEDBACK, ends=State.CLOSED, count=6, oldest=575, youngest=500, road=SUGGESTION_ROAD,
    at=FORMER_DISTRICT,
)  # fmt: skip
_DISTRICT_DAYS = 40
"""More days than the former district needs to end a case."""


@dataclass(slots=True)
class Story:
    """A case's thread and the road it takes; ``ends`` is None where it ends wherever the day finds it."""

    thread: Thread
    road: Sequence[Stage]
    ends: State | None
    code: str = ""

    def course(self) -> Course:
        """The moments in order."""
        thread = self.thread
        thread.code = self.code = yield thread.arrival
        for stage in self.road:
            yield from stage(thread)

    def last_day(self) -> date:
        """The day its last moment will be recorded on; the story itself stays untold."""
        random = Random()  # noqa: S311 - a copy of a generator that keeps no secret
        random.setstate(self.thread.random.getstate())
        rehearsal = Story(replace(self.thread, random=random), self.road, self.ends).course()
        moment = next(rehearsal)
        while True:
            try:
                moment = rehearsal.send("")
            except StopIteration:
                return moment.recorded


Draft = Callable[[Random], Story | None]
"""A story to be written with a generator of its own, so that one story's length moves no other."""


@dataclass(slots=True)
class _Planner:
    catalog: Catalog
    calendar: Calendar
    as_of: date
    writer: Writer
    offices: dict[str, Office]

    def tale(self, tale: Tale, random: Random) -> Story | None:
        """A story of the tale, begun early enough to come to its end; None where it had no time to."""
        office = self._office(random, tale)
        first, last = self._span(tale, office)
        if first > last:
            return None
        received = self._working_day(first + timedelta(days=random.randint(0, (last - first).days)))
        commune = commune_of(random, self.catalog, office)
        project = self._project_of(office) if tale.project else None
        while True:
            story = self._story(
                random, tale.kind, tale.profile, office, commune, received, project, tale.road,
                tale.ends,
            )  # fmt: skip
            beyond = (story.last_day() - self.as_of).days + 1
            earlier = self._working_day(received - timedelta(days=max(beyond, 1)))
            if beyond <= 0 or earlier < max(tale.after, office.since):
                return story
            received = earlier

    def planted(self, spot: HotSpot) -> Iterator[Draft]:
        """The stories of a hot spot, the latest week first."""
        last = self.as_of - timedelta(days=self.as_of.weekday() + 7 * (1 + spot.quiet_weeks))
        weeks = (
            last - timedelta(days=7 * back)
            for back, count in enumerate(reversed(spot.weeks))
            for _ in range(count)
        )
        for turn, monday in enumerate(weeks):
            yield partial(self._burst, spot, turn, monday)

    def flooded(self) -> HotSpot:
        """One petition about roads to every commune, all in the last week."""
        communes = sorted(
            each.place
            for each in self.offices.values()
            if each.kind is AgencyKind.COMMUNE and each.place is not None
        )
        return HotSpot(
            name="flood", communes=tuple(communes), fields=(FLOODED,), kinds=(Kind.FEEDBACK,),
            weeks=(len(communes),),
        )  # fmt: skip

    def _burst(self, spot: HotSpot, turn: int, monday: date, random: Random) -> Story:
        commune = spot.communes[turn % len(spot.communes)]
        kind = spot.kinds[turn % len(spot.kinds)]
        fields = spot.fields if kind is Kind.COMPLAINT else spot.fields[:1]
        day = monday + timedelta(days=random.randint(0, 4))
        return self._story(
            random,
            kind,
            Profile(field=fields[turn % len(fields)]),
            next(each for each in self.offices.values() if each.place == commune),
            commune,
            self.calendar.roll(day, Roll.NEXT),
            spot.project,
            COMPLAINT_ROAD if kind is Kind.COMPLAINT else SUGGESTION_ROAD,
            None,
        )

    def _story(
        self,
        random: Random,
        kind: Kind,
        profile: Profile,
        office: Office,
        commune: str,
        received: date,
        project: str | None,
        road: Sequence[Stage],
        ends: State | None,
    ) -> Story:
        given = self.writer.write(random, kind, profile, received, commune, office)
        recorded = self.calendar.add_working_days(received, profile.late)
        thread = Thread(
            random=random,
            calendar=self.calendar,
            offices=self.offices,
            office=self._settling(office, profile),
            arrival=Arrival(office.desk, recorded, given, project),
            remote=self.catalog.remote(commune, received),
            day=recorded,
            barred=self._barred(profile),
        )
        return Story(thread, road, ends)

    def _office(self, random: Random, tale: Tale) -> Office:
        """A body the tale may play in; most of them are communes."""
        if isinstance(tale.at, str) and tale.at in self.offices:
            return self.offices[tale.at]
        shares = _SHARES_OF_DENUNCIATIONS if tale.kind is Kind.DENUNCIATION else _SHARES
        kind = tale.at or random.choices(list(shares), list(shares.values()))[0]
        fit = [office for office in self.offices.values() if self._fits(office, tale)]
        return random.choice([office for office in fit if office.kind is kind] or fit)

    def _fits(self, office: Office, tale: Tale) -> bool:
        """Whether the body has the people, the remoteness and the project the tale needs."""
        return (
            office.kind in _SHARES
            and (denunciations.verify not in tale.road or len(office.team) > 1)
            and (tale.remote is None or tale.remote is self._is_remote(office))
            and (not tale.project or self._project_of(office) is not None)
        )

    def _is_remote(self, office: Office) -> bool:
        return office.place is not None and self.catalog.remote(office.place, self.as_of)

    def _project_of(self, office: Office) -> str | None:
        return next(
            (each.name for each in self.catalog.recoveries if office.place in each.communes), None
        )

    def _span(self, tale: Tale, office: Office) -> tuple[date, date]:
        """The days between which the tale, the office and the law let the petition come in."""
        last = self.as_of - timedelta(days=tale.youngest)
        if office.until is not None:
            last = min(last, office.until - timedelta(days=_DISTRICT_DAYS))
        first = max(self.as_of - timedelta(days=tale.oldest), tale.after, office.since)
        return first, last

    def _working_day(self, day: date) -> date:
        return self.calendar.roll(day, Roll.PREVIOUS)

    def _settling(self, office: Office, profile: Profile) -> Office:
        """A petition against the body's own leader goes up."""
        leads = any(
            seat.username == profile.accused and seat.role in {Role.HEAD, Role.DEPUTY_HEAD}
            for seat in office.seats
        )
        return self.offices[office.parent] if leads and office.parent else office

    def _barred(self, profile: Profile) -> frozenset[str | None]:
        if profile.accused is None:
            return frozenset()
        person = next(p for p in self.catalog.colleagues if p.username == profile.accused)
        sections = [hat.section for hat in person.hats if profile.conduct]
        return frozenset([profile.accused, *sections])


def plan(catalog: Catalog, calendar: Calendar, as_of: date, scale: float = 1.0) -> list[Story]:
    """Every story, or an even selection of the given share of them. The same day gives the same plan."""
    planner = _Planner(
        catalog, calendar, as_of, Writer(catalog, Citizens(catalog, SEED)), offices(catalog)
    )
    drafts: list[Draft] = [
        partial(planner.tale, tale)
        for tale in (*COMPLAINT_TALES, *DENUNCIATION_TALES, *SUGGESTION_TALES, _FORMER)
        for _ in range(tale.count)
    ]
    drafts += [draft for spot in HOT_SPOTS for draft in planner.planted(spot)]
    drafts += [partial(planner.tale, tale) for tale in OFFICE_TALES for _ in range(tale.count)]
    drafts += planner.planted(planner.flooded())
    chosen = (
        draft(Random(f"{SEED}/{number}"))  # noqa: S311 - made-up people, not a secret
        for number, draft in enumerate(drafts)
        if int((number + 1) * scale) > int(number * scale)
    )
    return [story for story in chosen if story is not None]
