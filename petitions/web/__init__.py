"""Pages: one blueprint per audience. What a page shows comes from queries, what it does is a service's."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from petitions.web import assets, errors, health, pages, security, session
from petitions.web.acts import blueprint as acts
from petitions.web.admin import blueprint as admin
from petitions.web.auth import blueprint as auth
from petitions.web.cases import blueprint as cases
from petitions.web.desk import blueprint as desk
from petitions.web.handover import blueprint as handover
from petitions.web.intake import blueprint as intake
from petitions.web.projects import blueprint as projects

FOLDER = Path(__file__).parent
BLUEPRINTS = (auth, desk, intake, cases, acts, projects, handover, admin, health.blueprint)


def register(app: Flask) -> None:
    """Attach every page, error page and header."""
    security.attach(app)
    session.attach(app)
    errors.attach(app)
    pages.attach(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)


def add_static_files(app: Flask) -> None:
    """Serve static files precompressed, far-future."""
    assets.serve(app, FOLDER / "static")
