"""Fetching a case to act on it."""

from __future__ import annotations

from functools import cache

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from petitions.access import Scope, scope_of, scope_values, visible_in
from petitions.errors import NotFound, Stale
from petitions.models import Case
from workflows.vocabulary import Actor


def load(session: Session, code: str, actor: Actor, version: int | None = None) -> Case:
    """The case ``code``, locked for this transaction.

    ``version`` is the one the form was opened with; ``None`` acts on whatever stands now. Raises
    ``NotFound`` when it does not exist or lies out of reach, ``Stale`` when someone changed it since.
    """
    case = session.scalar(_wanted(scope_of(actor)), {"code": code, **scope_values(actor)})
    if case is None:
        raise NotFound
    refuse_stale(case, version)
    return case


def look(session: Session, code: str, actor: Actor) -> Case:
    """The case ``code`` for reading only, not locked. Raises ``NotFound`` as ``load`` does."""
    case = session.scalar(_visible(scope_of(actor)), {"code": code, **scope_values(actor)})
    if case is None:
        raise NotFound
    return case


@cache
def _visible(scope: Scope) -> Select[Case]:
    return select(Case).where(Case.code == bindparam("code"), visible_in(scope))


@cache
def _wanted(scope: Scope) -> Select[Case]:
    return _visible(scope).with_for_update(of=Case)


def refuse_stale(case: Case, version: int | None) -> None:
    """Raise ``Stale`` unless ``version`` is the case's present one (``None`` always is)."""
    if version is not None and version != case.version:
        raise Stale(case.code)
