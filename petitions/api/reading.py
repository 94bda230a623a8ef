"""Requests into typed values: strict JSON, query strings, the one-time key."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, NoReturn, TypeVar, cast

from flask import Request, Response, request
from flask_smorest import Blueprint
from marshmallow import Schema, ValidationError
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from petitions.codes import CodeError, parse_code
from petitions.errors import Invalid, NotFound
from petitions.schemas.fields import flat
from petitions.schemas.forms import by_name, converted
from workflows.strict_json import NotJson, loads
from workflows.vocabulary import Need

KEY_HEADER = "Idempotency-Key"
LONGEST_CODE = 60
"""Characters of a case code however generously typed."""
_KEY = re.compile(r"[\x21-\x7e]{1,80}")
_NEEDS = frozenset(Need)
CODE = {
    "name": "code",
    "in": "path",
    "description": "Mã hồ sơ, ví dụ TCD-2026-000123-4.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_CODE},
}
ONCE = {
    "name": KEY_HEADER,
    "in": "header",
    "required": True,
    "description": "Khóa gửi một lần do bên gọi đặt; gửi lại cùng khóa thì nhận lại kết quả đầu tiên.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 80, "pattern": "^[\\x21-\\x7e]+$"},
}
REPLAYED = {
    "Idempotent-Replayed": {
        "description": "true khi khóa này đã được dùng và đây là kết quả của lần đầu.",
        "schema": {"type": "string", "enum": ["true"]},
    }
}


class StrictParser(FlaskParser):
    """webargs, refusing what it would otherwise guess, pass over or describe in English."""

    DEFAULT_UNKNOWN_BY_LOCATION = {}

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The body; another content type is 415, what is not JSON 400."""
        return json_body(req)

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        """The query string, brought to the types of ``schema``; a blank parameter is a wrong one."""
        known = by_name(schema)
        return {name: converted(known.get(name), value) for name, value in req.args.items()}

    def handle_error(
        self,
        error: ValidationError,
        req: Request,
        schema: Schema,
        *,
        error_status_code: int | None,
        error_headers: Any,
    ) -> NoReturn:
        """Faults of shape, as every other fault at its dotted path."""
        (messages,) = error.messages_dict.values()
        raise Invalid(flat(messages)) from error


View = TypeVar("View", bound=Callable[..., Response])


class Resources(Blueprint):  # type: ignore[misc]
    """A flask-smorest blueprint that reads strictly; its decorators, typed."""

    ARGUMENTS_PARSER = StrictParser()

    def route(self, rule: str, **options: Any) -> Callable[[View], View]:
        """The address of a resource."""
        return cast(Callable[[View], View], super().route(rule, **options))

    def takes(self, schema: Schema, location: str = "json") -> Callable[[View], View]:
        """What the resource reads: its first argument."""
        return cast(Callable[[View], View], self.arguments(schema, location=location))

    def gives(self, status: int, schema: type[Schema], **more: Any) -> Callable[[View], View]:
        """What it answers, for the description."""
        return cast(Callable[[View], View], self.response(status, schema, **more))

    def refuses(self, status: HTTPStatus) -> Callable[[View], View]:
        """A problem it may answer with, for the description."""
        return cast(Callable[[View], View], self.alt_response(int(status), status.name))

    def writes(
        self, schema: Schema, answer: type[Schema], status: int = 200
    ) -> Callable[[View], View]:
        """A write to something in a case: what it reads and answers, the refusals and the one-time key."""

        def described(view: View) -> View:
            noted = self.noted(parameters=[ONCE])(view)
            refused = self.refuses(HTTPStatus.NOT_FOUND)(self.refuses(HTTPStatus.CONFLICT)(noted))
            return self.takes(schema)(self.gives(status, answer, headers=REPLAYED)(refused))

        return described

    def noted(self, **more: Any) -> Callable[[View], View]:
        """Anything else the description says of it."""
        return cast(Callable[[View], View], self.doc(**more))


def json_body(req: Request) -> Any:
    """The JSON value of a request."""
    if not req.is_json:
        raise UnsupportedMediaType
    try:
        return loads(req.get_data())
    except NotJson as error:
        raise BadRequest(str(error)) from error


def one_time_key() -> str:
    """The key that makes a retried write answer with the first result. Raises ``Invalid``."""
    key = request.headers.get(KEY_HEADER, "")
    if not _KEY.fullmatch(key):
        raise Invalid.at(
            KEY_HEADER,
            f"Phải có tiêu đề {KEY_HEADER}: 1 đến 80 ký tự ASCII, mỗi việc ghi một khóa mới.",
        )
    return key


def in_payload(faults: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Faults of an act's payload at their place in the body."""
    return {
        f"given.{path}" if path.partition(".")[0] in _NEEDS else path: lines
        for path, lines in faults.items()
    }


def case_code(text: str) -> str:
    """The official spelling of a code in an address; one that cannot exist is unknown. Raises ``NotFound``."""
    if len(text) > LONGEST_CODE:
        raise NotFound
    try:
        return str(parse_code(text))
    except CodeError as error:
        raise NotFound from error
