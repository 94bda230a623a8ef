"""What answers about proposals look like, and the hands that write them."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, fields

from petitions.queries.submissions import SubmissionLine, SubmissionShown
from petitions.schemas.fields import Choice
from petitions.services.submissions_moves import Moves
from workflows.office import SubmissionStatus, Verdict, Work
from workflows.vocabulary import Action, Kind, Role


class _Answer(Schema):
    class Meta:
        unknown = RAISE


def _text(*, none: bool = False) -> fields.String:
    return fields.String(required=True, allow_none=none)


def _day(*, none: bool = True) -> fields.Date:
    return fields.Date(required=True, allow_none=none)


def _number() -> fields.Integer:
    return fields.Integer(required=True, strict=True)


class UidShape(_Answer):
    """The proposal to look at next."""

    uid = _text()


class SignedShape(_Answer):
    """The case to look at next."""

    code = _text()


class SubmissionLineShape(_Answer):
    """A proposal in a list; ``step`` 0 is its author, ``steps`` the one who signs."""

    uid = _text()
    version = _number()
    case = _text()
    kind = Choice(Kind, required=True)
    summary = _text()
    agency = _text()
    action = Choice(Action, required=True, allow_none=True)
    form_key = _text(none=True)
    work = Choice(Work, required=True)
    status = Choice(SubmissionStatus, required=True)
    step = _number()
    steps = _number()
    author = _text()
    holder = _text(none=True)
    due = _day()
    legal_due = _day()
    moved_at = fields.AwareDateTime(required=True)
    signed_on = _day()


class SubmissionLinesShape(_Answer):
    """Proposals, the nearest end first."""

    submissions = fields.List(fields.Nested(SubmissionLineShape), required=True)


class StageShape(_Answer):
    """An approver of the path, with the working days the step may take."""

    role = Choice(Role, required=True)
    agency = _text()
    days = _number()


class RoundShape(_Answer):
    """One round: who did what, when, with which opinion, and on whose table it lay afterwards."""

    seq = _number()
    verdict = Choice(Verdict, required=True)
    by = _text()
    role = Choice(Role, required=True)
    from_step = _number()
    to_step = _number()
    to = _text(none=True)
    due = _day()
    at = fields.AwareDateTime(required=True)
    opinion = _text()


class ApproverShape(_Answer):
    """Somebody the proposal may go to."""

    username = _text()
    name = _text()
    role = Choice(Role, required=True)
    title = _text()


class SubmissionShape(SubmissionLineShape):
    """A proposal with its words, its path, its rounds, and what the caller may do with it."""

    given = fields.Dict(keys=fields.String(), required=True)
    fields_ = fields.Dict(keys=fields.String(), required=True, data_key="fields")
    on = _day()
    path = fields.List(fields.Nested(StageShape), required=True)
    rounds = fields.List(fields.Nested(RoundShape), required=True)
    document = _text(none=True)
    may = fields.List(Choice(Verdict), required=True)
    up = fields.List(fields.Nested(ApproverShape), required=True)
    instead = fields.List(fields.Nested(ApproverShape), required=True)


def line(each: SubmissionLine) -> dict[str, Any]:
    """One proposal in a list."""
    return _taken(each, _LINE)


def whole(each: SubmissionShown, open_now: Moves) -> dict[str, Any]:
    """One proposal with all that belongs to it."""
    return {
        **line(each.line),
        "given": dict(each.given),
        "fields": dict(each.fields),
        "on": each.on,
        "path": [_taken(stage, _STAGE) for stage in each.path],
        "rounds": [_taken(one, _ROUND) for one in each.rounds],
        "document": each.document,
        "may": sorted(open_now.may),
        "up": [_taken(one, _APPROVER) for one in open_now.up],
        "instead": [_taken(one, _APPROVER) for one in open_now.instead],
    }


_LINE = (
    "uid", "version", "case", "kind", "summary", "agency", "action", "form_key", "work", "status",
    "step", "steps", "author", "holder", "due", "legal_due", "moved_at", "signed_on",
)  # fmt: skip
_STAGE = ("role", "agency", "days")
_ROUND = (
    "seq", "verdict", "by", "role", "from_step", "to_step", "to", "due", "at", "opinion",
)  # fmt: skip
_APPROVER = ("username", "name", "role", "title")


def _taken(result: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(result, name) for name in names}
