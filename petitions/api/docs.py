"""The description of the API and the page that shows it."""

from __future__ import annotations

import base64
import hashlib
import re
from http import HTTPStatus
from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Blueprint, Flask, Response
from flask_smorest import Api
from flask_smorest.utils import prepare_response
from flask_swagger_ui import get_swaggerui_blueprint
from marshmallow import Schema

from petitions.api.problems import CONTENT_TYPE
from petitions.api.shapes import ProblemShape

SPEC = "/api/v1/openapi.json"
PAGE = "/api/docs"
_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


class DescribedApi(Api):  # type: ignore[misc]
    """flask-smorest, answering faults with our problems and leaving the pages' error handlers alone."""

    def _register_error_handlers(self) -> None:
        return None

    def _register_responses(self) -> None:
        for status in [*HTTPStatus]:
            self._describe(status.name, status.phrase)
        self._describe(self.DEFAULT_ERROR_RESPONSE_NAME, "Problem")

    def _describe(self, name: str, words: str) -> None:
        response: dict[str, Any] = {"description": words, "schema": ProblemShape}
        prepare_response(response, self.spec, CONTENT_TYPE)
        self.spec.components.response(name, response, lazy=True)


def describe(app: Flask) -> DescribedApi:
    """The document at ``SPEC`` and its page at ``PAGE``; resources are added to the result."""
    app.config.update(OPENAPI_URL_PREFIX="/api/v1", OPENAPI_JSON_PATH="openapi.json")
    api = DescribedApi(
        app,
        spec_kwargs={
            "title": "Đơn Thư",
            "version": "1",
            "openapi_version": "3.1.0",
            "marshmallow_plugin": MarshmallowPlugin(schema_name_resolver=_name),
            "info": {
                "description": "Hồ sơ khiếu nại, tố cáo, kiến nghị, phản ánh. Mỗi lời gọi mang khóa "
                "truy cập của một người trong một vai trò và có đúng quyền của vai trò đó."
            },
            "security": [{"bearer": []}],
        },
    )
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    app.register_blueprint(_page())
    return api


def _name(schema: type[Schema] | Schema | str) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__.removesuffix("Shape")


def _page() -> Blueprint:
    page: Blueprint = get_swaggerui_blueprint(
        PAGE,
        SPEC,
        blueprint_name="api_page",
        config={"app_name": "Đơn Thư API", "validatorUrl": None, "oauth2RedirectUrl": ""},
    )
    page.after_request(_allow_its_script)
    return page


def _allow_its_script(response: Response) -> Response:
    """A policy of this page's own: its one inline script by hash, its inline styles, nothing from outside."""
    hashes = ""
    if response.mimetype == "text/html" and not response.direct_passthrough:
        hashes = "".join(
            f" 'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"
            for script in _SCRIPT.findall(response.get_data())
        )
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src 'self'{hashes}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
    return response
