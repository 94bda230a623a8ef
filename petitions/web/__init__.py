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
    cases,
    desk,
    errors,
    handover,
    health,
    hops,
    intake,
    letters,
    mail_choice,
    metrics,
    pages,
    projects,
    reports,
    security,
    session,
    stations,
    statistics,
    submissions,
)

FOLDER = Path(__file__).parent
ROOMS = (
    auth,
    account,
    stations,
    desk,
    intake,
    cases,
    acts,
    submissions,
    advising,
    letters,
    books,
    projects,
    reports,
    statistics,
    handover,
    hops,
    admin,
    admin.routes,
    mail_choice,
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
