"""Pages: one blueprint per audience. What a page shows comes from queries, what it does is a service's."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from petitions.web import (
    account,
    acts,
    admin,
    assets,
    auth,
    cases,
    desk,
    errors,
    handover,
    health,
    intake,
    pages,
    projects,
    security,
    session,
)

FOLDER = Path(__file__).parent
ROOMS = (auth, account, desk, intake, cases, acts, projects, handover, admin, health)


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
