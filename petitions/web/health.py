"""Whether the process lives, and whether it can work."""

from __future__ import annotations

from flask import Blueprint, Response
from sqlalchemy.exc import SQLAlchemyError

from config.database import db
from petitions import schema

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def live() -> Response:
    """The process answers; the database is not asked."""
    return _plain("ok", 200)


@blueprint.get("/readyz")
def ready() -> Response:
    """The database answers and its schema is the one this code was written for."""
    try:
        fits = schema.present_revision(db.engine) == schema.head_revision()
    except SQLAlchemyError:
        return _plain("database unreachable", 503)
    return _plain("ok", 200) if fits else _plain("schema not at head", 503)


def _plain(text: str, status: int) -> Response:
    return Response(text, status, mimetype="text/plain")
