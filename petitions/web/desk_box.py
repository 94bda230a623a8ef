"""The desk: one box for a card, a name, a number or a code, answered with the person's history.

What is typed travels in the body of a request, never in an address, and no answer is kept by anybody.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request, url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from petitions.errors import Invalid
from petitions.idcard import IdCard, Warn
from petitions.labels import label
from petitions.queries.case_page import case_page
from petitions.queries.desk_box import BOX, LONGEST, BoxAsked, Means, read_box
from petitions.queries.person_history import history
from petitions.queries.persons import CaseSeen, PersonSeen
from petitions.services import drafts
from petitions.services.slips import may_issue
from petitions.web import intake_form as typing
from petitions.web.days import PAUSED, Due, due_words
from petitions.web.forms import Form
from petitions.web.intake_page import PAGE, fresh
from petitions.web.session import actor, moment, require, today
from workflows.records import IdKind
from workflows.transition import INTAKE

blueprint = Blueprint("desk_box", __name__)

LOOK_TWICE = {
    Warn.NUMBER_PLACE_UNKNOWN: "mã nơi đăng ký khai sinh trong số thẻ không có thật",
    Warn.NUMBER_SEX: "giới tính không khớp với số thẻ",
    Warn.NUMBER_BIRTH_YEAR: "năm sinh không khớp với số thẻ",
    Warn.OLD_NUMBER_ODD: "số chứng minh nhân dân cũ lạ",
    Warn.ISSUED_BEFORE_BIRTH: "ngày cấp trước ngày sinh",
}
"""Oddities of a card worth a second look; it is still the officer who compares card and person."""
READ_AS = {
    Means.CARD: "Thẻ căn cước",
    Means.CODE: "Mã hồ sơ",
    Means.NUMBER: "Số giấy tờ",
    Means.PHONE: "Điện thoại",
    Means.NAME: "Tên",
}


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A petition in words. ``once`` is the one-time key of its slip, ``None`` where none may be given."""

    case: CaseSeen
    kind: str
    due: Due
    once: str | None


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person in words. ``start`` and ``visit`` are the inputs a registration and a visit begin with."""

    person: PersonSeen
    title: str
    cases: list[CaseLine]
    start: Mapping[str, str]
    visit: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the box says. ``start`` and ``visit`` begin with whom nobody here knows."""

    read_as: str
    people: list[PersonLine]
    more: bool
    odd: list[str]
    start: Mapping[str, str]
    visit: Mapping[str, str]
    known: bool


@blueprint.route("/quay", methods=["GET", "POST"])
def desk() -> str | tuple[str, int]:
    """The box, and below it the answer."""
    require(*INTAKE)
    if request.method == "GET":
        return _page(Form())
    form = _typed()
    try:
        answer = _answer(form.value(BOX))
    except Invalid as error:
        return _page(form.refused(error.fields)), 422
    return _page(form, answer)


@blueprint.post("/quay/tra")
def look() -> str:
    """The answer alone, for the page's script while somebody types."""
    require(*INTAKE)
    try:
        answer = _answer(_typed().value(BOX))
    except Invalid as error:
        return render_template("desk_box_found.html", answer=None, hint=error.fields[BOX][0])
    return render_template("desk_box_found.html", answer=answer, hint="")


@blueprint.post("/quay/bo-sung/<code>")
def to_paper(code: str) -> Response:
    """From a registration not yet saved to adding its paper to the case ``code``; the typing is kept as a draft."""
    require(*INTAKE)
    case = case_page(actor(), code)
    form = Form.posted(("_more", "_keep", "_mask", typing.TAKE))
    uid = form.value(typing.DRAFT) or secrets.token_hex(16)
    values = {**form.values, "_once": [form.once]}
    drafts.save(uid, PAGE, values, actor=actor(), now=moment(), key=form.once)
    return redirect(url_for("cases.add_paper", code=case.code))


def _typed() -> Form:
    return Form({BOX: [request.form.get(BOX, "")[: LONGEST * 2]]})


def _page(form: Form, answer: Answer | None = None) -> str:
    return render_template("desk_box.html", form=form, answer=answer, hint="")


def _answer(typed: str) -> Answer:
    asked = read_box(typed)
    found = history(actor(), asked)
    person = _asked_person(asked)
    return Answer(
        read_as=READ_AS[asked.means],
        people=[_line(each, asked.card, today()) for each in found.people],
        more=found.more,
        odd=[] if asked.card is None else [LOOK_TWICE[w] for w in asked.card.warnings if w in LOOK_TWICE],
        start=_start(person),
        visit=_visit(person),
        known=any(each.sure for each in found.people),
    )  # fmt: skip


def _asked_person(asked: BoxAsked) -> Mapping[str, str]:
    """What was asked as the fields of a person."""
    if asked.card is not None:
        return typing.card_values(asked.card)
    if asked.means is Means.CODE:
        return {}
    return {
        "name": asked.name,
        "birth_on": str(asked.birth_year or ""),
        "id_number": next(iter(asked.id_numbers), ""),
        "phone": asked.phone,
    }


def _line(person: PersonSeen, card: IdCard | None, on: date) -> PersonLine:
    """The card in the officer's hand says more of its owner, and newer, than what was written down before."""
    known = _known_person(person)
    if card is not None and person.sure:
        known |= {name: each for name, each in typing.card_values(card).items() if each}
    return PersonLine(
        person, _title(person), list(_cases(person.cases, on)), _start(known), _visit(known)
    )


def _title(person: PersonSeen) -> str:
    if person.sealed:
        return "Người được giữ bí mật"
    return person.name


def _known_person(person: PersonSeen) -> dict[str, str]:
    if person.sealed:
        return {}
    return {
        "name": person.name,
        "birth_on": str(person.birth_year or ""),
        "id_number": person.id_number or "",
        "phone": person.phone or "",
        "address": person.address or "",
    }


def _start(person: Mapping[str, str]) -> dict[str, str]:
    """A registration form begun with one person."""
    values: dict[str, Any] = {"parties": [{name: each for name, each in person.items() if each}]}
    form = fresh(values if person else {})
    return {name: form.value(name) for name in form.values}


def _visit(person: Mapping[str, str]) -> dict[str, str]:
    """A visit begun with one person; of a birth the year is kept."""
    kept = ("name", "id_kind", "id_number", "phone", "address")
    values = {f"people.0.{name}": person[name] for name in kept if person.get(name)}
    born = person.get("birth_on", "")[-4:]
    if person.get("id_number") and "id_kind" not in person:
        values["people.0.id_kind"] = typing.PAPER_BY_DIGITS.get(
            len(person["id_number"]), IdKind.NONE
        ).value
    return {**values, **({"people.0.birth_year": born} if born else {})}


def _cases(cases: Iterable[CaseSeen], on: date) -> Iterable[CaseLine]:
    tell = due_words(on)
    for each in cases:
        prints = may_issue(actor(), each.agency_id, each.origin_id)
        yield CaseLine(
            case=each,
            kind=label(each.kind) + (" lần hai" if each.instance == 2 else ""),
            due=PAUSED if each.paused and each.due is None else tell(each.due),
            once=Form().once if prints else None,
        )
