"""Narrative reports as Word files: drafts their author completes, for the head to sign."""

from __future__ import annotations

from config.database import db
from petitions.documents.catalog import form_for
from petitions.documents.narratives import (
    HOME_AFFAIRS,
    NARRATIVE,
    follow_values,
    narrative_values,
)
from petitions.documents.render import render
from petitions.queries.narratives import Follow, Narrative
from petitions.services.templates import template_in_force
from workflows.vocabulary import Actor


def narrative_file(found: Narrative, scope: str, *, actor: Actor) -> bytes:
    """The narrative report of the actor's agency, in its own template where it has one."""
    session = db.session()
    values = narrative_values(session, found, actor.agency_id, scope)
    form = form_for(NARRATIVE, found.today)
    template = template_in_force(session, actor.agency_id, form, found.today)
    return render(form, template, values).docx


def follow_file(found: Follow, scope: str, *, actor: Actor) -> bytes:
    """The report to the Department of Home Affairs, likewise."""
    session = db.session()
    values = follow_values(session, found, actor.agency_id, scope)
    form = form_for(HOME_AFFAIRS, found.today)
    template = template_in_force(session, actor.agency_id, form, found.today)
    return render(form, template, values).docx
