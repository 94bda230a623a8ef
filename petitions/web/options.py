"""Selections of forms, in Vietnamese and in a sensible order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from petitions.documents.catalog import forms_of
from petitions.labels import label
from petitions.queries import choices
from petitions.queries.choices import FieldChoice
from petitions.web.forms import Group, Option
from workflows.office import form_named, forms_beside
from workflows.vocabulary import Action, Kind


def words(members: Iterable[StrEnum]) -> list[Option]:
    """Members of the vocabulary with their terms."""
    return [Option(member.value, label(member)) for member in members]


def fields(today: date, *, by_id: bool = False) -> list[Group]:
    """The tree of fields as groups: the second level names them, its leaves fill them."""
    found = choices.fields(today)
    children: dict[int | None, list[FieldChoice]] = {}
    for field in found:
        children.setdefault(field.parent_id, []).append(field)

    def option(field: FieldChoice, text: str) -> Option:
        return Option(str(field.id) if by_id else field.code, text)

    groups = []
    for top in children.get(None, []):
        middle = children.get(top.id, [])
        plain = [option(top, f"{top.name} (chung)" if middle else top.name)]
        for each in middle:
            leaves = children.get(each.id, [])
            if leaves:
                first = option(each, f"{each.name} (chung)")
                groups.append(
                    Group(each.name, [first, *(option(leaf, leaf.name) for leaf in leaves)])
                )
            else:
                plain.append(option(each, each.name))
        groups.append(Group(top.name, plain))
    return groups


def agencies(
    today: date, *, by_id: bool = False, within: frozenset[int] | None = None
) -> list[Option]:
    """Agencies in force, all or those ``within``."""
    return [
        Option(str(each.id) if by_id else each.code, each.name)
        for each in choices.agencies(today)
        if within is None or each.id in within
    ]


def colleagues(agency_id: int, case_id: int, today: date) -> list[Option]:
    """People of the agency who may be charged with the case."""
    return [
        Option(
            each.username,
            f"{each.name} – {label(each.role)}" + (f", {each.section}" if each.section else ""),
        )
        for each in choices.colleagues(agency_id, case_id, today)
    ]


def staff(agency_id: int, today: date) -> list[Option]:
    """Everybody with a hat of the agency today."""
    return [
        Option(each.username, f"{each.name} – {label(each.role)}")
        for each in choices.staff(frozenset({agency_id}), today)
    ]


def communes(agency_id: int, today: date) -> list[Option]:
    """Communes of the province the agency lies in."""
    return [Option(each.code, each.name) for each in choices.communes_around(agency_id, today)]


def projects() -> list[Option]:
    """Every land-recovery project."""
    return [Option(str(each.id), each.name) for each in choices.projects()]


def letters(action: Action, kind: Kind, instance: int, today: date) -> list[Option]:
    """Forms an act on such a case is written with, in force today; the one the table names is first."""
    beside, named = forms_beside(action, kind, instance), form_named(action, kind, instance)
    fitting = [
        form for form in forms_of(action, kind, today) if form.is_issued and form.key not in beside
    ]
    return [
        Option(form.key, form.name) for form in sorted(fitting, key=lambda form: form.key != named)
    ]
