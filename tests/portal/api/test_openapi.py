"""The OpenAPI is whole: each operation has examples of what goes in and out, and they hold."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from sqlalchemy import create_engine

from portal.serving.application import endpoints
from portal.serving.examples import example, fits
from portal.serving.openapi import OPERATOR, SCOPE
from portal.serving.portal_metrics import PortalMetrics
from tests.portal.serving import Tenant

# Without a key.
OPEN = {"/healthz", "/readyz", "/health", "/v1/ping"}
# They say yes, or nothing.
NEVER_NO = {"GET /healthz", "GET /health", "POST /v1/ping"}


@pytest.fixture(scope="module")
def openapi() -> dict[str, Any]:
    engine = create_engine("sqlite://")
    return endpoints(engine, PortalMetrics(engine)).openapi()


def operations(openapi: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method.upper()} {path}", operation)
        for path, methods in openapi["paths"].items()
        for method, operation in methods.items()
    ]


def media(operation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """By place: what is said of a body."""
    found = {}
    for name, body in [
        ("request", operation.get("requestBody", {})),
        *operation["responses"].items(),
    ]:
        for kind, one in body.get("content", {}).items():
            found[f"{name} {kind}"] = one
    return found


def check(value: Any, schema: dict[str, Any], openapi: dict[str, Any]) -> None:
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    whole = {"components": openapi["components"], "allOf": [schema]}
    jsonschema.Draft202012Validator(whole, format_checker=checker).validate(value)


def test_every_body_has_an_example_that_its_schema_takes(openapi: dict[str, Any]) -> None:
    lacking = []
    for label, operation in operations(openapi):
        for place, one in media(operation).items():
            said = one.get("example")
            if said in (None, "", {}):
                lacking.append(f"{label}: {place}")
                continue
            check(said, one["schema"], openapi)
    assert lacking == [], "say Field(examples=[...]) in the form, or portal.serving.example_values"


def test_every_parameter_has_an_example_that_its_schema_takes(openapi: dict[str, Any]) -> None:
    for label, operation in operations(openapi):
        for one in operation.get("parameters", ()):
            if "example" in one:
                check(one["example"], one["schema"], openapi)
            else:
                assert not one["required"] or one["name"] == "cursor", f"{label}: {one['name']}"


def test_a_problem_shows_its_own_status(openapi: dict[str, Any]) -> None:
    for label, operation in operations(openapi):
        said = {
            status: body["content"]["application/problem+json"]["example"]["status"]
            for status, body in operation["responses"].items()
            if "application/problem+json" in body.get("content", {})
        }
        assert {status: int(status) for status in said} == said, label
        assert said or label in NEVER_NO, label


def test_every_operation_says_what_it_does_and_whom_it_lets(openapi: dict[str, Any]) -> None:
    for label, operation in operations(openapi):
        assert operation["description"].strip(), label
        if operation.get("security"):
            assert operation[SCOPE] in {"read", "write", "report", "run", "admin"}, label
        else:
            assert label.partition(" ")[2] in OPEN, label
    paths = openapi["paths"]
    assert paths["/api/v1/tenants"]["post"][OPERATOR] is True
    assert paths["/api/v1/tests"]["post"][SCOPE] == "report"


def test_what_is_shown_is_taken(openapi: dict[str, Any], tenant: Tenant) -> None:
    """Requests whose examples need nothing to be there before."""
    for path in ("/api/v1/tests", "/api/v1/machines", "/api/v1/keys", "/api/v1/tenants"):
        body = media(openapi["paths"][path]["post"])["request application/json"]["example"]
        answer = tenant.client.post(path, json=body)
        assert answer.status_code in {200, 201}, (path, answer.text)
    imports = media(openapi["paths"]["/api/v1/machine-imports"]["post"])
    forms = {"application/yaml": "inventory", "text/csv": "csv", "application/json": "targets"}
    for kind, form in forms.items():
        body = imports[f"request {kind}"]["example"]
        answer = tenant.client.post(f"/api/v1/machine-imports?form={form}", content=body)
        assert answer.status_code == 200, (kind, answer.text)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string", "format": "uuid"}, "9c5b94b1-35ad-49bb-b118-8e8fc24abf80"),
        ({"type": "string", "maxLength": 3}, "a-n"),
        ({"type": "integer", "minimum": 5}, 5),
        ({"type": "integer", "maximum": 0}, 0),
        ({"type": "number", "exclusiveMinimum": 1}, 2.0),
        ({"anyOf": [{"type": "null"}, {"type": "boolean"}]}, True),
        ({"anyOf": [{"type": "null"}]}, None),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 2}, [1, 1]),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, {"name": 1}),
        ({"type": "string", "examples": ["own"]}, "own"),
        ({"enum": ["x", "y"]}, "x"),
    ],
)
def test_examples_of_kinds(schema: dict[str, Any], expected: Any) -> None:
    found = example(schema, {}, "a-name")
    assert found == expected
    assert type(found) is type(expected)


def test_a_value_of_another_kind_is_not_taken() -> None:
    assert fits(1, {"type": "integer"}, {})
    for value, kind in ((True, "integer"), ("1", "integer"), ([], "object"), (1.5, "integer")):
        assert not fits(value, {"type": kind}, {})
