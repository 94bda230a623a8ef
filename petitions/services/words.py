"""The payload of an act: texts made safe, personal words kept apart, sealed people kept out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from petitions.errors import Invalid, Leak
from petitions.ledger.record import case_key
from petitions.models import Case
from petitions.services.checks import (
    CONTENT_LIMIT,
    LINE_LIMITS,
    LIST_LIMIT,
    Faults,
    identity_of,
    leaks_in,
)
from petitions.services.identity import sealed_people
from petitions.text import ControlCharacter, clean
from workflows.checks import AMOUNTS
from workflows.vocabulary import Kind, Need

PUBLIC = frozenset(
    {
        Need.OUTCOME, Need.DIALOGUE_ON, Need.NOTICE_BY, Need.DAYS, Need.UNTIL, Need.REMAINING,
        Need.COMPLEXITY, Need.CRITERIA, Need.WITHDRAWAL_TEST, Need.FACT, Need.DAY, Need.COMPETENT,
        Need.MARKS, Need.AWAITED, Need.FIRST_PERSON, Need.SECOND_PERSON, Need.FOUND, *AMOUNTS,
    }
)  # fmt: skip
"""Needs whose values can hold nothing personal; they go into the chain, all others stand beside it."""


def safe(given: Mapping[Need, Any] | Mapping[str, Any]) -> dict[str, Any]:
    """The payload with every text composed and visible. Raises ``Invalid`` at the need."""
    return {need: _safe(value, str(need)) for need, value in given.items()}


def safe_line(text: str | None, field: str) -> str | None:
    """One line of text made safe. Raises ``Invalid`` at ``field`` when it is too long."""
    return None if text is None else line(text, field, LINE_LIMITS[field])


def line(text: str | None, path: str, limit: int, faults: Faults | None = None) -> str:
    """One line of text made safe, "" for none.

    What is wrong with it (control characters, more than ``limit`` characters) is collected in
    ``faults`` at ``path``, or raised as ``Invalid`` where nobody collects.
    """
    return _kept(text, path, limit, faults, one_line=True)


def prose(text: str | None, path: str, limit: int | None, faults: Faults | None = None) -> str:
    """A text of any number of lines made safe; its faults go the way of those of ``line``."""
    return _kept(text, path, limit, faults, one_line=False)


def _kept(
    text: str | None, path: str, limit: int | None, faults: Faults | None, *, one_line: bool
) -> str:
    try:
        kept = str(_safe(text or "", path))
        kept = " ".join(kept.split()) if one_line else kept
        if limit is not None and len(kept) > limit:
            raise Invalid.at(path, f"Dài quá {limit} ký tự.")
    except Invalid as error:
        if faults is None:
            raise
        for name, messages in error.fields.items():
            faults[name] += messages
        return ""
    return kept


def divide(
    given: Mapping[Need, Any] | Mapping[str, Any], late_reason: str | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(what the chain may hold, what stands beside it)."""
    data = {
        str(need): value for need, value in given.items() if need in PUBLIC and value is not None
    }
    personal = {str(need): value for need, value in given.items() if need not in PUBLIC and value}
    if late_reason:
        personal["late_reason"] = late_reason
    return data, personal


def refuse_sealed(
    session: Session,
    case: Case,
    given: Mapping[Need, Any] | Mapping[str, Any],
    late_reason: str | None,
) -> None:
    """Raise ``Leak`` when the payload of an act on a denunciation names a sealed person."""
    if case.kind is not Kind.DENUNCIATION:
        return
    texts = {
        path: text
        for path, text in _texts(given)
        if not path.startswith("changes.parties.")  # sealed again by the correction itself
    }
    if late_reason:
        texts["late_reason"] = late_reason
    refuse_sealed_texts(session, case, texts)


def refuse_sealed_texts(session: Session, case: Case, texts: Mapping[str, str]) -> None:
    """Raise ``Leak`` at the first of ``texts`` (by field) that names a sealed person of the case."""
    if case.kind is not Kind.DENUNCIATION or not any(texts.values()):
        return
    key = case_key(session, case)
    identities = [identity_of(person) for person in sealed_people(session, case, key)]
    for field, text in texts.items():
        marks = leaks_in(text, identities)
        if marks:
            raise Leak(field, marks)


def _safe(value: Any, path: str) -> Any:
    if type(value) is str:
        try:
            text = clean(value).text.strip()
        except ControlCharacter as error:
            raise Invalid.at(path, error.message) from error
        if len(text.encode()) > CONTENT_LIMIT:
            raise Invalid.at(path, "Nội dung dài quá 200 kB.")
        return text
    if isinstance(value, Mapping):
        return {name: _safe(item, f"{path}.{name}") for name, item in value.items()}
    if isinstance(value, list | tuple):
        if len(value) > LIST_LIMIT:
            raise Invalid.at(path, "Danh sách quá 1.000 dòng.")
        return [_safe(item, f"{path}.{index}") for index, item in enumerate(value)]
    return value


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _texts(item, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _texts(item, f"{path}.{index}")
