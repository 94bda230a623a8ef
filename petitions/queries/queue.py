"""The inspectorate's queue: hot spots and cases in one order, each with the reasons it stands there.

A threat stands first, then what burns by how rare it is, each hot spot before the grave cases it
counted, then grave cases outside by points. The other cases of a hot spot are folded into its line
and opened by it; they stand for themselves where a filter leaves the hot spot out. A reader's hot
spots are the ones he may read; a case in another's is to him an ordinary one. Everything is counted
under the reader's own reach.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select

from config.database import read
from petitions.access import Scope, visible
from petitions.errors import Forbidden
from petitions.models import Case
from petitions.queries.case_filters import Horizon
from petitions.queries.cases import Line, by_ids
from petitions.queries.queue_asking import Asking, Place, asking_of, rows
from petitions.queries.queue_shapes import Item, QueueFilters, QueuePage, Tab, Weight
from petitions.queries.queue_sql import MOST_COUNTED, Section, count
from workflows.severity import Factor, Klass, Table
from workflows.vocabulary import Actor, Role

PAGE = 50
STRIDE = 1_000
"""Places of one page when the whole queue is read."""
BY_DEFAULT = (Klass.A, Klass.B, Klass.C)
_SECTIONS = {
    Klass.A: (Section.SECURITY, Section.ALARMED),
    Klass.B: (Section.ALARMED,),
    Klass.C: (Section.GRAVE,),
    Klass.REST: (Section.REST,),
}


def reads(actor: Actor) -> bool:
    """Whether this hat reads the queue: inspectors, and who leads the province's inspectorate."""
    return actor.role is Role.INSPECTOR or actor.province_wide


def require_reader(actor: Actor) -> None:
    """Raise ``Forbidden`` unless this hat reads the queue."""
    if not reads(actor):
        raise Forbidden("Hàng đợi này của cơ quan thanh tra.")


def queue(
    actor: Actor,
    filters: QueueFilters,
    *,
    table: Table,
    seen: Horizon,
    after: str | None = None,
    limit: int = PAGE,
) -> QueuePage:
    """A page of the queue. ``after`` is the ``QueuePage.after`` of the page before; a damaged one
    starts at the beginning. Raises ``Forbidden``."""
    require_reader(actor)
    asking = asking_of(actor, filters, table, seen)
    return _page(asking, after, limit)


def every(
    actor: Actor, filters: QueueFilters, *, table: Table, seen: Horizon, most: int
) -> Iterator[Item]:
    """The whole queue, at most ``most`` places of it, read page by page. Raises ``Forbidden``."""
    require_reader(actor)
    asking = asking_of(actor, filters, table, seen)
    left, after = most, None
    while left > 0:
        page = _page(asking, after, min(left, STRIDE))
        yield from page.items
        left -= len(page.items)
        after = page.after
        if after is None:
            return


def tabs(actor: Actor, filters: QueueFilters, *, table: Table, seen: Horizon) -> tuple[Tab, ...]:
    """How much stands in each class under the same filters. Raises ``Forbidden``."""
    require_reader(actor)
    return _tabs(asking_of(actor, filters, table, seen))


def opened(
    actor: Actor,
    filters: QueueFilters,
    *,
    table: Table,
    seen: Horizon,
    after: str | None = None,
) -> tuple[QueuePage, tuple[Tab, ...]]:
    """``queue`` and ``tabs`` in one reading. Raises ``Forbidden``."""
    require_reader(actor)
    asking = asking_of(actor, filters, table, seen)
    return _page(asking, after, PAGE), _tabs(asking)


def chosen(actor: Actor, codes: Sequence[str]) -> tuple[Line, ...]:
    """The visible ones of the cases of these codes, in that order."""
    if not codes:
        return ()
    known = {
        row.code: row.id
        for row in read(select(Case.code, Case.id).where(Case.code.in_(codes), visible(actor)))
    }
    return by_ids(actor, [known[code] for code in dict.fromkeys(codes) if code in known])


def weight_of(row: Any, scope: Scope) -> Weight:
    """The points this reach may know, of a row with the columns of ``CaseWeight``."""
    rests = {} if scope.province_wide else row.facts.get("beyond", {})
    factors = {
        factor: points
        for factor in Factor
        if (points := getattr(row, factor.value) - rests.get(factor.value, 0)) > 0
    }
    hidden = set(rests) & {Factor.SPREAD.value, Factor.SKIPPED.value, Factor.REPEATED.value}
    facts = {
        name: value
        for name, value in row.facts.items()
        if name != "beyond" and _OF_FACT.get(name) not in hidden
    }
    return Weight(sum(factors.values()), factors, facts)


_OF_FACT = {
    "communes": "spread", "project": "spread", "respondent": "spread", "petitions": "repeated",
    "skip": "skipped", "skip_body": "skipped", "skip_on": "skipped", "skip_copy": "skipped",
    "skip_due": "skipped", "competent": "skipped",
}  # fmt: skip
"""Facts that may rest on other cases, by their factor."""


# --- pages ---------------------------------------------------------------------------------


def _page(asking: Asking, after: str | None, limit: int) -> QueuePage:
    klasses = BY_DEFAULT if asking.filters.klass is None else (asking.filters.klass,)
    start = _read_mark(after)
    found: list[tuple[str, Place]] = []
    for klass, section in ((each, run) for each in klasses for run in _SECTIONS[each]):
        name = f"{klass.value}.{section.value}"
        if start is not None and start[0] != name:
            continue
        behind = None if start is None else start[1]
        start = None
        places = _run(asking, klass, section, behind, limit + 1 - len(found))
        found += [(name, place) for place in places]
        if len(found) > limit:
            break
    if start is not None:  # a mark of another list
        return _page(asking, None, limit)
    last = None
    if len(found) > limit:
        name, place = found[limit - 1]
        last = ".".join((name, *(str(each) for each in place.mark)))
    return QueuePage(_items(asking, [place for _, place in found[:limit]]), last)


def _read_mark(after: str | None) -> tuple[str, tuple[int, int]] | None:
    """Where the page before ended: its run, and two numbers of its last place; None when damaged."""
    parts = (after or "").split(".")
    names = {f"{klass.value}.{each.value}" for klass, runs in _SECTIONS.items() for each in runs}
    if len(parts) != 4 or f"{parts[0]}.{parts[1]}" not in names:
        return None
    numbers = [int(each) for each in parts[2:] if each.isdecimal() and len(each) < 10]
    return (f"{parts[0]}.{parts[1]}", (numbers[0], numbers[1])) if len(numbers) == 2 else None


def _run(
    asking: Asking, klass: Klass, section: Section, behind: tuple[int, int] | None, most: int
) -> Sequence[Place]:
    """Places of one run behind the one a page ended with. One that is gone since begins it anew."""
    if section is not Section.ALARMED:
        fires = asking.of_case()
        return [
            Place(klass, fires.get(row.case_id), row) for row in rows(asking, section, behind, most)
        ]
    places = [place for place in asking.burning if place.klass is klass]
    at = next((n for n, each in enumerate(places) if each.mark == behind), -1)
    return places[at + 1 :][:most]


def _items(asking: Asking, places: Sequence[Place]) -> tuple[Item, ...]:
    ids = [place.row.case_id for place in places if place.row is not None]
    shown = {line.id: line for line in by_ids(asking.actor, ids)}
    found: list[Item] = []
    for place in places:
        row = place.row
        if row is None:
            found.append(Item(place.klass, place.fire))
        elif row.case_id in shown:
            weight = weight_of(row, asking.scope)
            found.append(Item(place.klass, place.fire, shown[row.case_id], weight, row.inspector))
    return tuple(found)


def _tabs(asking: Asking) -> tuple[Tab, ...]:
    fires, cases = Counter[Klass](), Counter[Klass]()
    for place in asking.burning:
        (fires if place.row is None else cases)[place.klass] += 1
    cases[Klass.A] += _count(asking, Section.SECURITY)
    cases[Klass.C] = _count(asking, Section.GRAVE)
    cases[Klass.REST] = _count(asking, Section.REST)
    return tuple(Tab(klass, fires[klass], min(cases[klass], MOST_COUNTED + 1)) for klass in Klass)


def _count(asking: Asking, section: Section) -> int:
    return int(read(count(asking.scope, section, asking.shape), asking.values).scalar_one())
