"""The OpenAPI, made whole: examples of requests and answers, and the scope that a key needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, get_args

from fastapi import APIRouter
from fastapi.routing import APIRoute

from portal.api import callers
from portal.api.forms import Problem
from portal.old_clients import old_keys
from portal.serving.examples import Schema, example

SCOPE, OPERATOR = "x-key-scope", "x-operator-only"
_NEEDED = {
    get_args(alias)[1].dependency: (scope, operator)
    for alias, scope, operator in (
        (callers.Reader, "read", False),
        (callers.Writer, "write", False),
        (callers.Agent, "report", False),
        (callers.Admin, "admin", False),
        (callers.Runner, "run", False),
        (callers.Operator, "admin", True),
        (old_keys.OldReader, "read", False),
        (old_keys.OldAgent, "report", False),
    )
}
# Who hands results in: the key is looked up with those of others.
_NEEDED[callers.key_given] = ("report", False)
# What a page before gives; one that is made up is refused.
_WITHOUT = frozenset({"cursor"})


def complete(schema: Schema, routers: Iterable[APIRouter]) -> Schema:
    """The same OpenAPI with what FastAPI does not know of.

    Args:
        schema: of FastAPI; it is changed.
        routers: which it is of.
    """
    # It stands in the answers of all, and is the form of none of their own.
    schema["components"]["schemas"].setdefault("Problem", Problem.model_json_schema())
    for method, path, needed in _scopes(routers):
        found = schema["paths"].get(path, {}).get(method)
        if found is not None:
            found[SCOPE] = needed[0]
            if needed[1]:
                found[OPERATOR] = True
    for methods in schema["paths"].values():
        for operation in methods.values():
            _exemplify(operation, schema)
    return schema


def _scopes(routers: Iterable[APIRouter]) -> Iterator[tuple[str, str, tuple[str, bool]]]:
    for router in routers:
        for route in router.routes:
            if not isinstance(route, APIRoute):
                continue
            for dependency in route.dependant.dependencies:
                if dependency.call in _NEEDED:
                    for method in route.methods or ():
                        yield method.lower(), route.path, _NEEDED[dependency.call]


def _exemplify(operation: dict[str, Any], root: Schema) -> None:
    for parameter in operation.get("parameters", ()):
        if "example" not in parameter and parameter["name"] not in _WITHOUT:
            found = example(parameter["schema"], root, parameter["name"])
            # Null is no value of a query: the field is left out.
            if found is not None:
                parameter["example"] = found
    bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
    for body in bodies:
        for media in body.get("content", {}).values():
            if "example" not in media and "examples" not in media and "schema" in media:
                media["example"] = example(media["schema"], root)
