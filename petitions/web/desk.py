"""Where the day begins: queues by due date as stations of work, and search."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask import session as cookie
from werkzeug.wrappers import Response

from petitions.errors import Invalid
from petitions.labels import label
from petitions.queries.cases import Filters, Line, Page, queue
from petitions.queries.search import search as find
from petitions.schemas.filters import load_filters, to_query
from petitions.web import options
from petitions.web.days import PAUSED, Due, due_words
from petitions.web.forms import Form, Group, Option
from petitions.web.pages import CASE_WORK
from petitions.web.session import KEYS_OFF, actor, require, today
from workflows.records import Source
from workflows.vocabulary import Coarse, Kind, Role, State, Step
from workflows.watch import FlagKind

blueprint = Blueprint("desk", __name__)

SHORTEST_SEARCH, LONGEST_SEARCH = 2, 200
"""Characters of a search."""
FOUND_MOST = 50
LATE = frozenset({FlagKind.OVERDUE, FlagKind.CLIFF_45})


@dataclass(frozen=True, slots=True)
class Station:
    """A saved view: a step of the work with the words officers use for it."""

    text: str
    filters: Filters


@dataclass(frozen=True, slots=True)
class StationShown:
    """A station as a link."""

    text: str
    href: str
    here: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list in words."""

    line: Line
    kind: str
    state: str
    due: Due
    step: str
    flags: tuple[tuple[str, bool], ...]


STATIONS = (
    Station("Tất cả đang mở", Filters()),
    Station("Cần phân loại", Filters(state=State.RECEIVED)),
    Station("Cần thụ lý", Filters(state=State.CLASSIFIED)),
    Station("Đang giải quyết", Filters(coarse=Coarse.ASSIGNED)),
    Station("Đối thoại", Filters(coarse=Coarse.DIALOGUE)),
    Station("Đã giải quyết, còn theo dõi", Filters(coarse=Coarse.RESOLVED)),
    Station("Chuyển cấp trên, Tòa án", Filters(coarse=Coarse.ESCALATED)),
    Station("Đã kết thúc", Filters(open=False)),
)


@blueprint.get("/")
def start() -> Response:
    """Where this hat's day begins."""
    endpoint = {Role.ADMIN: "admin.people", Role.OFFICER: "desk.mine"}.get(
        actor().role, "desk.agency"
    )
    return redirect(url_for(endpoint))


@blueprint.get("/viec")
def mine() -> str | tuple[str, int]:
    """Cases the person is charged with, the nearest date first."""
    return _list("Việc của tôi", "desk.mine", mine=True)


@blueprint.get("/ho-so")
def agency() -> str | tuple[str, int]:
    """Every case this hat reaches, the nearest date first."""
    require(*CASE_WORK)
    return _list("Hồ sơ", "desk.agency", mine=False)


@blueprint.route("/tim", methods=["GET", "POST"])
def search() -> str | tuple[str, int]:
    """Find cases by code or words. The words travel in the body: addresses end up in logs."""
    require(*CASE_WORK)
    form = Form.posted()
    words = form.value("words").strip()
    if request.method == "GET":
        return render_template("search.html", form=form, rows=None, words="")
    if not SHORTEST_SEARCH <= len(words) <= LONGEST_SEARCH:
        fault = f"Gõ từ {SHORTEST_SEARCH} đến {LONGEST_SEARCH} ký tự: mã hồ sơ, tên người gửi hoặc vài chữ của nội dung."
        page = render_template(
            "search.html", form=form.refused({"words": [fault]}), rows=None, words=""
        )
        return page, 422
    lines = find(actor(), words, limit=FOUND_MOST)
    return render_template(
        "search.html", form=form, rows=in_words(lines, today()), words=words, most=FOUND_MOST
    )


@blueprint.route("/phim-tat", methods=["GET", "POST"])
def keys() -> Response | str:
    """The keys of the pages, and turning them off for this session."""
    if request.method == "POST":
        if request.form.get("keys") == "off":
            cookie[KEYS_OFF] = True
        else:
            cookie.pop(KEYS_OFF, None)
        return redirect(url_for("desk.keys"))
    return render_template("keys.html")


def in_words(lines: tuple[Line, ...], on: date) -> list[Row]:
    """Lines as people read them on a day."""
    tell = due_words(on)
    return [
        Row(
            line=line,
            kind=label(line.kind) + (" lần hai" if line.instance == 2 else ""),
            state=label(line.state),
            due=PAUSED if line.paused and line.due is None else tell(line.due),
            step=label(Step(line.step)) if line.step and line.due else "",
            flags=tuple(
                (label(flag), flag in LATE) for flag in line.flags if flag not in SAID_BY_DUE
            ),
        )
        for line in lines
    ]


SAID_BY_DUE = frozenset({FlagKind.NEAR_DUE, FlagKind.OVERDUE})
"""Flags the due date beside them says already."""


def _list(title: str, endpoint: str, *, mine: bool) -> str | tuple[str, int]:
    me, on = actor(), today()
    form = Form({name: request.args.getlist(name) for name in request.args})
    status = 200
    try:
        filters = load_filters(request.args, {"after"})
    except Invalid as error:
        form, filters, status = form.refused(error.fields), Filters(), 422
    filters = replace(filters, mine=mine)
    page = Page((), None) if status == 422 else queue(me, filters, after=request.args.get("after"))
    return (
        render_template(
            "queue.html",
            title=title,
            endpoint=endpoint,
            form=form,
            rows=in_words(page.lines, on),
            next_href=_href(endpoint, filters, after=page.after) if page.after else None,
            paged="after" in request.args,
            narrowed=bool(to_query(replace(filters, mine=False))),
            stations=_stations(endpoint, filters, on),
            mine=mine,
            choices=_choices(on),
        ),
        status,
    )


def _stations(endpoint: str, filters: Filters, on: date) -> list[StationShown]:
    late = Station("Quá hạn", Filters(due_to=on - timedelta(days=1)))
    week = Station("Hạn trong 7 ngày", Filters(due_from=on, due_to=on + timedelta(days=7)))
    return [
        StationShown(
            each.text, _href(endpoint, each.filters), each.filters == replace(filters, mine=False)
        )
        for each in (STATIONS[0], late, week, *STATIONS[1:])
    ]


def _href(endpoint: str, filters: Filters, after: str | None = None) -> str:
    query: dict[str, Any] = dict(to_query(replace(filters, mine=False)))
    if after is not None:
        query["after"] = after
    return url_for(endpoint, **query)


def _choices(on: date) -> dict[str, list[Option] | list[Group]]:
    me = actor()
    within = None if me.province_wide else me.agency_ids
    return {
        "kind": options.words(Kind),
        "coarse": options.words(Coarse),
        "state": options.words(State),
        "source": options.words(Source),
        "flag": options.words(FlagKind),
        "open": [
            Option("true", "Đang mở"),
            Option("false", "Đã kết thúc"),
            Option("all", "Tất cả"),
        ],
        "field_id": options.fields(on, by_id=True),
        "agency_id": options.agencies(on, by_id=True, within=within),
    }
