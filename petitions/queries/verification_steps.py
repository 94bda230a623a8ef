"""The checklist of a verification as this installation keeps it, read once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from petitions.installation import installation
from workflows.verification import VerificationStep, read_steps
from workflows.vocabulary import Kind


def steps_of(kind: Kind) -> tuple[VerificationStep, ...]:
    """The steps for a kind of petition, in the order of the work; none where nothing is verified."""
    folder = installation().settings.law_dir / "catalog"
    return tuple(step for step in _read(folder / "verification.toml") if kind in step.kinds)


@cache
def _read(path: Path) -> tuple[VerificationStep, ...]:
    return read_steps(path)
