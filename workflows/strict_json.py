"""JSON as the contracts want it: UTF-8, no NaN, and a key written twice does not pass unseen."""

from __future__ import annotations

import json
from typing import Any, NoReturn


class RepeatedKey(dict[str, Any]):
    """An object in which ``key`` was written more than once: good for naming the fault only."""

    def __init__(self, key: str, values: dict[str, Any]) -> None:
        super().__init__(values)
        self.key = key


class NotJson(ValueError):
    """Text that is no JSON; the message says where and why."""


def loads(raw: bytes) -> Any:
    """The value in ``raw``, objects with a repeated key as ``RepeatedKey``. Raises NotJson."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotJson(f"không phải UTF-8 (byte thứ {error.start + 1})") from error
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except NotJson:
        raise
    except json.JSONDecodeError as error:
        place = f"dòng {error.lineno}, cột {error.colno}"
        raise NotJson(f"không đúng cú pháp JSON ({place}): {error.msg}") from error
    except RecursionError as error:
        raise NotJson("JSON lồng nhau quá sâu") from error
    except ValueError as error:  # an integer longer than Python agrees to read
        raise NotJson("JSON có con số quá dài") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            return RepeatedKey(key, made)
        seen.add(key)
    return made


def _constant(name: str) -> NoReturn:
    raise NotJson(f"{name} không phải giá trị JSON")
