"""What would come of signing a proposal now: the act is done and undone again before it goes up.

So the author hears of what stands against it, and of every blank the letter still has once the act
has filled its own, not the signer.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from petitions.errors import Invalid
from petitions.services.acts import carry_out
from petitions.services.letters import letter_fields
from petitions.services.submission_rows import Carried, words_of
from petitions.services.submissions_drafting import PASSING_ON, typed
from workflows.vocabulary import Action

REASON = "Trình ký"
EMPTY: tuple[object, ...] = (None, "", [], (), {})


def rehearse(carried: Carried) -> None:
    """Raise what the signature would: ``NotAllowedNow``, ``Forbidden``, ``Invalid`` at the payload's
    fields or at ``fields.NAME`` for a blank of the letter. Nothing stays written."""
    row, case, session = carried.submission, carried.case, carried.session
    said = words_of(session, case, row)
    on = date.fromisoformat(said["on"]) if said.get("on") else carried.today
    signer = carried.path[-1].role if row.path else carried.actor.role
    as_signer = replace(carried.actor, role=signer, agency_id=row.agency_id)
    attempt = session.begin_nested()
    try:
        if row.action in PASSING_ON:
            _refuse_blanks(carried, on)
        if row.action is not None:
            carry_out(
                session, case.code, Action(row.action), typed(said.get("given") or {}), version=None,
                on=on, actor=as_signer, now=carried.now, late_reason=REASON,
            )  # fmt: skip
        if row.action not in PASSING_ON:
            _refuse_blanks(carried, on)
    finally:
        attempt.rollback()


def _refuse_blanks(carried: Carried, on: date) -> None:
    row = carried.submission
    if row.form_key is None:
        return
    filled = words_of(carried.session, carried.case, row).get("fields") or {}
    blanks = letter_fields(
        carried.actor,
        carried.case.code,
        row.form_key,
        on,
        action=Action(row.action) if row.action else None,
    )
    faults = {
        f"fields.{each.field.name}": [f"Văn bản còn thiếu: {each.field.label}."]
        for each in blanks
        if each.field.required and filled.get(each.field.name, each.value) in EMPTY
    }
    if faults:
        raise Invalid(faults)
