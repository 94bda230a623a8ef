"""The one spelling under which a sealed value is matched; an empty string when nothing is left of it."""

from __future__ import annotations

import unicodedata

from petitions.idcard import normalise_phone
from petitions.text import fold_words


def person(name: str, birth_year: int | None) -> str:
    """Folded name and year of birth: marks, case, spacing and Unicode form make no difference."""
    words = " ".join(fold_words(unicodedata.normalize("NFKC", name)))
    return f"{words}|{birth_year or ''}" if words else ""


def id_number(number: str) -> str:
    """Letters and digits only, in capitals: 12 or 9 digits, or a passport's letter and digits."""
    compact = unicodedata.normalize("NFKC", number).upper()
    return "".join(character for character in compact if character.isalnum())


def phone(number: str) -> str:
    """International form, or the bare digits of a number of no known plan."""
    return normalise_phone(number) or "".join(
        character for character in unicodedata.normalize("NFKC", number) if character.isdecimal()
    )
