"""Identity cards scanned into a form: what a card says goes into the fields of its row."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from werkzeug.datastructures import MultiDict

from petitions import idcard
from petitions.idcard import IdCard, IdCardError

SCAN_MARKS = 2
"""Strokes a text has at least when a scanner wrote it into a name or a number."""


def read_cards(
    inputs: MultiDict[str, str], rows: str, fields_of: Callable[[IdCard], Mapping[str, str]]
) -> dict[str, list[str]] | None:
    """Put the fields of the card in place of each scan found in a name or number of the list ``rows``.

    Returns the faults of scans that are no cards by input, ``None`` when nothing was scanned.
    """
    scans = [
        name
        for name, text in inputs.items()
        if name.startswith(f"{rows}.")
        and name.endswith((".name", ".id_number"))
        and text.count("|") >= SCAN_MARKS
    ]
    faults: dict[str, list[str]] = {}
    for name in scans:
        row = name.rpartition(".")[0]
        try:
            card = idcard.read(inputs[name])
        except IdCardError as error:
            faults[name] = [error.message]
            continue
        for field, value in fields_of(card).items():
            inputs[f"{row}.{field}"] = value
    return faults if scans else None
