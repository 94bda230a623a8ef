"""Stations of work: the officers' own menu with live counts, and the list behind each entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template, request, url_for

from petitions.documents.catalog import form_for
from petitions.errors import NotFound
from petitions.labels import button, label
from petitions.office_labels import STATION_HELP
from petitions.queries.positions import Position
from petitions.queries.stations import DOCUMENTS, Count, StationPage, lines_of, stations_of
from petitions.web.case_rows import Row, in_words
from petitions.web.pages import CASE_WORK, lower_first
from petitions.web.session import actor, require, today
from workflows.stations import GROUPS, MET_FIRST, Station

blueprint = Blueprint("stations", __name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """A station of the menu; ``unit`` names what lies there."""

    text: str
    href: str
    things: int
    unit: str
    late: int
    here: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the menu."""

    key: str
    text: str
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case of the list; ``position`` is empty where the station says it already.

    ``proposal`` is what is proposed, empty when nothing is; ``due`` its inner date.
    """

    row: Row
    position: str
    proposal: str
    due: date | None


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document of the list."""

    symbol: str
    form: str
    issued_on: date
    signer: str
    code: str | None


@blueprint.get("/tram")
def index() -> str:
    """What others wait for on one's table, then the first station where something waits."""
    require(*CASE_WORK)
    counts = stations_of(actor(), today())
    waiting = [count.station for count in counts if count.things]
    first = [station for station in MET_FIRST if station in waiting]
    return _page(counts, next(iter((*first, *waiting)), None))


@blueprint.get("/tram/<name>")
def show(name: str) -> str:
    """One station. What is not this hat's answers like what does not exist."""
    require(*CASE_WORK)
    counts = stations_of(actor(), today())
    station = next((each.station for each in counts if each.station.value == name), None)
    if station is None:
        raise NotFound
    return _page(counts, station)


def _page(counts: tuple[Count, ...], station: Station | None) -> str:
    after = request.args.get("after")
    page = None if station is None else lines_of(actor(), station, today(), after=after)
    return render_template(
        "stations.html",
        menu=_menu(counts, station),
        title=label(station) if station else "Trạm công việc",
        help=STATION_HELP[station] if station else "",
        here=None if station is None else url_for("stations.show", name=station.value),
        rows=_rows(page),
        documents=_documents(page),
        paged=after is not None,
        after=None if page is None else page.after,
    )


def _menu(counts: tuple[Count, ...], chosen: Station | None) -> list[Part]:
    known = {count.station: count for count in counts}
    parts = [
        Part(
            group.value,
            label(group),
            [_entry(known[each], here=each is chosen) for each in stations if each in known],
        )
        for group, stations in GROUPS.items()
    ]
    return [part for part in parts if part.entries]


def _entry(count: Count, *, here: bool) -> Entry:
    return Entry(
        text=label(count.station),
        href=url_for("stations.show", name=count.station.value),
        things=count.things,
        unit="văn bản" if count.station in DOCUMENTS else "hồ sơ",
        late=0 if count.station is Station.OVERDUE else count.late,
        here=here,
    )


def _rows(page: StationPage | None) -> list[CaseRow]:
    if page is None:
        return []
    rows = in_words([each.line for each in page.cases], today())
    return [
        _row(row, each.position, page.station) for row, each in zip(rows, page.cases, strict=True)
    ]


def _row(row: Row, position: Position, station: Station) -> CaseRow:
    word = "" if position.station is station else label(position.station)
    if not position.proposal:
        return CaseRow(row, word, "", None)
    act = "văn bản trao đổi" if position.action is None else lower_first(button(position.action))
    return CaseRow(row, word, act, position.due)


def _documents(page: StationPage | None) -> list[DocumentRow]:
    if page is None:
        return []
    return [
        DocumentRow(
            symbol=each.symbol,
            form=form_for(each.form_key, each.issued_on).name,
            issued_on=each.issued_on,
            signer=each.signer,
            code=each.code,
        )
        for each in page.documents
    ]
