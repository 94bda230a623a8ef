"""What the readings of the books hand out: lines, pages, and which part of a book is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Generic, TypeVar

from workflows.office import Sending, SigningCapacity

T = TypeVar("T")


class BookState(StrEnum):
    """What a document in the outgoing book waits for."""

    NUMBER = "number"
    SENDING = "sending"
    PROOF = "proof"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class OutLine:
    """One document of the outgoing book. ``hidden`` lines are of cases out of the reader's reach.

    ``id`` orders the lines of one day; ``of_reception`` is a paper of citizen reception, without a
    case, ``of_urging`` an urging letter, about one case or many.
    """

    id: int
    uid: str
    number: str
    symbol: str
    form_key: str
    issued_on: date
    signer: str
    signer_title: str
    capacity: SigningCapacity
    state: BookState
    hidden: bool
    case_code: str | None
    subject: str
    addressees: str
    stamped: bool
    sent_by: Sending | None
    sent_on: date | None
    served_on: date | None
    proof: str | None
    scan: int | None
    of_reception: bool = False
    of_urging: bool = False


@dataclass(frozen=True, slots=True)
class InLine:
    """One document of the incoming book."""

    id: int
    number: int
    year: int
    arrived_on: date
    sender: str
    reference: str | None
    dated_on: date | None
    subject: str
    hidden: bool
    case_code: str | None
    handed_to: str | None
    entered_by: str


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A page of a book; ``after`` opens the next one, ``None`` on the last."""

    lines: tuple[T, ...]
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutFilters:
    """What of the outgoing book is shown. ``form_keys`` are the forms of one type of document."""

    year: int | None = None
    state: BookState | None = None
    form_keys: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InFilters:
    """What of the incoming book is shown."""

    year: int | None = None
    arrived_from: date | None = None
    arrived_to: date | None = None
    open: bool = False
    """Only documents handed to nobody yet."""
