"""Figures for a monitoring system, in Prometheus' text; for this machine, or for whoever has the token."""

from __future__ import annotations

from datetime import timedelta
from hmac import compare_digest

from flask import Blueprint, Response, abort, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from petitions.installation import installation
from petitions.queries import operations
from petitions.web.session import moment

blueprint = Blueprint("metrics", __name__)

_HERE = frozenset({"127.0.0.1", "::1"})
_PASSED_ON = ("X-Forwarded-For", "Forwarded", "X-Real-Ip")
_DAY = timedelta(days=1)


@blueprint.get("/metrics")
def show() -> Response:
    """Depth of the outbox, the oldest unsent, age of the sweep, and how each job stands."""
    if not _may_read():
        abort(404)
    now = moment()
    registry = CollectorRegistry()
    for name, value in operations.gauges(now).items():
        Gauge(f"donthu_{name}", name.replace("_", " "), registry=registry).set(value)
    jobs = {
        name: Gauge(f"donthu_job_{name}", words, ["job"], registry=registry)
        for name, words in (
            ("lag_seconds", "how long the earliest slot nobody took up has been waiting"),
            ("late", "1 when nobody takes up the slots"),
            ("failed", "1 when the last run failed"),
            ("failures_day", "failed runs of the last 24 hours"),
        )
    }
    failures = operations.failures(now - _DAY)
    for job in current_app.extensions["donthu.jobs"](now):
        jobs["lag_seconds"].labels(job.name).set(job.lag.total_seconds())
        jobs["late"].labels(job.name).set(job.late)
        jobs["failed"].labels(job.name).set(job.failed)
        jobs["failures_day"].labels(job.name).set(failures.get(job.name, 0))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_read() -> bool:
    """With the token of the settings; without one from this machine, and not through a proxy."""
    token = installation().settings.metrics_token
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return compare_digest(given.encode(), token.encode())
    return request.remote_addr in _HERE and not any(
        header in request.headers for header in _PASSED_ON
    )
