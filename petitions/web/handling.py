"""Which way a petition goes: one question at a time, then the acts the rules call for, prefilled.

The answers travel in the address as keys of the vocabulary, never as words; nothing is kept but what
the case itself knows (its class, competence, guidance given before).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from petitions.errors import Invalid, Stale
from petitions.labels import label
from petitions.queries.case_shapes import CasePage
from petitions.queries.competence import Suggested, settler_of
from petitions.queries.handling import HandlingShown, handling_of
from petitions.services.acts import perform
from petitions.web import handling_words as words
from petitions.web import options
from petitions.web.cases import acts_of
from petitions.web.forms import Form, Option, posted_key
from petitions.web.session import actor, moment, require, today
from workflows.handling import (
    Answers,
    Fitness,
    Ground,
    Owner,
    Question,
    Way,
    choices,
    started,
    stated,
)
from workflows.transition import INTAKE, UNPROCESSED
from workflows.vocabulary import Action, Kind, Need

blueprint = Blueprint("handling", __name__)

WAY_SEEKERS = INTAKE
"""Who says which way a petition goes."""
_YES = {"true": True, "false": False}
_WORDS: Mapping[Question, Mapping[str, Any]] = {
    Question.FITNESS: {each.value: each for each in Fitness},
    Question.CHECKABLE: _YES,
    Question.OWNER: {each.value: each for each in Owner},
    Question.GROUND: {each.value: each for each in Ground},
    Question.GUIDED: _YES,
}


@blueprint.route("/ho-so/<code>/huong-xu-ly", methods=["GET", "POST"])
def ways(code: str) -> Response | str | tuple[str, int]:
    """The next question, or the ways that are left."""
    require(*WAY_SEEKERS)
    answers = _answers()
    shown = handling_of(actor(), code, answers, today())
    if request.method == "GET":
        return _page(shown, answers)
    return _note_first(shown, answers)


def _answers() -> Answers:
    """The answers in the address; what is not one of the words is as if not said."""
    said = {
        question.value: _WORDS[question][text]
        for question in Question
        if (text := request.args.get(question.value, "")) in _WORDS[question]
    }
    return Answers(**said)


def _sent(answers: Answers) -> dict[str, str]:
    """The answers as they stand in an address, in the order they were asked."""
    found: dict[str, str] = {}
    for question in Question:
        answer = getattr(answers, question.value)
        if answer is not None:
            found[question.value] = str(answer).lower()
    return found


def _note_first(shown: HandlingShown, answers: Answers) -> Response | tuple[str, int]:
    """Note what the answers say of the case (class, competence, guidance given) before a way is taken."""
    here = url_for("handling.ways", code=shown.page.code, **_sent(answers))  # type: ignore[arg-type]
    if shown.handling is None or shown.handling.first is None:
        return redirect(here)
    action, told = shown.handling.first, stated(shown.page.file, answers)
    given: dict[Need, Any] = {
        Need.COMPETENT: told.competent,
        Need.MARKS: sorted(told.marks - shown.page.file.marks),
    }
    if action is Action.CORRECT:
        given[Need.REASON] = "Xác định lại khi đề xuất hướng xử lý đơn."
    try:
        perform(
            shown.page.code,
            action,
            {need: value for need, value in given.items() if value != []},
            version=request.form.get("version", 0, type=int),
            on=today(),
            actor=actor(),
            now=moment(),
            key=posted_key(),
        )
    except Invalid as error:
        return _page(
            shown, answers, error="; ".join(each[0] for each in error.fields.values())
        ), 422
    except Stale:
        fresh = handling_of(actor(), shown.page.code, answers, today())
        return _page(fresh, answers, error="Người khác vừa cập nhật hồ sơ này. Xem lại rồi bấm ghi lần nữa."), 409  # fmt: skip
    flash(f"Đã ghi: {label(action)}.", "done")
    return redirect(here)


def _page(shown: HandlingShown, answers: Answers, error: str = "") -> str:
    page, sent = shown.page, _sent(answers)
    question = shown.question
    may = acts_of(page)
    open_to_me = {each.action for each in (*may.forward, *may.aside)}
    before: dict[str, str] = {}
    said = []
    for each in Question:
        if each.value in sent:
            again = url_for("handling.ways", code=page.code, **before)  # type: ignore[arg-type]
            said.append(
                (words.QUESTIONS[each].text, words.said(each, getattr(answers, each.value)), again)
            )
            before[each.value] = sent[each.value]
    return render_template(
        "handling.html",
        shown=shown,
        case=page,
        sent=sent,
        said=said,
        form=Form(),
        error=error,
        question=question,
        asked=question and words.QUESTIONS[question],
        ground_help=words.GROUND_HELP[page.kind] if question is Question.GROUND else "",
        choices=_choices(page, question) if question else (),
        proposals=[_told(page, way, sent) for way in shown.handling.ways] if shown.handling else (),
        open_to_me=open_to_me,
        proposed=may.proposed,
        notes=_notes(shown, answers),
    )


def _choices(page: CasePage, question: Question) -> list[Option]:
    found = choices(page.file, question) or (True, False)
    return [Option(str(each).lower(), words.said(question, each)) for each in found]


def _told(page: CasePage, way: Way, sent: Mapping[str, str]) -> dict[str, Any]:
    letters = options.letters(way.action, page.kind, page.instance, today())
    return {
        "way": way,
        "href": url_for("acts.act", code=page.code, action=way.action.value, **sent),  # type: ignore[arg-type]
        "letter": letters[0].text if letters else "",
        "clocks": [label(step) for step in started(page.file, way.action)],
    }


def _notes(shown: HandlingShown, answers: Answers) -> list[str]:
    """What else the rules ask for, beside the way."""
    found = []
    if shown.originals:
        found.append(
            f"Bản chính đang giữ: {shown.originals}. Không thụ lý hoặc trả đơn thì trả lại ngay; thụ lý thì trả lại sau khi có quyết định (Thông tư 05/2021/TT-TTCP)."
        )
    if shown.forwarder:
        found.append(
            f"Đơn do {shown.forwarder} chuyển đến: phải thông báo kết quả xử lý cho nơi chuyển."
        )
    if shown.copies_to and answers.fitness is None:
        found.append(f"Đơn còn ghi gửi đến: {shown.copies_to}.")
    if shown.page.file.mass:
        found.append(
            f"Đơn của {shown.page.group_size} người: khiếu nại phải có người đại diện; không thuộc thẩm quyền thì hướng dẫn một người có tên trong đơn."
        )
    return found


# --- the acts, prefilled ---------------------------------------------------------------------


def preset(page: CasePage, action: Action) -> dict[str, Any]:
    """What the form of an act knows from the answers in its address; nothing when it has none."""
    answers = _answers()
    if page.state not in UNPROCESSED or answers == Answers():
        return {}
    settler = settler_of(page.id, today())
    if settler and settler.agency_id == page.agency_id and answers.owner is not Owner.OURS:
        settler = None  # the officer knows better than what the case says of its respondent
    paper = page.papers[-1] if page.papers else None
    found: dict[str, Any] = {}
    if ground := _ground(answers):
        found |= {Need.GROUND.value: ground, Need.REASON.value: ground}
    match action:
        case Action.TRANSFER | Action.ORDER_SUBORDINATE if settler and settler.agency:
            found[Need.RECIPIENT.value] = settler.agency
        case Action.TRANSFER_OUT | Action.GUIDE if settler:
            found[Need.RECIPIENT.value] = settler.name or label(settler.settler)
        case Action.RETURN if paper and paper.forwarder:
            found[Need.RECIPIENT.value] = paper.forwarder
    if answers.owner in {Owner.INSIDE, Owner.OUTSIDE}:
        found |= _elsewhere(page.kind, settler)
    if action is Action.ORDER_SUBORDINATE:
        found[Need.CONTENT.value] = "Giải quyết vụ việc theo thẩm quyền, báo cáo kết quả đúng hạn."
    return found


def _ground(answers: Answers) -> str:
    if answers.ground not in (None, Ground.NONE):
        return words.GROUNDS[answers.ground]
    if answers.fitness not in (None, Fitness.FIT):
        return words.FITNESS[answers.fitness]
    return ""


def _elsewhere(kind: Kind, settler: Suggested | None) -> dict[str, str]:
    """Ground, reason and content of a petition that belongs to somebody else."""
    why = f"{label(kind)} không thuộc thẩm quyền giải quyết của cơ quan."
    if settler is None:
        return {Need.GROUND.value: why, Need.REASON.value: why}
    return {
        Need.GROUND.value: f"{why} {settler.article}.",
        Need.REASON.value: f"{why} {settler.article}.",
        Need.CONTENT.value: f"Đề nghị gửi đơn đến {settler.name or label(settler.settler)} để được giải quyết theo thẩm quyền ({settler.article}).",
    }
