"""The one table that turns what went wrong into a page."""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from flask import Flask, Response, render_template, request, url_for
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from config.database import Busy, Unfit, db
from petitions import errors
from petitions.web.session import to_sign_in

_log = structlog.get_logger()


LOST_WORTH = 12
"""Characters from which on a typed text is given back beside a refusal."""


@dataclass(frozen=True, slots=True)
class Back:
    """The way back from a refusal."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, heading, sentence and hint of an error page. An empty sentence takes the error's own."""

    status: int
    title: str
    message: str = ""
    hint: str = ""


UNKNOWN = Answer(
    404,
    "Không tìm thấy",
    "Không tìm thấy trang hoặc hồ sơ này, hoặc bạn không có quyền xem.",
    "Hãy kiểm tra lại mã hồ sơ, hoặc tìm bằng ô tìm kiếm ở trên.",
)
REFUSED = Answer(
    403, "Không được phép", hint="Nếu bạn có nhiều vai trò, hãy đổi vai trò ở góc trên bên phải."
)
BUSY = Answer(
    503,
    "Hệ thống đang bận",
    "Có quá nhiều người cùng ghi một lúc nên việc vừa gửi chưa được lưu.",
    "Hãy chờ vài giây rồi tải lại trang này để gửi lại; không lo bị ghi hai lần.",
)
BROKEN = Answer(
    500,
    "Có lỗi trong hệ thống",
    "Việc vừa làm chưa được lưu. Lỗi đã được ghi lại để khắc phục.",
    "Hãy thử lại; nếu vẫn lỗi, báo quản trị viên mã yêu cầu dưới đây.",
)
UNFIT = Answer(
    422,
    "Nội dung chưa đúng",
    "Có ký tự hoặc con số không lưu được trong nội dung vừa gửi. Chưa có gì được lưu.",
    "Hãy xóa ký tự lạ, kiểm tra lại các con số rồi gửi lại.",
)
DOMAIN: dict[type[Exception], Answer] = {
    errors.NotFound: UNKNOWN,
    errors.Forbidden: REFUSED,
    errors.NotAllowedNow: Answer(409, "Chưa làm được việc này"),
    errors.Stale: Answer(409, "Người khác vừa cập nhật hồ sơ này"),
    errors.Conflict: Answer(409, "Việc này trùng với việc đã có"),
    errors.TooManyAttempts: Answer(429, "Thử sai quá nhiều lần"),
    errors.DomainError: Answer(422, "Nội dung chưa đúng"),
    Busy: BUSY,
    Unfit: UNFIT,
}
"""Which page answers which refusal; the nearest ancestor counts."""
HTTP: dict[int, Answer] = {
    400: Answer(400, "Yêu cầu không đọc được", "Trình duyệt gửi lên nội dung không đúng dạng."),
    403: Answer(403, "Không được phép", "Vai trò hiện tại của bạn không được xem trang này.", REFUSED.hint),
    404: UNKNOWN,
    405: Answer(405, "Không mở trang này theo cách đó được", "Hãy quay lại trang trước và bấm nút trên trang."),
    413: Answer(413, "Nội dung gửi lên quá lớn", "Mỗi tệp tối đa 25 MB. Nội dung vừa gửi chưa được lưu.", "Bấm nút Quay lại của trình duyệt: những gì bạn đã nhập vẫn còn."),
    500: BROKEN,
}  # fmt: skip
RETRY_SECONDS = 5
GIVEN_BACK = frozenset({409, 422})
"""Refusals after which the way back and what was typed are shown."""
SECRET_FORMS = frozenset({"auth.sign_in", "auth.password"})


def attach(app: Flask) -> None:
    """Register the table with ``app``."""
    for kind in DOMAIN:
        app.register_error_handler(kind, _refused)
    for code in HTTP:
        app.register_error_handler(code, _http)
    app.register_error_handler(CSRFError, _csrf)


def _refused(error: Exception) -> Response:
    answer = next(DOMAIN[kind] for kind in type(error).__mro__ if kind in DOMAIN)
    if isinstance(error, Unfit):
        db.session.rollback()  # PostgreSQL answers nothing more in a transaction that failed
        answer = UNKNOWN if request.method == "GET" else answer
    response = _page(answer, getattr(error, "message", ""), getattr(error, "article", ""))
    if isinstance(error, Busy):
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    if isinstance(error, errors.TooManyAttempts):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _http(error: HTTPException) -> Response:
    response = _page(HTTP[error.code or 500])
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def _csrf(_error: CSRFError) -> AnyResponse:
    """A form of a session that is over, or one that another page sent."""
    if request.endpoint != "auth.sign_in" and not current_user.is_authenticated:
        return to_sign_in()
    return _page(
        Answer(
            400,
            "Trang đã mở quá lâu",
            "Trang này được mở từ một phiên làm việc khác nên không gửi được nữa. Chưa có gì được lưu.",
            "Quay lại trang trước, sao phần đã nhập nếu cần, tải lại trang rồi gửi lại.",
        )
    )


def _page(answer: Answer, message: str = "", article: str = "") -> Response:
    page = render_template(
        "error.html", answer=answer, message=answer.message or message, article=article,
        back=_back(answer), typed=_typed(answer),
    )  # fmt: skip
    return Response(page, answer.status)


def _back(answer: Answer) -> Back | None:
    """To the case the refused act was meant for, or to the page it was sent from."""
    if answer.status not in GIVEN_BACK or not current_user.is_authenticated:
        return None
    code = (request.view_args or {}).get("code")
    if code:
        return Back(f"Mở lại hồ sơ {code}", url_for("cases.show", code=code))
    opens = request.url_rule is not None and "GET" in (request.url_rule.methods or ())
    if request.method == "POST" and opens:
        return Back("Mở lại trang vừa gửi", request.path)
    return None


def _typed(answer: Answer) -> list[str]:
    """Texts of a refused form that would be a loss; passwords never."""
    if answer.status not in GIVEN_BACK or request.endpoint in SECRET_FORMS:
        return []
    texts = (value.strip() for name in request.form for value in request.form.getlist(name))
    kept = {"csrf_token", "_once"}
    own = {value.strip() for name in kept for value in request.form.getlist(name)}
    return [text for text in texts if len(text) >= LOST_WORTH and text not in own]
