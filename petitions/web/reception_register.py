"""The register of reception: on screen by days, host and kind; printed and taken along in the official layouts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, render_template, request, url_for
from marshmallow import ValidationError, validates_schema

from petitions.documents.context_office import full_name
from petitions.documents.reception_register import LAYOUTS, Entry, Layout, layout_on, register_book
from petitions.documents.tables import MEDIA_TYPE
from petitions.errors import Invalid, NotFound
from petitions.installation import installation
from petitions.queries import choices
from petitions.queries.reception_reach import READERS
from petitions.queries.reception_register import register_rows
from petitions.queries.statistics.headings import depth, heading
from petitions.schemas.fields import Choice, Day, Shape, Text, load
from petitions.schemas.forms import shaped
from petitions.text import vn_date
from petitions.web import options
from petitions.web.downloads import WORKING, file_chunks
from petitions.web.forms import Form, Option
from petitions.web.reception.door import tabs
from petitions.web.session import actor, moment, require, today
from workflows.reception import Host
from workflows.vocabulary import Kind

blueprint = Blueprint("reception_register", __name__)

LONGEST = 366
"""Days of one register; a year's book is the longest there is."""
SHOWN = 300
"""Lines on the screen; print and file hold all of them."""


class _Query(Shape):
    """Which days, whose reception, what kind, in which layout."""

    tu = Day()
    den = Day()
    nguoi = Choice(Host)
    loai = Choice(Kind)
    mau = Text()
    co_quan = Text()

    @validates_schema
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        """From before to, and not more than a year."""
        first, last = data.get("tu"), data.get("den")
        if first is not None and last is not None:
            if first > last:
                raise ValidationError("Ngày cuối phải từ ngày đầu trở đi.", "den")
            if (last - first).days >= LONGEST:
                raise ValidationError("Chọn nhiều nhất một năm.", "den")


_QUERY = _Query()


@dataclass(frozen=True, slots=True)
class _Asked:
    """A part of the register of one agency."""

    agency_id: int
    agency_code: str
    agency: str
    first: date
    last: date
    host: Host | None
    kind: Kind | None
    layout: Layout


@blueprint.get("/tiep-cong-dan/so")
def register() -> str | tuple[str, int]:
    """The register; this month's days where nothing is said."""
    require(*READERS)
    try:
        asked = _asked()
    except Invalid as error:
        typed = Form({name: request.args.getlist(name) for name in request.args})
        return _page(None, typed.refused(error.fields)), 422
    filled = {
        "tu": vn_date(asked.first),
        "den": vn_date(asked.last),
        "nguoi": asked.host.value if asked.host else "",
        "loai": asked.kind.value if asked.kind else "",
        "mau": request.args.get("mau", ""),
        "co_quan": asked.agency_code,
    }
    return _page(asked, Form.of(filled))


def _page(asked: _Asked | None, form: Form) -> str:
    entries = _entries(asked) if asked else []
    reached = _agencies()
    return render_template(
        "reception_register.html",
        tabs=tabs("reception_register.register"),
        form=form,
        asked=asked,
        number=len(entries),
        shown=SHOWN,
        table=_table(asked.layout, entries[:SHOWN]) if asked else None,
        agencies=[Option(each.code, each.name) for each in reached] if len(reached) > 1 else [],
        hosts=options.words(Host),
        kinds=options.words(Kind),
        layouts=[Option(each.key, each.name) for each in LAYOUTS.values()],
        print_href=_address("reception_register.printed", asked),
        file_href=_address("reception_register.file", asked),
    )


@blueprint.get("/tiep-cong-dan/so/in")
def printed() -> str:
    """The register as it is printed: A4 landscape, headings and column numbers on each sheet."""
    asked = _asked_or_404()
    return render_template(
        "reception_register_print.html",
        asked=asked,
        agency=full_name(asked.agency),
        table=_table(asked.layout, _entries(asked)),
        back=_address("reception_register.register", asked),
    )


@blueprint.get("/tiep-cong-dan/so.xlsx")
def file() -> Response:
    """The register as an Excel file in the official layout."""
    asked = _asked_or_404()
    opened = register_book(
        asked.layout, _entries(asked), agency=asked.agency, first=asked.first, last=asked.last,
        made=moment(), folder=installation().settings.data_dir / WORKING,
    )  # fmt: skip
    response = Response(file_chunks(opened), mimetype=MEDIA_TYPE)
    response.call_on_close(opened.close)
    name = f"so-tiep-cong-dan-{asked.first.isoformat()}-{asked.last.isoformat()}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def _table(layout: Layout, entries: list[Entry]) -> Mapping[str, Any]:
    """Heading and lines as a template draws them."""
    return {
        "heading": heading(layout.columns),
        "depth": depth(layout.columns),
        "columns": len(layout.columns),
        "rows": [
            [vn_date(cell) if isinstance(cell, date) else cell for cell in layout.cells(each)]
            for each in entries
        ],
        "visits": [None if each.row.masked else each.row.uid for each in entries],
    }


def _entries(asked: _Asked) -> list[Entry]:
    return [
        Entry(row, row.masked or row.confidential, asked.agency)
        for row in register_rows(actor(), asked.agency_id, asked.first, asked.last)
        if asked.host in (None, row.host) and asked.kind in (None, row.kind)
    ]


def _agencies() -> list[choices.AgencyChoice]:
    me = actor()
    return [
        each for each in choices.agencies(today()) if me.province_wide or each.id in me.agency_ids
    ]


def _asked() -> _Asked:
    """What the address asks for. Raises ``Invalid`` at its parts, ``NotFound`` for an agency out of reach."""
    given = load(_QUERY, shaped(_QUERY, request.args))
    last = given.get("den") or max(today(), given.get("tu") or today())
    first = given.get("tu") or last.replace(day=1)
    if (last - first).days >= LONGEST:
        raise Invalid.at("tu", "Chọn nhiều nhất một năm.")
    layout = LAYOUTS.get(given["mau"]) if given.get("mau") else layout_on(last)
    if layout is None:
        raise Invalid.at("mau", "Không có mẫu sổ này.")
    reached = _agencies()
    code = given.get("co_quan")
    own = (
        each for each in reached if (each.code == code if code else each.id == actor().agency_id)
    )
    office = next(own, None)
    if office is None:
        raise NotFound("Không có cơ quan này trong phạm vi của bạn.")
    return _Asked(
        office.id, office.code, office.name, first, last, given.get("nguoi"), given.get("loai"),
        layout,
    )  # fmt: skip


def _asked_or_404() -> _Asked:
    require(*READERS)
    try:
        return _asked()
    except Invalid:
        abort(404)


def _address(endpoint: str, asked: _Asked | None) -> str:
    if asked is None:
        return url_for(endpoint)
    query: dict[str, Any] = {
        "tu": asked.first.isoformat(),
        "den": asked.last.isoformat(),
        "nguoi": asked.host.value if asked.host else None,
        "loai": asked.kind.value if asked.kind else None,
        "mau": asked.layout.key,
        "co_quan": asked.agency_code,
    }
    return url_for(endpoint, **{name: each for name, each in query.items() if each})
