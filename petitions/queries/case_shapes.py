"""What a case page shows, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from workflows.casefile import CaseFile
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


@dataclass(frozen=True, slots=True)
class PersonShown:
    """Someone of the case. Of a sealed person only the role and ordinal are known here."""

    side: str
    ordinal: int
    role: str
    sealed: bool
    name: str | None
    more: tuple[tuple[str, str], ...]
    is_representative: bool
    withdrew_on: date | None


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock with its explanation."""

    id: int
    step: Step
    nature: Nature
    state: ClockState
    trigger_on: date
    nominal_end: date | None
    due: date | None
    safe: date | None
    near_from: date | None
    closed_on: date | None
    provisional: bool
    rule: str
    citation: str
    explanation: tuple[str, ...]

    def late_on(self, day: date) -> bool:
        """Whether the clock ran out before it was met, or before ``day``."""
        end = self.closed_on if self.state is ClockState.MET else day
        return (
            self.due is not None
            and end is not None
            and end > self.due
            and self.state is not ClockState.ENDED
        )


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of the timeline. ``words`` are the personal values beside the chain."""

    seq: int
    action: Action
    state_to: State
    on: date
    recorded_at: datetime
    actor: str | None
    role: Role | None
    agency: str
    data: dict[str, Any]
    words: dict[str, Any]
    erased: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """A flag that holds."""

    kind: FlagKind
    since: date
    evidence: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Linked:
    """Another case this one belongs with; only codes the reader may open are named."""

    kind: LinkKind
    outgoing: bool
    code: str
    summary: str


@dataclass(frozen=True, slots=True)
class PaperShown:
    """A paper of the case as registered."""

    ordinal: int
    agency: str
    register: str
    source: Source
    written_on: date | None
    received_on: date
    entered_at: datetime
    forwarder: str | None
    forward_number: str | None
    forward_on: date | None
    originals: str | None
    copies_to: str | None


@dataclass(frozen=True, slots=True)
class EvidenceShown:
    """A line of the evidence list."""

    id: int
    ordinal: int
    title: str
    copy_kind: CopyKind
    supplier: str | None
    received_on: date
    size: int | None
    extension: str | None
    sealed: bool


@dataclass(frozen=True, slots=True)
class PriorShown:
    """An earlier settlement."""

    body: str
    form: str
    instance: int | None
    number: str | None
    issued_on: date | None
    summary: str


@dataclass(frozen=True, slots=True)
class ParcelShown:
    """A land parcel; area in square metres."""

    sheet: str
    parcel: str
    area_m2: Decimal | None
    land_kind: str | None


@dataclass(frozen=True, slots=True)
class CasePage:
    """The whole page."""

    id: int
    code: str
    version: int
    kind: Kind
    subkind: Subkind | None
    instance: int
    state: State
    coarse: Coarse
    open: bool
    complexity: Complexity
    remote: bool
    summary: str
    content: str
    demand: str
    handled_before: str
    language: str | None
    interpreter: bool
    fingerprint: bool
    received_on: date
    first_received_on: date
    entered_at: datetime
    closed_on: date | None
    paused_since: date | None
    stayed_until: date | None
    protection: Protection
    wants_protection: bool
    wants_result: bool
    anonymous: bool
    group_size: int
    official_conduct: bool
    security_risk: bool
    source: Source
    agency_id: int
    agency: str
    origin: str
    officer: str | None
    section: str | None
    field: str
    place: str | None
    project: str | None
    contested: dict[str, Any] | None
    may_open_identity: bool
    charged: bool
    involved: bool
    verifying: bool
    people: tuple[PersonShown, ...]
    clocks: tuple[Clock, ...]
    timeline: tuple[Happening, ...]
    flags: tuple[Standing, ...]
    links: tuple[Linked, ...]
    papers: tuple[PaperShown, ...]
    evidence: tuple[EvidenceShown, ...]
    prior: tuple[PriorShown, ...]
    parcels: tuple[ParcelShown, ...]
    file: CaseFile
