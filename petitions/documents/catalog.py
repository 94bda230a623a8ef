"""The catalogue of official forms: ``config/forms/*.toml``, read strictly, chosen by the document's day.

Keys of a ``[[form]]``: ``key``, ``version``, ``valid_from``, ``valid_to``, ``name``, ``abbreviation``,
``letterhead``, ``dated`` (prints place and date; default yes, no for "unnumbered" and "register"),
``title``, ``subject``, ``competence_line``, ``recitals``, ``body``, ``signature``, ``recipients``,
``sealed``, ``audience``, ``kinds``, ``acts``, ``base``, ``confirmed`` and ``[[form.fields]]`` with
``name``, ``label``, ``type``, ``need``, ``source``, ``choices``, ``columns``, ``default``, ``hint``.
A line "@NAME" in recitals or body stands for the lines of ``[[block]]`` NAME that are in force; a
block's line is a text or ``{ text, valid_from, valid_to }``. A field of rows whose name ends in
``_list`` is printed as an annex after the signature.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

from config.settings import ROOT
from petitions.documents.catalog_files import Block, CatalogFault, read_catalog
from petitions.documents.forms import COMMON, Form, FormField
from petitions.errors import Invalid, NotFound
from workflows.vocabulary import Action, Kind

__all__ = [
    "COMMON",
    "Catalog",
    "CatalogFault",
    "Form",
    "FormField",
    "catalog",
    "form_for",
    "forms",
    "forms_of",
]

FOLDER = ROOT / "config" / "forms"


@dataclass(frozen=True, slots=True)
class Catalog:
    """Every version of every form, and the blocks they share."""

    versions: tuple[Form, ...]
    blocks: Mapping[str, Block]

    @classmethod
    def load(cls, folder: Path) -> Catalog:
        """Raises ``CatalogFault`` naming file and line."""
        return cls(*read_catalog(sorted(folder.glob("*.toml"))))

    def all(self) -> tuple[Form, ...]:
        """Every version, its blocks as they read on its last day (or now, for one still in force)."""
        return tuple(self._as_of(form, form.valid_to or date.max) for form in self.versions)

    def form_for(self, key: str, on: date) -> Form:
        """The version in force on the document's day. Raises ``NotFound`` or ``Invalid``."""
        versions = [form for form in self.versions if form.key == key]
        if not versions:
            raise NotFound("Không có biểu mẫu này.")
        for form in versions:
            if form.in_force(on):
                return self._as_of(form, on)
        raise Invalid.at(
            "issue_date", f"Biểu mẫu “{versions[-1].name}” không có hiệu lực vào ngày này."
        )

    def forms_of(self, action: Action | None, kind: Kind, on: date) -> tuple[Form, ...]:
        """The forms an act on such a case is written with; without an act, the free letters."""
        return tuple(
            self._as_of(form, on)
            for form in self.versions
            if form.in_force(on)
            and kind in form.kinds
            and (action in form.acts if action else not form.acts)
        )

    def _as_of(self, form: Form, on: date) -> Form:
        return replace(
            form,
            recitals=tuple(self._expanded(form.recitals, on)),
            body="\n".join(self._expanded(form.body.split("\n"), on)),
        )

    def _expanded(self, lines: Iterable[str], on: date) -> Iterable[str]:
        for line in lines:
            if line.startswith("@"):
                yield from self.blocks[line[1:].strip()].on(on)
            else:
                yield line


@cache
def catalog() -> Catalog:
    """The shipped catalogue, read once."""
    return Catalog.load(FOLDER)


@cache
def forms() -> tuple[Form, ...]:
    """Every version of every form."""
    return catalog().all()


def form_for(key: str, on: date) -> Form:
    """See ``Catalog.form_for``."""
    return catalog().form_for(key, on)


def forms_of(action: Action | None, kind: Kind, on: date) -> tuple[Form, ...]:
    """See ``Catalog.forms_of``."""
    return catalog().forms_of(action, kind, on)
