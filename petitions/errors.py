"""What can go wrong, as one small tree. Two tables (web, api) turn each into a page or a problem+json."""

from __future__ import annotations

from collections.abc import Mapping


class DomainError(Exception):
    """A command was refused and nothing was written. ``message`` is a Vietnamese sentence for the person."""

    code = "refused"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(DomainError):
    """Unknown, or out of the actor's reach: the two answer alike on purpose."""

    code = "not_found"

    def __init__(
        self, message: str = "Không tìm thấy hồ sơ này, hoặc bạn không có quyền xem."
    ) -> None:
        super().__init__(message)


class Forbidden(DomainError):
    """The actor sees the object but this hat may not do that to it."""

    code = "forbidden"


class NotAllowedNow(DomainError):
    """The law or the state of the case does not allow the act; ``article`` says where that is written."""

    code = "not_allowed_now"

    def __init__(self, message: str, article: str = "") -> None:
        super().__init__(message)
        self.article = article


class Stale(DomainError):
    """Someone else changed the case since the form was opened."""

    code = "stale"

    def __init__(self, code: str) -> None:
        super().__init__(
            "Hồ sơ vừa được người khác cập nhật. Nội dung bạn nhập vẫn còn, hãy xem lại rồi gửi tiếp."
        )
        self.case_code = code


class Invalid(DomainError):
    """Wrong input. ``fields`` maps a field's dotted path to its Vietnamese messages."""

    code = "invalid"

    def __init__(
        self, fields: Mapping[str, list[str]], message: str = "Có mục nhập chưa đúng."
    ) -> None:
        super().__init__(message)
        self.fields = dict(fields)

    @classmethod
    def at(cls, field: str, message: str) -> Invalid:
        """One message at one field."""
        return cls({field: [message]}, message)


class Leak(Invalid):
    """The text names a sealed person; ``marks`` are (start, end) in the text of ``field``."""

    code = "sealed_value_in_text"

    def __init__(self, field: str, marks: list[tuple[int, int]]) -> None:
        message = (
            "Nội dung còn chứa thông tin nhận dạng người tố cáo; "
            "phải che trước khi lưu (Điều 56 Luật Tố cáo)."
        )
        super().__init__({field: [message]}, message)
        self.field = field
        self.marks = marks


class Conflict(DomainError):
    """The same thing exists already, or two commands contradict each other."""

    code = "conflict"


class TooManyAttempts(DomainError):
    """Sign-in is throttled; ``retry_after`` is in seconds."""

    code = "too_many_attempts"

    def __init__(self, retry_after: int) -> None:
        super().__init__("Đăng nhập sai nhiều lần. Hãy thử lại sau ít phút.")
        self.retry_after = retry_after
