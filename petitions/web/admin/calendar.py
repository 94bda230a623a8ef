"""The working calendar: years and their special days; a change shows first what it would move."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from petitions.errors import Invalid, NotFound
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.services import timekeeping
from petitions.text import vn_date
from petitions.web import options
from petitions.web.admin.door import blueprint
from petitions.web.admin.shapes import YEAR, year_of
from petitions.web.forms import Form, posted_key
from petitions.web.questions import Answered, digest, previewed
from petitions.web.session import actor, moment, today
from workflows.working_days import CalendarYear, DayType, YearStatus

WARN_DAYS = 60
"""Days before the official calendar runs out from which the page says so."""


@blueprint.get("/lich")
def years() -> str:
    """Every year of the calendar, the newest first."""
    known = sorted(timekeeping.calendar_years(), key=lambda each: -each.year)
    end = timekeeping.calendar_end()
    left = (today().replace(year=end, month=12, day=31) - today()).days if end else 0
    return render_template(
        "admin_years.html",
        years=known,
        end=end,
        warn=left < WARN_DAYS,
        next_year=max((each.year for each in known), default=today().year - 1) + 1,
    )


@blueprint.route("/lich/<int:year>", methods=["GET", "POST"])
def year(year: int) -> Answered:
    """One year: its days, and changing them."""
    if not 2000 <= year <= 2199:
        raise NotFound("Không có năm này.")
    if request.method == "GET":
        return _page(year, _filled(year))
    inputs = _with_days(request.form)
    form = Form.of(shaped(YEAR, inputs), once=posted_key())
    kept = {name: request.form[name] for name in ("_seen",) if name in request.form}
    form = form.changed(kept)
    if "_more" in request.form:
        return _page(year, form, more=True)
    try:
        given = load(YEAR, shaped(YEAR, inputs))
        wanted = year_of(year, given)
        if previewed(form):
            done = timekeeping.change_calendar(
                [wanted], reason=given["reason"], actor=actor(), now=moment()
            )
            flash(f"Đã lưu lịch. {done.cases_moved} hồ sơ được tính lại thời hạn.", "done")
            return redirect(url_for("admin.years"))
        moves = timekeeping.preview_calendar([wanted])
    except Invalid as error:
        return _page(year, form.refused(error.fields)), 422
    return _page(year, form, seen=digest(form), moves=moves)


def _with_days(inputs: MultiDict[str, str]) -> MultiDict[str, str]:
    """The inputs without the rows whose day was emptied: that is how a day is taken out."""
    emptied = {
        name.removesuffix("day")
        for name, text in inputs.items()
        if name.startswith("days.") and name.endswith(".day") and not text.strip()
    }
    return MultiDict(
        (name, text) for name, text in inputs.items(multi=True)
        if not name.startswith(tuple(emptied) or "\0")
    )  # fmt: skip


def _filled(year: int) -> Form:
    known: dict[int, CalendarYear] = {each.year: each for each in timekeeping.calendar_years()}
    found = known.get(year, CalendarYear(year, YearStatus.DRAFT, ""))
    return Form.of(
        {
            "status": found.status.value,
            "source": found.source,
            "days": [
                {"day": vn_date(each.day), "type": each.type.value, "note": each.note}
                for each in found.days
            ],
        }
    )


def _page(year: int, form: Form, *, more: bool = False, **shown: object) -> str:
    return render_template(
        "admin_year.html",
        year=year,
        form=form,
        rows=form.rows("days", 1) + more,
        statuses=options.words(YearStatus),
        types=options.words(DayType),
        **shown,
    )
