"""The registration page as drawn: its selections, what the words suggest, whether it was seen before."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import render_template

from petitions.errors import Invalid
from petitions.labels import label
from petitions.queries import choices
from petitions.queries.competence import Concerned, Suggested, settler_for
from petitions.queries.drafts import own_drafts
from petitions.queries.onetime import answered
from petitions.queries.repeats import Repeat
from petitions.queries.seen_before import Asked, seen_before
from petitions.queries.suggestions import Hints, hints_for
from petitions.schemas.pasted import PASTED, pasted_people
from petitions.services.registration import Registration
from petitions.text import BadDate, parse_vn_date, vn_date
from petitions.web import options
from petitions.web.forms import Form, Option
from petitions.web.intake_form import DRAFT, SECOND, SEEN_REASON, VISIT, linked
from petitions.web.masking import Leaked
from petitions.web.placing import Meant
from petitions.web.session import actor, moment, today
from workflows.records import IdKind, PartyRole, RespondentKind, Source
from workflows.vocabulary import Kind, Subkind

PAGE = "register"
"""Name of the page among drafts."""
LISTS = ("parties", "respondents", "obstacles", "prior", "parcels", "further")
SHOWN_ROWS = {"parties": 1, "respondents": 1}
"""Rows drawn though nothing is typed in them."""
SOURCES = tuple(source for source in Source if source is not Source.IMPORTED)
NO_PLACE = Meant()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the page says besides the typing."""

    more: str = ""
    masked: bool = False
    kept: bool = False
    reopened: bool = False
    drafts: bool = False
    leak: Leaked | None = None
    place: Meant = NO_PLACE
    repeats: Sequence[Repeat] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Told:
    """A suggestion as shown: the value its button takes, in words, and why."""

    name: str
    value: str
    words: str
    why: str


NOTHING_SHOWN = Shown()


def fresh(known: Mapping[str, Any] | None = None) -> Form:
    """The form begun: today, at the desk, what is ``known`` already, and a place for its draft."""
    return Form.of(
        {
            "kind": Kind.COMPLAINT.value,
            "source": Source.RECEPTION.value,
            "received_on": vn_date(today()),
            "competent": True,
            "signed": True,
            **(known or {}),
            DRAFT: secrets.token_hex(16),
        }
    )


def drawn(form: Form, shown: Shown = NOTHING_SHOWN) -> str:
    """The page."""
    on = today()
    rows = {name: form.rows(name, SHOWN_ROWS.get(name, 0)) for name in LISTS}
    if shown.more in rows:
        rows[shown.more] += 1
    drafts = own_drafts(actor(), PAGE, moment()) if shown.drafts else ()
    return render_template(
        "register.html",
        form=form,
        rows=rows,
        shown=shown,
        drafts=[each for each in drafts if each.uid != form.value(DRAFT)],
        visit=form.value(VISIT),
        seen_code=linked(form)[1],
        seen_second=linked(form)[0] == SECOND,
        pasted=pasted_count(form.value(PASTED)),
        hints=told(form),
        choices=_choices(),
        communes=choices.communes_around(actor().agency_id, on),
    )


def pasted_count(text: str) -> int:
    """How many people the pasted list names; the lines that are wrong do not count."""
    try:
        return len(pasted_people(text))
    except Invalid:
        return sum(1 for line in text.splitlines() if line.strip())


def told(form: Form) -> dict[str, Told]:
    """Suggestions by the field they belong to; none where the officer has chosen the same already."""
    hints = hints_for("\n".join(form.value(name) for name in ("summary", "content", "demand")))
    found = [
        _kind(form, hints),
        _field(form, hints),
        _settler(form, _suggested(form)),
    ]
    return {each.name: each for each in found if each is not None}


def _kind(form: Form, hints: Hints) -> Told | None:
    hint = hints.kind
    if hint is None or hint.value == form.value("kind"):
        return None
    return Told("kind", hint.value, label(Kind(hint.value)), _because(hint.told))


def _field(form: Form, hints: Hints) -> Told | None:
    hint = hints.field
    if hint is None or form.value("field_code"):
        return None
    names = {each.code: each.name for each in choices.fields(today())}
    if hint.value not in names:
        return None
    return Told("field_code", hint.value, names[hint.value], _because(hint.told))


def _because(phrases: Sequence[str]) -> str:
    return "vì có " + ", ".join(f"“{phrase}”" for phrase in phrases[:3])


def _suggested(form: Form) -> Suggested | None:
    issuer = form.value("contested.issuer")
    concerned = []
    for number in range(form.rows("respondents")):
        row = f"respondents.{number}."
        name, position = form.value(row + "name"), form.value(row + "position")
        body = form.value(row + "agency_code") or form.value(row + "workplace") or name
        if body:
            concerned.append(Concerned(body[:300], (position or name)[:300]))
    if (not issuer and not concerned) or form.value("kind") not in set(Kind):
        return None
    return settler_for(
        Kind(form.value("kind")),
        issuer=issuer[:300] or None,
        respondents=concerned[:20],
        instance=2 if form.value("instance") == "2" else 1,
        on=today(),
        disciplinary=bool(form.value("subkind")),
    )


def _settler(form: Form, found: Suggested | None) -> Told | None:
    if found is None:
        return None
    here = found.agency_id == actor().agency_id
    doubt = "" if found.confirmed else " (cần xác nhận)"
    why = f"{found.words} {found.article}{doubt}."
    chosen = form.value("competent") == "true"
    words = "thuộc thẩm quyền cơ quan này" if here else "của cơ quan khác"
    return Told("competent", "" if here == chosen else str(here).lower(), words, why)


def repeats_of(given: Registration, form: Form) -> tuple[Repeat, ...]:
    """Cases this petition may repeat; nothing is looked up once the officer has said what it is.

    Sent a second time, the petition would be found as a repeat of itself.
    """
    if answered(actor(), form.once):
        return ()
    if linked(form)[1] or form.value(SEEN_REASON).strip():
        return ()
    return seen_before(actor(), asked_of(given), today())


def asked_of(given: Registration) -> Asked:
    """The registration as it is compared with what there is."""
    people = given.parties[:200]
    contested = given.contested.number if given.contested else None
    return Asked(
        kind=given.kind,
        names=tuple(person.name for person in people),
        birth_years=tuple(person.birth_year for person in people),
        id_numbers=tuple(person.id_number for person in people if person.id_number),
        phones=tuple(person.phone for person in people if person.phone),
        addresses=tuple(person.address for person in people if person.address),
        summary=given.summary,
        content=given.content,
        respondents=tuple(each.name for each in given.respondents),
        parcels=tuple((each.sheet, each.parcel) for each in given.parcels),
        place_code=given.place_code,
        received_on=given.received_on,
        contested=(contested,) if contested else (),
    )


def asked_while_typing(form: Form) -> Asked | None:
    """What is typed so far, compared before it is a registration; ``None`` while it says too little."""
    people = [f"parties.{number}." for number in range(form.rows("parties"))]
    names = [form.value(row + "name") for row in people]
    numbers = [form.value(row + "id_number") for row in people]
    if form.value("kind") not in set(Kind) or not (
        any(names) or any(numbers) or form.value("content")
    ):
        return None
    return Asked(
        kind=Kind(form.value("kind")),
        names=tuple(name for name in names if name),
        birth_years=tuple(
            _year(form.value(row + "birth_on")) for row in people if form.value(row + "name")
        ),
        id_numbers=tuple(number for number in numbers if number),
        phones=tuple(phone for row in people if (phone := form.value(row + "phone"))),
        addresses=tuple(each for row in people if (each := form.value(row + "address"))),
        summary=form.value("summary"),
        content=form.value("content")[:20_000],
        respondents=tuple(
            name
            for number in range(form.rows("respondents"))
            if (name := form.value(f"respondents.{number}.name"))
        ),
        parcels=tuple(
            (form.value(f"parcels.{number}.sheet"), form.value(f"parcels.{number}.parcel"))
            for number in range(form.rows("parcels"))
        ),
        received_on=today(),
        contested=tuple(filter(None, [form.value("contested.number")])),
    )


def _year(text: str) -> int | None:
    try:
        return parse_vn_date(text).date.year if text else None
    except BadDate:
        return None


def _choices() -> dict[str, Any]:
    on = today()
    return {
        "kind": options.words(Kind),
        "subkind": options.words(Subkind),
        "source": options.words(SOURCES),
        "role": options.words(PartyRole),
        "id_kind": options.words(IdKind),
        "respondent_kind": options.words(RespondentKind),
        "sex": [Option("male", "Nam"), Option("female", "Nữ")],
        "instance": [Option("1", "Lần đầu"), Option("2", "Lần hai")],
        "may_sue": [Option("true", "Có"), Option("false", "Không")],
        "field_code": options.fields(on),
        "agency": options.agencies(on),
        "project_id": options.projects(),
        "bodies": choices.outside_bodies(),
    }
