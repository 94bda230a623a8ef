"""The shape of a registration, the same for pages and API: types, words and dates, never the meaning.

Every field keeps the name it has in ``petitions.services.registration``; a fault is told at its
dotted path, ``parties.0.name``, which is also the name of the input on a form.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from marshmallow import ValidationError, post_dump, post_load, pre_dump, validate
from werkzeug.datastructures import MultiDict

from petitions.errors import Invalid
from petitions.schemas.fields import (
    LARGEST_ID,
    Area,
    Choice,
    Day,
    Inner,
    PartialDay,
    Rows,
    Shape,
    Text,
    Whole,
    YesNo,
    load,
    said,
)
from petitions.schemas.forms import shaped
from petitions.schemas.pasted import CHOSEN, PASTED, chosen, pasted_people
from petitions.services.registration import (
    Contested,
    Further,
    Parcel,
    Person,
    Prior,
    Registration,
    RespondentGiven,
)
from workflows.records import IdKind, PartyRole, RespondentKind, Source
from workflows.vocabulary import Kind, Subkind

SEXES = ("male", "female")
LARGEST_GROUP = 1_000_000


def _line() -> Text:
    """A line that may be left out."""
    return Text(allow_none=True)


def _needed() -> Text:
    """A line without which the row says nothing."""
    return Text(required=True, validate=said)


class _Dumping(Shape):
    """What nobody said is left out when a value is written down again."""

    @post_dump
    def drop_unsaid(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Without the keys that hold nothing."""
        return {key: value for key, value in data.items() if value is not None}


class PersonShape(_Dumping):
    """Someone on the petitioning side."""

    name = Text(required=True)
    role = Choice(PartyRole)
    is_body = YesNo()
    birth_on = PartialDay(allow_none=True)
    birth_year = Whole(1800, 2199, allow_none=True)
    sex = Text(
        allow_none=True, validate=validate.OneOf(SEXES, error="Phải là một trong: {choices}.")
    )
    id_kind = Choice(IdKind)
    id_number = _line()
    id_issued_on = Day(allow_none=True)
    id_issued_by = _line()
    phone = _line()
    address = _line()
    ethnicity = _line()
    lawyer_card = _line()
    document = _line()
    is_representative = YesNo()
    signed = YesNo()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Person:
        """Of a birth date known by its year or month only the year is kept."""
        born = data.pop("birth_on", None)
        if born is not None:
            if data.get("birth_year") not in {None, born.date.year}:
                raise ValidationError("Năm sinh khác với ngày sinh.", "birth_year")
            data["birth_year"] = born.date.year
            if born.precision == "day":
                data["birth_on"] = born.date
        return Person(**data)


class RespondentShape(_Dumping):
    """Whom the petition is about."""

    name = Text(required=True)
    kind = Choice(RespondentKind)
    position = _line()
    workplace = _line()
    address = _line()
    username = _line()
    agency_code = _line()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> RespondentGiven:
        """The typed value."""
        return RespondentGiven(**data)


class ContestedShape(_Dumping):
    """The decision or act complained of."""

    is_decision = YesNo()
    number = _line()
    issued_on = Day(allow_none=True)
    issuer = _line()
    received_on = Day(allow_none=True)
    description = _line()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Contested:
        """The typed value."""
        return Contested(**data)


class PriorShape(_Dumping):
    """An earlier settlement."""

    body = _needed()
    form = _needed()
    instance = Whole(1, 9, allow_none=True)
    number = _line()
    issued_on = Day(allow_none=True)
    summary = Text()
    may_sue = YesNo(allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Prior:
        """The typed value."""
        return Prior(**data)


class ParcelShape(_Dumping):
    """A land parcel; area in square metres."""

    sheet = _needed()
    parcel = _needed()
    area_m2 = Area(allow_none=True)
    land_kind = _line()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Parcel:
        """The typed value."""
        return Parcel(**data)


class FurtherShape(_Dumping):
    """One more matter of the same paper."""

    kind = Choice(Kind, required=True)
    summary = _needed()
    content = _needed()
    field_code = _line()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Further:
        """The typed value."""
        return Further(**data)


class ObstacleShape(Shape):
    """Days, both included, on which the petitioner was kept from complaining."""

    begins = Day(required=True, data_key="from")
    ends = Day(required=True, data_key="to")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> tuple[Any, Any]:
        """The pair of days."""
        return data["begins"], data["ends"]

    @pre_dump
    def name_ends(self, pair: tuple[Any, Any], **_: Any) -> dict[str, Any]:
        """The pair with its ends named."""
        return {"begins": pair[0], "ends": pair[1]}


class RegistrationShape(_Dumping):
    """Everything a registration may say. An absent ``group_size`` is the number of petitioners."""

    kind = Choice(Kind, required=True)
    received_on = Day(required=True)
    summary = Text(required=True)
    content = Text(required=True)
    source = Choice(Source)
    subkind = Choice(Subkind, allow_none=True)
    instance = Whole(1, 2)
    written_on = Day(allow_none=True)
    demand = Text()
    original = _line()
    field_code = _line()
    place_code = _line()
    project_id = Whole(1, LARGEST_ID, allow_none=True)
    group_size = Whole(1, LARGEST_GROUP)
    all_signatures = YesNo()
    representatives_appointed = YesNo()
    competent = YesNo()
    anonymous = YesNo()
    official_conduct = YesNo()
    security_risk = YesNo()
    wants_protection = YesNo()
    wants_result = YesNo()
    language = _line()
    interpreter = YesNo()
    fingerprint = YesNo()
    handled_before = Text()
    originals = _line()
    copies_to = _line()
    signed = YesNo()
    forwarder_code = _line()
    forwarder_body = _line()
    forward_number = _line()
    forward_on = Day(allow_none=True)
    second_instance_of = _line()
    late_reason = _line()
    parties = Rows(PersonShape)
    respondents = Rows(RespondentShape)
    contested = Inner(ContestedShape, allow_none=True)
    obstacles = Rows(ObstacleShape)
    prior = Rows(PriorShape)
    parcels = Rows(ParcelShape)
    further = Rows(FurtherShape)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Registration:
        """The typed value."""
        for name in _LISTS & data.keys():
            data[name] = tuple(data[name])
        if "group_size" not in data:
            people = data.get("parties", ())
            signers = sum(person.role is PartyRole.PETITIONER for person in people)
            data["group_size"] = max(1, signers)
        return Registration(**data)


_LISTS = frozenset({"parties", "respondents", "obstacles", "prior", "parcels", "further"})
REGISTRATION = RegistrationShape()


def load_registration(data: Mapping[str, Any]) -> Registration:
    """The registration ``data`` describes. Raises ``Invalid`` with every fault of its shape."""
    return cast(Registration, load(REGISTRATION, data))


def dump_registration(given: Registration) -> dict[str, Any]:
    """The mapping that loads to ``given`` again."""
    return cast(dict[str, Any], REGISTRATION.dump(given))


def from_form(form: MultiDict[str, str]) -> dict[str, Any]:
    """The mapping a registration form describes, for ``load_registration``; see ``forms.shaped``.

    Draw the form again from this mapping, not from the raw input: empty rows are gone from it, so
    that the paths of faults and the names of inputs agree.
    """
    return shaped(REGISTRATION, form)


def load_form(form: MultiDict[str, str]) -> Registration:
    """The registration a form describes, the people of the pasted list (``parties.pasted``) after the others.

    ``representatives`` names those of the group who speak for it. Raises ``Invalid`` with the faults of
    the inputs and of the pasted lines together.
    """
    data, faults = from_form(form), {}
    try:
        people = pasted_people(form.get(PASTED, ""))
        everybody = [*data.get("parties", ()), *people]
        for index in chosen(form.get(CHOSEN, ""), everybody, first=len(everybody) - len(people)):
            everybody[index] = {**everybody[index], "is_representative": True}
        data["parties"] = everybody
    except Invalid as error:
        faults = error.fields
    try:
        registration = load_registration(data)
    except Invalid as error:
        raise Invalid({**error.fields, **faults}) from error
    if faults:
        raise Invalid(faults)
    return registration
