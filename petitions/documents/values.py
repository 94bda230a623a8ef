"""The values of one document: narrowed to what its form knows, typed, completed, nothing missing."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from config.clock import local_time
from petitions.documents import signing, tags
from petitions.documents.forms import COMMON, Form, FormField, required, words
from petitions.documents.phrases import BLANK, UNDATED, Chosen, Listed, long_day, two_digits
from petitions.documents.sandbox import fill
from petitions.errors import Invalid
from petitions.text import ControlCharacter, clean

PARAGRAPH_END = "\a"
END_MARK = "./."


@dataclass(frozen=True, slots=True)
class Settled:
    """What templates are filled with, and whether the document still waits for number, day or signer."""

    values: Mapping[str, Any]
    draft: bool


def settle(form: Form, given: Mapping[str, Any]) -> Settled:
    """Everything the form prints, by name; names the form does not know are left behind.

    Days and instants may be ``date`` and ``datetime`` or ISO text, rows are mappings. Raises
    ``Invalid`` with a message at ``fields.<name>`` for each field that is missing or does not fit.
    """
    values = _typed(form, given)
    values |= _defaults(form, values, left_empty=_left_empty(form, given))
    if missing := [name for name in sorted(required(form)) if _is_empty(values[name])]:
        raise _missing(form, missing)
    values["recipients"] = _items(values["recipients"] or _recipients(form, values))
    values["number_symbol"] = _number_symbol(form, values)
    values["date_line"] = _date_line(values)
    values["signing_lines"] = Listed(signing.lines(form, values))
    return Settled(values, _is_draft(form, values))


def proposed(form: Form, given: Mapping[str, Any]) -> dict[str, Any]:
    """What the form itself proposes for the fields that are still empty, recipients among them."""
    values = _typed(form, given)
    found = _defaults(form, values)
    values |= found
    if form.recipients and not values["recipients"]:
        found["recipients"] = _items(_recipients(form, values))
    return found


def by_paragraph(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with every line end as ``PARAGRAPH_END``, docxtpl's sign for another paragraph."""
    return {name: _by_paragraph(value) for name, value in values.items()}


def _by_paragraph(value: Any) -> Any:
    match value:
        case Chosen():
            return value
        case Listed():
            return Listed(map(_by_paragraph, value))
        case tuple():
            return tuple(SimpleNamespace(**by_paragraph(vars(row))) for row in value)
        case str():
            return value.replace("\n", PARAGRAPH_END)
        case _:
            return value


def punctuated(recital: str, *, last: bool) -> str:
    """A recital with a semicolon after it, or a full stop when it is the last."""
    return recital.rstrip(" ;.,") + ("." if last else ";")


def ended(text: str) -> str:
    """The last words of an issued document, closed by its end mark."""
    return text.rstrip(" .;") + END_MARK


def _typed(form: Form, given: Mapping[str, Any]) -> dict[str, Any]:
    faults: dict[str, list[str]] = {}
    values: dict[str, Any] = {}
    for each in (*COMMON, *form.fields):
        try:
            values[each.name] = _value(each, given.get(each.name))
        except (ValueError, ControlCharacter):
            faults[f"fields.{each.name}"] = [f"{each.label}: giá trị không đúng."]
    if faults:
        raise Invalid(faults, " ".join(found for (found,) in faults.values()))
    return values


def _value(field: FormField, raw: Any) -> Any:
    if field.type == "lines":
        lines = raw.splitlines() if isinstance(raw, str) else raw or ()
        return Listed(line for line in map(_text, lines) if line)
    if field.type == "rows":
        return tuple(_row(field, row) for row in raw or ())
    if raw is None or raw == "":
        return ""
    match field.type:
        case "day":
            return _day(raw)
        case "moment":
            return raw if isinstance(raw, datetime) else datetime.fromisoformat(str(raw))
        case "number":
            return int(raw)
        case "choice":
            return _chosen(field, str(raw))
        case _:
            return _text(raw)


def _day(raw: Any) -> date:
    if isinstance(raw, datetime):
        return local_time(raw).date()
    return raw if isinstance(raw, date) else date.fromisoformat(str(raw))


def _chosen(field: FormField, raw: str) -> Chosen:
    labels = {choice.value: choice.label for choice in field.choices}
    if raw not in labels:
        raise ValueError(raw)
    return Chosen(raw, labels[raw])


def _row(field: FormField, row: Mapping[str, Any]) -> SimpleNamespace:
    return SimpleNamespace(**{each.name: _cell(row.get(each.name)) for each in field.columns})


def _cell(raw: Any) -> Any:
    return raw if isinstance(raw, date | int) else "" if raw is None else _text(raw)


def _text(raw: Any) -> str:
    return clean(str(raw)).text.strip()


def _is_empty(value: Any) -> bool:
    return value in ("", ())


def _left_empty(form: Form, given: Mapping[str, Any]) -> set[str]:
    """Blanks an officer cleared on purpose; what the case merely does not say still takes its default."""
    return {
        each.name
        for each in form.fields
        if each.source == "officer" and given.get(each.name) is not None
    }


def _defaults(
    form: Form, values: Mapping[str, Any], left_empty: Container[str] = ()
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in form.fields:
        if each.default and _is_empty(values[each.name]) and each.name not in left_empty:
            text = fill(each.default, {**values, **found}).strip()
            try:
                found[each.name] = _value(each, text)
            except ValueError:
                raise Invalid.at(
                    f"fields.{each.name}", f"{each.label}: giá trị không đúng."
                ) from None
    return found


def _missing(form: Form, names: Iterable[str]) -> Invalid:
    labels = {name: field.label for name in names if (field := form.field(name))}
    return Invalid(
        {f"fields.{name}": [f"Thiếu: {label}"] for name, label in labels.items()},
        f"Chưa lập được văn bản, còn thiếu: {'; '.join(labels.values())}.",
    )


def _recipients(form: Form, values: Mapping[str, Any]) -> Iterable[str]:
    """The form's recipients; an item that prints an empty field is left out, a list gives an item a line."""
    known = {name: tags.Word(word.columns) for name, word in words(form).items()}
    for item in form.recipients:
        if any(_is_empty(values[name]) for name in tags.read(item, known).bare):
            continue
        alone = item.strip("{} ;.") if item.startswith("{{") else ""
        found = values.get(alone)
        yield from found if isinstance(found, Listed) else [fill(item, values).strip()]


def _items(items: Iterable[str]) -> Listed:
    return Listed(f"{item.rstrip(' ;.,')};" for item in items if item.strip(" ;.,"))


def _number_symbol(form: Form, values: Mapping[str, Any]) -> str:
    """05/QĐ-UBND; a công văn names the drafting unit instead of a type: 05/UBND-TCD."""
    if not form.numbered:
        return ""
    ours = values["agency_abbr"]
    symbol = (
        f"{ours}-{values['unit_abbr']}"
        if form.is_official_letter
        else f"{form.abbreviation}-{ours}"
    )
    number = values["number"]
    return f"{BLANK if number == '' else two_digits(number)}/{symbol}"


def _date_line(values: Mapping[str, Any]) -> str:
    issued = values["issue_date"]
    day = long_day(issued) if issued else f"{UNDATED} {values['year']}"
    return f"{values['place']}, {day}".rstrip() if values["place"] else day


def _is_draft(form: Form, values: Mapping[str, Any]) -> bool:
    """Minutes, receipts and citizens' papers are filled in and signed by hand; they are never drafts."""
    if not form.is_issued:
        return False
    waits = [not values["signer_name"], not values["signing_lines"]]
    waits += [values["number"] == ""] if form.numbered else []
    waits += [not values["issue_date"]] if form.dated else []
    return any(waits)
