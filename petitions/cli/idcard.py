"""``donthu id-card``: what a desk scanner typed, as JSON."""

from __future__ import annotations

import json
import sys

import click

from petitions.errors import DomainError
from petitions.idcard import IdCard, read


@click.command("id-card")
@click.argument("text")
def id_card_command(text: str) -> None:
    """Read the QR code of an identity card: TEXT, or - for standard input.

    Exit code 2 with one line on standard error when it is not an identity card.
    """
    try:
        card = read(_standard_input() if text == "-" else text)
    except DomainError as error:
        click.echo(error.message.encode(), err=True)
        sys.exit(2)
    click.echo(json.dumps(_as_json(card), ensure_ascii=False, indent=2).encode())


def _standard_input() -> str:
    return sys.stdin.buffer.read(_LONGEST_SCAN).decode(errors="surrogateescape")


_LONGEST_SCAN = 100_000
"""Bytes; a card's code has a few hundred."""


def _as_json(card: IdCard) -> dict[str, object]:
    return {
        "layout": card.layout,
        "id_number": card.id_number,
        "old_id_number": card.old_id_number,
        "name": card.name,
        "birth_date": card.birth_date.isoformat(),
        "birth_precision": card.birth_precision,
        "sex": card.sex,
        "address": card.address,
        "issued_on": card.issued_on.isoformat() if card.issued_on else None,
        "warnings": list(card.warnings),
    }
