"""The yearly scorecard of agencies: the ranking, one agency's card, and keeping them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from petitions.errors import Conflict, Forbidden, Invalid, Stale
from petitions.queries import scores as known
from petitions.queries.scores import READERS, Card, Criterion
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.schemas.scores import CARD, CLOSING, CRITERION, NEW_CARD, POINTS
from petitions.services import scores as service
from petitions.services.score_criteria import remove_criterion, save_criterion
from petitions.services.score_rows import NOT_YOURS, points_text
from petitions.text import vn_date
from petitions.web import options
from petitions.web.days import due_words
from petitions.web.downloads import table_file
from petitions.web.forms import Form, posted_key, posted_version
from petitions.web.score_file import TOO_LITTLE, counted, sheets
from petitions.web.score_links import behind
from petitions.web.session import actor, moment, require, today
from workflows.scoring import POINT, WHOLE, Bloc, CardState, Indicator

blueprint = Blueprint("scores", __name__)

BAR = 240
"""Pixels of a bar of 100 points."""
BLANK_BANDS = 1
"""Empty lines offered for further classes."""
Page = str | tuple[str, int]


@blueprint.route("/xep-hang", methods=["GET", "POST"])
def index() -> Response | Page:
    """Every year's card; whoever keeps them begins a new one."""
    require(*READERS)
    form, status = Form.of({"year": today().year, "like_last": False}), 200
    if request.method == "POST":
        form = Form.posted()
        try:
            given = load(NEW_CARD, shaped(NEW_CARD, request.form))
            year = service.new_card(
                given["year"], like_last=given.get("like_last", False),
                actor=actor(), now=moment(), key=posted_key(),
            )  # fmt: skip
        except Invalid as error:
            form, status = form.refused(error.fields), 422
        except Conflict as error:
            form, status = form.refused({"year": [error.message]}), 409
        else:
            flash(f"Đã lập bảng chấm điểm năm {year}; hãy xem lại tiêu chí rồi mở.", "done")
            return redirect(url_for("scores.year", year=year))
    text = render_template(
        "scores.html",
        cards=known.cards(actor()),
        keeping=known.keeps(actor()),
        form=form,
        due=due_words(today()),
    )
    return text if status == 200 else (text, status)


@blueprint.get("/xep-hang/<int:year>")
def year(year: int) -> Page:
    """A draft with its criteria; else the ranking."""
    require(*READERS)
    card = known.card(actor(), year)
    if card.state is CardState.DRAFT:
        return _draft(card, _filled(card))
    return _ranking(card, Form())


@blueprint.get("/xep-hang/<int:year>/bang.xlsx")
def file(year: int) -> Response:
    """The ranking and the criteria as an Excel file."""
    require(*READERS)
    card = known.card(actor(), year)
    lines = known.results(actor(), card, today())
    return table_file(sheets(card, lines), f"xep-hang-{year}")


@blueprint.get("/xep-hang/<int:year>/<agency>")
def agency(year: int, agency: str) -> Page:
    """One agency's card: each criterion with what was counted, and what is behind it."""
    require(*READERS)
    return _agency(known.card(actor(), year), agency, None, Form())


@blueprint.post("/xep-hang/<int:year>/<agency>/<int:position>")
def points(year: int, agency: str, position: int) -> Response | Page:
    """Give points by hand, or correct them."""
    _require_keeper()
    form = Form.posted()
    try:
        given = load(POINTS, shaped(POINTS, request.form))
        service.give_points(
            year, position, agency, given["points"], given["reason"],
            actor=actor(), now=moment(), key=posted_key(),
        )  # fmt: skip
    except Invalid as error:
        return _agency(known.card(actor(), year), agency, position, form.refused(error.fields)), 422
    flash("Đã ghi điểm.", "done")
    return redirect(url_for("scores.agency", year=year, agency=agency))


@blueprint.post("/xep-hang/<int:year>/chung")
def save(year: int) -> Response | Page:
    """Change a draft's days and classes."""
    require(*READERS)
    form = Form.posted()

    def command() -> None:
        given = load(CARD, shaped(CARD, request.form))
        service.save_card(
            year, given, version=posted_version(),
            actor=actor(), now=moment(), key=posted_key(),
        )  # fmt: skip

    return _changed(year, form, command, "Đã lưu.")


@blueprint.route("/xep-hang/<int:year>/tieu-chi", methods=["GET", "POST"])
def new_criterion(year: int) -> Response | Page:
    """Add a criterion."""
    return _criterion(year, None)


@blueprint.route("/xep-hang/<int:year>/tieu-chi/<int:position>", methods=["GET", "POST"])
def criterion(year: int, position: int) -> Response | Page:
    """Change a criterion."""
    return _criterion(year, position)


@blueprint.post("/xep-hang/<int:year>/tieu-chi/<int:position>/bo")
def remove(year: int, position: int) -> Response | Page:
    """Take a criterion out of a draft."""
    require(*READERS)

    def command() -> None:
        remove_criterion(
            year, position, version=posted_version(),
            actor=actor(), now=moment(), key=posted_key(),
        )  # fmt: skip

    return _changed(year, Form.posted(), command, "Đã bỏ tiêu chí.")


@blueprint.post("/xep-hang/<int:year>/mo")
def open_card(year: int) -> Response | Page:
    """Fix the criteria and begin to score."""
    require(*READERS)
    return _changed(
        year, Form.posted(), lambda: _moved(service.open_card, year), "Đã mở chấm điểm."
    )


@blueprint.post("/xep-hang/<int:year>/soan-lai")
def revise(year: int) -> Response | Page:
    """Back to the criteria, as long as nobody gave points."""
    require(*READERS)
    return _changed(
        year, Form.posted(), lambda: _moved(service.revise_card, year), "Đã đưa về soạn tiêu chí."
    )


@blueprint.post("/xep-hang/<int:year>/ngay-chot")
def closing(year: int) -> Response | Page:
    """Put the closing date on another day."""
    require(*READERS)

    def command() -> None:
        given = load(CLOSING, shaped(CLOSING, request.form))
        service.move_closing(
            year, given["closes_on"], version=posted_version(),
            actor=actor(), now=moment(), key=posted_key(),
        )  # fmt: skip

    return _changed(year, Form.posted(), command, "Đã dời ngày chốt.")


@blueprint.post("/xep-hang/<int:year>/chot")
def close(year: int) -> Response | Page:
    """Freeze the year."""
    require(*READERS)

    def command() -> None:
        service.close_card(
            year, missing_known=Form.posted().value("missing_known") == "true",
            version=posted_version(), actor=actor(), now=moment(), key=posted_key(),
        )  # fmt: skip

    return _changed(year, Form.posted(), command, f"Đã chốt xếp hạng năm {year}.")


def _require_keeper() -> None:
    require(*READERS)
    if not known.keeps(actor()):
        raise Forbidden(NOT_YOURS)


def _moved(command: Callable[..., str], year: int) -> None:
    command(year, version=posted_version(), actor=actor(), now=moment(), key=posted_key())


def _changed(year: int, form: Form, command: Callable[[], None], done: str) -> Response | Page:
    """Run a keeper's command; what is wrong stands at its field on the year's page."""
    _require_keeper()
    try:
        command()
    except Invalid as error:
        card = known.card(actor(), year)
        if card.state is CardState.DRAFT:
            typed = form if "least_share" in form.values else _filled(card)
            return _draft(card, typed.refused(error.fields)), 422
        return _ranking(card, form.refused(error.fields)), 422
    except Stale:
        flash("Bảng này vừa được người khác sửa; hãy xem lại rồi làm tiếp.", "warn")
        card = known.card(actor(), year)
        if card.state is CardState.DRAFT and "least_share" in form.values:
            return _draft(card, form.changed({"version": str(card.version)})), 409
    except Conflict as error:
        flash(error.message, "warn")
    else:
        flash(done, "done")
    return redirect(url_for("scores.year", year=year))


# --- pages -----------------------------------------------------------------------------------


def _draft(card: Card, form: Form) -> str:
    return render_template(
        "score_draft.html",
        card=card,
        form=form,
        bands=form.rows("bands", len(card.bands) + BLANK_BANDS),
        points=points_text,
        enough=card.weights == WHOLE,
        whole=WHOLE,
        once=Form().once,
    )


def _ranking(card: Card, form: Form) -> str:
    lines = known.results(actor(), card, today())
    keeping = known.keeps(actor())
    before = known.past(actor(), card.year)
    missing = known.missing_by_hand(card, lines) if keeping else 0
    return render_template(
        "score_year.html",
        card=card,
        form=form,
        blocs=[(bloc, [each for each in lines if each.bloc is bloc]) for bloc in Bloc],
        before=before,
        keeping=keeping,
        missing=missing,
        judged_by_hand=missing < len(card.by_hand) * len(lines),
        over=today() > card.window.last,
        due=due_words(today())(card.closes_on) if card.state is CardState.OPEN else None,
        points=points_text,
        bar=BAR,
        ticks=[each.least * BAR // 100 for each in card.bands if each.least],
        width=lambda hundredths: hundredths * BAR // WHOLE,
        share=lambda line: line.total.judged * 100 // line.total.weights,
        hundred=POINT,
        agencies=actor().agency_ids,
    )


def _agency(card: Card, code: str, wrong: int | None, form: Form) -> str:
    line = known.result(actor(), card, code, today())
    past = known.history(actor(), card, line, today())
    keeping = known.keeps(actor()) and card.state is CardState.OPEN
    return render_template(
        "score_agency.html",
        card=card,
        line=line,
        rows=[
            (
                criterion,
                cell,
                counted(criterion, cell.share),
                behind(criterion.indicator, card, line, today()) if criterion.indicator else (),
            )
            for criterion, cell in zip(card.criteria, line.cells, strict=True)
        ],
        corrections=known.corrections(card, code) if card.state is CardState.OPEN else {},
        past=past,
        keeping=keeping and today() <= card.closes_on,
        wrong=wrong,
        forms={each.position: form if each.position == wrong else Form() for each in card.by_hand},
        form=form,
        points=points_text,
        too_little=TOO_LITTLE,
        bar=BAR,
        width=lambda hundredths: hundredths * BAR // WHOLE,
    )


def _criterion(year: int, position: int | None) -> Response | Page:
    require(*READERS)
    card = known.card(actor(), year)
    _require_keeper()
    found = next((each for each in card.criteria if each.position == position), None)
    if position is not None and found is None:
        return redirect(url_for("scores.year", year=year))
    status, form = 200, _of_criterion(card, found)
    if request.method == "POST":
        form = Form.posted()
        try:
            given = load(CRITERION, shaped(CRITERION, request.form))
            save_criterion(
                year, position, given, version=posted_version(),
                actor=actor(), now=moment(), key=posted_key(),
            )  # fmt: skip
        except Invalid as error:
            form, status = form.refused(error.fields), 422
        except Stale:
            flash("Bảng này vừa được người khác sửa; hãy xem lại rồi gửi tiếp.", "warn")
            form, status = form.changed({"version": str(card.version)}), 409
        else:
            flash("Đã lưu tiêu chí.", "done")
            return redirect(url_for("scores.year", year=year))
    text = render_template(
        "score_criterion.html",
        card=card,
        criterion=found,
        form=form,
        indicators=options.words(Indicator),
    )
    return text if status == 200 else (text, status)


def _of_criterion(card: Card, found: Criterion | None) -> Form:
    if found is None:
        return Form.of({"version": card.version, "least": 1})
    return Form.of(
        {
            **asdict(found),
            "weight": points_text(found.weight),
            "indicator": found.indicator and found.indicator.value,
            "version": card.version,
        }
    )


def _filled(card: Card) -> Form:
    return Form.of(
        {
            "basis": card.basis,
            "first_day": vn_date(card.window.first),
            "last_day": vn_date(card.window.last),
            "closes_on": vn_date(card.closes_on),
            "least_share": card.least_share,
            "bands": [asdict(each) for each in card.bands],
            "version": card.version,
        }
    )
