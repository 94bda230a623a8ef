"""What the answers look like, for the documentation; ``written`` makes them."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, fields

from petitions.schemas.fields import Choice
from workflows.office import Work
from workflows.records import ClockState, CopyKind, LinkKind, Nature, Source
from workflows.vocabulary import (
    Action,
    Coarse,
    Complexity,
    Kind,
    Protection,
    Role,
    State,
    Step,
    Subkind,
)
from workflows.watch import FlagKind


class _Answer(Schema):
    class Meta:
        unknown = RAISE


def _text() -> fields.String:
    return fields.String(required=True)


def _maybe() -> fields.String:
    return fields.String(required=True, allow_none=True)


def _day() -> fields.Date:
    return fields.Date(required=True)


def _maybe_day() -> fields.Date:
    return fields.Date(required=True, allow_none=True)


def _instant() -> fields.AwareDateTime:
    return fields.AwareDateTime(required=True)


def _number() -> fields.Integer:
    return fields.Integer(required=True, strict=True)


def _maybe_number() -> fields.Integer:
    return fields.Integer(required=True, strict=True, allow_none=True)


def _flag() -> fields.Boolean:
    return fields.Boolean(required=True)


def _word(words: Any) -> Choice:
    return Choice(words, required=True)


def _maybe_word(words: Any) -> Choice:
    return Choice(words, required=True, allow_none=True)


def _many(each: type[Schema] | fields.Field[Any]) -> fields.List[Any]:
    inner = each if isinstance(each, fields.Field) else fields.Nested(each)
    return fields.List(inner, required=True)


def _any() -> fields.Dict:
    return fields.Dict(keys=fields.String(), required=True)


class LineShape(_Answer):
    """A case in a list; ``due`` is the nearest date somebody must act by."""

    code = _text()
    kind = _word(Kind)
    instance = _number()
    state = _word(State)
    coarse = _word(Coarse)
    summary = _text()
    received_on = _day()
    due = _maybe_day()
    step = _maybe_word(Step)
    agency = _text()
    officer = _maybe()
    field = _text()
    place = _maybe()
    group_size = _number()
    paused = _flag()
    flags = _many(Choice(FlagKind))


class PageInfoShape(_Answer):
    """``next`` goes into ``after`` for the following page; null on the last."""

    limit = _number()
    next = _maybe()


class QueueShape(_Answer):
    """A page of cases by nearest due date."""

    cases = _many(LineShape)
    page = fields.Nested(PageInfoShape, required=True)


class FoundShape(_Answer):
    """Cases found, the newest first."""

    cases = _many(LineShape)


class PersonShownShape(_Answer):
    """Someone of the case; of a sealed person only role and ordinal."""

    side = _text()
    ordinal = _number()
    role = _text()
    sealed = _flag()
    name = _maybe()
    is_representative = _flag()
    withdrew_on = _maybe_day()
    details = _any()


class ClockShape(_Answer):
    """A clock with its article and its explanation in Vietnamese."""

    step = _word(Step)
    nature = _word(Nature)
    state = _word(ClockState)
    trigger_on = _day()
    nominal_end = _maybe_day()
    due = _maybe_day()
    safe = _maybe_day()
    near_from = _maybe_day()
    closed_on = _maybe_day()
    provisional = _flag()
    rule = _text()
    citation = _text()
    explanation = _many(fields.String())
    late = _flag()


class HappeningShape(_Answer):
    """An event; ``words`` holds what may be erased, ``data`` what the chain holds."""

    seq = _number()
    action = _word(Action)
    label = _text()
    state_to = _word(State)
    on = _day()
    recorded_at = _instant()
    actor = _maybe()
    role = _maybe_word(Role)
    agency = _text()
    data = _any()
    words = _any()
    erased = _flag()


class StandingShape(_Answer):
    """A flag that holds."""

    kind = _word(FlagKind)
    since = _day()
    evidence = _any()


class LinkShape(_Answer):
    """Another case this one belongs with."""

    kind = _word(LinkKind)
    outgoing = _flag()
    code = _text()
    summary = _text()


class PaperShape(_Answer):
    """A paper as registered."""

    ordinal = _number()
    agency = _text()
    register = _text()
    source = _word(Source)
    written_on = _maybe_day()
    received_on = _day()
    entered_at = _instant()
    forwarder = _maybe()
    forward_number = _maybe()
    forward_on = _maybe_day()
    originals = _maybe()
    copies_to = _maybe()


class EvidenceShape(_Answer):
    """A line of the evidence list; size in bytes."""

    ordinal = _number()
    title = _text()
    copy_kind = _word(CopyKind)
    supplier = _maybe()
    received_on = _day()
    size = _maybe_number()
    extension = _text()
    sealed = _flag()


class PriorShownShape(_Answer):
    """An earlier settlement."""

    body = _text()
    form = _text()
    instance = _maybe_number()
    number = _maybe()
    issued_on = _maybe_day()
    summary = _text()


class ParcelShownShape(_Answer):
    """A land parcel; area in square metres, as text."""

    sheet = _text()
    parcel = _text()
    area_m2 = _maybe()
    land_kind = _maybe()


class ContestedShownShape(_Answer):
    """The decision or act complained of."""

    is_decision = _flag()
    number = _maybe()
    issued_on = _maybe_day()
    issuer = _maybe()
    received_on = _maybe_day()
    description = _maybe()


class ChoiceShape(_Answer):
    """One value to choose and its wording."""

    value = _text()
    label = _text()


class FieldShape(_Answer):
    """An input of an act; ``name`` is its key in ``given``."""

    name = _text()
    widget = _text()
    required = _flag()
    label = _text()
    hint = _text()
    choices = _many(ChoiceShape)


class ActionShape(_Answer):
    """What might be done to the case, and if not now, why, citing the article."""

    action = _word(Action)
    label = _text()
    allowed = _flag()
    reason = _maybe()
    article = _text()
    legal = _flag()
    form = _maybe()
    fields_ = fields.List(fields.Nested(FieldShape), required=True, data_key="fields")


class CaseShape(_Answer):
    """One case whole. ``version`` goes back with the next act."""

    code = _text()
    version = _number()
    kind = _word(Kind)
    subkind = _maybe_word(Subkind)
    instance = _number()
    state = _word(State)
    coarse = _word(Coarse)
    open = _flag()
    complexity = _word(Complexity)
    remote = _flag()
    summary = _text()
    content = _text()
    demand = _text()
    handled_before = _text()
    language = _maybe()
    interpreter = _flag()
    fingerprint = _flag()
    received_on = _day()
    first_received_on = _day()
    entered_at = _instant()
    closed_on = _maybe_day()
    paused_since = _maybe_day()
    stayed_until = _maybe_day()
    protection = _word(Protection)
    wants_protection = _flag()
    wants_result = _flag()
    anonymous = _flag()
    group_size = _number()
    official_conduct = _flag()
    security_risk = _flag()
    source = _word(Source)
    agency = _text()
    origin = _text()
    officer = _maybe()
    section = _maybe()
    field = _text()
    place = _maybe()
    project = _maybe()
    may_open_identity = _flag()
    contested = fields.Nested(ContestedShownShape, required=True, allow_none=True)
    people = _many(PersonShownShape)
    clocks = _many(ClockShape)
    timeline = _many(HappeningShape)
    flags = _many(StandingShape)
    links = _many(LinkShape)
    papers = _many(PaperShape)
    evidence = _many(EvidenceShape)
    prior = _many(PriorShownShape)
    parcels = _many(ParcelShownShape)
    actions = _many(ActionShape)


class CodeShape(_Answer):
    """The case to look at next."""

    code = _text()


class RuleShape(_Answer):
    """A dated row of the law; ``confirmed`` when a person checked it against the text."""

    code = _text()
    variant = _text()
    title = _text()
    step = _maybe_word(Step)
    kinds = _many(fields.String())
    subkinds = _many(fields.String())
    instances = _many(fields.Integer())
    remote = fields.Boolean(required=True, allow_none=True)
    complexities = _many(Choice(Complexity))
    events = _many(fields.String())
    amount = _number()
    unit = _text()
    direction = _text()
    roll = _text()
    valid_from = _day()
    valid_to = _maybe_day()
    citation = _text()
    confirmed = _flag()


class QuotaShape(_Answer):
    """How many days a month or week a head must receive citizens."""

    code = _text()
    title = _text()
    who = _many(fields.String())
    amount = _number()
    per = _text()
    valid_from = _day()
    valid_to = _maybe_day()
    citation = _text()
    confirmed = _flag()


class LawShape(_Answer):
    """The limits in force on a day."""

    on = _day()
    rules = _many(RuleShape)
    quotas = _many(QuotaShape)


class RouteStepShape(_Answer):
    """An approver an act must pass, with the working days the step may take."""

    role = _word(Role)
    agency = _text()
    days = _number()


class RouteShape(_Answer):
    """The agency's route for a kind of work; the last one signs."""

    agency = _text()
    work = _word(Work)
    steps = _many(RouteStepShape)


class ProblemShape(_Answer):
    """RFC 9457. ``errors`` by dotted path; ``marks`` are positions of what must be masked; ``route``
    and ``submissions`` say which way an act must take and where it is proposed."""

    type = _text()
    title = _text()
    status = _number()
    code = _text()
    detail = _text()
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
    article = fields.String()
    marks = fields.List(fields.List(fields.Integer()))
    route = fields.Nested(RouteShape)
    submissions = fields.String()
