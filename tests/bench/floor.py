"""The floor: the same jobs as bare Flask and one SQL statement, no sign-in, no audit, no permissions."""

from __future__ import annotations

import os
import sqlite3
import threading
from typing import Any

from flask import Flask, jsonify, render_template_string, request

URL = os.environ["FLOOR_URL"]
POSTGRES = URL.startswith("postgresql")
MARK = "%s" if POSTGRES else "?"
QUEUE = f"SELECT id, code, summary, due, officer FROM floor WHERE officer = {MARK} AND open ORDER BY due, id LIMIT 50"
ONE = f"SELECT id, code, summary, content, due FROM floor WHERE code = {MARK}"
INSERT = f"INSERT INTO floor (code, summary, content, due, officer, open) VALUES ({', '.join([MARK] * 6)})"
SEARCH = (
    "SELECT f.id, f.code, f.summary, f.due FROM floor f WHERE f.vector @@ to_tsquery('simple', %s) ORDER BY f.id DESC LIMIT 50"
    if POSTGRES
    else "SELECT f.id, f.code, f.summary, f.due FROM floor f WHERE f.id IN (SELECT rowid FROM floor_search WHERE floor_search MATCH ?) ORDER BY f.id DESC LIMIT 50"
)
PAGE = """<!doctype html><html lang="vi"><title>x</title><table>{% for r in rows %}<tr>{% for c in r %}<td>{{ c }}</td>{% endfor %}</tr>{% endfor %}</table>"""

app = Flask(__name__)
_local = threading.local()


def _connection() -> Any:
    if not hasattr(_local, "connection"):
        if POSTGRES:
            import psycopg

            _local.connection = psycopg.connect(
                URL.replace("postgresql+psycopg://", "postgresql://"), autocommit=True
            )
        else:
            _local.connection = sqlite3.connect(
                URL.removeprefix("sqlite:///"), timeout=15, isolation_level=None
            )
            _local.connection.execute("PRAGMA journal_mode=WAL")
            _local.connection.execute("PRAGMA synchronous=FULL")
    return _local.connection


def _rows(statement: str, *values: object) -> list[tuple[Any, ...]]:
    return list(_connection().execute(statement, values).fetchall())


@app.post("/create")
def create() -> Any:
    """One row, committed."""
    given = request.get_json()
    _connection().execute(
        INSERT,
        (given["code"], given["summary"], given["content"], given["due"], given["officer"], True),
    )
    return jsonify(code=given["code"]), 201


@app.get("/queue/<officer>")
def queue(officer: str) -> Any:
    """Fifty rows by due date."""
    return jsonify([[str(cell) for cell in row] for row in _rows(QUEUE, officer)])


@app.get("/queue_html/<officer>")
def queue_html(officer: str) -> str:
    """The same as a page."""
    return render_template_string(PAGE, rows=_rows(QUEUE, officer))


@app.get("/case_html/<code>")
def case_html(code: str) -> str:
    """One row as a page."""
    return render_template_string(PAGE, rows=_rows(ONE, code))


@app.post("/search")
def search() -> Any:
    """Fifty rows holding the words."""
    return jsonify(
        [[str(cell) for cell in row] for row in _rows(SEARCH, request.get_json()["asked"])]
    )


@app.get("/hello")
def hello() -> str:
    """Nothing at all."""
    return "ok"
