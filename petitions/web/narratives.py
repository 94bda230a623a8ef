"""Narrative reports: choose a period and a unit, look at the figures, take the Word file along."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from petitions.documents import narratives as words
from petitions.errors import Invalid, NotFound
from petitions.queries.narratives import TOLD, Asked, follow, narrative, signed_for
from petitions.queries.statistics.figures import Unit, reach, unit_named, units
from petitions.queries.statistics.periods import PERIODS, quarter_of
from petitions.services.evidence import Stored
from petitions.services.letters_files import DOCX
from petitions.services.narratives import follow_file, narrative_file
from petitions.web.forms import Form, Option, whole
from petitions.web.letters import handed_out
from petitions.web.session import actor, signed_in, today

blueprint = Blueprint("narratives", __name__)

FIRST_YEAR, LAST_YEAR = 2022, 2100
LIVE = "hien-tai"
SECTIONS = {
    "reception": "Tiếp công dân",
    "processing": "Tiếp nhận, phân loại, xử lý đơn",
    "complaints": "Giải quyết khiếu nại",
    "denunciations": "Giải quyết tố cáo",
    "suggestions": "Giải quyết kiến nghị, phản ánh",
    "enforcement": "Thi hành quyết định, kết luận",
}


class Wanted(NamedTuple):
    """What the address asks for; ``signable``: there are signed figures of exactly these days."""

    asked: Asked
    unit: Unit | None
    signable: bool

    @property
    def scope(self) -> str:
        """Whose figures, in the middle of a sentence."""
        if self.unit is not None:
            return f"của {self.unit.name}"
        if self.asked.among is None:
            return "trên địa bàn tỉnh"
        return "của cơ quan và các đơn vị trực thuộc"


@blueprint.get("/bao-cao-loi-van")
def index() -> str | tuple[str, int]:
    """The figures a report would tell, with the files to take along."""
    reach(actor())
    try:
        wanted = _wanted()
    except Invalid as error:
        typed = Form({name: request.args.getlist(name) for name in request.args})
        return _page(None, typed.refused(error.fields)), 422
    filled = {
        "ky": wanted.asked.period,
        "nam": wanted.asked.year,
        "don_vi": wanted.unit.code if wanted.unit else "",
        "nguon": "" if wanted.asked.signed else LIVE,
    }
    return _page(wanted, Form.of(filled))


@blueprint.get("/bao-cao-loi-van/tep.docx")
def file() -> Response:
    """The narrative report."""
    wanted = _wanted()
    found = narrative(actor(), wanted.asked, today())
    return _document(narrative_file(found, wanted.scope, actor=actor()), "bao-cao-kntc", wanted)


@blueprint.get("/bao-cao-loi-van/so-noi-vu.docx")
def home_affairs() -> Response:
    """The report to the Department of Home Affairs."""
    wanted = _wanted()
    found = follow(actor(), wanted.asked, today())
    return _document(follow_file(found, wanted.scope, actor=actor()), "bao-cao-so-noi-vu", wanted)


def _wanted() -> Wanted:
    """What the address asks for. Raises ``Invalid`` at its parts, ``Forbidden`` for other roles."""
    me = actor()
    reached = reach(me)
    period = request.args.get("ky") or _present()[0]
    if period not in TOLD:
        raise Invalid.at("ky", "Không có kỳ báo cáo này.")
    typed = request.args.get("nam", "")
    year = whole(typed) if typed else _present()[1]
    if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid.at("nam", f"Năm từ {FIRST_YEAR} đến {LAST_YEAR}.")
    unit = None
    if code := request.args.get("don_vi", ""):
        try:
            unit = unit_named(code)
        except NotFound as error:
            raise Invalid.at("don_vi", error.message) from error
        if reached is not None and unit.id not in reached:
            raise Invalid.at("don_vi", "Không có đơn vị này.")
    among = reached if unit is None else frozenset({unit.id})
    asked = Asked(period, year, among)
    signed = signed_for(me, asked, unit.id if unit else None, me.agency_id)
    if request.args.get("nguon") == LIVE:
        return Wanted(asked, unit, signed is not None)
    return Wanted(Asked(period, year, among, signed), unit, signed is not None)


def _present() -> tuple[str, int]:
    """The narrative period the present quarter ends."""
    quarter, year = quarter_of(today())
    return dict(zip(("quy-1", "quy-2", "quy-3", "quy-4"), TOLD, strict=True))[quarter], year


def _page(wanted: Wanted | None, form: Form) -> str:
    shown: dict[str, Any] = {}
    if wanted is not None:
        found = narrative(actor(), wanted.asked, today())
        query: dict[str, Any] = {
            "ky": wanted.asked.period,
            "nam": wanted.asked.year,
            "don_vi": wanted.unit.code if wanted.unit else None,
            "nguon": LIVE if wanted.signable and not wanted.asked.signed else None,
        }
        shown = {
            "sources": words.sources(found),
            "situation": words.situation(found),
            "sections": [
                (text, [(words.row(each), _href(each.source, wanted)) for each in found.sections[key]])
                for key, text in SECTIONS.items()
            ],
            "file_href": url_for("narratives.file", **query),
            "home_href": url_for("narratives.home_affairs", **query),
        }  # fmt: skip
    days = Asked(*_present(), None).window if wanted is None else wanted.asked.window
    return render_template(
        "narrative.html",
        form=form,
        wanted=wanted,
        agency=next(hat.agency for hat in signed_in().hats if hat.hat_id == actor().hat_id),
        periods=[Option(each, PERIODS[each].text) for each in TOLD],
        units=[Option(each.code, each.name) for each in units(days, reach(actor()))],
        origins=[Option("", "Bản thống kê đã ký"), Option(LIVE, "Số liệu hiện có")],
        **shown,
    )


def _href(source: str, wanted: Wanted) -> str:
    """The table a figure stands in."""
    first, last = (each.isoformat() for each in wanted.asked.window)
    return url_for(
        "statistics.table", bieu=source.partition(".")[0], tu=first, den=last,
        don_vi=wanted.unit.code if wanted.unit else None,
    )  # fmt: skip


def _document(content: bytes, name: str, wanted: Wanted) -> Response:
    file_name = f"{name}-{wanted.asked.period}-{wanted.asked.year}.docx"
    return handed_out(Stored(content, DOCX, file_name))
