"""Where each sealed value belongs. A blob moved to any other place does not open."""

from __future__ import annotations

from petitions.sealing.keyring import row


def event_words(code: str, seq: int) -> str:
    """Personal values of an event."""
    return row("event_detail", "sealed", f"{code}/{seq}")


def original(code: str) -> str:
    """A denunciation's wording as the paper has it."""
    return row("case_key", "sealed_original", code)


def identity(uid: str) -> str:
    """A sealed person."""
    return row("sealed_identity", "blob", uid)


def paper(stored_name: str) -> str:
    """A sealed file in the upload folder."""
    return row("evidence", "file", stored_name)


def letter(uid: str) -> str:
    """The sealed file of a signed document."""
    return row("outgoing_document", "file", uid)


def kept_words(table: str, uid: str) -> str:
    """Free words of a row of the office's own papers."""
    return row(table, "sealed", uid)
