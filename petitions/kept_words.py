"""Free words beside a case: readable for most kinds, sealed under the case's key for a denunciation.

Rows that keep such words have a ``uid`` and the pair of columns ``words`` and ``sealed``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Protocol

from petitions import sealed_rows
from petitions.installation import installation
from petitions.jsonable import canonical, plain
from petitions.sealing.keyring import CaseKey
from workflows.vocabulary import Kind


class KeepsWords(Protocol):
    """A row, or a result of one, with the pair of columns."""

    words: Any
    sealed: Any


def case_key_of(wrapped: bytes | None) -> CaseKey | None:
    """The case's data key, ``None`` for a case that has none."""
    return None if wrapped is None else installation().keyring.unwrap(wrapped)


def put_away(
    kind: Kind, key: CaseKey | None, table: str, uid: str, words: Mapping[str, Any]
) -> dict[str, Any]:
    """The values of the two columns. A denunciation without its key is a ``LookupError``."""
    if not words:
        return {"words": None, "sealed": None}
    if kind is not Kind.DENUNCIATION:
        return {"words": plain(dict(words)), "sealed": None}
    if key is None:
        raise LookupError("a denunciation has no key")
    place = sealed_rows.kept_words(table, uid)
    return {"words": None, "sealed": key.seal(canonical(plain(dict(words))), place)}


def read_back(kept: KeepsWords, key: CaseKey | None, table: str, uid: str) -> Mapping[str, Any]:
    """What was put away; empty where nothing was, or where the key was destroyed."""
    if kept.words is not None:
        return dict(kept.words)
    if kept.sealed is None or key is None:
        return {}
    opened: dict[str, Any] = json.loads(key.open(kept.sealed, sealed_rows.kept_words(table, uid)))
    return opened
