"""The case page, its papers, and the sealed identity opened for a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from config.clock import local_day
from petitions.errors import Forbidden, Invalid, NotFound
from petitions.labels import label
from petitions.queries.advising import office_of
from petitions.queries.case_page import TIMELINE, case_page, permissions
from petitions.queries.case_shapes import CasePage, Clock, Standing
from petitions.queries.hops import hops_of
from petitions.queries.letters import LetterShown, letters_of
from petitions.queries.submissions import of_case, proposable
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.services import evidence, opening
from petitions.services.evidence import Stored
from petitions.web import enforcement_case, options, reviewed, slips
from petitions.web.days import PAUSED, Due, due_words
from petitions.web.desk import LATE
from petitions.web.forms import Form, posted_key
from petitions.web.kept import names
from petitions.web.pages import day, lower_first
from petitions.web.session import actor, moment, today
from petitions.web.shapes import PAPER
from petitions.web.story import told
from workflows.lifecycle import Permission
from workflows.records import ClockState, CopyKind, LinkKind, Nature, PartyRole, RespondentKind
from workflows.transition import INTAKE, UNPROCESSED
from workflows.vocabulary import Action, Complexity, Kind, Protection, Step
from workflows.watch import NOT_A_DUTY

blueprint = Blueprint("cases", __name__)

ASIDE = frozenset(
    {
        Action.WITHDRAW, Action.WITHDRAW_PART, Action.TERMINATE, Action.SUSPEND,
        Action.STAY_CONTESTED, Action.NOTIFY_RESULT, Action.ADD_PAPER, Action.RECORD_MEDIATION,
        Action.URGE, Action.HAND_OVER, Action.CORRECT, Action.CORRECT_DATE, Action.SPLIT,
        Action.UNDO_SPLIT, Action.JOIN, Action.UNDO_JOIN, Action.VOID, Action.REOPEN,
        Action.REQUEST_PROTECTION, Action.PASS_TO_INVESTIGATORS, Action.MARK_COMPLEX,
        Action.DECLARE_RELATION, Action.GRANT_IDENTITY, Action.END_IDENTITY_GRANT, Action.EXTEND,
        Action.GO_TO_COURT, Action.RESTATE, Action.DEMAND_REPORT, Action.ENGAGE_ADVISER,
        Action.ORDER_SUBORDINATE, Action.REPORT_UP,
    }
)  # fmt: skip
"""Acts that do not carry the matter forward by themselves; they stand below those that do."""
HIDDEN = frozenset(
    {
        Action.RESTATE,
        Action.REGISTER,
        Action.IMPORT,
        Action.ADD_PAPER,
        Action.OPEN_IDENTITY,
        Action.RECORD_REPLY,
        Action.PASS_ON,
        Action.GIVE_BACK,
    }
)
"""Acts done elsewhere: by the change of a calendar, on registering, beside papers, people and awaited
replies."""
SUGGESTIONS = frozenset({Kind.RECOMMENDATION, Kind.FEEDBACK})
"""Kinds whose settlement begins with the assignment; of the others it is a hop like any other."""


PEOPLE_SHOWN = 6
"""Petitioners shown at once; a group's others are folded away."""
INCOMING = {
    LinkKind.SPLIT_FROM: "Đã tách ra",
    LinkKind.JOINED_INTO: "Đã nhập vào đây",
    LinkKind.SECOND_INSTANCE_OF: "Khiếu nại lần hai",
    LinkKind.RESETTLES: "Được giải quyết lại ở",
    LinkKind.RELATED: "Liên quan",
}
"""Links as the other end of them reads."""
PERSON_WORDS = {
    "id_number": "Số giấy tờ",
    "phone": "Điện thoại",
    "address": "Địa chỉ",
    "birth_year": "Năm sinh",
    "position": "Chức vụ",
    "workplace": "Nơi công tác",
}


def flag_words(flag: Standing) -> str:
    """A flag, the limit it speaks of with its date, and since when it holds."""
    step, due = flag.evidence.get("step"), flag.evidence.get("due")
    limit = f": {lower_first(label(Step(step)))}" if step else ""
    by = f", hạn {day(date.fromisoformat(due))}" if step and due else ""
    return f"{label(flag.kind)}{limit}{by}, từ {day(flag.since)}"


WORDS: dict[str, object] = {
    "flag_words": flag_words,
    "internal": Nature.INTERNAL,
    "ordinary": Complexity.ORDINARY,
    "no_protection": Protection.NONE,
    "late_flags": LATE,
    "incoming": INCOMING,
    "person_words": PERSON_WORDS,
    "party_role": PartyRole,
    "respondent_kind": RespondentKind,
    "unprocessed": UNPROCESSED,
    "way_seekers": INTAKE,
}


@dataclass(frozen=True, slots=True)
class Acts:
    """The acts of a page: those that go forward, others, and those not possible with their reason.

    ``proposed`` are done by way of a proposal, because the agency's route has somebody to approve.
    """

    forward: list[Permission]
    aside: list[Permission]
    not_now: list[Permission]
    may_add_paper: bool
    proposed: frozenset[Action]


@blueprint.get("/ho-so/<code>")
def show(code: str) -> str:
    """Everything about one case, and what may be done with it now."""
    me = actor()
    page, letters = case_page(me, code), letters_of(me, code)
    return render_template(
        "case.html",
        **shown(page, letters.letters),
        hops=hops_of(me, code, today()),
        submissions=of_case(me, code),
        letters=letters,
        office=office_of(me, code),
        citizen=slips.panel(code),
        after=enforcement_case.block_of(page),
        **reviewed.panel(page),
    )


def shown(page: CasePage, letters: Sequence[LetterShown] = ()) -> dict[str, object]:
    """What the case template needs."""
    running = [
        clock for clock in page.clocks if clock.state in {ClockState.RUNNING, ClockState.PAUSED}
    ]
    acts = acts_of(page)
    nearest = _nearest(page)
    return {
        "case": page,
        "acts": acts,
        "may_add": acts.may_add_paper,
        "due": _due(page, nearest),
        "due_step": nearest and nearest.step,
        "due_nature": nearest and nearest.nature,
        "running": running,
        "past": [clock for clock in page.clocks if clock not in running],
        "petitioners": [each for each in page.people if each.side == "petitioner"],
        "respondents": [each for each in page.people if each.side == "respondent"],
        "shown_people": PEOPLE_SHOWN,
        "story": told(page.timeline, names(), local_day, letters),
        "timeline_most": TIMELINE,
        **WORDS,
    }


def acts_of(page: CasePage) -> Acts:
    """The acts the present hat may or may not do to this case today."""
    every = permissions(page, actor(), today())
    proposed = {each.action: each for each in proposable(page, actor(), today())}
    own = {each.action: each for each in every}
    elsewhere = HIDDEN if page.kind in SUGGESTIONS else HIDDEN | {Action.ASSIGN}
    found = [each for each in (own | proposed).values() if each.action not in elsewhere]
    free = [each for each in found if each.allowed]
    return Acts(
        forward=[each for each in free if each.action not in ASIDE],
        aside=[each for each in free if each.action in ASIDE],
        not_now=[each for each in found if not each.allowed],
        may_add_paper=any(each.allowed for each in every if each.action is Action.ADD_PAPER),
        proposed=frozenset(proposed),
    )


def _due(page: CasePage, nearest: Clock | None) -> Due | None:
    if page.open and page.paused_since is not None:
        return PAUSED
    return due_words(today())(nearest.due) if nearest else None


def _nearest(page: CasePage) -> Clock | None:
    """The duty that must be done first, of an open case."""
    duties = [
        clock
        for clock in page.clocks
        if clock.state is ClockState.RUNNING and clock.due and clock.step not in NOT_A_DUTY
    ]
    return min(duties, key=lambda clock: clock.due or date.max) if page.open and duties else None


# --- papers ----------------------------------------------------------------------------------


@blueprint.route("/ho-so/<code>/tai-lieu", methods=["GET", "POST"])
def add_paper(code: str) -> AnyResponse | str | tuple[str, int]:
    """Put a paper into the file."""
    page = case_page(actor(), code)
    if request.method == "GET":
        fresh = {"copy_kind": CopyKind.PHOTOCOPY.value, "received_on": day(today()), "sealed": True}
        return _paper_form(page, Form.of(fresh))
    form = Form.posted()
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return _paper_form(page, form.refused({"file": ["Chưa chọn tệp."]})), 422
    try:
        evidence.add_paper(
            code,
            load(PAPER, shaped(PAPER, request.form)),
            upload.filename,
            upload.read(),
            version=None,  # adding a paper contradicts nobody
            actor=actor(),
            now=moment(),
            key=posted_key(),
        )
    except Invalid as error:
        again = {"file": ["Hãy chọn lại tệp."]} if "file" not in error.fields else {}
        return _paper_form(page, form.refused({**error.fields, **again})), 422
    flash("Đã đưa tài liệu vào hồ sơ.", "done")
    return redirect(url_for("cases.show", code=code, _anchor="tai-lieu"))


@blueprint.route("/ho-so/<code>/tai-lieu/<int:ordinal>", methods=["GET", "POST"])
def read_paper(code: str, ordinal: int) -> AnyResponse | str | tuple[str, int]:
    """Hand a paper out; a sealed one asks for a reason first."""
    page = case_page(actor(), code)
    found = next((each for each in page.evidence if each.ordinal == ordinal), None)
    if found is None:
        raise NotFound
    if not found.sealed:
        return _handed_out(evidence.read_paper(code, ordinal, actor()))
    if request.method == "GET":
        return _reason_form(page, Form(), found.title)
    try:
        reason = request.form.get("reason", "")
        return _handed_out(
            opening.open_paper(code, ordinal, reason=reason, actor=actor(), now=moment())
        )
    except Invalid as error:
        return _reason_form(page, Form.posted().refused(error.fields), found.title), 422


@blueprint.route("/ho-so/<code>/danh-tinh", methods=["GET", "POST"])
def identity(code: str) -> str | tuple[str, int]:
    """Open a sealed identity for a reason that stays in the timeline."""
    page = case_page(actor(), code)
    if not page.may_open_identity:
        raise Forbidden("Bạn chưa được giao quyền xem thông tin người tố cáo trong hồ sơ này.")
    if request.method == "GET":
        return _reason_form(page, Form())
    try:
        reason = request.form.get("reason", "")
        opened = opening.open_identity(code, reason=reason, actor=actor(), now=moment())
    except Invalid as error:
        return _reason_form(page, Form.posted().refused(error.fields)), 422
    return render_template("identity.html", case=page, opened=opened)


def _paper_form(page: CasePage, form: Form) -> str:
    return render_template(
        "paper.html",
        case=page,
        form=form,
        copy_kinds=options.words(CopyKind),
        sealing=page.kind is Kind.DENUNCIATION,
    )


def _reason_form(page: CasePage, form: Form, paper: str = "") -> str:
    return render_template("reason.html", case=page, form=form, paper=paper)


def _handed_out(paper: Stored) -> Response:
    response = Response(paper.data, mimetype=paper.media_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(paper.name)}"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
