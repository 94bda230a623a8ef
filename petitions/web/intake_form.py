"""What came typed from the registration page: brought into shape before anything is judged."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import request
from werkzeug.datastructures import MultiDict

from petitions.idcard import IdCard
from petitions.schemas.pasted import CHOSEN, PASTED
from petitions.schemas.registration import from_form
from petitions.services.registration import Upload
from petitions.text import vn_date
from petitions.web.forms import Form, posted_key
from petitions.web.masking import OWN_FIELDS
from petitions.web.placing import Meant, meant
from workflows.records import IdKind

PLACE, PLACE_ASKED = "place_words", "_place_asked"
DRAFT, VISIT, FILES, TAKE = "_draft", "visit", "files", "_take"
SEEN_CHOICE, SEEN_REASON = "seen.choice", "seen.reason"
LINKED, SECOND = "link", "second"
PAGE_FIELDS = (
    PASTED, CHOSEN, PLACE, PLACE_ASKED, DRAFT, VISIT, SEEN_CHOICE, SEEN_REASON, *OWN_FIELDS,
)  # fmt: skip
"""Inputs of the page that are not the registration's."""
TAKEN = ("kind", "field_code", "competent")
"""Fields a suggestion may be taken into."""
PAPER_BY_DIGITS = {12: IdKind.CITIZEN, 9: IdKind.OLD_ID}


def typed(inputs: MultiDict[str, str]) -> Form:
    """The typed form without its empty rows, so that paths of faults and names of inputs agree."""
    form = Form.of(from_form(inputs), once=posted_key())
    return form.changed({name: inputs[name] for name in PAGE_FIELDS if name in inputs})


def taken(form: Form, inputs: MultiDict[str, str]) -> Form:
    """The form with the suggestion whose button was pressed: ``field:value``."""
    name, _, value = inputs.get(TAKE, "").partition(":")
    return form.changed({name: value}) if name in TAKEN else form


def uploads() -> tuple[Upload, ...]:
    """The files of this request; an empty choice is none."""
    return tuple(
        Upload(each.filename, each.read()) for each in request.files.getlist(FILES) if each.filename
    )


def linked(form: Form) -> tuple[str, str]:
    """What the officer says of a likely repeat, and of which case: linked with it, or its second instance."""
    how, _, code = form.value(SEEN_CHOICE).partition(":")
    return (how, code) if how in {LINKED, SECOND} and code else ("", "")


def second_instance(form: Form, inputs: MultiDict[str, str]) -> None:
    """A petition said to be the second instance of a case is registered as that."""
    how, code = linked(form)
    if how == SECOND:
        inputs["instance"], inputs["second_instance_of"] = "2", code


def resolve_place(form: Form, inputs: MultiDict[str, str]) -> Meant:
    """Put the code of the typed place among the inputs, unless it is not clear which is meant."""
    words = form.value(PLACE).strip()
    if words and form.value("place_code") and form.value(PLACE_ASKED) == words:
        return Meant(form.value("place_code"))
    inputs.pop("place_code", None)
    found = meant(words) if words else Meant()
    if found.code:
        inputs["place_code"] = found.code
    return found


def name_papers(inputs: MultiDict[str, str]) -> None:
    """An identity number without its paper: its length tells which of the two common ones it is."""
    for name, number in list(inputs.items()):
        kind = f"{name.removesuffix('id_number')}id_kind"
        if name.endswith(".id_number") and not inputs.get(kind):
            guess = PAPER_BY_DIGITS.get(sum(sign.isdecimal() for sign in number))
            if guess is not None:
                inputs[kind] = guess.value


def card_values(card: IdCard) -> dict[str, str]:
    """The fields of a person as their card says them; a year alone where the day is not known."""
    return {
        "name": card.name,
        "birth_on": _birth(card.birth_date, card.birth_precision),
        "sex": card.sex,
        "id_kind": IdKind.CITIZEN.value,
        "id_number": card.id_number,
        "id_issued_on": vn_date(card.issued_on) if card.issued_on else "",
        "address": card.address or "",
    }


def _birth(day: date, precision: str) -> str:
    return vn_date(day, "year" if precision == "year" else "day")


def findable(
    faults: Mapping[str, list[str]], form: Form, files: tuple[Upload, ...]
) -> dict[str, list[str]]:
    """Faults of pasted people, of codes and of files, told where there is an input for them."""
    typed_rows = len(from_form(request.form).get("parties", ()))
    found: dict[str, list[str]] = {}
    for path, messages in faults.items():
        side, _, rest = path.partition(".")
        number = rest.split(".")[0]
        if path.startswith(f"{PASTED}."):
            line = path.removeprefix(f"{PASTED}.")
            found.setdefault(PASTED, []).extend(f"Dòng {line}: {each}" for each in messages)
        elif side == "parties" and number.isdecimal() and int(number) >= typed_rows:
            person = int(number) - typed_rows + 1
            found.setdefault(PASTED, []).extend(f"Người thứ {person}: {each}" for each in messages)
        elif side == FILES and number.isdecimal():
            name = files[int(number)].name[:60]
            found.setdefault(FILES, []).extend(f"Tệp “{name}”: {each}" for each in messages)
        else:
            found.setdefault(_INPUT_OF.get(path, path), []).extend(messages)
    if files and FILES not in found:
        found[FILES] = ["Hãy chọn lại tệp."]
    if CHOSEN in form.values and "parties" in found and form.value(CHOSEN).strip():
        found[CHOSEN] = [*found.get(CHOSEN, []), *found.pop("parties")]
    return found


_INPUT_OF = {
    "place_code": PLACE,
    "repeat_reason": SEEN_REASON,
    "related_to": SEEN_CHOICE,
}
