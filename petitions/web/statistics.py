"""Statistical tables of the circulars: a period, a table, a unit; each figure opens its cases."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from marshmallow import ValidationError, validates_schema
from werkzeug.wrappers import Response

from petitions.documents.official_tables import Signing
from petitions.errors import Invalid, NotFound
from petitions.queries.cases import by_ids
from petitions.queries.report_readers import may_prepare
from petitions.queries.statistics.figures import (
    Counted,
    Report,
    Unit,
    Window,
    cases,
    figures,
    reach,
    receptions_behind,
    unit_named,
    units,
)
from petitions.queries.statistics.headings import depth, heading
from petitions.queries.statistics.openings import with_openings
from petitions.queries.statistics.periods import PERIODS, quarter_of, window
from petitions.queries.statistics.receptions import Part, Reception
from petitions.queries.statistics.spec import Table, Universe, version_on, versions
from petitions.queries.statistics.telling import meaning, notes
from petitions.schemas.fields import Day, Shape, Text, load
from petitions.schemas.forms import shaped
from petitions.text import vn_date
from petitions.web.case_rows import in_words
from petitions.web.downloads import official_file
from petitions.web.forms import Form, Option, whole
from petitions.web.session import actor, signed_in, today

blueprint = Blueprint("statistics", __name__)

FIRST_TABLE = "01/XLD"
LISTED = 200
"""Cases of one page behind a figure."""
EARLIEST_YEAR = 2021


class AskedShape(Shape):
    """Which table, of which days, of which unit, and for a list of cases which column."""

    bieu = Text()
    mau = Text()
    don_vi = Text()
    cot = Text()
    tu = Day()
    den = Day()

    @validates_schema
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        """From before to."""
        first, last = data.get("tu"), data.get("den")
        if first is not None and last is not None and first > last:
            raise ValidationError("Ngày cuối kỳ phải từ ngày đầu kỳ trở đi.", "den")


ASKED = AskedShape()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page is about. ``among`` are the units counted, ``None`` all of them."""

    table: Table
    window: Window
    unit: Unit | None
    among: Collection[int] | None
    column: str

    def address(self, endpoint: str, **more: Any) -> str:
        """The address of a page about the same table and days."""
        query = {
            "bieu": self.table.id,
            "mau": self.table.version,
            "tu": self.window.first.isoformat(),
            "den": self.window.last.isoformat(),
            "don_vi": self.unit.code if self.unit else None,
        }
        return url_for(endpoint, **{name: each for name, each in (query | more).items() if each})


@blueprint.get("/thong-ke")
def table() -> str | tuple[str, int]:
    """A statistical table; this quarter's processing of petitions where nothing is said."""
    reach(actor())
    try:
        asked = _asked()
    except Invalid as error:
        typed = Form({name: request.args.getlist(name) for name in request.args})
        return _page(None, typed.refused(error.fields), None), 422
    filled = {
        "bieu": asked.table.id,
        "mau": asked.table.version,
        "tu": vn_date(asked.window.first),
        "den": vn_date(asked.window.last),
        "don_vi": asked.unit.code if asked.unit else "",
    }
    return _page(asked, Form.of(filled), _report(asked))


@blueprint.get("/thong-ke/ho-so")
def behind() -> str:
    """The cases behind one figure, as far as the reader may open them."""
    asked = _asked()
    me, report = actor(), _report(asked)
    visits: tuple[Reception, ...] = ()
    found: tuple[Counted, ...] = ()
    try:
        if asked.table.universe is Universe.RECEPTION:
            visits = receptions_behind(
                asked.table, asked.column, asked.window, among=asked.among, reader=me
            )
        else:
            found = cases(asked.table, asked.column, asked.window, among=asked.among, reader=me)
    except NotFound:
        abort(404)
    number_of_column = whole(asked.column)
    column = None if number_of_column is None else asked.table.column(number_of_column)
    gap = next((each for each in asked.table.gaps if each.name == asked.column), None)
    number = (
        report.total[column.number]
        if column
        else sum(each.number for each in report.untold if each.gap is gap)
    )
    return render_template(
        "statistics_cases.html",
        asked=asked,
        column=column,
        meaning=meaning(asked.table, column) if column else gap and gap.text,
        number=number,
        many=len(visits) or len(found),
        listed=LISTED,
        of_reception=asked.table.universe is Universe.RECEPTION,
        visits=visits[:LISTED],
        parts=Part,
        rows=in_words(by_ids(me, [each.id for each in found[:LISTED] if each.id]), today()),
        back=asked.address("statistics.table"),
    )


@blueprint.get("/thong-ke.xlsx")
def file() -> Response:
    """The table as an Excel file in the official shape."""
    asked = _asked()
    worn = next(hat for hat in signed_in().hats if hat.hat_id == actor().hat_id)
    signing = Signing(asked.unit.name if asked.unit else worn.agency, today())
    first, last = (each.isoformat() for each in asked.window)
    name = f"bieu-{asked.table.id.lower().replace('/', '-')}-{first}-{last}"
    return official_file([_report(asked)], signing, name)


def _asked() -> Asked:
    """What the address asks for. Raises ``Invalid`` at its parts, ``Forbidden`` for other roles."""
    me = actor()
    reached = reach(me)
    given = load(ASKED, shaped(ASKED, request.args))
    period = window(*quarter_of(today()))
    days = Window(given.get("tu", period.first), given.get("den", period.last))
    if days.first > days.last:
        raise Invalid.at("den", "Ngày cuối kỳ phải từ ngày đầu kỳ trở đi.")
    version = versions().get(given["mau"]) if given.get("mau") else version_on(days.last)
    if version is None:
        raise Invalid.at("mau", "Không có mẫu biểu này.")
    found = version.tables.get(given.get("bieu") or FIRST_TABLE)
    if found is None:
        raise Invalid.at("bieu", f"{version.name} không có biểu này.")
    unit = None
    if given.get("don_vi"):
        try:
            unit = unit_named(given["don_vi"])
        except NotFound as error:
            raise Invalid.at("don_vi", error.message) from error
        if reached is not None and unit.id not in reached:
            raise Invalid.at("don_vi", "Không có đơn vị này.")
    among = reached if unit is None else frozenset({unit.id})
    return Asked(found, days, unit, among, given.get("cot", ""))


def _report(asked: Asked) -> Report:
    return with_openings(figures(asked.table, asked.window, among=asked.among, reader=actor()))


def _page(asked: Asked | None, form: Form, report: Report | None) -> str:
    on = today()
    days = asked.window if asked else window(*quarter_of(on))
    return render_template(
        "statistics.html",
        form=form,
        asked=asked,
        report=report,
        version=versions()[asked.table.version] if asked else None,
        heading=heading(report.table.columns) if report else (),
        depth=depth(report.table.columns) if report else 0,
        notes=notes(report) if report else [],
        meaning=meaning,
        tables=_tables(),
        versions=[Option(each.id, each.name) for each in reversed(list(versions().values()))],
        units=[Option(each.code, each.name) for each in units(days, reach(actor()))],
        periods=_periods(asked, quarter_of(on)[1]),
        file_href=asked.address("statistics.file") if asked else "",
        sheet_href=_sheet_address(asked) if asked else "",
    )


def _sheet_address(asked: Asked) -> str:
    """Where a sheet of the same tables and days begins, for who prepares one."""
    me = actor()
    if not may_prepare(me, me.agency_id):
        return ""
    first, last = (vn_date(day) for day in asked.window)
    return url_for(
        "report_sheets.new", spec=asked.table.version, tables=asked.table.id, first=first, last=last
    )


def _tables() -> list[Option]:
    """Every table of any version, by its number."""
    found = {
        table.id: table.title
        for version in versions().values()
        for table in version.tables.values()
    }
    return [Option(number, f"{number} – {title}") for number, title in found.items()]


def _periods(asked: Asked | None, year: int) -> list[tuple[str, str]]:
    """Links to the periods of the reporting year the page shows, and to the year before."""
    shown = max(EARLIEST_YEAR, quarter_of(asked.window.last)[1] if asked else year)
    links = []
    for each in (shown, shown - 1):
        for name, period in PERIODS.items():
            if each != shown and name != "nam":
                continue
            first, last = (edge.isoformat() for edge in window(name, each))
            if asked:
                href = asked.address("statistics.table", tu=first, den=last)
            else:
                href = url_for("statistics.table", tu=first, den=last)
            links.append((f"{period.text} {each}", href))
    return links
