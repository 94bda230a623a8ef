"""A list narrowed by filters in its address and read page by page."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request, url_for
from marshmallow import Schema
from werkzeug.datastructures import MultiDict

from petitions.errors import Invalid
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.web.forms import Form

F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Narrowed(Generic[F]):
    """What an address asks of a list; ``said`` are its filters as typed, without the page.

    ``status`` is 422 where a filter could not be read; nothing narrows the list then.
    """

    form: Form
    filters: F
    page: int
    said: Mapping[str, str]
    status: int = 200

    def href(self, endpoint: str, page: int = 1) -> str:
        """The same filters at another page, or at another answer such as a file."""
        query: dict[str, Any] = {**self.said, **({"page": page} if page > 1 else {})}
        return url_for(endpoint, **query)

    def around(self, endpoint: str, more: bool) -> dict[str, str | None]:
        """The addresses ``before`` and ``after`` this page; None where there is no such page."""
        return {
            "before": self.href(endpoint, self.page - 1) if self.page > 1 else None,
            "after": self.href(endpoint, self.page + 1) if more else None,
        }


def narrowed(schema: Schema, nothing: F, shown: Collection[str], elsewhere: str) -> Narrowed[F]:
    """Read the address by ``schema``, which answers (filters, page); ``nothing`` narrows nothing.

    Faults of filters without a field of their own (not ``shown``) are told at the field ``elsewhere``.
    """
    said = {
        name: values[-1]
        for name, values in request.args.lists()
        if values[-1].strip() not in ("", "false")
    }
    form = Form({name: [value] for name, value in said.items()})
    try:
        filters, page = load(schema, shaped(schema, MultiDict(said), strict=True))
    except Invalid as error:
        faults = {name if name in shown else elsewhere: each for name, each in error.fields.items()}
        return Narrowed(form.refused(faults), nothing, 1, {}, 422)
    said.pop("page", None)
    return Narrowed(form, filters, page, said)
