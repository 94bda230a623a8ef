"""Was this petition handed in before, anywhere in the province? Index candidates, then judged one by one.

What lies out of the actor's reach is told only as far as ``access.announced`` goes; a sealed person is
matched exactly and only for whoever may open that identity.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    union_all,
)

from config.database import db, read
from petitions.access import Scope, announced_in, scope_of, scope_values, visible_in
from petitions.models import (
    FAR,
    Agency,
    BlindIndex,
    Case,
    CaseText,
    ContestedAct,
    Deadline,
    LandParcel,
    Party,
    Place,
    Respondent,
)
from petitions.queries import likeness
from petitions.queries.repeats import (
    CONTENT_COMPARED,
    MOST,
    PEOPLE_COMPARED,
    STRONG,
    Asked,
    Candidate,
    KnownPerson,
    Repeat,
    Repetition,
    judge,
)
from petitions.queries.sealed_people import digests, holds_identity, labels
from petitions.queries.search import hits, one_of
from petitions.text import fold
from workflows.records import Nature
from workflows.vocabulary import Actor, State, Step

__all__ = ["STRONG", "Asked", "Repeat", "Repetition", "needs_reason", "seen_before"]

NAMES_TRIED = 3
"""People of a group whose names are tried with slips of spelling; of the others the name as typed."""
EACH_SOURCE, IN_ALL = 120, 300
"""Candidates one index may bring, and how many are judged."""
SUMMARY_RUNS, CONTENT_RUNS = 3, 6
SUMMARY_RUN, CONTENT_RUN = 3, 4
"""Runs of words a text is looked up by, and how long they are."""


def seen_before(actor: Actor, asked: Asked, on: date) -> tuple[Repeat, ...]:
    """The likeliest repeats, the likeliest first; ``on`` is the day time limits are told for.

    At most five statements, whatever is found.
    """
    asked = _with_named(asked)
    sealed = _sealed(actor, asked)
    values = _looked_for(asked, sealed)
    if not values:
        return ()
    postgres = db.engine.dialect.name == "postgresql"
    scope = scope_of(actor)
    statement = _candidates_statement(scope, postgres, frozenset(values))
    rows = read(
        statement,
        {
            **values,
            **scope_values(actor),
            "place": asked.place_code,
            "most": IN_ALL,
            "each": EACH_SOURCE,
            "here": actor.agency_id,
        },
    ).all()
    repeats = (judge(asked, found, on) for found in _candidates(rows, asked, values, sealed))
    likely = [each for each in repeats if each is not None]
    likely.sort(key=lambda each: (-each.score, not each.visible, each.received_on, each.code))
    return tuple(likely[:MOST])


def needs_reason(repeats: Iterable[Repeat]) -> bool:
    """Whether going on without linking asks for a word why."""
    return any(each.strong for each in repeats)


_PARCEL = r"thua(?: dat)?(?: so)?:? (?P<parcel>\d+[a-z]?)"
_SHEET = r"to(?: ban do)?(?: dia chinh)?(?: so)?:? (?P<sheet>\d+)"
_NAMED_PARCELS = (
    re.compile(rf"\b{_PARCEL},?(?: thuoc)? {_SHEET}\b"),
    re.compile(rf"\b{_SHEET},? {_PARCEL}\b"),
)
_NAMED_DECISION = re.compile(r"\b\d{1,6}/(?:\d{4}/)?qd-[a-z0-9.&-]*[a-z0-9]")


def _with_named(asked: Asked) -> Asked:
    """Fit to be asked for, with the parcels and decisions the text names where their fields are empty."""
    asked = _printable(asked)
    plain = fold(f"{asked.summary} {asked.content}")
    parcels = asked.parcels or tuple(
        (found["sheet"], found["parcel"])
        for pattern in _NAMED_PARCELS
        for found in pattern.finditer(plain)
    )
    contested = asked.contested or tuple(dict.fromkeys(_NAMED_DECISION.findall(plain)))
    return replace(asked, parcels=parcels[:5], contested=contested[:5])


def _printable(asked: Asked) -> Asked:
    """Without control characters and halves of characters: it may be typing nobody has checked yet."""
    names = ("names", "id_numbers", "phones", "addresses", "respondents", "contested")
    lists: dict[str, Any] = {
        name: tuple(_plain(each) for each in getattr(asked, name)) for name in names
    }
    return replace(
        asked,
        summary=_plain(asked.summary),
        content=_plain(asked.content[:CONTENT_COMPARED]),
        place_code=asked.place_code and _plain(asked.place_code),
        parcels=tuple((_plain(sheet), _plain(parcel)) for sheet, parcel in asked.parcels),
        **lists,
    )


def _plain(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)


@cache
def _sealed_statement(scope: Scope) -> Select[*tuple[Any, ...]]:
    return (
        select(Case.id, BlindIndex.digest)
        .join(Party, Party.id == BlindIndex.party_id)
        .join(Case, Case.id == Party.case_id)
        .where(
            BlindIndex.digest.in_(bindparam("digests", expanding=True)),
            BlindIndex.label.in_(bindparam("labels", expanding=True)),
            visible_in(scope),
            holds_identity(scope),
        )
        .limit(EACH_SOURCE)
    )


def _sealed(actor: Actor, asked: Asked) -> Mapping[int, set[str]]:
    """Labels of the exact matches by case."""
    people = asked.people[:PEOPLE_COMPARED]
    wanted = digests(people, asked.id_numbers, asked.phones)
    found: dict[int, set[str]] = defaultdict(set)
    if wanted:
        statement = _sealed_statement(scope_of(actor))
        given = {"digests": list(wanted), "labels": labels(people), **scope_values(actor)}
        for case_id, digest in read(statement, given):
            found[case_id].add(wanted[digest])
    return found


def _looked_for(asked: Asked, sealed: Mapping[int, set[str]]) -> dict[str, Any]:
    """What each index is asked for; indexes nothing is known for are left out."""
    names = [each for name in asked.names[:NAMES_TRIED] for each in likeness.spellings(name)]
    names += [fold(name) for name in asked.names[NAMES_TRIED:PEOPLE_COMPARED]]
    runs = [
        *likeness.telling_runs(asked.summary_words, SUMMARY_RUN, SUMMARY_RUNS),
        *likeness.telling_runs(asked.words, CONTENT_RUN, CONTENT_RUNS),
    ]
    sheets = [each for sheet, _ in asked.parcels for each in likeness.parcel_spellings(sheet)]
    parcels = [each for _, parcel in asked.parcels for each in likeness.parcel_spellings(parcel)]
    wanted: dict[str, Any] = {
        "names": list(dict.fromkeys(names)),
        "id_numbers": [n for each in asked.id_numbers for n in likeness.number_spellings(each)],
        "phones": [n for each in asked.phones for n in likeness.phone_spellings(each)],
        "respondents": [fold(each) for each in asked.respondents[:PEOPLE_COMPARED] if each.strip()],
        "contested": [n for each in asked.contested for n in _decision_spellings(each)],
        "sealed": list(sealed),
        "asked": _asked_runs(runs) if runs else "",
    }
    if sheets and parcels and asked.place_code:
        wanted |= {"sheets": sheets, "parcels": parcels}
    return {name: value for name, value in wanted.items() if value}


def _decision_spellings(number: str) -> tuple[str, ...]:
    """Ways a decision's number may stand in a register: with its đ or without, in any case."""
    plain = number.strip()
    barred_d = plain.upper().replace("QD-", "QĐ-")
    ways = [plain, plain.upper(), barred_d, barred_d.replace("Đ", "D"), barred_d.lower()]
    return tuple(dict.fromkeys(ways))


def _asked_runs(runs: Iterable[tuple[str, ...]]) -> str:
    """Any of the runs, as the full-text index of the database at hand is asked."""
    if db.engine.dialect.name == "postgresql":
        return " | ".join(f"({' <-> '.join(run)})" for run in runs)
    return " OR ".join(f'"{" ".join(run)}"' for run in runs)


def _source(query: Select[Any]) -> Select[Any]:
    """The newest of what an index brings. Not ordered by the bare key: that would invite a walk
    along the key in place of the index."""
    found = query.subquery()
    case_id = found.c[0]
    return select(
        select(case_id.label("case_id"))
        .order_by((case_id + 0).desc())
        .limit(bindparam("each"))
        .subquery()
        .c.case_id
    )


@cache
def _candidates_statement(
    scope: Scope, postgres: bool, looked_for: frozenset[str]
) -> Select[*tuple[Any, ...]]:
    """Cases any index points at, in reach or announced."""
    place = select(Place.id).where(Place.code == bindparam("place")).scalar_subquery()
    sources: dict[str, Select[Any]] = {
        "names": _source(select(Party.case_id).where(one_of(Party.folded_name, "names", postgres))),
        "id_numbers": _source(select(Party.case_id).where(_any(Party.id_number, "id_numbers"))),
        "phones": _source(select(Party.case_id).where(_any(Party.phone, "phones"))),
        "respondents": _source(
            select(Respondent.case_id).where(_any(Respondent.folded_name, "respondents"))
        ),
        "contested": _source(
            select(ContestedAct.case_id).where(_any(ContestedAct.number, "contested"))
        ),
        "sheets": _source(
            select(LandParcel.case_id).where(
                or_(LandParcel.place_id == place, LandParcel.place_id.is_(None)),
                _any(LandParcel.sheet, "sheets"),
                _any(LandParcel.parcel, "parcels"),
            )
        ),
        "sealed": select(Case.id).where(_any(Case.id, "sealed")),
        "asked": _source(select(hits(postgres).c.case_id)),
    }
    pointed_at = union_all(*(sources[name] for name in sorted(looked_for & sources.keys())))
    window = and_(
        Deadline.case_id == Case.id,
        Deadline.step == Step.SECOND_COMPLAINT_WINDOW,
        Deadline.nature == Nature.STATUTORY,
    )

    def of_window(value: Any) -> Any:
        latest = select(value).where(window).order_by(Deadline.occurrence.desc()).limit(1)
        return latest.correlate(Case).scalar_subquery()

    return (
        select(
            Case.id,
            Case.code,
            Case.kind,
            Case.instance,
            Case.state,
            Agency.name.label("agency"),
            (Case.agency_id == bindparam("here")).label("own_agency"),
            Case.received_on,
            Case.next_due,
            Case.summary,
            func.substr(CaseText.content, 1, literal(CONTENT_COMPARED)).label("content"),
            ContestedAct.number.label("contested"),
            visible_in(scope).label("visible"),
            of_window(Deadline.due).label("window_until"),
            of_window(Deadline.citation).label("window_citation"),
        )
        .join(Agency, Agency.id == Case.agency_id)
        .join(CaseText, CaseText.case_id == Case.id)
        .outerjoin(ContestedAct, ContestedAct.case_id == Case.id)
        .where(
            Case.id.in_(pointed_at),
            Case.state != State.VOIDED,
            or_(visible_in(scope), announced_in(scope)),
        )
        .order_by(Case.id.desc())
        .limit(bindparam("most"))
    )


def _any(attribute: Any, name: str) -> ColumnElement[bool]:
    return attribute.in_(bindparam(name, expanding=True))  # type: ignore[no-any-return]


_IDS: BindParameter[Any] = bindparam("ids", expanding=True)


@cache
def _people_statement(postgres: bool) -> Select[*tuple[Any, ...]]:
    """People of the candidates: the first of each case, and who fits what is asked."""
    return select(
        Party.case_id, Party.name, Party.birth_year, Party.id_number, Party.phone, Party.address
    ).where(
        Party.case_id.in_(_IDS),
        ~Party.sealed,
        or_(
            Party.ordinal == 1,
            one_of(Party.folded_name, "names", postgres),
            _any(Party.id_number, "id_numbers"),
            _any(Party.phone, "phones"),
        ),
    )


_RESPONDENTS = select(Respondent.case_id, Respondent.name).where(
    Respondent.case_id.in_(_IDS), Respondent.ordinal <= PEOPLE_COMPARED
)
_PARCELS = (
    select(LandParcel.case_id, LandParcel.sheet, LandParcel.parcel, Place.code)
    .outerjoin(Place, Place.id == LandParcel.place_id)
    .where(LandParcel.case_id.in_(_IDS))
)


def _candidates(
    rows: Sequence[Any],
    asked: Asked,
    looked_for: Mapping[str, Any],
    sealed: Mapping[int, set[str]],
) -> Iterable[Candidate]:
    ids = [row.id for row in rows]
    people: dict[int, list[KnownPerson]] = defaultdict(list)
    respondents: dict[int, list[str]] = defaultdict(list)
    parcels: dict[int, list[tuple[str, str, bool]]] = defaultdict(list)
    if ids:
        postgres = db.engine.dialect.name == "postgresql"
        names = {name: looked_for.get(name, []) for name in ("names", "id_numbers", "phones")}
        for case_id, *person in read(_people_statement(postgres), {"ids": ids, **names}):
            people[case_id].append(KnownPerson(*person))
        if asked.respondents:
            for case_id, name in read(_RESPONDENTS, {"ids": ids}):
                respondents[case_id].append(name)
        if asked.parcels:
            for case_id, sheet, parcel, place in read(_PARCELS, {"ids": ids}):
                here = place is not None and place == asked.place_code
                parcels[case_id].append((sheet, parcel, here))
    return (
        Candidate(
            code=row.code,
            kind=row.kind,
            instance=row.instance,
            state=row.state,
            agency=row.agency,
            own_agency=bool(row.own_agency),
            received_on=row.received_on,
            due=None if row.next_due == FAR else row.next_due,
            summary=row.summary,
            content=row.content,
            contested=row.contested,
            visible=bool(row.visible),
            window_until=row.window_until,
            window_citation=row.window_citation,
            people=people[row.id],
            respondents=respondents[row.id],
            parcels=parcels[row.id],
            sealed=frozenset(sealed.get(row.id, ())),
        )
        for row in rows
    )
