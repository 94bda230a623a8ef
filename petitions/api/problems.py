"""The one table that turns what went wrong into an ``application/problem+json`` (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response
from werkzeug.exceptions import HTTPException, default_exceptions

from config.database import Busy, Unfit, db
from petitions import errors
from workflows.working_days import CalendarMissing

CONTENT_TYPE = "application/problem+json"
RETRY_SECONDS = 5
"""When a client that met a busy database should come back."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and title; code and sentence where the error has none of its own."""

    status: int
    title: str
    code: str = ""
    detail: str = ""


DOMAIN: Mapping[type[Exception], Answer] = {
    errors.NotFound: Answer(404, "Không tìm thấy"),
    errors.Forbidden: Answer(403, "Không được phép"),
    errors.NotAllowedNow: Answer(409, "Chưa làm được việc này"),
    errors.Stale: Answer(409, "Người khác vừa cập nhật hồ sơ này"),
    errors.Conflict: Answer(409, "Việc này trùng với việc đã có"),
    errors.TooManyAttempts: Answer(429, "Thử quá nhiều lần"),
    errors.DomainError: Answer(422, "Nội dung chưa đúng"),
    CalendarMissing: Answer(422, "Chưa có lịch làm việc", "calendar_missing"),
    Unfit: Answer(
        422,
        "Nội dung chưa đúng",
        "unfit",
        "Có ký tự hoặc con số không lưu được trong nội dung vừa gửi; chưa có gì được lưu.",
    ),
    Busy: Answer(
        503,
        "Hệ thống đang bận",
        "busy",
        "Có quá nhiều người cùng ghi một lúc, chưa có gì được lưu. "
        "Hãy gửi lại sau vài giây với cùng khóa Idempotency-Key.",
    ),
}
"""Which problem answers which refusal; the nearest ancestor counts."""
HTTP: Mapping[int, Answer] = {
    400: Answer(400, "Yêu cầu không đọc được", "bad_request", "Nội dung gửi lên không đúng dạng."),
    401: Answer(
        401,
        "Chưa xác thực",
        "unauthorized",
        "Cần khóa truy cập còn hiệu lực trong tiêu đề Authorization: Bearer.",
    ),
    404: Answer(404, "Không tìm thấy", "not_found", "Địa chỉ này không có."),
    405: Answer(
        405, "Sai phương thức", "method_not_allowed", "Địa chỉ này không nhận phương thức đó."
    ),
    413: Answer(413, "Nội dung quá lớn", "too_large", "Nội dung gửi lên vượt quá 4 MB."),
    415: Answer(415, "Sai loại nội dung", "unsupported_type", "Nội dung phải là application/json."),
    500: Answer(500, "Có lỗi trong hệ thống", "internal", "Việc vừa làm chưa được lưu."),
}
_KEPT_HEADERS = frozenset({"allow", "retry-after", "www-authenticate"})


def attach(blueprint: Blueprint) -> None:
    """Let every refusal of ``blueprint`` be answered from the table."""
    for kind in DOMAIN:
        blueprint.register_error_handler(kind, refusal)
    for (
        code
    ) in default_exceptions:  # by code: the pages' own handlers for a code would win otherwise
        blueprint.register_error_handler(code, failure)


def refusal(error: Exception) -> Response:
    """The problem of a refused command."""
    known = next(DOMAIN[each] for each in type(error).__mro__ if each in DOMAIN)
    more: dict[str, Any] = {}
    headers: dict[str, str] = {}
    if isinstance(error, Unfit):
        db.session.rollback()  # PostgreSQL answers nothing more in a transaction that failed
    if isinstance(error, errors.Invalid):
        more["errors"] = error.fields
    if isinstance(error, errors.Leak):
        more["marks"] = error.marks
    if isinstance(error, errors.NotAllowedNow) and error.article:
        more["article"] = error.article
    if isinstance(error, errors.TooManyAttempts):
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, Busy):
        headers["Retry-After"] = str(RETRY_SECONDS)
    code = error.code if isinstance(error, errors.DomainError) else known.code
    detail = known.detail or str(error)
    return problem(known.status, known.title, code, detail, more, headers)


def failure(error: HTTPException) -> Response:
    """The problem of a request that reached no command; headers that say what to do instead stay."""
    status = error.code or 500
    known = HTTP.get(status, Answer(status, error.name, f"http_{status}", ""))
    headers = {name: value for name, value in error.get_headers() if name.lower() in _KEPT_HEADERS}
    return problem(status, known.title, known.code, known.detail, {}, headers)


def problem(
    status: int,
    title: str,
    code: str,
    detail: str,
    more: Mapping[str, Any],
    headers: Mapping[str, str],
) -> Response:
    """One problem as a response."""
    body = {
        "type": f"urn:donthu:problem:{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
        **more,
    }
    # a lone surrogate in a key the client made up cannot be encoded
    text = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    return Response(text, status, dict(headers), content_type=CONTENT_TYPE)
