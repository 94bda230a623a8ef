"""The administration's blueprint and its door."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from petitions.web.session import require
from workflows.vocabulary import Role

blueprint = Blueprint("admin", __name__, url_prefix="/quan-tri")


@blueprint.before_request
def door() -> None:
    """Administrators only."""
    require(Role.ADMIN)


@blueprint.get("/")
def home() -> Response:
    """Where an administrator's day begins."""
    return redirect(url_for("admin.people"))
