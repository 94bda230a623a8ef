"""What a person typed into a page, and what is wrong with it.

Fields are named by dotted paths (``parties.0.name``), the same paths schemas and commands use for
their faults, so an error finds its field without any table between them.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from flask import request
from werkzeug.datastructures import MultiDict

ONCE = "_once"
"""Field with the one-time key of a form."""
RESERVED = frozenset({"csrf_token", ONCE})


class Option(NamedTuple):
    """One entry of a selection."""

    value: str
    text: str


class Group(NamedTuple):
    """A named part of a selection."""

    text: str
    options: list[Option]


class Form:
    """Typed values by dotted path, and the faults found in them."""

    def __init__(
        self,
        values: Mapping[str, Sequence[str]] | None = None,
        faults: Mapping[str, Sequence[str]] | None = None,
        once: str | None = None,
    ) -> None:
        self.values = {name: list(each) for name, each in (values or {}).items()}
        self.faults = {name: list(each) for name, each in (faults or {}).items() if each}
        self.once = once or secrets.token_urlsafe(18)

    @classmethod
    def posted(cls, forget: Iterable[str] = (), inputs: MultiDict[str, str] | None = None) -> Form:
        """The form of this request, or what became of its ``inputs``, without the fields in ``forget``."""
        sent = request.form if inputs is None else inputs
        left_out = RESERVED | set(forget)
        values = {name: sent.getlist(name) for name in sent if name not in left_out}
        return cls(values, once=posted_key())

    @classmethod
    def of(cls, values: Mapping[str, object], once: str | None = None) -> Form:
        """A form filled with nested ``values``; a list of plain values is one field with several."""
        flat: dict[str, list[str]] = {}
        for name, text in _flat(values, ""):
            flat.setdefault(name, []).append(text)
        return cls(flat, once=once)

    def refused(self, faults: Mapping[str, Sequence[str]]) -> Form:
        """The same typing with faults beside it."""
        return Form(self.values, faults, self.once)

    def changed(self, values: Mapping[str, str]) -> Form:
        """The same form with some fields replaced."""
        return Form(
            self.values | {name: [text] for name, text in values.items()}, self.faults, self.once
        )

    def value(self, name: str, default: str = "") -> str:
        """What stands in a field; of a box and its unticked shadow, the box."""
        return (self.values.get(name) or [default])[-1]

    def many(self, name: str) -> list[str]:
        """All values of a field that may have several."""
        return self.values.get(name, [])

    def faults_at(self, name: str) -> list[str]:
        """The messages at a field."""
        return self.faults.get(name, [])

    def has(self, *prefixes: str) -> bool:
        """Whether anything is typed or wrong at or under one of the paths (opens what is folded away)."""
        return any(
            name == prefix or name.startswith(f"{prefix}.")
            for prefix in prefixes
            for name in (*self.faults, *(n for n, each in self.values.items() if _said(each)))
        )

    def rows(self, name: str, least: int = 0) -> int:
        """How many rows a list has, at least ``least``; a row beyond 999 is nobody's typing and not drawn."""
        inside = f"{name}."
        numbers = (
            field.removeprefix(inside).split(".")[0]
            for field in self.values
            if field.startswith(inside)
        )
        return max(
            [least, *(int(each) + 1 for each in numbers if each.isdecimal() and len(each) < 4)]
        )


def posted_key() -> str | None:
    """The one-time key sent with this request."""
    return request.form.get(ONCE, "")[:80].replace("\0", "") or None


def posted_version(name: str = "version") -> int:
    """The version the page was drawn from, as this request says; 0, which is never current, for none."""
    return version_of(request.form.get(name, ""))


def version_of(text: str) -> int:
    """A version as it was sent; 0 for what is none."""
    return whole(text) or 0


def whole(text: str) -> int | None:
    """A whole number as it was sent; None for what is none, or so long that nothing is counted by it."""
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _said(values: Sequence[str]) -> bool:
    return any(text.strip() and text != "false" for text in values)


def _flat(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _flat(each, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list | tuple):
        for number, each in enumerate(value):
            inner = isinstance(each, Mapping | list | tuple)
            yield from _flat(each, f"{path}.{number}" if inner else path)
    elif isinstance(value, bool):
        yield path, "true" if value else "false"
    elif value is not None:
        yield path, str(value)
