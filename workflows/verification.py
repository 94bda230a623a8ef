"""The steps a verification goes through, for each kind of petition, and the paper each of them needs."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workflows.vocabulary import Kind

_MUST = {"key", "kinds", "name", "paper"}
_MAY = {"paper_required", "base"}


class StepsError(ValueError):
    """A list of steps that may not be used."""


@dataclass(frozen=True, slots=True)
class VerificationStep:
    """One step of the checklist. ``paper`` shows that it was taken; ``base`` is its article, or empty."""

    key: str
    kinds: frozenset[Kind]
    name: str
    paper: str
    paper_required: bool = False
    base: str = ""


def read_steps(path: Path) -> tuple[VerificationStep, ...]:
    """The steps of a file, in its order. Raises ``StepsError`` naming the step and what is wrong."""
    rows: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8")).get("step", [])
    steps = tuple(_step(path, row) for row in rows)
    keys = [step.key for step in steps]
    twice = {key for key in keys if keys.count(key) > 1}
    if twice:
        raise StepsError(f"{path.name}: {', '.join(sorted(twice))} stands there twice")
    return steps


def _step(path: Path, row: dict[str, Any]) -> VerificationStep:
    name = row.get("key", "?")
    odd = _MUST - row.keys() | row.keys() - _MUST - _MAY
    if odd:
        raise StepsError(f"{path.name}: step {name}: missing or unknown {', '.join(sorted(odd))}")
    try:
        kinds = frozenset(Kind(kind) for kind in row["kinds"])
    except ValueError as error:
        raise StepsError(f"{path.name}: step {name}: {error}") from error
    return VerificationStep(**{**row, "kinds": kinds})
