"""Report campaigns: asking units for their tables, who sent and who is late, the consolidated sum."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from petitions.documents.official_tables import Signing
from petitions.errors import Forbidden, Invalid, NotAllowedNow, NotFound, Stale
from petitions.queries import report_campaigns as known
from petitions.queries.cases import by_ids
from petitions.queries.consolidation import Consolidation, against_today, consolidation
from petitions.queries.report_readers import SHEET_READERS, may_ask, may_prepare, may_sign
from petitions.queries.report_shapes import Campaign
from petitions.queries.reporting import duties
from petitions.queries.statistics.columns_behind import behind_of
from petitions.queries.statistics.figures import Report, Window, units
from petitions.queries.statistics.headings import depth, heading
from petitions.queries.statistics.periods import PERIODS, quarter_of, window
from petitions.queries.statistics.spec import Column, versions
from petitions.queries.statistics.telling import meaning, notes
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.schemas.report_campaigns import CAMPAIGN, DUE
from petitions.services import report_campaigns as service
from petitions.services import sheet_signing
from petitions.text import vn_date
from petitions.web.case_rows import in_words
from petitions.web.days import due_words
from petitions.web.downloads import official_file
from petitions.web.forms import Form, Option, posted_key, posted_version, whole
from petitions.web.session import actor, moment, require, today
from workflows.report_campaigns import SENT

blueprint = Blueprint("report_campaigns", __name__)

LISTED = 200
"""Cases of one page behind a figure."""
_AT_ONCE = 1000
MOVED = "Vừa có người cập nhật; hãy xem lại rồi bấm tiếp."


@blueprint.get("/ky-bao-cao")
def index() -> str:
    """The campaigns in reach, and what the own body has to send."""
    require(*SHEET_READERS)
    me, tell = actor(), due_words(today())
    return render_template(
        "report_campaigns.html",
        campaigns=[(each, tell(each.due)) for each in known.campaigns(me, today())],
        own=[(each, tell(each.due)) for each in known.own_sheets(me, today())],
        sent=SENT,
        asks=may_ask(me),
        prepares=may_prepare(me, me.agency_id),
    )


@blueprint.route("/ky-bao-cao/moi", methods=["GET", "POST"])
def new() -> Response | str | tuple[str, int]:
    """Ask units for tables."""
    require(*SHEET_READERS)
    if not may_ask(actor()):
        raise Forbidden(service.NOT_YOURS)
    form, status = _suggested(), 200
    if request.method == "POST":
        form = Form.posted()
        try:
            given = load(CAMPAIGN, shaped(CAMPAIGN, request.form))
            uid = service.ask(given, actor=actor(), now=moment(), key=posted_key())
        except Invalid as error:
            form, status = form.refused(at_lists(error)), 422
        else:
            flash(
                "Đã giao đợt báo cáo; từng đơn vị thấy bảng phải gửi và được nhắc trước hạn.",
                "done",
            )
            return redirect(url_for("report_campaigns.show", uid=uid))
    page = render_template(
        "report_campaign_new.html",
        form=form,
        specs=specs(),
        tables=tables_of_all(),
        units=[Option(each.code, each.name) for each in units(window(*quarter_of(today())), None)],
        duties=[Option(each.uid, each.name) for each in duties(today())],
        periods=recent_periods("report_campaigns.new"),
    )
    return page if status == 200 else (page, status)


@blueprint.get("/ky-bao-cao/dot/<uid>")
def show(uid: str) -> str:
    """A campaign: its units, and the sum of what they sent, table by table."""
    require(*SHEET_READERS)
    return _page(known.campaign(actor(), uid, today()), Form())


@blueprint.post("/ky-bao-cao/dot/<uid>/ky")
def sign(uid: str) -> Response | tuple[str, int]:
    """Sign the sum that is on the page."""
    require(*SHEET_READERS)
    form = Form.posted()

    def work() -> None:
        sheet_signing.sign_consolidated(
            uid, form.value("seen"), reason=form.value("reason"),
            actor=actor(), now=moment(), key=posted_key(),
        )  # fmt: skip

    return _answered(uid, work, "Đã ký bảng tổng hợp; số liệu này không đổi nữa.", form)


@blueprint.post("/ky-bao-cao/dot/<uid>/han")
def move(uid: str) -> Response | tuple[str, int]:
    """Give another last day."""
    require(*SHEET_READERS)
    form = Form.posted()

    def work() -> None:
        given = load(DUE, {"due": form.value("due")})
        service.move_due(
            uid, given["due"], version=posted_version(),
            actor=actor(), now=moment(), key=posted_key(),
        )  # fmt: skip

    return _answered(uid, work, "Đã đổi hạn gửi.", form)


@blueprint.post("/ky-bao-cao/dot/<uid>/rut")
def withdraw(uid: str) -> Response | tuple[str, int]:
    """Take the campaign back."""
    require(*SHEET_READERS)
    form = Form.posted()

    def work() -> None:
        service.withdraw(
            uid, form.value("reason"), version=posted_version(),
            actor=actor(), now=moment(), key=posted_key(),
        )  # fmt: skip

    return _answered(uid, work, "Đã rút đợt báo cáo.", form)


@blueprint.get("/ky-bao-cao/dot/<uid>.xlsx")
def file(uid: str) -> Response:
    """The sum of now in the official shape; what was signed is a file of its own sheet."""
    require(*SHEET_READERS)
    found = known.campaign(actor(), uid, today())
    if found.consolidated is None:
        raise Forbidden(service.NOT_YOURS)
    summed = consolidation(found, today())
    remarks = ["Bản tổng hợp chưa ký."]
    if summed.missing:
        remarks.append(f"Chưa có số liệu của: {', '.join(summed.missing)}.")
    name = f"tong-hop-{found.window.first.isoformat()}-{found.window.last.isoformat()}"
    return official_file(
        list(summed.reports.values()), Signing(found.agency, today(), remarks=tuple(remarks)), name
    )


@blueprint.get("/ky-bao-cao/dot/<uid>/ho-so")
def behind(uid: str) -> str:
    """The cases behind a sum that was not signed yet, as far as the reader may open them."""
    require(*SHEET_READERS)
    found = known.campaign(actor(), uid, today())
    name, number = request.args.get("bieu", ""), whole(request.args.get("cot", "")) or 0
    if found.consolidated is None or name not in found.tables:
        raise NotFound(known.NO_CAMPAIGN)
    summed = consolidation(found, today())
    report = summed.reports[name]
    column = report.table.column(number)
    if column is None:
        raise NotFound(known.NO_CAMPAIGN)
    return cases_page(
        behind_of(report.table, number, summed.tables[name].behind),
        whose=f"Các đơn vị đã gửi ({found.name})", window=found.window, report=report,
        column=column,
        back=url_for("report_campaigns.show", uid=uid, bieu=name),
    )  # fmt: skip


def cases_page(
    ids: Sequence[int], *, whose: str, window: Window, report: Report, column: Column, back: str
) -> str:
    """The cases a figure counted, as far as the reader may open them."""
    opened = (
        line
        for start in range(0, len(ids), _AT_ONCE)
        for line in by_ids(actor(), ids[start : start + _AT_ONCE])
    )
    rows = list(islice(opened, LISTED + 1))
    return render_template(
        "report_sheet_cases.html",
        whose=whose,
        window=window,
        report=report,
        column=column,
        meaning=meaning(report.table, column),
        number=report.total[column.number],
        more=len(rows) > LISTED,
        rows=in_words(rows[:LISTED], today()),
        back=back,
    )


def at_lists(error: Invalid) -> dict[str, list[str]]:
    """Faults of single lines of a list stand at the list: a box has no field of its own."""
    faults: dict[str, list[str]] = {}
    for name, messages in error.fields.items():
        faults.setdefault(name if name.startswith("columns") else name.split(".")[0], []).extend(
            messages
        )
    return faults


def specs() -> list[Option]:
    """The circulars, the newest first."""
    return [Option(each.id, each.name) for each in reversed(list(versions().values()))]


def tables_of_all() -> list[Option]:
    """Every table of any circular, by its number."""
    found = {name: each for version in versions().values() for name, each in version.tables.items()}
    return [Option(name, f"{name} – {each.title}") for name, each in found.items()]


def recent_periods(endpoint: str, **more: Any) -> list[tuple[str, str]]:
    """Links that fill the days of the reporting year's periods that have ended, the last first."""
    year = quarter_of(today())[1]
    links = []
    for each in (year, year - 1):
        for name, period in reversed(list(PERIODS.items())):
            days = window(name, each)
            if days.last <= today():
                first, last = (vn_date(day) for day in days)
                links.append(
                    (f"{period.text} {each}", url_for(endpoint, first=first, last=last, **more))
                )
    return links[:6]


def _called(first: str, last: str) -> str:
    """What the tables of these days are called: their reporting period, or else the days."""
    year = today().year
    for each in (year + 1, year, year - 1):
        for name, period in PERIODS.items():
            days = window(name, each)
            if (vn_date(days.first), vn_date(days.last)) == (first, last):
                words = f"{period.text[:1].lower()}{period.text[1:]}"
                return f"{words} {each}" if words.endswith("năm") else f"{words} năm {each}"
    return f"{first} – {last}"


def _suggested() -> Form:
    """The last quarter that ended, every table of the circular in force, every unit."""
    spec = list(versions().values())[-1]
    days = window(*quarter_of(window(*quarter_of(today())).first.replace(day=14)))
    first = request.args.get("first", vn_date(days.first))
    last = request.args.get("last", vn_date(days.last))
    return Form.of(
        {
            "name": f"Số liệu thống kê {_called(first, last)}",
            "spec": spec.id,
            "tables": list(spec.tables),
            "first": first,
            "last": last,
            "units": [each.code for each in units(window(*quarter_of(today())), None)],
        }
    )


def _answered(
    uid: str, work: Callable[[], None], said: str, form: Form
) -> Response | tuple[str, int]:
    try:
        work()
    except Invalid as error:
        return _page(known.campaign(actor(), uid, today()), form.refused(error.fields)), 422
    except Stale:
        flash(MOVED, "warn")
    except NotAllowedNow as error:
        flash(error.message, "warn")
    else:
        flash(said, "done")
    return redirect(url_for("report_campaigns.show", uid=uid, bieu=request.args.get("bieu")))


def _page(found: Campaign, form: Form) -> str:
    me, tell = actor(), due_words(today())
    name = request.args.get("bieu", "")
    name = name if name in found.tables else found.tables[0]
    runs = found.consolidated is not None and may_ask(me) and me.agency_id == found.agency_id
    signed = known.sheet(me, found.consolidated) if found.consolidated else None
    edition = whole(request.args.get("ban", ""))
    frozen = (
        known.signed_tables(me, found.consolidated, edition)
        if found.consolidated and edition
        else None
    )
    summed = consolidation(found, today()) if found.consolidated and not frozen else None
    report = frozen.tables.get(name) if frozen else _sent(summed, name)
    return render_template(
        "report_campaign.html",
        campaign=found,
        form=form if form.faults else form.changed({"due": vn_date(found.due)}),
        due=tell(found.due),
        name=name,
        spec=versions()[found.spec],
        report=report,
        heading=heading(report.table.columns) if report else (),
        depth=depth(report.table.columns) if report else 0,
        notes=notes(report) if report else [],
        summed=summed,
        frozen=frozen,
        editions=signed.editions if signed else (),
        differing=against_today(found, summed, name, me) if summed and report else (),
        sources=frozen.sources if frozen else _sources(summed),
        waiting=[each for each in found.sheets if each.standing not in SENT],
        came=[each for each in found.sheets if each.standing in SENT],
        signs=runs and may_sign(me, found.agency_id) and found.withdrawn_at is None,
        runs=runs and found.withdrawn_at is None,
        ended=found.window.last <= today(),
    )


def _sources(summed: Consolidation | None) -> dict[int, tuple[str, int]]:
    tables = summed.tables.values() if summed else ()
    return known.sources_of(line for table in tables for line in table.lines)


def _sent(summed: Consolidation | None, name: str) -> Report | None:
    return summed.reports[name] if summed and summed.tables[name].lines else None
