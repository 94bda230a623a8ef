"""Bodies at work beside the one that decides: the verification of a case, and replies awaited."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from petitions.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from petitions.labels import label
from petitions.queries.advising import (
    office_of,
    replies_of,
    verification_of,
    verifying_bodies,
)
from petitions.queries.advising_shapes import Reply, Verification
from petitions.queries.awaited import (
    Answered,
    ReplyFilters,
    Side,
    agencies_met,
    awaited_replies,
)
from petitions.queries.case_page import case_page
from petitions.queries.case_shapes import CasePage
from petitions.schemas.awaited import REPLY, REPLY_FILTERS, STEP
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.services.acts import perform
from petitions.services.verification import WORKERS, tick, untick
from petitions.web import options
from petitions.web.days import Due, due_words
from petitions.web.forms import Form, Option, posted_key
from petitions.web.pages import CASE_WORK, day
from petitions.web.session import actor, moment, require, today
from workflows.office import ReplyKind
from workflows.transition import INTAKE
from workflows.vocabulary import Action, Need

blueprint = Blueprint("advising", __name__)

ANSWERED = {
    Answered.WAITING: "Chưa có phúc đáp",
    Answered.LATE: "Chưa có phúc đáp, đã quá hạn",
    Answered.ANSWERED: "Đã có phúc đáp",
}
SIDES = {Side.ASKED: "Cơ quan tôi chờ nơi khác", Side.OWED: "Nơi khác chờ cơ quan tôi"}


@blueprint.get("/cho-phuc-dap")
def awaited() -> str | tuple[str, int]:
    """What the agency asked of others, or owes them, until it is answered."""
    return _list("Chờ phúc đáp", {})


@blueprint.get("/da-chuyen-chua-tra-loi")
def forwarded() -> str | tuple[str, int]:
    """Petitions sent to other bodies that have not said what became of them."""
    return _list("Đã chuyển chưa trả lời", {"kind": ReplyKind.FORWARDED.value})


@blueprint.route("/ho-so/<code>/phuc-dap/<int:number>", methods=["GET", "POST"])
def reply(code: str, number: int) -> Response | str | tuple[str, int]:
    """Noting the reply that came."""
    require(*INTAKE)
    page, asked = case_page(actor(), code), _asked(code, number)
    form = Form.of({"on": day(today())})
    status, stale = 200, False
    if request.method == "POST":
        form = Form.posted({"version"})
        try:
            given = load(REPLY, shaped(REPLY, request.form))
            words = {
                Need.CONTENT: given["content"],
                Need.DOCUMENT: given.get("document"),
                Need.AWAITED: number,
            }
            perform(
                code,
                Action.RECORD_REPLY,
                {need: value for need, value in words.items() if value},
                version=request.form.get("version", 0, type=int),
                on=given["on"],
                actor=actor(),
                now=moment(),
                late_reason=given.get("late_reason"),
                key=posted_key(),
            )
        except Invalid as error:
            form, status = form.refused(error.fields), 422
        except Stale:
            status, stale = 409, True
        else:
            flash(f"Đã ghi phúc đáp của {asked.to or asked.asker}.", "done")
            return redirect(url_for("cases.show", code=code))
    version = page.version if stale else request.form.get("version", page.version)
    text = render_template(
        "awaited_reply.html", case=page, asked=asked, form=form, version=version, stale=stale
    )
    return text if status == 200 else (text, status)


@blueprint.get("/ho-so/<code>/xac-minh")
def verification(code: str) -> str:
    """Team, checklist, papers and reports of a case."""
    return _verification(verification_of(actor(), code), Form(), "")


@blueprint.post("/ho-so/<code>/xac-minh/<step>")
def tick_step(code: str, step: str) -> Response | tuple[str, int]:
    """A step was done; or, sent with ``undo``, its note is taken back."""
    form = Form.posted()
    try:
        if "undo" in request.form:
            untick(code, step, actor=actor(), now=moment(), key=posted_key())
            flash("Đã bỏ đánh dấu bước xác minh.", "done")
        else:
            typed = MultiDict(
                (name, value) for name, value in request.form.items() if name in STEP.fields
            )
            given = load(STEP, shaped(STEP, typed))
            tick(
                code,
                step,
                done_on=given["done_on"],
                paper=given.get("paper"),
                actor=actor(),
                now=moment(),
                key=posted_key(),
            )
            flash("Đã ghi bước xác minh.", "done")
    except Invalid as error:
        return _verification(verification_of(actor(), code), form.refused(error.fields), step), 422
    except Conflict as error:
        flash(error.message, "warn")
    return redirect(url_for("advising.verification", code=code))


def _verification(shown: Verification, form: Form, wrong: str) -> str:
    """The page; ``wrong`` is the step whose form was refused."""
    return render_template(
        "verification.html",
        shown=shown,
        form=form,
        wrong=wrong,
        blanks={
            each.step.key: Form.of(
                {
                    "done_on": day(each.done_on or today()),
                    "paper": each.paper and each.paper.ordinal,
                }
            )
            for each in shown.checklist
        },
        may_tick=shown.may_work and actor().role in WORKERS,
        papers=[
            Option(str(each.ordinal), f"{each.ordinal}. {each.title}") for each in shown.papers
        ],
    )


def offered(page: CasePage, action: Action, need: Need) -> list[Option] | None:
    """What the form of an act offers where bodies work together; None where it offers the usual."""
    if action is Action.FORM_TEAM:
        return _team(page)
    if need is not Need.RECIPIENT:
        return None
    if action is Action.ORDER_SUBORDINATE and not actor().province_wide:
        below = actor().agency_ids - {actor().agency_id}
        return options.agencies(today(), within=below)
    if action is Action.ASK_DRAFT:
        helpers = {each.code: each.name for each in office_of(actor(), page.code).helpers}
        return [Option(code, name) for code, name in helpers.items()]
    return None


def _team(page: CasePage) -> list[Option]:
    """People of every body that verifies, the own first; each names the body where it is another's."""
    bodies = [(actor().agency_id, ""), *verifying_bodies(page.id, page.agency_id)]
    found: dict[str, Option] = {}
    for agency_id, name in bodies:
        for each in options.colleagues(agency_id, page.id, today()):
            text = f"{each.text} ({name})" if name else each.text
            found.setdefault(each.value, Option(each.value, text))
    return list(found.values())


def _asked(code: str, number: int) -> Reply:
    """What the actor's own agency still waits for in the case. Raises ``NotFound``, ``Forbidden``."""
    replies = {each.ordinal: each for each in replies_of(actor(), code)}
    found = replies.get(number)
    if found is None:
        raise NotFound
    if found.asker_id != actor().agency_id:
        raise Forbidden("Chỉ cơ quan đã hỏi, đã chuyển đơn ghi nhận phúc đáp.")
    if found.answered_on is not None:
        raise Conflict("Việc này đã có phúc đáp.")
    return found


def _list(title: str, fixed: dict[str, str]) -> str | tuple[str, int]:
    require(*CASE_WORK)
    sent = {name: values[-1] for name, values in request.args.lists()}
    names = {name: value for name, value in sent.items() if value.strip() not in ("", "false")}
    form, status = Form({name: [value] for name, value in names.items()}), 200
    try:
        filters, page = load(
            REPLY_FILTERS, shaped(REPLY_FILTERS, MultiDict({**names, **fixed}), strict=True)
        )
    except Invalid as error:
        form, status = form.refused(error.fields), 422
        filters, page = ReplyFilters(kind=ReplyKind(fixed["kind"]) if fixed else None), 1
    found = awaited_replies(actor(), filters, today(), page)
    tell = due_words(today())
    rows = [(each, _answered_words(each.reply) or tell(each.reply.due)) for each in found.lines]
    here = request.endpoint or ""

    def at(number: int) -> str:
        rest: dict[str, Any] = {name: value for name, value in names.items() if name != "page"}
        return url_for(here, **rest | ({"page": number} if number > 1 else {}))

    text = render_template(
        "awaited.html",
        title=title,
        endpoint=here,
        form=form,
        filters=filters,
        rows=rows,
        total=found.total,
        page=page,
        before=at(page - 1) if page > 1 else None,
        after=at(page + 1) if found.more else None,
        narrowed=bool(names.keys() - {"page"}),
        sides=[Option(side.value, text) for side, text in SIDES.items()],
        states=[Option(state.value, text) for state, text in ANSWERED.items()],
        kinds=[] if fixed else [Option(kind.value, label(kind)) for kind in ReplyKind],
        agencies=[Option(code, name) for code, name in agencies_met(actor())],
        may_note=actor().role in INTAKE,
    )
    return text if status == 200 else (text, status)


def _answered_words(each: Reply) -> Due | None:
    """How an answered one stood on its day; None while it waits."""
    if each.answered_on is None:
        return None
    if each.late(each.answered_on) and each.due is not None:
        return Due(f"trả lời trễ {(each.answered_on - each.due).days} ngày", "▲", "late")
    return Due("đã trả lời", "✓", "done")
