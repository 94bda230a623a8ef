"""What the rate alarms are counted from: which matters skipped a level or were sent again, and since when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from config.database import read
from petitions.models import Case
from petitions.queries.hotspots.counts import MATTER, PLACE, WEEK, matters, merged_places
from petitions.services.weighing import BATCH, shipped_table
from petitions.services.weighing_around import surroundings
from petitions.services.weighing_facts import Signs, signs
from workflows.episodes import ShareSign
from workflows.hotspots import MODEL
from workflows.shares import Called, Matter, Share, called, marked, shares, within


@dataclass(frozen=True, slots=True)
class Signed:
    """Matters with their signs; ``cases`` by matter and commune: its parts, and what was joined into them."""

    matters: Sequence[Matter]
    cases: Mapping[tuple[int, int], Sequence[Signs]]

    def called(self, week: date) -> Called:
        """The week's rate alarms."""
        return called(shares(self.matters, week))

    def behind(self, share: Share, week: date) -> dict[int, bool]:
        """The cases counted in the share's window, and whether each bears the sign.

        A case joined into one of them is named as well, so that whoever is shut out of it learns nothing.
        """
        found: dict[int, bool] = {}
        for matter in self.matters:
            if matter.place != share.place or not within(matter, week, share.window):
                continue
            bears = marked(matter, week, share.window, share.sign)
            for each in self.cases[matter.id, matter.place]:
                found |= dict.fromkeys(each.joined, False) | {each.case_id: bears}
        return found


def gather_signs(first: date, last: date) -> Signed:
    """Read what the rate alarms of the weeks from ``first`` to ``last`` (Mondays) are counted from.

    Everything but denunciations, and nothing from other registers: they do not say where else a
    petition was sent.
    """
    into = merged_places()
    since = first - timedelta(weeks=max(MODEL.share_windows) + MODEL.share_before - 1)
    until = last + timedelta(days=6)
    rows = read(
        matters(Case.id, MATTER, WEEK, PLACE, secret=False, first=since, last=until)
        .where(Case.imported_key.is_(None), PLACE.is_not(None))
        .order_by(Case.id)
    ).all()
    around = surroundings(until, shipped_table())
    ids = [row[0] for row in rows]
    found = {
        each.case_id: each
        for start in range(0, len(ids), BATCH)
        for each in signs(ids[start : start + BATCH], around)
    }
    weeks: dict[tuple[int, int], date] = {}
    cases: dict[tuple[int, int], list[Signs]] = defaultdict(list)
    for case_id, matter, week, place in rows:
        key = matter, into.get(place, place)
        weeks[key] = min(week, weeks.get(key, week))
        cases[key].append(found[case_id])
    return Signed([Matter(*key, week, _since(cases[key])) for key, week in weeks.items()], cases)


def _since(parts: Sequence[Signs]) -> dict[ShareSign, date]:
    days = {
        ShareSign.SKIPPED: [each.skipped_on for each in parts if each.skipped_on],
        ShareSign.REPEATED: [each.repeated_on for each in parts if each.repeated_on],
    }
    return {sign: min(known) for sign, known in days.items() if known}
