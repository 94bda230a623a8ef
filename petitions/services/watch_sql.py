"""Days, months, JSON and lists of ids in the SQL of either database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Date, Dialect, Integer, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import JSON, NullType, TypeDecorator, TypeEngine


class Ids(TypeDecorator[Sequence[int]]):
    """Many ids as one parameter, so that a statement reads the same for one and for thousands."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(ARRAY(BigInteger()))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: Sequence[int] | None, dialect: Dialect) -> Any:
        return list(value or ()) if dialect.name == "postgresql" else json.dumps(list(value or ()))


class OneOf(FunctionElement[Any]):
    """``OneOf(column, ids)``: the column is one of the ids, a parameter of type ``Ids``.

    Not typed as a truth value: SQLite would be asked whether it equals 1 and leave the index aside.
    """

    type = NullType()
    inherit_cache = True


class DaysAfter(FunctionElement[Any]):
    """``DaysAfter(day, n)``: the day ``n`` days after ``day``."""

    type = Date()
    inherit_cache = True


class MonthsAfter(FunctionElement[Any]):
    """``MonthsAfter(day, n, d)``: ``d`` days after the same day ``n`` months on.

    A month without that day ends on its last (Civil Code art 148).
    """

    type = Date()
    inherit_cache = True


class Earliest(FunctionElement[Any]):
    """``Earliest(a, b, ...)``: the first of several days; none may be null."""

    type = Date()
    inherit_cache = True


class Latest(FunctionElement[Any]):
    """``Latest(a, b, ...)``: the last of several days; none may be null."""

    type = Date()
    inherit_cache = True


class JsonObject(FunctionElement[Any]):
    """``JsonObject(key, value, ...)``: dates become ISO text."""

    type = JSON()
    inherit_cache = True


class JsonText(FunctionElement[Any]):
    """``JsonText(document, key)``: the text under ``key``; null when there is none."""

    type = Text()
    inherit_cache = True


class ListLength(FunctionElement[Any]):
    """``ListLength(document, key)``: how long the list under ``key`` is; null when there is none."""

    type = Integer()
    inherit_cache = True


@compiles(OneOf, "postgresql")
def _one_of_postgresql(element: OneOf, compiler: SQLCompiler, **kw: Any) -> str:
    column, ids = _arguments(element, compiler, kw)
    return f"{column} = ANY ({ids})"


@compiles(OneOf, "sqlite")
def _one_of_sqlite(element: OneOf, compiler: SQLCompiler, **kw: Any) -> str:
    column, ids = _arguments(element, compiler, kw)
    return f"{column} IN (SELECT value FROM json_each({ids}))"  # noqa: S608  the parts are compiled SQL


@compiles(DaysAfter, "postgresql")
def _days_postgresql(element: DaysAfter, compiler: SQLCompiler, **kw: Any) -> str:
    day, days = _arguments(element, compiler, kw)
    return f"({day} + {days})"


@compiles(DaysAfter, "sqlite")
def _days_sqlite(element: DaysAfter, compiler: SQLCompiler, **kw: Any) -> str:
    day, days = _arguments(element, compiler, kw)
    return f"date({day}, {days} || ' days')"


@compiles(MonthsAfter, "postgresql")
def _months_postgresql(element: MonthsAfter, compiler: SQLCompiler, **kw: Any) -> str:
    day, months, days = _arguments(element, compiler, kw)
    return f"(CAST({day} + make_interval(months => {months}) AS date) + {days})"


@compiles(MonthsAfter, "sqlite")
def _months_sqlite(element: MonthsAfter, compiler: SQLCompiler, **kw: Any) -> str:
    day, months, days = _arguments(element, compiler, kw)
    same = f"date({day}, {months} || ' months', {days} || ' days')"
    last = f"date({day}, 'start of month', ({months} + 1) || ' months', ({days} - 1) || ' days')"
    return f"CASE WHEN substr({day}, 9) < '29' THEN {same} ELSE min({same}, {last}) END"


@compiles(Earliest, "postgresql")
def _earliest_postgresql(element: Earliest, compiler: SQLCompiler, **kw: Any) -> str:
    return f"least({compiler.process(element.clauses, **kw)})"


@compiles(Earliest, "sqlite")
def _earliest_sqlite(element: Earliest, compiler: SQLCompiler, **kw: Any) -> str:
    return f"min({compiler.process(element.clauses, **kw)})"


@compiles(Latest, "postgresql")
def _latest_postgresql(element: Latest, compiler: SQLCompiler, **kw: Any) -> str:
    return f"greatest({compiler.process(element.clauses, **kw)})"


@compiles(Latest, "sqlite")
def _latest_sqlite(element: Latest, compiler: SQLCompiler, **kw: Any) -> str:
    return f"max({compiler.process(element.clauses, **kw)})"


@compiles(JsonObject, "postgresql")
def _object_postgresql(element: JsonObject, compiler: SQLCompiler, **kw: Any) -> str:
    return f"json_build_object({compiler.process(element.clauses, **kw)})"


@compiles(JsonObject, "sqlite")
def _object_sqlite(element: JsonObject, compiler: SQLCompiler, **kw: Any) -> str:
    return f"json_object({compiler.process(element.clauses, **kw)})"


@compiles(JsonText, "postgresql")
def _text_postgresql(element: JsonText, compiler: SQLCompiler, **kw: Any) -> str:
    document, key = _arguments(element, compiler, kw)
    return f"({document} ->> {key})"


@compiles(JsonText, "sqlite")
def _text_sqlite(element: JsonText, compiler: SQLCompiler, **kw: Any) -> str:
    document, key = _arguments(element, compiler, kw)
    return f"json_extract({document}, '$.' || {key})"


@compiles(ListLength, "postgresql")
def _length_postgresql(element: ListLength, compiler: SQLCompiler, **kw: Any) -> str:
    document, key = _arguments(element, compiler, kw)
    return f"json_array_length({document} -> {key})"


@compiles(ListLength, "sqlite")
def _length_sqlite(element: ListLength, compiler: SQLCompiler, **kw: Any) -> str:
    document, key = _arguments(element, compiler, kw)
    return f"json_array_length({document}, '$.' || {key})"


def _arguments(element: FunctionElement[Any], compiler: SQLCompiler, kw: Any) -> list[str]:
    return [compiler.process(clause, **kw) for clause in element.clauses]
