"""A person's history as the desk sees it: visits and petitions, where each stands, earlier replies.

Everything passes the reach of the hat. A sealed person is matched exactly, and only for whoever may
open that identity (petitions) or reads that visit; no identity is opened here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, or_, select, union_all
from sqlalchemy.orm import aliased

from config.clock import local_day
from config.database import db, read
from petitions.access import Scope, scope_of, scope_values, visible_in, visits_seen
from petitions.kept_words import case_key_of, read_back
from petitions.models import (
    FAR,
    Agency,
    BlindIndex,
    Case,
    Decision,
    Party,
    Visit,
    Visitor,
    VisitorBlind,
)
from petitions.queries import likeness
from petitions.queries.desk_box import BoxAsked, Means
from petitions.queries.persons import (
    CaseSeen,
    History,
    PersonSeen,
    Reply,
    Row,
    VisitSeen,
    grouped,
    rank,
)
from petitions.queries.sealed_people import digests, holds_identity, labels
from petitions.queries.search import hits, one_of, words_asked
from petitions.queries.visitors import TABLE
from petitions.text import fold_words
from workflows.vocabulary import Actor, State, Step

PEOPLE_MOST, ROWS_MOST, HITS_MOST = 12, 120, 200
"""People shown, rows of petitions and of visits read, and cases the text index may bring."""
WORDS_MOST = 6
SAID_SIGNS = 200


def history(actor: Actor, asked: BoxAsked) -> History:
    """Who fits what was asked, the surest first, each with everything the actor may see of them.

    At most five statements, whatever is found.
    """
    if asked.means is Means.CODE:
        asked, only = _behind_code(actor, asked)
        if only is not None:
            return only
    values = _looked_for(asked)
    rows = [*_petitions(actor, asked, values), *_visits(actor, asked, values)]
    people = sorted(grouped(rows, asked), key=lambda each: rank(each, asked))
    return History(tuple(people[:PEOPLE_MOST]), len(people) > PEOPLE_MOST or len(rows) >= ROWS_MOST)


def _behind_code(actor: Actor, asked: BoxAsked) -> tuple[BoxAsked, History | None]:
    """The petitioner of the case with that code is who is asked for; sealed, only the case is shown."""
    scope = scope_of(actor)
    rows = read(_code_statement(scope), {"code": asked.code, **scope_values(actor)}).all()
    if not rows:
        return asked, History(())
    row = rows[0]
    if row.name is None or row.is_body:
        replies = _replies([row.case_id])
        shown = PersonSeen(
            row.name or "", None, None, None, None, sure=False, sealed=row.name is None,
            cases=(_case_seen(row, replies),), visits=(),
        )  # fmt: skip
        return asked, History((shown,))
    numbers = (row.id_number,) if row.id_number else ()
    return (
        BoxAsked(
            means=Means.CODE,
            name=row.name,
            birth_year=row.birth_year,
            id_numbers=numbers,
            phone=likeness.phone_key(row.phone or ""),
            address=row.address or "",
            code=asked.code,
        ),
        None,
    )


def _looked_for(asked: BoxAsked) -> dict[str, Any]:
    """What the indexes are asked for; sealed people by digests alone."""
    words = fold_words(asked.name)[:WORDS_MOST]
    people = [(asked.name, asked.birth_year)] if words else []
    phones = [asked.phone] if asked.phone else []
    wanted: dict[str, Any] = {
        "names": list(likeness.spellings(asked.name)) if words else [],
        "id_numbers": [n for each in asked.id_numbers for n in likeness.number_spellings(each)],
        "phones": [n for each in phones for n in likeness.phone_spellings(each)],
        "digests": list(digests(people, asked.id_numbers, phones)),
        "labels": labels(people),
    }
    if asked.means is Means.NAME and words:
        start = " ".join(words)
        wanted |= {"from": start, "to": f"{start}zzzz", "words": words}
    return wanted


# --- petitions -------------------------------------------------------------------------------


_COLUMNS = (
    Party.name, Party.birth_year, Party.id_number, Party.phone, Party.address, Party.sealed, Party.is_body,
    Party.role, Case.id.label("case_id"), Case.code, Case.kind, Case.instance, Case.state, Case.open, Case.agency_id, Case.origin_agency_id,
    Case.received_on, Case.summary, Case.next_due, Case.next_step, Case.paused_since,
    Agency.name.label("agency"),
)  # fmt: skip


def _of_petitions() -> Select[*tuple[Any, ...]]:
    return (
        select(*_COLUMNS)
        .join(Case, Case.id == Party.case_id)
        .join(Agency, Agency.id == Case.agency_id)
    )


@cache
def _code_statement(scope: Scope) -> Select[*tuple[Any, ...]]:
    """The first petitioner of a case."""
    return (
        _of_petitions()
        .where(Case.code == bindparam("code"), visible_in(scope))
        .order_by(Party.ordinal)
        .limit(1)
    )


def _any(attribute: Any, name: str) -> ColumnElement[bool]:
    return attribute.in_(bindparam(name, expanding=True))  # type: ignore[no-any-return]


@cache
def _petitions_statement(scope: Scope, postgres: bool, words: int) -> Select[*tuple[Any, ...]]:
    """Parties by each index; a name also by its words, the last one as far as it is typed."""
    ways: list[Select[Any]] = [
        select(Party.id).where(one_of(Party.folded_name, "names", postgres)),
        select(Party.id).where(_any(Party.id_number, "id_numbers")),
        select(Party.id).where(_any(Party.phone, "phones")),
        select(BlindIndex.party_id).where(
            _any(BlindIndex.digest, "digests"), _any(BlindIndex.label, "labels")
        ),
    ]
    if words:
        held = [Party.folded_name.like(bindparam(f"word{number}")) for number in range(words)]
        found = hits(postgres).c.case_id
        newest = select(found).order_by((found + 0).desc()).limit(bindparam("hits"))
        ways.append(select(Party.id).where(Party.case_id.in_(newest), *held))
    return (
        _of_petitions()
        .where(
            Party.id.in_(union_all(*ways)),
            or_(~Party.sealed, holds_identity(scope)),
            Case.state != State.VOIDED,
            visible_in(scope),
        )
        .order_by(Case.id.desc(), Party.ordinal)
        .limit(ROWS_MOST)
    )


def _petitions(actor: Actor, asked: BoxAsked, values: dict[str, Any]) -> list[Row]:
    postgres = db.engine.dialect.name == "postgresql"
    words: Sequence[str] = values.get("words", ())
    given = {name: values[name] for name in ("names", "id_numbers", "phones", "digests", "labels")}
    if words:
        given |= {f"word{number}": f"%{word}%" for number, word in enumerate(words)}
        given |= {"asked": words_asked(tuple(words), postgres), "hits": HITS_MOST}
    statement = _petitions_statement(scope_of(actor), postgres, len(words))
    rows = read(statement, {**given, **scope_values(actor)}).all()
    replies = _replies([row.case_id for row in rows])
    return [
        Row(
            name=row.name or asked.name,
            birth_year=row.birth_year,
            id_number=row.id_number,
            phone=row.phone,
            address=row.address,
            sealed=row.sealed,
            case=_case_seen(row, replies),
        )
        for row in rows
    ]


_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_REPLIES = (
    select(Decision.case_id, Decision.number, Decision.issued_on, Decision.finding, Decision.result)
    .where(Decision.case_id.in_(_IDS))
    .order_by(Decision.case_id, Decision.issued_on.desc(), Decision.id.desc())
)


def _replies(case_ids: Iterable[int]) -> dict[int, list[Reply]]:
    found: dict[int, list[Reply]] = defaultdict(list)
    ids = sorted(set(case_ids))
    if ids:
        for case_id, number, issued_on, finding, result in read(_REPLIES, {"ids": ids}):
            found[case_id].append(Reply(number, issued_on, finding, result or ""))
    return found


def _case_seen(row: Any, replies: dict[int, list[Reply]]) -> CaseSeen:
    due = None if row.next_due == FAR else row.next_due
    return CaseSeen(
        code=row.code,
        kind=row.kind,
        instance=row.instance,
        state=row.state,
        open=row.open,
        agency=row.agency,
        agency_id=row.agency_id,
        origin_id=row.origin_agency_id,
        received_on=row.received_on,
        summary=row.summary,
        due=due,
        step=Step(row.next_step) if row.next_step and due else None,
        paused=row.paused_since is not None,
        role=row.role,
        replies=tuple(replies.get(row.case_id, ())),
    )


# --- visits ----------------------------------------------------------------------------------


def _visits(actor: Actor, asked: BoxAsked, values: dict[str, Any]) -> list[Row]:
    ways: list[Select[Any]] = [
        select(Visitor.id).where(column.in_(values[name]))
        for name, column in (
            ("names", Visitor.folded_name),
            ("id_numbers", Visitor.id_number),
            ("phones", Visitor.phone),
        )
        if values[name]
    ]
    if values["digests"]:
        ways.append(
            select(VisitorBlind.visitor_id).where(
                VisitorBlind.digest.in_(values["digests"]), VisitorBlind.label.in_(values["labels"])
            )
        )
    if "from" in values:
        between = Visitor.folded_name.between(values["from"], values["to"])
        ways.append(select(Visitor.id).where(between))
    if not ways:
        return []
    led_to = aliased(Case)  # the reach of a visit asks about its case under the plain name
    rows = db.session.execute(
        select(
            Visitor.name, Visitor.birth_year, Visitor.id_number, Visitor.phone, Visitor.address,
            Visitor.sealed.is_not(None).label("is_sealed"), Visit.uid, Visit.arrived_at, Visit.turn,
            Visit.kind, Visit.outcome, Visit.refusal_ground, Visit.words, Visit.sealed, Visit.wrapped,
            Agency.name.label("agency"), led_to.code,
        )
        .join(Visit, Visit.id == Visitor.visit_id)
        .join(Agency, Agency.id == Visit.agency_id)
        .outerjoin(led_to, led_to.id == Visit.case_id)
        .where(Visitor.id.in_(union_all(*ways)), visits_seen(actor))
        .order_by(Visit.arrived_at.desc(), Visit.id.desc(), Visitor.ordinal)
        .limit(ROWS_MOST)
    )  # fmt: skip
    return [
        Row(
            name=row.name or asked.name,
            birth_year=row.birth_year,
            id_number=row.id_number,
            phone=row.phone,
            address=row.address,
            sealed=bool(row.is_sealed),
            visit=VisitSeen(
                uid=row.uid,
                on=local_day(row.arrived_at),
                agency=row.agency,
                turn=row.turn,
                kind=row.kind,
                outcome=row.outcome,
                refusal=row.refusal_ground,
                case_code=row.code,
                said=_said(row),
            ),
        )
        for row in rows
    ]


def _said(row: Any) -> str:
    kept = read_back(row, case_key_of(row.wrapped), TABLE, row.uid)
    return str(kept.get("said", ""))[:SAID_SIGNS]
