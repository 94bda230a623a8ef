"""Who calls: bearer tokens only. The session cookie counts for nothing here, so no other site can use it."""

from __future__ import annotations

from datetime import date, datetime
from typing import cast

import structlog
from flask import Blueprint, g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from config import clock
from petitions.services.accounts import principal_of_token
from workflows.vocabulary import Actor

REALM: dict[str, str | None] = {"realm": "donthu"}
BODY_LIMIT = 4 * 1024 * 1024
"""Bytes of a request: the longest content with a thousand petitioners, generously."""


def attach(blueprint: Blueprint) -> None:
    """Put the door before every resource of ``blueprint``."""
    blueprint.before_request(_admit)


def _admit() -> None:
    request.max_content_length = BODY_LIMIT
    g.api_moment = clock.now()
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthorized(www_authenticate=WWWAuthenticate("bearer", dict(REALM)))
    found = principal_of_token(token.strip(), g.api_moment)
    if found is None:
        challenge = WWWAuthenticate("bearer", {**REALM, "error": "invalid_token"})
        raise Unauthorized(www_authenticate=challenge)
    g.api_actor = found.actor
    structlog.contextvars.bind_contextvars(user_id=found.user_id, hat_id=found.actor.hat_id)


def actor() -> Actor:
    """Whoever the token of this request belongs to, in the hat it was made for."""
    return cast(Actor, g.api_actor)


def moment() -> datetime:
    """The instant of this request, read once."""
    return cast(datetime, g.api_moment)


def today() -> date:
    """The Vietnamese day of this request."""
    return clock.local_day(moment())
