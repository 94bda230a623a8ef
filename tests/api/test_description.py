"""The description of the API: valid, complete, and true."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from flask import Flask

from petitions.api import RESOURCES
from petitions.api.cases import ACTS, ELSEWHERE
from petitions.schemas.acts import PAYLOAD
from tests.api.conftest import ROOT, Callers
from tests.api.test_access import RESOURCES as GUARDED
from workflows.vocabulary import Action

pytestmark = pytest.mark.sqlite_only
"""What is served does not depend on the database."""


@pytest.fixture
def document(app: Flask) -> dict[str, Any]:
    """The OpenAPI document, which needs no token."""
    answer = app.test_client().get(f"{ROOT}/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(path, method, operation) of everything described."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                yield path, method.upper(), operation


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every mapping inside ``value``."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from nodes(inner)


def test_every_address_is_described_and_guarded(app: Flask, document: dict[str, Any]) -> None:
    """Routes, description and the tests of the door name the same addresses."""
    names = tuple(f"{blueprint.name}." for blueprint in RESOURCES)
    routes = {
        (re.sub(r"<(\w+)>", r"{\1}", rule.rule), method)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith(names)
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert {(path, method) for path, method, _ in operations(document)} == routes
    tested = {
        (ROOT + path.partition("?")[0].replace("classify", "{action}"), method)
        for method, path, _ in GUARDED
    }
    assert tested == routes
    under_root = {
        rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")
    }
    assert {name for name in under_root if not name.startswith(names)} == {
        "api-docs.openapi_json", "api_page.show",
    }  # fmt: skip


def test_every_operation_says_what_it_does_and_how_it_refuses(document: dict[str, Any]) -> None:
    """In Vietnamese, with a problem for whatever is not told apart."""
    assert document["openapi"] == "3.1.0"
    assert document["security"] == [{"bearer": []}]
    for path, method, operation in operations(document):
        assert operation["summary"], path
        assert "default" in operation["responses"]
        assert any(status.startswith("2") for status in operation["responses"])
        if method == "POST":
            assert operation["requestBody"]["required"]
        if method == "POST" and "/cases" in path:
            assert [each["name"] for each in operation["parameters"]] == ["Idempotency-Key"]
        described = {each["name"] for each in document["paths"][path].get("parameters", ())}
        assert described == set(re.findall(r"{(\w+)}", path))
    problem = document["components"]["responses"]["DEFAULT_ERROR"]["content"]
    assert list(problem) == ["application/problem+json"]


def test_every_schema_is_sound_and_every_reference_leads_somewhere(
    document: dict[str, Any],
) -> None:
    """By the JSON Schema dialect of OpenAPI 3.1."""
    schemas = document["components"]["schemas"]
    for schema in schemas.values():
        jsonschema_rs.meta.validate(
            {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
        )
    for node in nodes(document):
        if "$ref" in node:
            here: Any = document
            for part in node["$ref"].removeprefix("#/").split("/"):
                here = here[part]
            assert here


def test_the_words_of_the_law_are_in_the_description(document: dict[str, Any]) -> None:
    """Every act and every field of a payload; a client can be generated from it."""
    parameters = document["paths"][f"{ROOT}/cases/{{code}}/acts/{{action}}"]["parameters"]
    (acts,) = (each["schema"]["enum"] for each in parameters if each["name"] == "action")
    assert set(acts) == set(ACTS) == set(Action) - ELSEWHERE
    assert set(document["components"]["schemas"]["Payload"]["properties"]) == set(PAYLOAD.fields)


def test_a_sample_answer_fits_its_schema(callers: Callers, document: dict[str, Any]) -> None:
    """Judged by an independent validator."""
    code = callers.post("lan", "/cases", GUARDED[3][2]).json["code"]
    for name, body in {
        "Case": callers.get("minh", f"/cases/{code}").json,
        "Queue": callers.get("minh", "/cases").json,
        "Found": callers.get("minh", "/cases/search", q="dat").json,
        "Law": callers.get("minh", "/law").json,
        "Problem": callers.get("minh", "/cases", kind="x").json,
    }.items():
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        jsonschema_rs.validator_for(schema).validate(body)


def test_the_page_runs_under_a_policy_of_its_own(app: Flask) -> None:
    """Its one inline script by hash, everything else from this house, no token in the address."""
    client = app.test_client()
    page = client.get("/api/docs", follow_redirects=True)
    policy = page.headers["Content-Security-Policy"]
    (script,) = re.findall(rb"<script>(.*?)</script>", page.data, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script).digest()).decode()
    assert f"script-src 'self' 'sha256-{digest}'" in policy
    assert "unsafe-inline" not in policy.split("style-src")[0]
    assert "default-src 'none'" in policy
    assert f"{ROOT}/openapi.json".encode() in script
    assert b"http://" not in page.data.replace(b"http://www.w3.org", b"")
    for source in re.findall(rb'(?:src|href)="([^"]+)"', page.data):
        assert source.startswith(b"/api/docs/")
        assert client.get(source.decode()).status_code == 200
