"""Today's desk and the month's schedule: planned, posted in time, held, missed; printed to hang up."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from petitions.errors import Invalid, Stale
from petitions.queries import reception as known
from petitions.queries.reception_reach import READERS
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.schemas.reception import POSTING
from petitions.services import reception_sessions as service
from petitions.web import options
from petitions.web.days import WEEKDAYS
from petitions.web.forms import Form, posted_key, version_of
from petitions.web.pages import day
from petitions.web.reception.door import (
    ONE_DAY,
    Answer,
    asked_month,
    blueprint,
    is_working,
    tabs,
    told,
)
from petitions.web.session import actor, moment, require, today
from workflows.reception import SessionKind, SessionStatus, month_of
from workflows.transition import INTAKE

# --- today and the month ---------------------------------------------------------------------


@blueprint.get("/tiep-cong-dan")
def index() -> str:
    """Today's sessions of the own agency, the next number, and what was left open."""
    require(*READERS)
    lines = known.todays_sessions(actor(), today())
    return render_template(
        "reception_today.html",
        tabs=tabs("reception.index"),
        lines=[each for each in lines if each.day == today()],
        left=[each for each in lines if each.day < today()],
        regular=any(each.kind is SessionKind.REGULAR and each.day == today() for each in lines),
        working=is_working(today()),
        may_keep=actor().role in INTAKE,
        form=Form(),
    )


@blueprint.get("/tiep-cong-dan/lich")
def month() -> Answer:
    """The schedule of a month: what is planned, posted in time, held, missed."""
    require(*READERS)
    shown, agency_id = asked_month(), _asked_agency()
    found = known.schedule(actor(), agency_id, shown, today())
    return _month_page(shown, agency_id, found, Form.of({"on": day(today())}))


@blueprint.get("/tiep-cong-dan/lich/in")
def print_month() -> str:
    """The schedule as it is hung up: the leaders' days of the month."""
    require(*READERS)
    found = known.schedule(actor(), _asked_agency(), asked_month(), today())
    lines = [
        each
        for each in found.lines
        if each.kind is not SessionKind.REGULAR and each.status is not SessionStatus.CANCELLED
    ]
    return render_template(
        "reception_print.html", found=found, lines=lines, weekdays=WEEKDAYS, month=found.month
    )


@blueprint.post("/tiep-cong-dan/lich/niem-yet")
def post_schedule() -> Answer:
    """The chosen days of the month were posted."""
    require(*INTAKE)
    form = Form.posted()
    shown, stale, status = asked_month(), False, 302
    versions = {}
    for each in form.many("sessions"):
        uid, _, version = each.partition(":")
        versions[uid] = version_of(version)
    try:
        given = load(POSTING, shaped(POSTING, request.form))
        service.post_schedule(
            versions,
            on=given["on"],
            where=given["where"],
            actor=actor(),
            now=moment(),
            key=posted_key(),
        )
    except Invalid as error:
        form, status = form.refused(error.fields), 422
    except Stale:
        stale, status = True, 409
    if status == 302:
        flash("Đã ghi ngày niêm yết.", "done")
        return redirect(url_for("reception.month", thang=f"{shown:%m/%Y}"))
    found = known.schedule(actor(), actor().agency_id, shown, today())
    return _month_page(shown, actor().agency_id, found, form, stale=stale), status


def _month_page(shown: date, agency_id: int, found: Any, form: Form, *, stale: bool = False) -> str:
    first, last = month_of(shown)
    own = agency_id == actor().agency_id
    offices = () if actor().province_wide else actor().agency_ids
    return render_template(
        "reception_month.html",
        tabs=tabs("reception.month"),
        found=found,
        rows=[(each, told(each)) for each in found.lines],
        month=first,
        before=f"{first - ONE_DAY:%m/%Y}",
        after=f"{last + ONE_DAY:%m/%Y}",
        agency_id=agency_id,
        agencies=options.agencies(today(), by_id=True, within=frozenset(offices) or None),
        own=own,
        may_keep=own and actor().role in INTAKE,
        postable=[
            each
            for each in found.lines
            if each.posting is not None
            and each.posting.done_on is None
            and each.status is SessionStatus.PLANNED
            and each.day >= today()
        ],
        form=form,
        stale=stale,
    )


def _asked_agency() -> int:
    return request.args.get("co_quan", actor().agency_id, type=int)
