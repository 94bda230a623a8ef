"""The correction form: every correctable field with what stands there now; only changed ones are sent on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from petitions.errors import Invalid
from petitions.queries.case_shapes import CasePage
from petitions.text import vn_date
from petitions.web.placing import meant
from petitions.web.story import FIELD_WORDS, SIDES
from workflows.vocabulary import Fact

PLACE = "place_code"
TEXTS = frozenset({"content", "demand", "handled_before"})
BOXES = frozenset(
    {
        "official_conduct", "security_risk", "wants_protection", "wants_result", "interpreter",
        "fingerprint",
    }
)  # fmt: skip


REQUIRED = frozenset({"summary", "content", "name"})
OF_THE_CASE = "Hồ sơ và đơn"
KEPT_SEALED = " (niêm phong: ô để trống thì giữ nguyên)"


@dataclass(frozen=True, slots=True)
class Corrected:
    """A field as it stands, and how to ask for it: text, textarea or box."""

    name: str
    label: str
    now: str
    widget: str
    required: bool


def correctable(page: CasePage) -> dict[str, list[Corrected]]:
    """The fields of this case that may be corrected here, by whose they are.

    Those of a sealed person stand empty, for people with the right to the identity only: what is
    typed is sealed in place of what was there, what is left empty stays.
    """
    sealed = {f"parties.{person.ordinal}" for person in page.people if person.sealed}
    groups: dict[str, list[Corrected]] = {OF_THE_CASE: []}
    for name, now in _standing(page).items():
        owner, _, column = name.rpartition(".")
        required = column in REQUIRED and owner not in sealed
        groups.setdefault(_group(owner, owner in sealed), []).append(
            Corrected(name, FIELD_WORDS[column].capitalize(), now, _widget(name), required)
        )
    return groups


def _group(owner: str, sealed: bool) -> str:
    if not owner:
        return OF_THE_CASE
    side, _, number = owner.partition(".")
    return f"{SIDES[side].capitalize()} {number}" + (KEPT_SEALED if sealed else "")


def corrected(page: CasePage, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What differs from what stands. Fields untouched are left out; one emptied is an empty text.

    Raises ``Invalid`` at a place that is not clear.
    """
    standing = _standing(page)
    changes = {
        name: value
        for name, value in typed.items()
        if _lines(str(value)) != _lines(standing.get(name, ""))
    }
    if PLACE in changes:
        place = meant(str(changes[PLACE]))
        if place.code is None:
            among = "; ".join(f"{each.text} ({each.value})" for each in place.options)
            raise Invalid.at(f"changes.{PLACE}", f"{place.fault} {among}".strip())
        changes[PLACE] = place.code
    return changes


def _lines(text: str) -> str:
    """The text without the line ends and outer spaces that browsers change."""
    return "\n".join(text.split("\r\n")).strip()


def fact_days(page: CasePage) -> dict[Fact, date]:
    """Days of this case that may be corrected."""
    return {Fact(name): value for name, value in page.file.facts.items() if isinstance(value, date)}


def _standing(page: CasePage) -> dict[str, str]:
    paper = page.papers[0] if page.papers else None
    found: dict[str, Any] = {
        "summary": page.summary,
        "content": page.content,
        "demand": page.demand,
        "handled_before": page.handled_before,
        "group_size": page.group_size,
        "language": page.language,
        "written_on": paper and paper.written_on,
        "forward_number": paper and paper.forward_number,
        "forward_on": paper and paper.forward_on,
        "originals": paper and paper.originals,
        "copies_to": paper and paper.copies_to,
        "interpreter": page.interpreter,
        "fingerprint": page.fingerprint,
        "official_conduct": page.official_conduct,
        "security_risk": page.security_risk,
        "wants_protection": page.wants_protection,
        "wants_result": page.wants_result,
    }
    for person in page.people:
        if person.sealed and not page.may_open_identity:
            continue
        side = "parties" if person.side == "petitioner" else "respondents"
        columns = PEOPLE[side]
        known = {"name": person.name, **dict(person.more)}
        for column in columns:
            found[f"{side}.{person.ordinal}.{column}"] = known.get(column)
    return {name: _text(value) for name, value in found.items()}


PEOPLE = {
    "parties": ("name", "birth_year", "id_number", "phone", "address"),
    "respondents": ("name", "position", "workplace", "address"),
}


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case date():
            return vn_date(value)
    return str(value)


def _widget(name: str) -> str:
    if name in TEXTS:
        return "textarea"
    return "box" if name in BOXES else "text"
