"""How the offices of the demonstration have arranged their papers: ways, letterheads, books of the year."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from config.clock import VIETNAM
from petitions.services.demo.catalog import Approval, Catalog, Heading
from petitions.services.letterheads import LetterheadGiven, set_letterhead, start_book
from petitions.services.routes import RouteGiven, StepGiven, set_route

WAYS_DAYS = 120
"""For how many days before the day of the demonstration papers have travelled by routes."""


def arrange(catalog: Catalog, as_of: date) -> None:
    """Set what the administrator of each office set on the first day, as the operator enters it."""
    first = as_of - timedelta(days=WAYS_DAYS)
    now = datetime.combine(first, time(7), VIETNAM)
    for way in catalog.ways:
        steps = tuple(map(_step, way.steps))
        for agency in way.agencies:
            for work in way.works:
                set_route(RouteGiven(agency, work, way.shape, steps, first), actor=None, now=now)
    for heading in catalog.headings:
        set_letterhead(_letterhead(heading, first), actor=None, now=now)
    for book in catalog.books:
        start_book(
            book.agency, book.type, first.year, book.first,
            incoming=book.incoming, actor=None, now=now,
        )  # fmt: skip


def _step(approval: Approval) -> StepGiven:
    return StepGiven(approval.role, approval.days, approval.agency)


def _letterhead(heading: Heading, first: date) -> LetterheadGiven:
    return LetterheadGiven(
        heading.agency,
        first,
        parent_line=heading.parent_line,
        name_line=heading.name_line,
        place_name=heading.place_name,
        abbreviation=heading.abbreviation,
        unit_abbreviation=heading.unit_abbreviation,
        function_document=heading.function_document,
        file_unit=heading.file_unit,
        numbering=heading.numbering,
    )
