"""Kind and field the words of a petition point to, by the catalogue of phrases."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from petitions.installation import installation
from workflows.suggesting import Hint, Phrasebook


@dataclass(frozen=True, slots=True)
class Hints:
    """What the words suggest; ``None`` where they say too little."""

    kind: Hint | None = None
    field: Hint | None = None


def hints_for(text: str) -> Hints:
    """The kind and the field the text points to."""
    kinds, fields = _books(installation().settings.law_dir / "catalog" / "suggestions.toml")
    return Hints(kinds.suggest(text), fields.suggest(text))


@cache
def _books(path: Path) -> tuple[Phrasebook, Phrasebook]:
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    return Phrasebook.of(document["kind"]), Phrasebook.of(document["field"])
