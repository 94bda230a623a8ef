"""What citizens think: the agency's figures, unhappy answers to look at, an answer given at the counter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from petitions.citizen_labels import QUESTIONS, SCALE
from petitions.documents.tables import Cell, Head, Sheet
from petitions.errors import Conflict, Forbidden, Invalid
from petitions.queries.lookup import panel_of
from petitions.queries.surveys import Look, Score, looks, scores
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.schemas.surveys import PARTS, SPAN, SURVEY, span_of
from petitions.services import surveys
from petitions.web.downloads import table_file
from petitions.web.forms import Form, Option, posted_key
from petitions.web.pages import REPORT_READERS
from petitions.web.session import actor, moment, require, today
from workflows.satisfaction import FEWEST, POOR_SCORE, TARGET

blueprint = Blueprint("surveys", __name__)

QUARTERS = ("I", "II", "III", "IV")
TOO_FEW = f"dưới {FEWEST}"
LOOKS_FIRST = 8
"""Answers to look at that stand open; the rest are folded away."""
WORDS: dict[str, Any] = {
    "questions": QUESTIONS,
    "target": TARGET,
    "fewest": FEWEST,
    "poor": POOR_SCORE,
}


@blueprint.get("/hai-long")
def index() -> str | tuple[str, int]:
    """Answers to look at and the figures of a year or a part of it."""
    require(*REPORT_READERS)
    try:
        year, part = _span()
    except Invalid as error:
        typed = Form({name: request.args.getlist(name) for name in request.args})
        return _page(today().year, "", span_form=typed.refused(error.fields)), 422
    return _page(year, part)


@blueprint.get("/hai-long.xlsx")
def file() -> Response:
    """The figures as an Excel file."""
    require(*REPORT_READERS)
    year, part = _span()
    lines = scores(actor(), span_of(year, part), today())
    name = f"hai-long-{year}{f'-{part}' if part else ''}"
    return table_file(sheets(lines, "Mức độ hài lòng", _about(year, part)), name)


@blueprint.post("/hai-long/<uid>/xem")
def look(uid: str) -> Response | tuple[str, int]:
    """Somebody looked at an unhappy answer again and says what was found."""
    require(*REPORT_READERS)
    form = Form.posted()
    try:
        finding = form.value("finding")
        surveys.look_again(uid, finding, actor=actor(), now=moment(), key=posted_key())
    except Invalid as error:
        year = today().year
        return _page(year, "", form=form.refused(error.fields), wrong=uid), 422
    except Conflict as error:
        flash(error.message, "warn")
    else:
        flash("Đã ghi kết quả xem lại.", "done")
    return redirect(url_for("surveys.index"))


@blueprint.route("/ho-so/<code>/danh-gia", methods=["GET", "POST"])
def counter(code: str) -> Response | str | tuple[str, int]:
    """What the citizen says at the counter, written down by somebody who did not handle the case."""
    shown = panel_of(actor(), code)
    if not surveys.may_enter(actor(), shown.custodian_id, shown.origin_id, shown.officer_id):
        raise Forbidden("Đánh giá do nơi tiếp công dân ghi, không do người giải quyết hồ sơ ghi.")
    if not shown.over:
        raise Conflict(surveys.NOT_OVER)
    form, status = Form(), 200
    if request.method == "POST":
        form = Form.posted()
        try:
            given, comment = load(SURVEY, shaped(SURVEY, request.form))
            surveys.enter(code, given, comment, actor=actor(), now=moment(), key=posted_key())
        except Invalid as error:
            form, status = form.refused(error.fields), 422
        except Conflict as error:
            flash(error.message, "warn")
            return redirect(url_for("cases.show", code=code))
        else:
            flash("Đã ghi đánh giá của người gửi đơn.", "done")
            return redirect(url_for("cases.show", code=code))
    text = render_template(
        "survey_counter.html", code=code, form=form, questions=QUESTIONS, scale=SCALE
    )
    return text if status == 200 else (text, status)


def sheets(lines: Sequence[Score], title: str, about: str) -> list[Sheet]:
    """The figures, and beside them how they were made."""
    topics = [words[0] for words in QUESTIONS.values()]
    heads = [Head("Cơ quan", 44), Head("Số đánh giá", 12), Head("Hài lòng (%)", 12)]
    heads += [Head(f"Đạt {TARGET} %", 10), *(Head(f"{each} (điểm)", 16) for each in topics)]
    rows: list[Sequence[Cell]] = []
    for line in lines:
        tally = line.tally
        if tally is None:
            rows.append([line.agency, TOO_FEW, *[""] * (len(heads) - 2)])
            continue
        means = [f"{mean // 10},{mean % 10}" for mean in tally.means_tenths]
        reached = "đạt" if tally.reached else "chưa đạt"
        rows.append([line.agency, tally.answers, tally.percent, reached, *means])
    notes: list[Sequence[Cell]] = [
        ["Kỳ", about],
        ["Hài lòng", "Đánh giá có trung bình năm câu từ 4 điểm trở lên, trên tổng số đánh giá"],
        ["Không hiện số", f"Cơ quan có dưới {FEWEST} đánh giá, hoặc phần còn lại của kỳ quá ít"],
        ["Ngày lập", today()],
        ["Người lập", actor().name],
    ]
    return [
        Sheet(title, heads, rows),
        Sheet("Cách lập", [Head("Mục", 16), Head("Nội dung", 70)], notes),
    ]


def _span() -> tuple[int, str]:
    """The year and the part of it asked for. Raises ``Invalid``."""
    given = load(SPAN, shaped(SPAN, request.args))
    return given.get("nam", today().year), given.get("ky", "")


def _about(year: int, part: str) -> str:
    quarter, month = PARTS.get(part, (None, None))
    if month is not None:
        return f"Tháng {month:02}/{year}."
    if quarter is not None:
        return f"Quý {QUARTERS[quarter - 1]} năm {year}."
    return f"Năm {year}, tính đến hết tháng trước." if year == today().year else f"Năm {year}."


def _page(
    year: int,
    part: str,
    *,
    form: Form | None = None,
    wrong: str = "",
    span_form: Form | None = None,
) -> str:
    """The page; ``wrong`` is the answer whose form was refused."""
    found = looks(actor())
    waiting = [each for each in found if each.waiting]
    query: dict[str, Any] = {"nam": year} | ({"ky": part} if part else {})
    return render_template(
        "surveys.html",
        waiting=waiting,
        looked=[each for each in found if not each.waiting],
        may_close={each.uid for each in waiting if _may_close(each)},
        blanks={each.uid: Form() for each in waiting},
        form=form,
        wrong=wrong,
        first=max(
            LOOKS_FIRST, *(place + 1 for place, each in enumerate(waiting) if each.uid == wrong), 0
        ),
        lines=scores(actor(), span_of(year, part), today()),
        about=_about(year, part),
        span_form=span_form or Form.of({"nam": year, "ky": part}),
        parts=_parts(),
        file_href=url_for("surveys.file", **query),
        **WORDS,
    )


def _may_close(each: Look) -> bool:
    return surveys.may_look(actor(), each.agency_id, each.officer_id)


def _parts() -> list[Option]:
    names = [f"Quý {name}" for name in QUARTERS] + [f"Tháng {month}" for month in range(1, 13)]
    return [Option(value, name) for value, name in zip(PARTS, names, strict=True)]
