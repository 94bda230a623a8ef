"""Sheets of statistical tables: counting, completing by hand, confirming, signing, correcting."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from config.clock import local_day
from petitions.documents.official_tables import Signing
from petitions.errors import Forbidden, Invalid, NotAllowedNow, NotFound, Stale
from petitions.queries import report_campaigns as known
from petitions.queries.consolidation import Difference, differences
from petitions.queries.report_readers import SHEET_READERS, may_prepare, may_sign
from petitions.queries.report_shapes import Edition, Sheet
from petitions.queries.statistics.figures import READERS, Report, figures
from petitions.queries.statistics.openings import with_openings
from petitions.queries.statistics.spec import Universe, versions
from petitions.queries.statistics.telling import meaning, notes
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.schemas.report_campaigns import SHEET, by_column
from petitions.services import sheet_signing, snapshots
from petitions.web.days import due_words
from petitions.web.downloads import official_file
from petitions.web.forms import Form, posted_key, posted_version, whole
from petitions.web.pages import instant
from petitions.web.report_campaigns import (
    MOVED,
    at_lists,
    cases_page,
    recent_periods,
    specs,
    tables_of_all,
)
from petitions.web.session import actor, moment, require, today
from workflows.report_campaigns import SheetState

blueprint = Blueprint("report_sheets", __name__)


@blueprint.route("/ky-bao-cao/lap", methods=["GET", "POST"])
def new() -> Response | str | tuple[str, int]:
    """Begin a sheet of the own body outside any campaign."""
    require(*SHEET_READERS)
    me = actor()
    if not may_prepare(me, me.agency_id):
        raise Forbidden(snapshots.NOT_YOURS)
    asked = {name: request.args.getlist(name) for name in ("spec", "tables", "first", "last")}
    form, status = Form(asked), 200
    if request.method == "POST":
        form = Form.posted()
        try:
            given = load(SHEET, shaped(SHEET, request.form))
            uid = snapshots.open_own(given, actor=me, now=moment(), key=posted_key())
        except Invalid as error:
            form, status = form.refused(at_lists(error)), 422
        else:
            return redirect(url_for("report_sheets.show", uid=uid))
    page = render_template(
        "report_sheet_new.html",
        form=form,
        specs=specs(),
        tables=tables_of_all(),
        periods=recent_periods(
            "report_sheets.new",
            spec=form.value("spec"),
            tables=form.value("tables"),
        ),
    )
    return page if status == 200 else (page, status)


@blueprint.get("/ky-bao-cao/bang/<uid>")
def show(uid: str) -> str:
    """A sheet, table by table: as it is worked on, or as it was signed under one edition."""
    require(*SHEET_READERS)
    return _page(known.sheet(actor(), uid), Form())


@blueprint.post("/ky-bao-cao/bang/<uid>/tinh")
def count(uid: str) -> Response:
    """Count the figures anew."""
    require(*SHEET_READERS)

    def work() -> None:
        snapshots.count(
            uid, version=posted_version(), actor=actor(), now=moment(), key=posted_key()
        )

    return _told(uid, work, "Đã tính số liệu.")


@blueprint.post("/ky-bao-cao/bang/<uid>/ghi")
def write(uid: str) -> Response | tuple[str, int]:
    """Write the columns that are not recorded."""
    require(*SHEET_READERS)
    form = Form.posted()
    typed = {
        name.removeprefix("columns."): form.value(name)
        for name in form.values
        if name.startswith("columns.")
    }

    def work() -> None:
        snapshots.write_by_hand(
            uid, form.value("table"), by_column(typed), zeros=form.value("zeros") == "true",
            version=posted_version(), actor=actor(), now=moment(), key=posted_key(),
        )  # fmt: skip

    try:
        return _told(uid, work, "Đã ghi các cột nhập tay.", bieu=form.value("table"))
    except Invalid as error:
        return _page(known.sheet(actor(), uid), form.refused(error.fields)), 422


@blueprint.post("/ky-bao-cao/bang/<uid>/xac-nhan")
def confirm(uid: str) -> Response:
    """Say that the figures are right and put them before the head."""
    require(*SHEET_READERS)

    def work() -> None:
        snapshots.confirm(
            uid, version=posted_version(), actor=actor(), now=moment(), key=posted_key()
        )

    return _told(uid, work, "Đã xác nhận; bảng chờ người đứng đầu ký.")


@blueprint.post("/ky-bao-cao/bang/<uid>/ky")
def sign(uid: str) -> Response:
    """Sign the figures that are on the page."""
    require(*SHEET_READERS)

    def work() -> None:
        sheet_signing.sign(
            uid, version=posted_version(), actor=actor(), now=moment(), key=posted_key()
        )

    return _told(uid, work, "Đã ký; số liệu này không đổi nữa.")


@blueprint.post("/ky-bao-cao/bang/<uid>/dinh-chinh")
def correct(uid: str) -> Response | tuple[str, int]:
    """Open a signed sheet for a corrected edition."""
    require(*SHEET_READERS)
    form = Form.posted()

    def work() -> None:
        snapshots.start_correction(
            uid, form.value("reason"), version=posted_version(),
            actor=actor(), now=moment(), key=posted_key(),
        )  # fmt: skip

    try:
        return _told(uid, work, "Đã mở bản đính chính; bản đã ký còn hiệu lực đến khi ký bản mới.")
    except Invalid as error:
        return _page(known.sheet(actor(), uid), form.refused(error.fields)), 422


@blueprint.get("/ky-bao-cao/bang/<uid>/ho-so")
def behind(uid: str) -> str:
    """The cases one figure counted, as far as the reader may open them."""
    require(*SHEET_READERS)
    found = known.sheet(actor(), uid)
    name, number = request.args.get("bieu", ""), whole(request.args.get("cot", "")) or 0
    edition = _edition(found)
    report = _tables(found, edition).get(name)
    column = report.table.column(number) if report else None
    if report is None or column is None:
        raise NotFound(known.NO_SHEET)
    return cases_page(
        known.case_ids_behind(found, name, number, edition.number if edition else None),
        whose=found.unit.name, window=found.window, report=report, column=column,
        back=url_for(
            "report_sheets.show", uid=uid, bieu=name, ban=edition.number if edition else None
        ),
    )  # fmt: skip


@blueprint.get("/ky-bao-cao/bang/<uid>.xlsx")
def file(uid: str) -> Response:
    """Every table of the sheet in the official shape."""
    require(*SHEET_READERS)
    found = known.sheet(actor(), uid)
    edition = _edition(found)
    tables = _tables(found, edition)
    if not tables:
        raise NotFound(known.NOT_SIGNED)
    if edition is None:
        signing = Signing(found.unit.name, today(), remarks=("Bản dự thảo, chưa ký.",))
    else:
        remarks = [
            f"Bản ký lần {edition.number}, {instant(edition.signed_at)}; "
            f"mã kiểm tra {edition.digest[:16]}."
        ]
        if edition.reason:
            remarks.append(f"Lý do đính chính: {edition.reason}.")
        if edition.missing:
            remarks.append(f"Chưa có số liệu của: {', '.join(edition.missing)}.")
        signing = Signing(
            found.unit.name,
            local_day(edition.signed_at),
            signer=edition.signed_by,
            remarks=tuple(remarks),
        )
    first, last = (each.isoformat() for each in found.window)
    part = f"ban-{edition.number}" if edition else "du-thao"
    return official_file(list(tables.values()), signing, f"so-lieu-{first}-{last}-{part}")


def _told(uid: str, work: Callable[[], None], said: str, **where: str) -> Response:
    try:
        work()
    except Stale:
        flash(MOVED, "warn")
    except NotAllowedNow as error:
        flash(error.message, "warn")
    else:
        flash(said, "done")
    name = where.get("bieu") or request.form.get("table") or None
    return redirect(url_for("report_sheets.show", uid=uid, bieu=name))


def _edition(found: Sheet) -> Edition | None:
    """The edition the address asks for: the last one where the reader sees no draft."""
    wanted = whole(request.args.get("ban", ""))
    chosen = next((each for each in found.editions if each.number == wanted), None)
    draft = found.works and not found.consolidated and found.state is not SheetState.SIGNED
    if chosen is None and not draft and found.editions:
        return found.editions[0]
    return chosen


def _tables(found: Sheet, edition: Edition | None) -> Mapping[str, Report]:
    if edition is not None:
        return known.signed_tables(actor(), found.uid, edition.number).tables
    return known.draft_tables(found) if found.works else {}


def _page(found: Sheet, form: Form) -> str:
    me, edition = actor(), _edition(found)
    name = request.args.get("bieu") or form.value("table")
    name = name if name in found.tables else found.tables[0]
    tables = _tables(found, edition)
    report = tables.get(name)
    drafting = found.works and found.state is not SheetState.SIGNED and not found.withdrawn
    former = known.signed_tables(me, found.uid) if found.editions and edition is None else None
    moved: tuple[Difference, ...] = ()
    if report is not None and not found.consolidated:
        live = figures(found.table(name), found.window, among={found.unit.id}, reader=me)
        moved = differences(report, with_openings(live))
    return render_template(
        "report_sheet.html",
        sheet=found,
        edition=edition,
        form=form,
        name=name,
        report=report,
        spec=versions()[found.spec],
        due=due_words(today())(found.due) if found.due and not found.editions else None,
        notes=notes(report) if report else [],
        meaning=meaning,
        former=former.tables[name].total if former and name in former.tables else None,
        moved={each.column: each.now or 0 for each in moved},
        open_lists=report is not None and report.table.universe is not Universe.RECEPTION,
        reads_statistics=me.role in READERS,
        empty=_empty(tables) if drafting and edition is None else {},
        drafting=drafting and edition is None and not found.consolidated,
        signs=may_sign(me, found.unit.id),
        ended=found.window.last <= today(),
        stands=edition is None or known.digest_stands(found, edition),
        back=url_for("report_campaigns.show", uid=found.campaign_uid)
        if found.campaign_uid
        else None,
    )


def _empty(tables: Mapping[str, Report]) -> dict[str, int]:
    """How many columns of each table still have to be written by hand."""
    found = {
        name: sum(
            column.manual and report.total[column.number] is None for column in report.table.columns
        )
        for name, report in tables.items()
    }
    return {name: number for name, number in found.items() if number}
