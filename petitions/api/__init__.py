"""The API ``/api/v1``: the pages' commands, queries and scope, for other programs."""

from __future__ import annotations

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from config.extensions import csrf
from petitions.api import cases, docs, door, hops, law, problems, submissions

RESOURCES = (cases.blueprint, hops.blueprint, submissions.blueprint, law.blueprint)
for _each in RESOURCES:
    door.attach(_each)
    problems.attach(_each)


def register(app: Flask) -> None:
    """Attach every resource, the description and its page."""
    api = docs.describe(app)
    for blueprint in RESOURCES:
        csrf.exempt(blueprint)  # a bearer token is never sent by a browser on its own
        api.register_blueprint(blueprint)

    @app.before_request
    def refuse_unknown_addresses() -> Response | None:
        """An address or method no resource has belongs to no blueprint, yet is answered as a problem."""
        error = request.routing_exception
        outside = not request.path.startswith("/api/v1/")
        if outside or not isinstance(error, HTTPException) or isinstance(error, RequestRedirect):
            return None
        return problems.failure(error)

    @app.after_request
    def keep_nothing(response: Response) -> Response:
        if request.path.startswith("/api/v1/"):
            response.headers["Cache-Control"] = "no-store"
        return response
