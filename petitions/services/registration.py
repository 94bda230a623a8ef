"""What a reception officer tells about a petition, as one typed value."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from workflows.records import IdKind, PartyRole, RespondentKind, Source
from workflows.vocabulary import Kind, Subkind


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone on the petitioning side. ``birth_on`` with precision year keeps only ``birth_year``."""

    name: str
    role: PartyRole = PartyRole.PETITIONER
    is_body: bool = False
    birth_on: date | None = None
    birth_year: int | None = None
    sex: Literal["male", "female"] | None = None
    id_kind: IdKind = IdKind.NONE
    id_number: str | None = None
    id_issued_on: date | None = None
    id_issued_by: str | None = None
    phone: str | None = None
    address: str | None = None
    ethnicity: str | None = None
    lawyer_card: str | None = None
    document: str | None = None
    is_representative: bool = False
    signed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RespondentGiven:
    """Whom the petition is about. ``username`` or ``agency_code`` tie it to the system's own people."""

    name: str
    kind: RespondentKind = RespondentKind.PERSON
    position: str | None = None
    workplace: str | None = None
    address: str | None = None
    username: str | None = None
    agency_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contested:
    """The decision or act complained of."""

    is_decision: bool = True
    number: str | None = None
    issued_on: date | None = None
    issuer: str | None = None
    received_on: date | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """An earlier settlement of the same matter, by any body."""

    body: str
    form: str
    instance: int | None = None
    number: str | None = None
    issued_on: date | None = None
    summary: str = ""
    may_sue: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """The land parcel in dispute; area in square metres."""

    sheet: str
    parcel: str
    area_m2: Decimal | None = None
    land_kind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Further:
    """One more matter of the same paper, which becomes a case of its own (Law on Citizen Reception art 25)."""

    kind: Kind
    summary: str
    content: str
    field_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """Everything a registration may say. Shapes are checked before; the command checks the meaning.

    ``content`` of a denunciation is the redacted wording; ``original`` what the paper really says,
    which is kept encrypted only.
    """

    kind: Kind
    received_on: date
    summary: str
    content: str
    source: Source = Source.RECEPTION
    subkind: Subkind | None = None
    instance: int = 1
    written_on: date | None = None
    demand: str = ""
    original: str | None = None
    field_code: str | None = None
    place_code: str | None = None
    project_id: int | None = None
    group_size: int = 1
    all_signatures: bool = False
    representatives_appointed: bool = False
    competent: bool = True
    anonymous: bool = False
    official_conduct: bool = False
    security_risk: bool = False
    wants_protection: bool = False
    wants_result: bool = False
    language: str | None = None
    interpreter: bool = False
    fingerprint: bool = False
    handled_before: str = ""
    originals: str | None = None
    copies_to: str | None = None
    signed: bool = True
    forwarder_code: str | None = None
    forwarder_body: str | None = None
    forward_number: str | None = None
    forward_on: date | None = None
    second_instance_of: str | None = None
    late_reason: str | None = None
    parties: tuple[Person, ...] = ()
    respondents: tuple[RespondentGiven, ...] = ()
    contested: Contested | None = None
    obstacles: tuple[tuple[date, date], ...] = ()
    prior: tuple[Prior, ...] = ()
    parcels: tuple[Parcel, ...] = field(default_factory=tuple)
    further: tuple[Further, ...] = ()


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came: its name is only looked at for its ending."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What comes with a registration and is done in its transaction.

    ``draft`` is thrown away; ``visit`` is told what it led to; ``uploads`` are put into the file;
    ``related_to`` is the code of a case to be linked; ``repeat_reason`` says why a likely repeat was
    registered all the same.
    """

    draft: str | None = None
    visit: str | None = None
    uploads: tuple[Upload, ...] = ()
    related_to: str | None = None
    repeat_reason: str | None = None
