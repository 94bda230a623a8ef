"""Pages: one blueprint per audience. What a page shows comes from queries, what it does is a service's."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from petitions.web import (
    account,
    acts,
    admin,
    advising,
    assets,
    auth,
    books,
    campaigns,
    cases,
    commitments,
    desk,
    desk_box,
    dialogues,
    drafts,
    enforcement,
    errors,
    escalations,
    handling,
    handover,
    health,
    hops,
    intake,
    letters,
    lookup,
    mail_choice,
    metrics,
    morning,
    open_dialogues,
    pages,
    projects,
    promises,
    reception,
    reception_papers,
    reception_register,
    reporting,
    reports,
    security,
    session,
    slips,
    stations,
    statistics,
    submissions,
    surveys,
)

FOLDER = Path(__file__).parent
ROOMS = (
    auth,
    account,
    morning,
    stations,
    desk,
    desk_box,
    intake,
    reception,
    drafts,
    cases,
    acts,
    handling,
    enforcement,
    submissions,
    advising,
    escalations,
    letters,
    books,
    reception_papers,
    reception_register,
    projects,
    reporting,
    reports,
    statistics,
    dialogues,
    commitments,
    open_dialogues,
    promises,
    handover,
    hops,
    admin,
    admin.routes,
    mail_choice,
    lookup,
    slips,
    surveys,
    campaigns,
    metrics,
    health,
)


def register(app: Flask) -> None:
    """Attach every page, error page and header."""
    security.attach(app)
    session.attach(app)
    errors.attach(app)
    pages.attach(app)
    for room in ROOMS:
        app.register_blueprint(room.blueprint)


def add_static_files(app: Flask) -> None:
    """Serve static files precompressed, far-future."""
    assets.serve(app, FOLDER / "static")
