"""What is told of report campaigns, sheets and signatures. Frozen results, never rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from petitions.queries.statistics.figures import Unit, Window
from petitions.queries.statistics.spec import Table, versions
from workflows.report_campaigns import SENT, SheetStanding, SheetState


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """A campaign in the list; ``sent`` and ``late`` count the sheets the reader sees."""

    uid: str
    name: str
    window: Window
    due: date
    agency: str
    asked: int
    sent: int
    late: int
    consolidated_at: datetime | None
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A sheet in a list: of a unit of a campaign (``standing`` told), or a body's own."""

    uid: str
    unit: Unit
    state: SheetState
    window: Window
    campaign: str | None
    due: date | None
    sent_at: datetime | None
    editions: int
    standing: SheetStanding | None


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign and its sheets; ``consolidated`` is the uid of the asking body's own, if it is seen."""

    uid: str
    version: int
    name: str
    spec: str
    window: Window
    due: date
    tables: tuple[str, ...]
    agency_id: int
    agency: str
    duty: str | None
    sheets: tuple[SheetLine, ...]
    consolidated: str | None
    withdrawn_at: datetime | None
    withdrawn_reason: str

    @property
    def missing(self) -> tuple[SheetLine, ...]:
        """The units whose figures have not come."""
        return tuple(each for each in self.sheets if each.standing not in SENT)


@dataclass(frozen=True, slots=True)
class Edition:
    """One signature under a sheet."""

    uid: str
    number: int
    reason: str
    missing: tuple[str, ...]
    digest: str
    counted_at: datetime
    prepared_by: str
    signed_by: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet; ``works``: the reader's body works on it. ``editions`` begin with the last."""

    uid: str
    version: int
    unit: Unit
    consolidated: bool
    spec: str
    window: Window
    tables: tuple[str, ...]
    state: SheetState
    reason: str
    counted_at: datetime | None
    confirmed_by: str | None
    campaign: str | None
    campaign_uid: str | None
    due: date | None
    withdrawn: bool
    works: bool
    editions: tuple[Edition, ...]

    def table(self, name: str) -> Table:
        """A table of the sheet as its version prints it today."""
        return versions()[self.spec].tables[name]


@dataclass(frozen=True, slots=True)
class SignedChoice:
    """A sheet with its last signature, to choose from."""

    uid: str
    edition: int
    agency_id: int
    agency: str
    window: Window
    consolidated: bool
    campaign: str | None
    signed_at: datetime
