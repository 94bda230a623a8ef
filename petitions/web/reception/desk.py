"""The desk during a session: the queue, the person being heard, the outcome in the same place."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from petitions.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from petitions.labels import label
from petitions.queries import reception as known
from petitions.queries.commitments import of_session
from petitions.queries.reception_papers import REFUSAL, PaperLine, papers_of_visit
from petitions.queries.reception_reach import READERS
from petitions.queries.reception_shapes import SessionShown, VisitShown
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.schemas.reception import CONCLUDED, TAKEN, TOLD
from petitions.services import visit_outcomes, visits
from petitions.web.cards import read_cards
from petitions.web.commitments import told as told_commitments
from petitions.web.days import Due, due_words
from petitions.web.forms import Form, posted_key, posted_version
from petitions.web.pages import day
from petitions.web.reception.door import NOT_OURS, Answer, blueprint, told
from petitions.web.reception.visit_forms import Work, before, card_values, filled, offers, typed
from petitions.web.session import actor, moment, require, today
from workflows.reception import VisitOutcome, VisitState
from workflows.transition import INTAKE

OUTCOMES = {
    VisitOutcome.ANSWERED: "",
    VisitOutcome.GUIDED: "không thuộc thẩm quyền: ghi cơ quan, số văn bản",
    VisitOutcome.MORE_ASKED: "thiếu giấy tờ, thông tin",
    VisitOutcome.ADDED_TO_CASE: "việc đã có hồ sơ",
    VisitOutcome.MEETING_ASKED: "lập đề nghị để lãnh đạo trả lời",
    VisitOutcome.TO_BE_SETTLED: "ghi ngày hẹn và người liên hệ",
    VisitOutcome.CHECK_ORDERED: "giao cơ quan chủ trì, có hạn",
    VisitOutcome.REFUSED: "chọn căn cứ; có căn cứ phải ra thông báo mẫu 01/TCD",
    VisitOutcome.OTHER: "",
}
"""Outcomes written here, the usual ones first, each with when it is meant.

A case is opened on the registration page.
"""


# --- the queue -------------------------------------------------------------------------------


@blueprint.get("/tiep-cong-dan/buoi/<uid>")
def session(uid: str) -> str:
    """A session with its queue; whoever is being heard stands in the working place."""
    require(*READERS)
    shown = known.session_shown(actor(), uid, today())
    current = shown.current
    if current is None or not current.seen:
        return _page(shown, None, None)
    visit = known.visit_shown(actor(), current.uid)
    return _page(shown, visit, _work(visit))


@blueprint.post("/tiep-cong-dan/so-thu-tu")
def take_number() -> Answer:
    """The next number of the queue, in one click."""
    require(*INTAKE)
    asked = request.form.get("session") or None
    try:
        uid = visits.take_number(asked, actor=actor(), now=moment(), key=posted_key())
    except Conflict as error:
        flash(error.message, "warn")
        return redirect(url_for("reception.index"))
    visit = known.visit_shown(actor(), uid)
    flash(f"Đã cấp số {visit.queue_number}.", "done")
    if request.form.get("back") == "desk":
        return redirect(url_for("reception.index"))
    return redirect(url_for("reception.session", uid=visit.session_uid))


@blueprint.post("/tiep-cong-dan/luot/<uid>/<move>")
def move(uid: str, move: str) -> Answer:
    """Called, gone, back again, outcome taken back: what needs no words."""
    require(*INTAKE)
    command = MOVES.get(move)
    if command is None:
        raise NotFound
    visit = known.visit_shown(actor(), uid)
    try:
        command(
            uid,
            version=posted_version(),
            actor=actor(),
            now=moment(),
            key=posted_key(),
        )
    except (Conflict, Stale) as error:
        changed = "Người khác vừa ghi lượt này; trang đã được tải lại."
        flash(changed if isinstance(error, Stale) else error.message, "warn")
    if move in {"ve", "tro-lai"}:
        return redirect(url_for("reception.session", uid=visit.session_uid))
    return redirect(url_for("reception.visit", uid=uid))


MOVES: dict[str, Any] = {
    "goi": visits.call,
    "ve": visits.leave,
    "tro-lai": visits.come_back,
    "hoan-tac": visit_outcomes.undo,
}


@blueprint.post("/tiep-cong-dan/gap/<uid>/den")
def arrive(uid: str) -> Answer:
    """Somebody granted a meeting has come."""
    require(*INTAKE)
    try:
        fresh = visits.arrive(uid, actor=actor(), now=moment(), key=posted_key())
    except Conflict as error:
        flash(error.message, "warn")
        return redirect(url_for("reception.index"))
    return redirect(url_for("reception.visit", uid=fresh))


# --- one visit -------------------------------------------------------------------------------


@blueprint.route("/tiep-cong-dan/luot/moi", methods=["GET", "POST"])
def receive() -> Answer:
    """Somebody received at once: number, people and words in one form."""
    require(*INTAKE)
    asked = request.args.get("buoi") or None
    shown = known.session_shown(actor(), asked, today()) if asked else None
    if request.method == "GET":
        return _new_page(shown, Form.of({"people": [{"id_kind": "citizen"}]}))
    inputs = request.form.copy()
    read = read_cards(inputs, "people", card_values)
    form = typed(inputs)
    if read is not None or "_more" in inputs:
        return _new_page(
            shown, form.refused(read or {}), inputs.get("_more", "")
        ), 422 if read else 200
    try:
        given = load(TAKEN, shaped(TAKEN, inputs))
        uid = visits.receive(asked, given, actor=actor(), now=moment(), key=posted_key())
    except Invalid as error:
        return _new_page(shown, form.refused(error.fields)), 422
    except Conflict as error:
        return _new_page(shown, form, warning=error.message), 409
    return redirect(url_for("reception.visit", uid=uid))


@blueprint.route("/tiep-cong-dan/luot/<uid>", methods=["GET", "POST"])
def visit(uid: str) -> Answer:
    """One visit in its session: who came and what they said, then what came of it."""
    require(*READERS)
    found = known.visit_shown(actor(), uid)
    if request.method == "GET":
        return _beside(found, _work(found, editing="sua" in request.args))
    require(*INTAKE)
    inputs = request.form.copy()
    read = read_cards(inputs, "people", card_values)
    form, version = typed(inputs), inputs.get("version", "")
    if read is not None or "_more" in inputs:
        work = Work("people", form.refused(read or {}), version, note=inputs.get("_more", ""))
        return _beside(found, work), 422 if read else 200
    try:
        given = load(TAKEN, shaped(TAKEN, inputs))
        visits.take_in(
            uid, given, version=posted_version(), actor=actor(), now=moment(), key=posted_key()
        )
    except Invalid as error:
        return _beside(found, Work("people", form.refused(error.fields), version)), 422
    except Stale:
        return _beside(found, Work("people", form, str(found.version), stale=True)), 409
    except Conflict as error:
        return _beside(found, Work("people", form, version, warning=error.message)), 409
    return redirect(url_for("reception.visit", uid=uid))


@blueprint.route("/tiep-cong-dan/luot/<uid>/ket-qua/<outcome>", methods=["GET", "POST"])
def conclude(uid: str, outcome: str) -> Answer:
    """What came of the visit, with what this outcome needs; in the place of the visit's form."""
    require(*INTAKE)
    found = known.visit_shown(actor(), uid)
    if outcome not in {each.value for each in OUTCOMES}:
        raise NotFound
    if found.agency_id != actor().agency_id:
        raise Forbidden(NOT_OURS)
    if not found.session_open:
        raise Conflict("Buổi tiếp đã kết thúc nên không ghi được kết quả nữa.")
    part = f"outcome:{outcome}"
    if request.method == "GET":
        return _beside(found, Work(part, Form.of(before(found, outcome)), str(found.version)))
    form, version = Form.posted({"version"}), request.form.get("version", "")
    if "_more" in request.form:
        return _beside(found, Work(part, form, version, note="undertakings"))
    sent = MultiDict(request.form)
    sent["outcome"] = outcome
    try:
        given = load(CONCLUDED, shaped(CONCLUDED, sent))
        visit_outcomes.conclude(
            uid, given, version=posted_version(), actor=actor(), now=moment(), key=posted_key()
        )
    except Invalid as error:
        return _beside(found, Work(part, form.refused(error.fields), version)), 422
    except NotFound as error:
        if given.case_code is None:
            raise
        told_at = {"case_code": [error.message]}
        return _beside(found, Work(part, form.refused(told_at), version)), 422
    except Stale:
        return _beside(found, Work(part, form, str(found.version), stale=True)), 409
    except Conflict as error:
        return _beside(found, Work(part, form, version, warning=error.message)), 409
    flash(f"Số {found.queue_number}: {label(VisitOutcome(outcome)).lower()}.", "done")
    return redirect(url_for("reception.visit", uid=uid))


@blueprint.post("/tiep-cong-dan/luot/<uid>/da-bao-ket-qua")
def tell_result(uid: str) -> Answer:
    """The visitor was told what became of it."""
    require(*INTAKE)
    found = known.visit_shown(actor(), uid)
    form, version = Form.posted({"version"}), request.form.get("version", "")
    try:
        given = load(TOLD, shaped(TOLD, request.form))
        visit_outcomes.tell_result(
            uid,
            on=given["on"],
            version=posted_version(),
            actor=actor(),
            now=moment(),
            key=posted_key(),
        )
    except Invalid as error:
        return _beside(found, Work("done", form.refused(error.fields), version)), 422
    except Stale:
        return _beside(found, Work("done", form, str(found.version), stale=True)), 409
    flash("Đã ghi ngày thông báo kết quả.", "done")
    return redirect(url_for("reception.visit", uid=uid))


# --- the page --------------------------------------------------------------------------------


def _work(found: VisitShown, *, editing: bool = False) -> Work:
    """What is to be done with the visit next."""
    version = str(found.version)
    if found.state is VisitState.DONE and not editing:
        return Work("done", Form.of({"on": day(today())}), version)
    if found.persons and not editing:
        return Work("choose", Form(), version)
    return Work("people", Form.of(filled(found)), version)


def _beside(found: VisitShown, work: Work) -> str:
    return _page(known.session_shown(actor(), found.session_uid, today()), found, work)


def _page(shown: SessionShown, found: VisitShown | None, work: Work | None) -> str:
    keeps = shown.line.agency_id == actor().agency_id and actor().role in INTAKE
    form = work.form if work is not None else Form()
    refusal = _refusal(found)
    return render_template(
        "reception_session.html",
        shown=shown,
        line=shown.line,
        duties=told(shown.line).all,
        visit=found,
        work=work,
        form=form,
        may_keep=keeps,
        open=shown.line.status.value == "planned" and shown.line.day <= today(),
        outcomes=OUTCOMES.items(),
        outcome=VisitOutcome(work.part.partition(":")[2])
        if work and work.part.startswith("outcome:")
        else None,
        refusal=refusal,
        dues=_dues(found, refusal),
        commitments=[]
        if found is not None
        else told_commitments(of_session(actor(), shown.line.uid)),
        **offers(form, work, found),
    )


def _new_page(shown: SessionShown | None, form: Form, more: str = "", warning: str = "") -> str:
    work = Work("people", form, "", warning=warning, note=more)
    return render_template(
        "reception_new.html",
        line=shown.line if shown else None,
        visit=None,
        work=work,
        form=form,
        **offers(form, work, None),
    )


def _refusal(found: VisitShown | None) -> PaperLine | None:
    """The notice of a refusal, drafted or signed."""
    if found is None or found.refusal_due is None:
        return None
    papers = papers_of_visit(actor(), found.uid)
    return next((each for each in papers if each.form_key == REFUSAL), None)


def _dues(found: VisitShown | None, refusal: PaperLine | None) -> list[tuple[str, str, Due]]:
    """The dates owed from the visit, kept or not: what, its day, in words."""
    if found is None:
        return []
    tell = due_words(today())
    owed = []
    if found.refusal_due is not None:
        due = tell(found.refusal_due)
        if refusal is not None and refusal.issued_on is not None:
            due = _kept("đã ký", refusal.issued_on, found.refusal_due)
        owed.append(("Thông báo từ chối (Mẫu 01/TCD)", day(found.refusal_due), due))
    if found.result_due is not None:
        due = tell(found.result_due)
        if found.result_told_on is not None:
            due = _kept("đã báo", found.result_told_on, found.result_due)
        owed.append(("Thông báo kết quả cho người đến", day(found.result_due), due))
    return owed


def _kept(what: str, on: date, last: date) -> Due:
    late = on > last
    text = f"{what} ngày {day(on)}" + (", muộn" if late else "")
    return Due(text, "▲" if late else "✓", "late" if late else "done")
