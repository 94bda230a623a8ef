"""The folded words an imported case is found by."""

from __future__ import annotations

from petitions.services.imports.judging import Judged
from petitions.text import fold
from workflows.vocabulary import Kind


def search_text(code: str, row: Judged) -> str:
    """Code, summary and content, and who petitions; of a denunciation nothing of its people."""
    words = [code, row.summary, row.content]
    person = row.record.person
    if person is not None and row.record.kind is not Kind.DENUNCIATION:
        words += [person.name, person.id_number or "", person.phone or "", person.address or ""]
    return fold(" ".join(words))
