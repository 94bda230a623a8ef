"""The people a register names, set by set: readable, or sealed when they denounce."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from petitions.installation import installation
from petitions.models import BlindIndex, Case, CaseKey, Party, SealedIdentity
from petitions.services.identity import blind_rows, pack
from petitions.services.intake_rows import READABLE_OF_SEALED
from petitions.services.registration import Person
from petitions.text import fold
from workflows.records import IdKind
from workflows.vocabulary import Kind

Named = tuple[Case, Person | None]


def insert_people(session: Session, named: Sequence[Named]) -> None:
    """The petitioners of new cases; a row without a name brings none.

    Every denunciation gets its key, so that its later papers and words can be sealed too.
    """
    open_rows = [
        _row(case, person)
        for case, person in named
        if person is not None and case.kind is not Kind.DENUNCIATION
    ]
    if open_rows:
        session.execute(insert(Party), open_rows)
    denounced = [(case, person) for case, person in named if case.kind is Kind.DENUNCIATION]
    if denounced:
        _insert_sealed(session, denounced)


def replace_people(session: Session, named: Sequence[Named]) -> None:
    """What the register now says of the petitioners of cases that are no denunciations."""
    people = {case.id: (case, person) for case, person in named if person is not None}
    if not people:
        return
    known = {
        row.case_id: row.id
        for row in session.execute(
            select(Party.case_id, Party.id).where(Party.case_id.in_(people), Party.ordinal == 1)
        )
    }
    if changed := [
        {"id": known[case_id], **_columns(person)}
        for case_id, (_, person) in people.items()
        if case_id in known
    ]:
        session.execute(update(Party), changed)
    if fresh := [_row(*people[case_id]) for case_id in people if case_id not in known]:
        session.execute(insert(Party), fresh)


def _columns(person: Person) -> dict[str, Any]:
    return {
        "name": person.name,
        "folded_name": fold(person.name),
        "birth_year": person.birth_year,
        "id_kind": person.id_kind,
        "id_number": person.id_number,
        "phone": person.phone,
        "address": person.address,
    }


def _row(case: Case, person: Person) -> dict[str, Any]:
    return {
        "uid": uuid.uuid4().hex,
        "case_id": case.id,
        "ordinal": 1,
        "role": person.role,
        **_columns(person),
    }


def _insert_sealed(session: Session, denounced: Sequence[Named]) -> None:
    ring = installation().keyring
    keys = {case.id: ring.new_case_key() for case, _ in denounced}
    session.execute(
        insert(CaseKey),
        [{"case_id": case_id, "wrapped": wrapped} for case_id, (_, wrapped) in keys.items()],
    )
    rows = {}
    for case, person in denounced:
        if person is not None:
            told = {k: v for k, v in _row(case, person).items() if k in READABLE_OF_SEALED}
            rows[case.id] = ({**told, "id_kind": IdKind.NONE, "sealed": True}, person)
    if not rows:
        return
    ids = {
        row.case_id: row.id
        for row in session.execute(
            insert(Party).returning(Party.id, Party.case_id), [row for row, _ in rows.values()]
        )
    }
    session.execute(
        insert(SealedIdentity),
        [
            {"party_id": ids[case_id], "blob": pack(keys[case_id][0], row["uid"], person)}
            for case_id, (row, person) in rows.items()
        ],
    )
    session.execute(
        insert(BlindIndex),
        [
            blind
            for case_id, (_, person) in rows.items()
            for blind in blind_rows(ids[case_id], person)
        ],
    )
