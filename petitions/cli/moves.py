"""Printing which deadlines would move."""

from __future__ import annotations

from collections.abc import Sequence

import click

from petitions.labels import step_label
from petitions.services.timekeeping import Moved
from petitions.text import vn_date


def print_moves(moves: Sequence[Moved]) -> None:
    """One line a deadline, then the count."""
    for move in moves:
        old = "–" if move.old is None else vn_date(move.old)
        new = "–" if move.new is None else vn_date(move.new)
        click.echo(f"{move.code}  {step_label(move.step)}: {old} → {new}")
    cases = len({move.code for move in moves})
    click.echo(f"{len(moves)} thời hạn của {cases} hồ sơ sẽ thay đổi.")
