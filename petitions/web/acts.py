"""Doing an act: its form drawn from what the lifecycle asks, nothing typed lost when it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from config.clock import local_day
from petitions.action_labels import ACTIONS
from petitions.documents.catalog import form_for
from petitions.errors import Conflict, Invalid, Leak, NotAllowedNow, NotFound, Stale
from petitions.labels import label
from petitions.queries import choices
from petitions.queries.approvers import AUTHORS
from petitions.queries.case_page import case_page, permissions
from petitions.queries.case_shapes import CasePage
from petitions.queries.routes import route_of_act
from petitions.queries.submissions import SubmissionShown, proposable, submission
from petitions.schemas.acts import FieldSpec, load_payload, payload_from_form, payload_schema
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.services import words
from petitions.services.acts import perform
from petitions.services.submissions_drafting import propose, with_document
from petitions.services.submissions_drafting import revise as change
from petitions.services.submissions_moves import moves
from petitions.web import advising, enforcement_case, handling, options, urging
from petitions.web.cases import HIDDEN
from petitions.web.corrections import correctable, corrected, fact_days
from petitions.web.forms import Form, Option, posted_key
from petitions.web.kept import names
from petitions.web.masking import OWN_FIELDS, Leaked, leaked, masked, text_at
from petitions.web.pages import day
from petitions.web.questions import WHOLE
from petitions.web.session import actor, moment, today
from petitions.web.shapes import ACT, DRAFT
from petitions.web.story import told as told_story
from workflows.checks import AMOUNTS
from workflows.lifecycle import Permission, permitted
from workflows.office import LEGAL, Verdict
from workflows.records import findings_of
from workflows.vocabulary import Action, Fact, Kind, Need, Role

blueprint = Blueprint("acts", __name__)

VERSION = "version"
OWN = ("on", "late_reason", "form_key", *OWN_FIELDS)
"""Inputs of the page besides the payload's."""
PARTS_SHOWN = 2
YES_NO = [Option("true", "Có"), Option("false", "Không")]
Way = tuple[tuple[Role, str | None], ...]
"""Who approves in turn, the last one signs: roles, and the body where it is another one."""
HEAD_ALONE: Way = ((Role.HEAD, None),)
CORRECTING = {Need.CHANGES, Need.PARTS}


@blueprint.route("/ho-so/<code>/viec/<action>", methods=["GET", "POST"])
def act(code: str, action: str) -> Response | str | tuple[str, int]:
    """The form of one act on one case."""
    page = case_page(actor(), code)
    permission, way = _permission(page, action)
    if not permission.allowed:
        if request.method == "POST":
            return _refused(page, permission)
        raise NotAllowedNow(permission.reason or "", permission.article)
    if request.method == "GET":
        # another body is urged by letter; the form here is for whoever works in the own house
        if action == Action.URGE and (letter := urging.letter_about(page.code)):
            return redirect(letter)
        start = {"on": "" if way else day(today()), **_preset(page, permission)}
        letters = (
            options.letters(permission.action, page.kind, page.instance, today()) if way else ()
        )
        start["form_key"] = letters[0].value if letters else ""
        return _page(page, permission, Form.of(start), way=way)
    form = _typed(permission)
    if "_more" in request.form:
        return _page(page, permission, form, more=True, way=way)
    if "_mask" in request.form:
        changed = masked(form)
        return _page(page, permission, changed or form, told=changed is not None, way=way)
    return _propose(page, permission, form, way) if way else _do(page, permission, form)


def _propose(
    page: CasePage, permission: Permission, form: Form, way: Way
) -> Response | tuple[str, int]:
    """Open a submission instead: the agency's route has somebody to approve this."""
    given: dict[Need, Any] = {}
    try:
        typed = load(DRAFT, shaped(DRAFT, request.form))
        given = _given(page, permission, typed.get("form_key"))
        uid = propose(
            page.code,
            permission.action,
            given,
            typed.get("form_key"),
            {},
            on=typed.get("on"),
            actor=actor(),
            now=moment(),
            key=posted_key(),
        )
    except Leak as error:
        text = text_at(words.safe(given), error.field)
        marked = form.refused(error.fields).changed({error.field: text})
        return _page(page, permission, marked, leak=leaked(error, text), way=way), 422
    except Invalid as error:
        return _page(
            page, permission, form.refused(_placed(permission, error.fields)), way=way
        ), 422
    except Conflict as error:
        return _page(page, permission, form, warning=error.message, way=way), 409
    if typed.get("form_key"):
        flash("Đã lập tờ trình. Điền tiếp văn bản kèm theo, rồi trình.", "done")
        return redirect(url_for("submissions.write", uid=uid))
    flash("Đã lập tờ trình. Xem lại rồi bấm Trình.", "done")
    return redirect(url_for("submissions.show", uid=uid))


@blueprint.route("/to-trinh/<uid>/sua", methods=["GET", "POST"])
def revise(uid: str) -> Response | str | tuple[str, int]:
    """The form of a proposed act once more, with what its author wrote."""
    found = submission(actor(), uid)
    if found.line.action is None or Verdict.REVISE not in moves(actor(), uid, moment()).may:
        raise Conflict("Tờ trình này không còn ở chỗ bạn để sửa.")
    page = case_page(actor(), found.line.case)
    way = tuple((each.role, None if each.agency == page.agency else each.agency) for each in found.path)  # fmt: skip
    signer = found.path[-1].role if found.path else actor().role
    permission = next(
        each for each in permitted(page.file, signer, today()) if each.action is found.line.action
    )
    if not permission.allowed:
        raise NotAllowedNow(permission.reason or "", permission.article)
    if request.method == "GET":
        kept = {name: _shown(value) for name, value in found.given.items()}
        start = {"on": day(found.on), "form_key": found.line.form_key or "", **kept}
        return _page(page, permission, Form.of(start), way=way, revised=found)
    form = _typed(permission)
    if "_more" in request.form:
        return _page(page, permission, form, more=True, way=way, revised=found)
    if "_mask" in request.form:
        changed = masked(form)
        return _page(page, permission, changed or form, told=changed is not None, way=way, revised=found)  # fmt: skip
    return _revise(page, permission, form, way, found)


def _revise(
    page: CasePage, permission: Permission, form: Form, way: Way, found: SubmissionShown
) -> Response | tuple[str, int]:
    given: dict[Need, Any] = {}
    try:
        typed = load(DRAFT, shaped(DRAFT, request.form))
        given = _given(page, permission, found.line.form_key)
        change(
            found.line.uid,
            given,
            found.fields,
            on=typed.get("on"),
            version=_version(),
            actor=actor(),
            now=moment(),
            key=posted_key(),
        )
    except Leak as error:
        text = text_at(words.safe(given), error.field)
        marked = form.refused(error.fields).changed({error.field: text})
        return _page(page, permission, marked, leak=leaked(error, text), way=way, revised=found), 422  # fmt: skip
    except Invalid as error:
        faulty = form.refused(_placed(permission, error.fields))
        return _page(page, permission, faulty, way=way, revised=found), 422
    flash("Đã sửa tờ trình.", "done")
    return redirect(url_for("submissions.show", uid=found.line.uid))


def _shown(value: Any) -> Any:
    """A kept value as its input shows it: days in Vietnamese order."""
    if isinstance(value, list):
        return [_shown(each) for each in value]
    try:
        return day(date.fromisoformat(value)) if isinstance(value, str) else value
    except ValueError:
        return value


def _placed(permission: Permission, faults: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Faults at the inputs of the form; one without an input (nobody to approve) at the whole."""
    names = {"on", "form_key", *(spec.name for spec in payload_schema(permission))}
    found: dict[str, list[str]] = {}
    for path, messages in faults.items():
        place = path if path.partition(".")[0] in names else WHOLE
        found.setdefault(place, []).extend(messages)
    return found


def _given(page: CasePage, permission: Permission, form_key: str | None = None) -> dict[Need, Any]:
    """What was typed; the letter ``form_key`` that goes with the act is its document."""
    payload = payload_from_form(permission, request.form)
    if any(each.need is Need.DOCUMENT for each in payload_schema(permission)):
        payload = with_document(permission.action, form_key, payload, today())
    if Need.CHANGES in payload:
        payload[Need.CHANGES] = corrected(page, payload[Need.CHANGES])
    return load_payload(permission.action, permission, payload)


def _do(page: CasePage, permission: Permission, form: Form) -> Response | tuple[str, int]:
    action, given = permission.action, {}
    try:
        envelope = load(ACT, shaped(ACT, request.form))
        given = _given(page, permission)
        code = perform(
            page.code,
            action,
            given,
            version=_version(),
            on=envelope["on"],
            actor=actor(),
            now=moment(),
            late_reason=envelope.get("late_reason"),
            key=posted_key(),
        )
    except Leak as error:
        texts = {"late_reason": request.form.get("late_reason", ""), **words.safe(given)}
        text = text_at(texts, error.field)
        marked = form.refused(error.fields).changed({error.field: text})
        return _page(page, permission, marked, leak=leaked(error, text)), 422
    except Invalid as error:
        return _page(page, permission, form.refused(error.fields)), 422
    except Stale:
        return _page(page, permission, form, stale=True), 409
    flash(f"Đã ghi: {label(action)}.", "done")
    return redirect(url_for("cases.show", code=code))


def _version() -> int | None:
    """The version the form was opened with; a form without one is always stale."""
    return request.form.get(VERSION, 0, type=int)


def _permission(page: CasePage, action: str) -> tuple[Permission, Way | None]:
    """What this hat may do, or may propose: the approvers of the agency's route, or its head alone
    where no route is set and this hat may not do the act itself.

    A proposal is judged as its signer would do the act. Raises ``NotFound``.
    """
    wanted = next((each for each in LEGAL if each.value == action), None)
    route = wanted and route_of_act(actor(), page.code, wanted, today())
    way = tuple((step.role, step.agency) for step in route.steps) if route else None
    found = (
        permitted(page.file, way[-1][0], today())
        if way and actor().role in AUTHORS
        else permissions(page, actor(), today())
    )
    judged = next((each for each in found if each.action.value == action), None)
    if not way and not (judged and judged.allowed):
        offered = proposable(page, actor(), today())
        asked = next((each for each in offered if each.action.value == action), None)
        if asked is not None:
            judged, way = asked, HEAD_ALONE
    if judged is None or judged.action in HIDDEN:
        raise NotFound
    return judged, way


def _refused(page: CasePage, permission: Permission) -> tuple[str, int]:
    """Somebody changed the case so that the act is no longer possible: say so beside what was typed."""
    form = Form.posted()
    typed = [
        (name, form.value(name))
        for name in form.values
        if name not in OWN_FIELDS | {VERSION, "form_key"} and form.value(name).strip()
    ]
    page_text = render_template("act_refused.html", case=page, permission=permission, typed=typed)
    return page_text, 409


def _typed(permission: Permission) -> Form:
    form = Form.of(payload_from_form(permission, request.form), once=posted_key())
    kept = {name: request.form[name] for name in OWN if name in request.form}
    return form.changed(kept)


def _preset(page: CasePage, permission: Permission) -> dict[str, Any]:
    """What the form can know before anything is typed."""
    if permission.action is Action.CLASSIFY:
        return {"competent": page.file.competent, "marks": [m.value for m in page.file.marks]}
    known = {spec.name for spec in payload_schema(permission)}
    start = handling.preset(page, permission.action) | enforcement_case.preset(
        page, permission.action
    )
    return {name: value for name, value in start.items() if name in known}


def _page(
    page: CasePage,
    permission: Permission,
    form: Form,
    *,
    leak: Leaked | None = None,
    stale: bool = False,
    told: bool = False,
    more: bool = False,
    way: Way | None = None,
    warning: str = "",
    revised: SubmissionShown | None = None,
) -> str:
    every = [each for each in payload_schema(permission) if not _says_the_letter(each, form)]
    cut = next((n for n, each in enumerate(every) if each.need in AMOUNTS), len(every))
    specs, rest = every[:cut], [each for each in every[cut:] if each.need not in AMOUNTS]
    correcting = any(spec.need is Need.CHANGES for spec in every)
    changes = correctable(page) if correcting else {}
    now_at = revised.line.version if revised else page.version
    return render_template(
        "act.html",
        case=page,
        # a page drawn again keeps the version it was opened with, or it would hide another's change
        version=page.version if stale else request.form.get(VERSION, now_at),
        latest=told_story(page.timeline[:3], names(), local_day) if stale else (),
        permission=permission,
        wording=ACTIONS[permission.action],
        form=form,
        specs=specs,
        rest=rest,
        amounts=[each for each in every if each.need in AMOUNTS],
        left=enforcement_case.left_words(page, permission.action),
        offered={spec.name: _choices(page, permission.action, spec) for spec in every},
        changes=changes,
        parts=max(form.rows("parts", PARTS_SHOWN) + more, PARTS_SHOWN),
        kinds=options.words(Kind),
        yes_no=YES_NO,
        fields=options.fields(today()) if CORRECTING & {spec.need for spec in every} else (),
        communes=choices.communes_around(actor().agency_id, today()) if changes else (),
        leak=leak,
        stale=stale,
        masked=told,
        way=way,
        revised=revised,
        letters=options.letters(permission.action, page.kind, page.instance, today())
        if way and not revised
        else (),
        warning=warning,
    )


def _says_the_letter(spec: FieldSpec, form: Form) -> bool:
    """Whether the input would only repeat the letter that goes with the act, which has no number yet."""
    letter = form.value("form_key")
    if spec.need is not Need.DOCUMENT or not letter or form.faults_at(spec.name):
        return False
    return form.value(spec.name) in {"", form_for(letter, today()).name}


def _choices(page: CasePage, action: Action, spec: FieldSpec) -> list[Any]:
    own = advising.offered(page, action, spec.need)
    if own is not None:
        return own
    match spec.widget:
        case "user" | "users":
            return options.colleagues(page.agency_id, page.id, today())
        case "agency" | "agencies":
            return [each for each in options.agencies(today()) if each.text != page.agency]
    if spec.need is Need.FOUND:
        return options.words(findings_of(page.kind, page.instance))
    if spec.need is Need.FACT:
        known = fact_days(page)
        return [
            Option(value, f"{text}: {day(known[Fact(value)])}")
            for value, text in spec.options
            if Fact(value) in known
        ]
    return [Option(value, text) for value, text in spec.options]
