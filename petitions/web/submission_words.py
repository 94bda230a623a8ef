"""What a proposal says, in words: its matter, its letter, the payload of its act."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from config.clock import local_day
from petitions.documents.catalog import form_for
from petitions.errors import DomainError
from petitions.labels import label
from petitions.queries.case_shapes import CasePage, Happening
from petitions.queries.submissions import SubmissionLine, SubmissionShown
from petitions.web.kept import names
from petitions.web.session import moment, today
from petitions.web.story import told
from workflows.office import SubmissionStatus
from workflows.vocabulary import Action, Need, State


def title_of(line: SubmissionLine) -> str:
    """What a proposal is about in a few words: the act, else the letter."""
    if line.action is not None:
        return label(line.action)
    return letter_of(line) or "Văn bản"


def letter_of(line: SubmissionLine) -> str:
    """The name of its letter, empty where it has none."""
    if line.form_key is None:
        return ""
    try:
        return form_for(line.form_key, line.signed_on or local_day(line.opened_at)).name
    except DomainError:
        return line.form_key


def status_of(line: SubmissionLine) -> str:
    """Where it stands; one that made no letter ends with its signature, nothing was sent out."""
    if line.status is SubmissionStatus.DISPATCHED and line.form_key is None:
        return label(SubmissionStatus.SIGNED)
    return label(line.status)


def payload_of(found: SubmissionShown, page: CasePage) -> tuple[tuple[str, str], ...]:
    """The proposed act's payload in the words of the timeline."""
    if found.line.action is None:
        return ()
    given = dict(found.given)
    for need in (Need.ASSIGNEE, Need.TEAM):
        if need in given:
            given[need] = _people(given[need], found.people)
    if found.line.action in {Action.TRANSFER, Action.ENGAGE_ADVISER, Action.ORDER_SUBORDINATE, Action.REPORT_UP}:  # fmt: skip
        code = str(given.get(Need.RECIPIENT) or "")
        given[Need.RECIPIENT] = names().agency_codes.get(code, code)
    as_if = Happening(
        seq=0, action=found.line.action, state_to=State(page.state), on=today(), recorded_at=moment(),
        actor=None, role=None, agency="", data={}, words=given, erased=False,
    )  # fmt: skip
    return told((as_if,), names(), local_day)[0].lines


def _people(value: Any, known: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_people(each, known) for each in value]
    return known.get(value, value)
