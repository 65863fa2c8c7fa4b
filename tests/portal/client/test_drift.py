"""The client's calls are those of the OpenAPI that the portal serves: paths, fields, forms."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType, NoneType
from typing import Any

import msgspec
import pytest
from sqlalchemy import create_engine

from perfanalysis import portal_client
from perfanalysis.portal_client import (
    audit,
    baselines,
    comparison,
    discovery,
    health,
    keys,
    load_tests,
    machine_imports,
    machines,
    notes,
    plans,
    predictions,
    prices,
    pushing,
    tenants,
)
from perfanalysis.portal_client.calls import PortalCall
from perfanalysis.portal_client.faults import PortalProblem
from portal.serving.application import endpoints
from portal.serving.portal_metrics import PortalMetrics
from tests.portal.client.shapes import shape

GROUPS: tuple[ModuleType, ...] = (
    audit,
    baselines,
    comparison,
    discovery,
    health,
    keys,
    load_tests,
    machine_imports,
    machines,
    notes,
    plans,
    predictions,
    prices,
    pushing,
    tenants,
)
CALLS: dict[str, PortalCall[Any]] = {
    f"{group.__name__.rpartition('.')[2]}.{name}": value
    for group in GROUPS
    for name, value in vars(group).items()
    if isinstance(value, PortalCall)
}


@pytest.fixture(scope="module")
def served() -> dict[str, Any]:
    engine = create_engine("sqlite://")
    return endpoints(engine, PortalMetrics(engine)).openapi()


def operation(served: dict[str, Any], call: PortalCall[Any]) -> dict[str, Any]:
    found: dict[str, Any] = served["paths"][call.path][call.method.lower()]
    return found


def good(found: dict[str, Any]) -> dict[str, Any]:
    """The answer that says yes."""
    return next(one for status, one in found["responses"].items() if status.startswith("2"))


@pytest.mark.parametrize("name", CALLS)
def test_what_goes_out(served: dict[str, Any], name: str) -> None:
    call = CALLS[name]
    found = operation(served, call)
    parameters = found.get("parameters", [])
    assert {one["name"] for one in parameters if one["in"] == "query"} == set(call.query)
    parts = {one["name"] for one in parameters if one["in"] == "path"}
    assert {part[1:-1] for part in call.path.split("/") if part.startswith("{")} == parts
    content = found.get("requestBody", {}).get("content", {})
    if call.body is None:
        assert set(content) == set(call.media_types)
        return
    theirs = content["application/json"]["schema"]
    ours = msgspec.json.schema(call.body)
    assert shape(ours, ours) == shape(theirs, served)
    named = served["components"]["schemas"][theirs["$ref"].rpartition("/")[2]]
    own = ours["$defs"][ours["$ref"].rpartition("/")[2]]
    assert set(own.get("required", ())) == set(named.get("required", ()))


@pytest.mark.parametrize("name", CALLS)
def test_what_comes_back(served: dict[str, Any], name: str) -> None:
    call = CALLS[name]
    content = good(operation(served, call)).get("content", {})
    if call.answers is NoneType:
        assert content == {}
        return
    if call.answers is bytes:
        assert content
        return
    ours = msgspec.json.schema(call.answers)
    assert shape(ours, ours) == shape(content["application/json"]["schema"], served)


def test_problems(served: dict[str, Any]) -> None:
    ours = msgspec.json.schema(PortalProblem)
    theirs = served["components"]["schemas"]["Problem"]
    assert shape(ours, ours) == shape(theirs, served)


def test_every_operation_of_these_groups_has_a_call(served: dict[str, Any]) -> None:
    ours = {(call.method.lower(), call.path) for call in CALLS.values()}
    tags = {tag for call in CALLS.values() for tag in operation(served, call)["tags"]}
    theirs = {
        (method, path)
        for path, methods in served["paths"].items()
        for method, found in methods.items()
        if tags & set(found["tags"])
    }
    assert theirs == ours


def test_every_file_of_calls_is_held_here() -> None:
    folder = Path(portal_client.__file__).parent
    files = {path.stem for path in folder.glob("*.py") if " = PortalCall(" in path.read_text()}
    assert files == {group.__name__.rpartition(".")[2] for group in GROUPS}


def test_what_differs_is_seen() -> None:
    one = {"type": "object", "properties": {"a": {"type": "integer"}}}
    for other in (
        {"type": "object", "properties": {"a": {"type": "number"}}},
        {"type": "object", "properties": {"b": {"type": "integer"}}},
        {"type": "object", "properties": {"a": {"anyOf": [{"type": "integer"}]}}},
    ):
        assert shape(one, one) != shape(other, other)
