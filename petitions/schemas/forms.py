"""HTML forms into the mappings the schemas load.

An input is named by its path: ``summary``, ``contested.number``, ``parties.0.name``. A checkbox is
preceded by a hidden input of the same name with the value ``false``; of several values under one
name the last counts, so that an unticked box says no instead of nothing. A list of plain values
(``team``, ``marks``) repeats its name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields
from werkzeug.datastructures import MultiDict

from petitions.schemas.fields import Area, Choice, Rows, Whole, YesNo

_DOTTED_NUMBER = re.compile(r"\d{1,3}(\.\d{3})+(,\d+)?|\d+,\d+")
_WORDS = {"true": True, "on": True, "1": True, "false": False, "off": False, "0": False}

Tree = dict[str, Any]


def shaped(schema: Schema, form: MultiDict[str, str], *, strict: bool = False) -> dict[str, Any]:
    """The inputs of ``form`` that belong to ``schema``, as the types its fields want.

    What does not convert stays text, so that the schema tells the fault where it is. Blank inputs
    and wholly empty rows (nothing but boxes and selections) are left out; a required text stays as
    ``""``. Inputs whose first name is not the schema's belong to the page and are left out too,
    unless ``strict``.
    """
    known = by_name(schema)
    tree: Tree = {}
    for name in form:
        path = name.split(".")
        if strict or path[0] in known:
            _plant(tree, path, form.getlist(name))
    return _mapping(known, tree)


def _plant(tree: Tree, path: list[str], values: list[str]) -> None:
    for part in path[:-1]:
        inner = tree.setdefault(part, {})
        if not isinstance(inner, dict):
            inner = tree[part] = {}
        tree = inner
    if not isinstance(tree.get(path[-1]), dict):
        tree[path[-1]] = values


def by_name(schema: Schema) -> dict[str, fields.Field[Any]]:
    """The fields of ``schema`` under the names they are sent by."""
    return {field.data_key or name: field for name, field in schema.load_fields.items()}


def _mapping(known: Mapping[str, fields.Field[Any]], tree: Tree) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, raw in tree.items():
        field = known.get(name)
        value = raw[-1] if field is None and isinstance(raw, list) else _value(field, raw)
        if value is not None:
            found[name] = value
    return found


def _value(field: fields.Field[Any] | None, raw: Any) -> Any:
    """The typed value of one input or group of inputs; None when there is nothing in it."""
    grouped = isinstance(raw, dict)
    match field:
        case Rows() if isinstance(field.inner, fields.Nested):
            return (grouped and _rows(field.inner.schema, raw)) or None
        case Rows():
            return [text for each in raw if (text := each.strip())] or None if not grouped else None
        case fields.Nested():
            known = by_name(field.schema)
            inner = _mapping(known, raw) if grouped else {}
            return inner if _says_something(known, inner) else None
        case fields.Dict():
            return dict(_leaves(raw)) if grouped else None
    if grouped:
        return raw
    text = raw[-1].strip()
    if text:
        return converted(field, text)
    return "" if isinstance(field, fields.String) and field.required else None


def converted(field: fields.Field[Any] | None, text: str) -> Any:
    """``text`` as the JSON type ``field`` wants, or unchanged when it is no such thing."""
    match field:
        case YesNo():
            return _WORDS.get(text.lower(), text)
        case Whole():
            digits = text.replace(".", "") if _DOTTED_NUMBER.fullmatch(text) else text
            return (
                int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 20 else text
            )
        case Area() if _DOTTED_NUMBER.fullmatch(text):
            return text.replace(".", "").replace(",", ".")
    return text


def _rows(schema: Schema, tree: Tree) -> list[dict[str, Any]]:
    known = by_name(schema)
    numbers = sorted((key for key in tree if key.isdecimal() and len(key) < 10), key=int)
    rows = [_mapping(known, tree[key]) for key in numbers if isinstance(tree[key], dict)]
    return [row for row in rows if _says_something(known, row)]


def _says_something(known: Mapping[str, fields.Field[Any]], row: Mapping[str, Any]) -> bool:
    """Boxes and selections have a value even where nobody wrote anything."""
    return any(
        value != "" and not isinstance(known.get(name), YesNo | Choice)
        for name, value in row.items()
    )


def _leaves(tree: Tree, path: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, inner in tree.items():
        here = f"{path}.{name}" if path else name
        found += _leaves(inner, here) if isinstance(inner, dict) else [(here, inner[-1].strip())]
    return found
