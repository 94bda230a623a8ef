"""The law as a service: the calculator of deadlines, and the rows in force on a day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from flask import Response, request

from config.database import db
from petitions import rulebook
from petitions.api import door, shapes, written
from petitions.api.reading import Resources, json_body
from petitions.errors import Invalid
from petitions.installation import installation
from petitions.schemas.fields import LIST_LIMIT, Day, Shape
from workflows import calculator
from workflows.working_days import Unit

blueprint = Resources("api_law", __name__, url_prefix="/api/v1", description="Thời hạn theo luật.")

MOST_WORKING_DAYS = 1_000_000
"""Working days one request may have counted, all items together; each is looked at one by one."""
_INDEX = re.compile(r"\[(\d+)\]")
_ITEMS = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "array",
                "maxItems": LIST_LIMIT,
                "items": {
                    "type": "object",
                    "required": ["id"],
                    "properties": {
                        "id": {"type": "string"},
                        "kind": {
                            "type": "string",
                            "enum": [
                                "complaint", "denunciation", "recommendation", "feedback", "reception",
                            ],
                        },
                        "subkind": {
                            "type": ["string", "null"],
                            "enum": ["disciplinary", "disciplinary_dismissal", None],
                        },
                        "instance": {"type": "integer", "enum": [1, 2]},
                        "remote": {"type": "boolean"},
                        "complexity": {
                            "type": "string",
                            "enum": ["ordinary", "complex", "especially_complex"],
                        },
                        "facts": {"type": "object"},
                        "arithmetic": {"type": "object"},
                    },
                    "additionalProperties": False,
                },
            }
        }
    },
}  # fmt: skip
_ANSWERS = {
    "description": "Một câu trả lời cho mỗi mục, theo thứ tự.",
    "content": {
        "application/json": {
            "schema": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["id"],
                    "properties": {
                        "id": {"type": "string"},
                        "deadlines": {"type": "object"},
                        "nominal_end": {"type": ["string", "null"]},
                        "due": {"type": ["string", "null"]},
                    },
                },
            }
        }
    },
}


class LawArgs(Shape):
    """The day asked about; today when absent."""

    on = Day()


@blueprint.route("/deadlines", methods=["POST"])
@blueprint.noted(requestBody=_ITEMS, responses={"200": _ANSWERS})
@blueprint.refuses(HTTPStatus.UNPROCESSABLE_ENTITY)
def counted() -> Response:
    """Tính thời hạn cho một danh sách vụ việc, như lệnh donthu deadlines."""
    items = json_body(request)
    if isinstance(items, list) and len(items) > LIST_LIMIT:
        raise Invalid.at("body", "Danh sách quá 1.000 dòng.")
    try:
        questions = calculator.parse(items)
        _refuse_endless(questions)
        book = rulebook.current(db.session())
        return written.answer(calculator.answer(questions, book.lawbook, book.calendar))
    except calculator.InputFault as error:
        raise Invalid({_path(error.index, error.path): [error.reason]}, str(error)) from error
    except calculator.CountFailed as error:
        raise Invalid({_path(error.index, ""): [error.reason]}, str(error)) from error


@blueprint.route("/law")
@blueprint.takes(LawArgs(), location="query")
@blueprint.gives(200, shapes.LawShape)
def in_force(asked: dict[str, Any]) -> Response:
    """Các thời hạn có hiệu lực vào một ngày, kèm căn cứ."""
    day, book = asked.get("on", door.today()), installation().lawbook
    return written.answer(
        {
            "on": day,
            "rules": [written.rule(each) for each in book.in_force(day)],
            "quotas": [written.quota(each) for each in book.quotas_in_force(day)],
        }
    )


def _refuse_endless(questions: Sequence[calculator.Question]) -> None:
    total = 0
    for number, question in enumerate(questions):
        if isinstance(question, calculator.Sum) and question.unit is Unit.WORKING_DAY:
            total += question.amount
            if total > MOST_WORKING_DAYS:
                raise Invalid.at(
                    f"{number}.arithmetic.amount",
                    "Một lần gọi đếm nhiều nhất 1.000.000 ngày làm việc.",
                )


def _path(index: int | None, path: str) -> str:
    """The calculator's ``facts.suspensions[0].from`` of item 1 as ``0.facts.suspensions.0.from``."""
    if index is None:
        return "body"
    inner = _INDEX.sub(r".\1", path)
    return f"{index - 1}.{inner}" if inner else str(index - 1)
