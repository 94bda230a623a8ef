"""What every answer carries: headers, a request id, one line in the log.

The log holds paths of known routes only, never a query string: people paste names into addresses.
"""

from __future__ import annotations

import secrets
from time import perf_counter

import structlog
from flask import Flask, Response, g, request

from petitions.installation import Installation

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cache-Control": "no-store",
}
ONE_YEAR = 365 * 24 * 60 * 60

_log = structlog.get_logger()


def attach(app: Flask) -> None:
    """Add the headers, the request id and the access log to ``app``."""
    house: Installation = app.extensions["donthu"]
    headers = dict(HEADERS)
    if house.settings.secure_cookies:
        headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}"

    def begin() -> None:
        g.began = perf_counter()
        g.request_id = secrets.token_hex(8)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    # before everything else: the check of the form token may end a request, and that is logged too
    app.before_request_funcs.setdefault(None, []).insert(0, begin)

    @app.after_request
    def finish(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        response.headers["X-Request-Id"] = g.request_id
        _log.info(
            "request",
            method=request.method,
            path=request.path if request.url_rule is not None else "(unknown)",
            status=response.status_code,
            ms=round((perf_counter() - g.began) * 1000, 1),
        )
        return response
