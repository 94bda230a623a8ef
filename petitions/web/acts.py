"""Doing an act: its form drawn from what the lifecycle asks, nothing typed lost when it is refused."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from config.clock import local_day
from petitions.action_labels import ACTIONS
from petitions.errors import Invalid, Leak, NotAllowedNow, NotFound, Stale
from petitions.labels import label
from petitions.queries import choices
from petitions.queries.case_page import case_page, permissions
from petitions.queries.case_shapes import CasePage
from petitions.schemas.acts import FieldSpec, load_payload, payload_from_form, payload_schema
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.services import words
from petitions.services.acts import perform
from petitions.web import options
from petitions.web.cases import HIDDEN
from petitions.web.corrections import correctable, corrected, fact_days
from petitions.web.forms import Form, Option, posted_key
from petitions.web.kept import names
from petitions.web.masking import OWN_FIELDS, Leaked, leaked, masked, text_at
from petitions.web.pages import day
from petitions.web.session import actor, moment, today
from petitions.web.shapes import ACT
from petitions.web.story import told as told_story
from workflows.lifecycle import Permission
from workflows.vocabulary import Action, Fact, Kind, Need

blueprint = Blueprint("acts", __name__)

VERSION = "version"
OWN = ("on", "late_reason", *OWN_FIELDS)
"""Inputs of the page besides the payload's."""
PARTS_SHOWN = 2
YES_NO = [Option("true", "Có"), Option("false", "Không")]
CORRECTING = {Need.CHANGES, Need.PARTS}


@blueprint.route("/ho-so/<code>/viec/<action>", methods=["GET", "POST"])
def act(code: str, action: str) -> Response | str | tuple[str, int]:
    """The form of one act on one case."""
    page = case_page(actor(), code)
    permission = _permission(page, action)
    if not permission.allowed:
        if request.method == "POST":
            return _refused(page, permission)
        raise NotAllowedNow(permission.reason or "", permission.article)
    if request.method == "GET":
        return _page(page, permission, Form.of({"on": day(today()), **_preset(page, permission)}))
    form = _typed(permission)
    if "_more" in request.form:
        return _page(page, permission, form, more=True)
    if "_mask" in request.form:
        changed = masked(form)
        return _page(page, permission, changed or form, told=changed is not None)
    return _do(page, permission, form)


def _do(page: CasePage, permission: Permission, form: Form) -> Response | tuple[str, int]:
    action, given = permission.action, {}
    try:
        envelope = load(ACT, shaped(ACT, request.form))
        payload = payload_from_form(permission, request.form)
        if Need.CHANGES in payload:
            payload[Need.CHANGES] = corrected(page, payload[Need.CHANGES])
        given = load_payload(action, permission, payload)
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


def _permission(page: CasePage, action: str) -> Permission:
    for each in permissions(page, actor(), today()):
        if each.action.value == action and each.action not in HIDDEN:
            return each
    raise NotFound


def _refused(page: CasePage, permission: Permission) -> tuple[str, int]:
    """Somebody changed the case so that the act is no longer possible: say so beside what was typed."""
    form = Form.posted()
    typed = [
        (name, form.value(name))
        for name in form.values
        if name not in OWN_FIELDS | {VERSION} and form.value(name).strip()
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
    return {}


def _page(
    page: CasePage,
    permission: Permission,
    form: Form,
    *,
    leak: Leaked | None = None,
    stale: bool = False,
    told: bool = False,
    more: bool = False,
) -> str:
    specs = payload_schema(permission)
    correcting = any(spec.need is Need.CHANGES for spec in specs)
    changes = correctable(page) if correcting else {}
    return render_template(
        "act.html",
        case=page,
        # a page drawn again keeps the version it was opened with, or it would hide another's change
        version=page.version if stale else request.form.get(VERSION, page.version),
        latest=told_story(page.timeline[:3], names(), local_day) if stale else (),
        permission=permission,
        wording=ACTIONS[permission.action],
        form=form,
        specs=specs,
        offered={spec.name: _choices(page, spec) for spec in specs},
        changes=changes,
        parts=max(form.rows("parts", PARTS_SHOWN) + more, PARTS_SHOWN),
        kinds=options.words(Kind),
        yes_no=YES_NO,
        fields=options.fields(today()) if CORRECTING & {spec.need for spec in specs} else (),
        communes=choices.communes_around(actor().agency_id, today()) if changes else (),
        leak=leak,
        stale=stale,
        masked=told,
    )


def _choices(page: CasePage, spec: FieldSpec) -> list[Any]:
    match spec.widget:
        case "user" | "users":
            return options.colleagues(page.agency_id, page.id, today())
        case "agency":
            return [each for each in options.agencies(today()) if each.text != page.agency]
    if spec.need is Need.FACT:
        known = fact_days(page)
        return [
            Option(value, f"{text}: {day(known[Fact(value)])}")
            for value, text in spec.options
            if Fact(value) in known
        ]
    return [Option(value, text) for value, text in spec.options]
