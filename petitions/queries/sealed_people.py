"""Matching people whose names are sealed: exactly, by keyed digests, for whoever may open that identity."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from sqlalchemy import ColumnElement, bindparam, exists, or_

from petitions.access import Scope
from petitions.installation import installation
from petitions.models import Case, IdentityGrant
from workflows.vocabulary import Role


def digests(
    people: Iterable[tuple[str, int | None]], id_numbers: Iterable[str], phones: Iterable[str]
) -> dict[str, str]:
    """The keyed digests a sealed person would be matched by, and what a match says is the same."""
    ring = installation().keyring
    found: dict[str | None, str] = {}
    for name, year in people:
        found[ring.blind_person(name, None)] = "name"
        if year is not None:
            found[ring.blind_person(name, year)] = "person"
    found |= {ring.blind_id_number(each): "id_number" for each in id_numbers}
    found |= {ring.blind_phone(each): "phone" for each in phones}
    return {digest: label for digest, label in found.items() if digest is not None}


def labels(people: Iterable[tuple[str, int | None]]) -> list[str]:
    """The labels digests are matched under: with every year known a bare name only fits who has none."""
    found = ["person", "id_number", "phone"]
    return found if all(year is not None for _, year in people) else [*found, "name"]


@cache
def holds_identity(scope: Scope) -> ColumnElement[bool]:
    """Whether the identity sealed in a case is open to the actor, as ``access.opens_identity`` says."""
    granted = exists().where(
        IdentityGrant.case_id == Case.id,
        IdentityGrant.user_id == bindparam("scope_user"),
        IdentityGrant.ended_at.is_(None),
    )
    if scope.role is Role.HEAD:
        return or_(granted, Case.agency_id == bindparam("scope_agency"))
    return granted
