"""Registering a petition on one page: typed, corrected, masked where the law hides a name, saved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from petitions.errors import Invalid, Leak
from petitions.queries import choices
from petitions.schemas.pasted import PASTED
from petitions.schemas.registration import from_form, load_form
from petitions.services import checks
from petitions.services.intake import register as register_petition
from petitions.text import vn_date
from petitions.web import options
from petitions.web.forms import Form, Option, posted_key
from petitions.web.masking import OWN_FIELDS, Leaked, leaked, masked, text_at
from petitions.web.placing import Meant, meant
from petitions.web.session import actor, moment, require, today
from workflows.records import IdKind, PartyRole, RespondentKind, Source
from workflows.transition import INTAKE
from workflows.vocabulary import Kind, Subkind

blueprint = Blueprint("intake", __name__)

PLACE, PLACE_ASKED = "place_words", "_place_asked"
PAGE_FIELDS = (PASTED, PLACE, PLACE_ASKED, *OWN_FIELDS)
"""Inputs of the page that are not the registration's."""
LISTS = ("parties", "respondents", "obstacles", "prior", "parcels")
SHOWN_ROWS = {"parties": 1, "respondents": 1}
"""Rows drawn though nothing is typed in them."""
SOURCES = tuple(source for source in Source if source is not Source.IMPORTED)
PAPER_BY_DIGITS = {12: IdKind.CITIZEN, 9: IdKind.OLD_ID}
NO_PLACE = Meant()


@blueprint.route("/dang-ky", methods=["GET", "POST"])
def register() -> Response | str | tuple[str, int]:
    """The registration form; one more row, masking and saving are its buttons."""
    require(*INTAKE)
    if request.method == "GET":
        return _page(_fresh())
    form = _typed(request.form)
    if "_more" in request.form:
        return _page(form, more=request.form["_more"])
    if "_mask" in request.form:
        return _page(masked(form) or form, told=masked(form) is not None)
    return _save(form)


def _save(form: Form) -> Response | tuple[str, int]:
    inputs = request.form.copy()
    _name_papers(inputs)
    place = _place(form, inputs)
    faults = {PLACE: [place.fault]} if place.fault else {}
    given = None
    try:
        given = load_form(inputs)
        if faults:
            raise Invalid(faults)
        code = register_petition(given, actor=actor(), now=moment(), key=posted_key())
    except Leak as error:
        text = text_at(checks.cleaned(given, defaultdict(list)), error.field)
        marked = form.refused(error.fields).changed({error.field: text})
        return _page(marked, leak=leaked(error, text), place=place), 422
    except Invalid as error:
        rows = len(from_form(inputs).get("parties", ()))
        return _page(form.refused(_findable({**error.fields, **faults}, rows)), place=place), 422
    flash(f"Đã đăng ký. Mã hồ sơ: {code}.", "done")
    return redirect(url_for("cases.show", code=code))


def _fresh() -> Form:
    return Form.of(
        {
            "kind": Kind.COMPLAINT.value,
            "source": Source.RECEPTION.value,
            "received_on": vn_date(today()),
            "competent": True,
            "signed": True,
        }
    )


def _typed(inputs: MultiDict[str, str]) -> Form:
    """The typed form without its empty rows, so that paths of faults and names of inputs agree."""
    form = Form.of(from_form(inputs), once=posted_key())
    return form.changed({name: inputs[name] for name in PAGE_FIELDS if name in inputs})


def _place(form: Form, inputs: MultiDict[str, str]) -> Meant:
    """Put the code of the typed place among the inputs, unless it is not clear which is meant."""
    words = form.value(PLACE).strip()
    if words and form.value("place_code") and form.value(PLACE_ASKED) == words:
        return Meant(form.value("place_code"))
    inputs.pop("place_code", None)
    found = meant(words) if words else Meant()
    if found.code:
        inputs["place_code"] = found.code
    return found


def _name_papers(inputs: MultiDict[str, str]) -> None:
    """An identity number without its paper: its length tells which of the two common ones it is."""
    for name, number in list(inputs.items()):
        kind = f"{name.removesuffix('id_number')}id_kind"
        if name.endswith(".id_number") and not inputs.get(kind):
            guess = PAPER_BY_DIGITS.get(sum(sign.isdecimal() for sign in number))
            if guess is not None:
                inputs[kind] = guess.value


def _findable(faults: Mapping[str, list[str]], typed_rows: int) -> dict[str, list[str]]:
    """Faults of pasted people, told at the pasted list, and of codes, told where words are typed."""
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
        else:
            found.setdefault(PLACE if path == "place_code" else path, []).extend(messages)
    return found


def _page(
    form: Form,
    *,
    more: str = "",
    told: bool = False,
    leak: Leaked | None = None,
    place: Meant = NO_PLACE,
) -> str:
    on = today()
    rows = {name: form.rows(name, SHOWN_ROWS.get(name, 0)) for name in LISTS}
    if more in rows:
        rows[more] += 1
    return render_template(
        "register.html",
        form=form,
        rows=rows,
        grown=more,
        masked=told,
        leak=leak,
        places=place.options,
        choices=_choices(),
        communes=choices.communes_around(actor().agency_id, on),
    )


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
