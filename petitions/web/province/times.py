"""What happens over time: a year of weeks with the band of what is usual, and how the backlog ages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import render_template, request, url_for

from petitions.queries import hotspots
from petitions.queries.hotspots import SeriesKey, SeriesLine
from petitions.queries.province import backlog as work
from petitions.queries.province.backlog import SOON, Ageing
from petitions.queries.province.places import communes
from petitions.web import charts
from petitions.web.charts import Body, Lines
from petitions.web.forms import Form, Option
from petitions.web.kept import offered
from petitions.web.province.door import (
    blueprint,
    cases_href,
    field_asked,
    field_groups,
    frame,
    late_href,
    reader,
)
from petitions.web.session import today
from petitions.web.shares import Piece, pieces
from workflows import ageing
from workflows.ageing import BANDS, CONTROL, LATE_BANDS, WARNING
from workflows.vocabulary import Actor

WEEKS = 52
BAR = 360
"""Width of the longest bar."""
WIDE, TALL = 1000, 260
SMALL, LOW = 480, 170
FUNNEL_HEIGHT, CURVE_HEIGHT = 420, 240
TOLD_DAYS = (7, 15, 30, 45, 60, 90, 180)
GRADES = {
    2: ("▲▲", "cao hơn hẳn mức chung"),
    1: ("▲", "cao hơn mức chung"),
    0: ("", "trong khoảng ngẫu nhiên"),
    -1: ("▽", "thấp hơn mức chung"),
    -2: ("▽▽", "thấp hơn hẳn mức chung"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line over the weeks with its picture."""

    title: str
    line: SeriesLine
    picture: Lines


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """An agency in the table of backlogs, with the lists behind its figures."""

    work: Ageing
    bar: tuple[Piece, ...]
    open_href: str
    late_href: str
    soon_hrefs: tuple[str, ...]
    limits: tuple[float, float] | None


@blueprint.get("/toan-canh/52-tuan")
def weeks() -> str:
    """A year of weeks: what came, what is usual, and the weeks with an alarm."""
    me, on = reader(), today()
    places = communes(on, drawn=False)
    place = next((each for each in places if each.code == request.args.get("dia-ban", "")), None)
    code = place.code if place else None
    groups = [each for each in offered(on).fields if each.level == 2]
    roots = {each.parent_id for each in groups}
    groups += [each for each in offered(on).fields if each.level == 1 and each.id not in roots]
    wanted = [SeriesKey(code, None), *(SeriesKey(code, each.code) for each in groups)]
    first, *rest = hotspots.series(me, on, wanted, WEEKS)
    titles = [each.name for each in groups]
    lines = [Line("Mọi lĩnh vực", first, charts.lines(first.points, WIDE, TALL))]
    lines += [
        Line(title, each, charts.lines(each.points, SMALL, LOW))
        for title, each in zip(titles, rest, strict=True)
        if any(point.count for point in each.points)
    ]
    return render_template(
        "province_weeks.html",
        **frame(),
        form=Form.of({"dia-ban": code or ""}),
        place=place,
        places=[Option(each.code, each.name) for each in places],
        lines=lines if any(point.count for point in first.points) else [],
        newest_first=range(WEEKS - 1, -1, -1),
    )


@blueprint.get("/toan-canh/ton-dong")
def backlog() -> str:
    """How the backlog of each agency ages, and which body is out of line."""
    me, on = reader(), today()
    field_id, field = field_asked()
    found = work.backlog(me, on, field_id)
    rows = _rows(me, found, on, field_id)
    standing = [row for row in rows if row.work.open]
    whole = found.all
    share = whole.share_late
    bodies = [
        Body(row.work.name, row.work.open, row.work.late,
             row.work.placed.grade if row.work.placed else 0, row.late_href)
        for row in standing
    ]  # fmt: skip
    return render_template(
        "province_backlog.html",
        **frame(),
        form=Form.of({"linh-vuc": field_id or ""}),
        fields=field_groups(),
        field=field,
        rows=rows,
        standing=standing,
        together=whole,
        bands=_spans(BANDS, 0),
        soon=SOON,
        late_bands=_spans(LATE_BANDS, 1),
        bar=BAR,
        funnel=charts.funnel(bodies, share, WIDE, FUNNEL_HEIGHT)
        if share and len(bodies) > 1
        else None,
        share=share,
        curve=charts.curve(whole.curve, whole.median, WIDE, CURVE_HEIGHT) if whole.curve else None,
        told=[(day, charts.share_after(whole.curve, day)) for day in TOLD_DAYS],
        grades=GRADES,
        chances=(WARNING, CONTROL),
        plain_href=url_for("province.backlog"),
        rising=[row for row in rows if row.work.rising.alarm],
    )


def _rows(me: Actor, found: work.Backlog, on: date, field_id: int | None) -> list[AgencyRow]:
    most = max((each.open for each in found.lines), default=0)
    share = found.all.share_late
    spans = [f"{span} ngày" for span in _spans(BANDS, 0)]
    hatches = [str(number) for number, _ in enumerate(spans, 1)]
    rows = []
    for each in found.lines:
        narrowed = {"agency_id": each.id, "settled": False, "field_id": field_id}
        rows.append(
            AgencyRow(
                work=each,
                bar=pieces([*zip(hatches, spans, each.bands, strict=True)], most, BAR),
                open_href=cases_href(me, **narrowed),
                late_href=late_href(me, **narrowed),
                soon_hrefs=tuple(
                    cases_href(me, **narrowed, due_from=on, due_to=on + timedelta(days=days - 1))
                    for days in SOON
                ),
                limits=ageing.limits(each.open, share, CONTROL) if share and each.open else None,
            )
        )  # fmt: skip
    return rows


def _spans(ends: Sequence[int], first: int) -> list[str]:
    """Bands of days in words."""
    starts = [first, *(end + 1 for end in ends)]
    inner = [f"{start}–{end}" for start, end in zip(starts, ends, strict=False)]
    return [*inner, f"trên {ends[-1]}"]
