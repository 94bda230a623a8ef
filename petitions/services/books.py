"""The books of documents in and out: their names, and who keeps them."""

from __future__ import annotations

from datetime import date

from petitions.errors import Forbidden
from petitions.queries.books import keeps
from workflows.office import Numbering
from workflows.vocabulary import Actor

OUTGOING, INCOMING = "out", "in"
"""Names of the books in ``number_book``."""
UNNUMBERED = "none"
"""The book of documents that bear no number: minutes, receipts, lists."""
LONGEST_BOOK = 20
"""Characters of a book's name."""


def outgoing_book(counting: Numbering, abbreviation: str) -> str:
    """The book a document of that type takes its number from (Decree 30/2020 art 15)."""
    if counting is Numbering.ONE:
        return OUTGOING
    return f"{OUTGOING}:{abbreviation}"[:LONGEST_BOOK]


def require_keeper(actor: Actor, agency_id: int, today: date) -> None:
    """Raise ``Forbidden`` unless the actor keeps the agency's books.

    That is its clerk; where an agency has none, its leaders and officers do it themselves.
    """
    if actor.agency_id != agency_id or not keeps(actor, today):
        raise Forbidden("Sổ văn bản do văn thư của cơ quan giữ.")
