"""Structured logs: one JSON object a line, with request and case ids and no personal data.

Only the keys listed in ``ALLOWED`` leave the process; anything else is dropped, so that a careless
``log.info("...", name=...)`` cannot put a petitioner's name on disk. Paths are logged without
their query string.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

ALLOWED = frozenset(
    {
        "event", "level", "timestamp", "request_id", "user_id", "hat_id", "case", "method", "path",
        "status", "ms", "job", "slot", "owner", "looked", "flagged", "cleared", "queued", "sent",
        "found", "rows", "error", "exception_type", "where", "batch", "count", "version", "command",
    }
)  # fmt: skip


def configure_logging(level: str) -> None:
    """Send structlog and the standard library's records to standard error as JSON."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _exceptions_without_values,
        _only_allowed,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(ensure_ascii=False)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_PlainFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING if level != "DEBUG" else logging.INFO)


def _only_allowed(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Any:
    return {key: value for key, value in event.items() if key in ALLOWED}


def _exceptions_without_values(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Keep where an exception arose and its class; its message may quote what a person typed."""
    info = event.pop("exc_info", None)
    error = (
        info[1] if isinstance(info, tuple) else info if isinstance(info, BaseException) else None
    )
    if info is True:
        error = sys.exc_info()[1]
    if error is not None:
        event["exception_type"] = type(error).__name__
        event["where"] = _innermost(error)
    return event


def _innermost(error: BaseException) -> str:
    trace = error.__traceback__
    where = ""
    while trace is not None:
        code = trace.tb_frame.f_code
        where = f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}"
        trace = trace.tb_next
    return where


class _PlainFormatter(logging.Formatter):
    """Records of other libraries: level, logger and template, never the interpolated arguments."""

    def format(self, record: logging.LogRecord) -> str:
        event: dict[str, Any] = {
            "event": f"{record.name}: {record.msg}",
            "level": record.levelname.lower(),
        }
        if record.exc_info and record.exc_info[1] is not None:
            event["exception_type"] = type(record.exc_info[1]).__name__
            event["where"] = _innermost(record.exc_info[1])
        return structlog.processors.JSONRenderer(ensure_ascii=False)(None, "", event)  # type: ignore[return-value]
