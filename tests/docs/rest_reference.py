"""docs/rest.md: every operation of the portal, as its OpenAPI tells of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import create_engine

from portal.serving.application import endpoints
from portal.serving.openapi import OPERATOR, SCOPE
from portal.serving.portal_metrics import PortalMetrics
from tests.docs.cli_reference import cell

HEAD = """\
# REST API of the portal

Every operation with examples, made from the OpenAPI that a portal serves at `/openapi.json` by
`make golden`; do not edit it by hand. A key comes as `Authorization: Bearer KEY` or
`X-Api-Key: KEY`; [portal.md](portal.md) says what its scopes let do. Times are RFC 3339. Errors are
`application/problem+json`; below they stand by their status alone, as all have this form:

```json
PROBLEM
```
"""


def reference() -> str:
    """The page."""
    engine = create_engine("sqlite://")
    openapi = endpoints(engine, PortalMetrics(engine)).openapi()
    problem = {
        "title": "Not Found",
        "status": 404,
        "detail": "there is no test 'nothing'",
        "request_id": "6f9619ff8b86d011b42d00c04fc964ff",
    }
    parts = [HEAD.replace("PROBLEM", json.dumps(problem, indent=1))]
    group = ""
    for tag, label, operation in sorted(_operations(openapi), key=lambda one: one[0]):
        if tag != group:
            parts.append(f"## {tag.capitalize()}\n")
            group = tag
        parts += _section(label, operation)
    return "\n".join(parts)


def _operations(openapi: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            yield operation["tags"][0], f"{method.upper()} {path}", operation


def _section(label: str, operation: dict[str, Any]) -> list[str]:
    parts = [f"### `{label}`\n", operation["description"].strip() + "\n"]
    if scope := operation.get(SCOPE):
        whose = " of the operator's tenant" if operation.get(OPERATOR) else ""
        parts.append(f"Scope: `{scope}`{whose}.\n")
    if rows := [_parameter(one) for one in operation.get("parameters", ())]:
        parts += ["| parameter | in | such as | |", "| --- | --- | --- | --- |", *rows, ""]
    for kind, media in operation.get("requestBody", {}).get("content", {}).items():
        parts.append(_body(f"Body, `{kind}`", kind, media))
    refused = []
    for status, answer in operation["responses"].items():
        content = answer.get("content", {})
        if "application/problem+json" in content:
            refused.append(status)
            continue
        if not content:
            parts.append(f"Answer {status}, without a body.\n")
        for kind, media in content.items():
            parts.append(_body(f"Answer {status}", kind, media))
    if refused:
        parts.append(f"Problems: {', '.join(refused)}.\n")
    return parts


def _parameter(one: dict[str, Any]) -> str:
    example = json.dumps(one["example"]) if "example" in one else ""
    shown = f"`{example.strip(chr(34))}`" if example else ""
    must = " (required)" if one["required"] and one["in"] != "path" else ""
    return f"| `{one['name']}` | {one['in']} | {shown} | {cell(one.get('description'))}{must} |"


def _body(title: str, kind: str, media: dict[str, Any]) -> str:
    said = media["example"]
    if isinstance(said, str):
        language = {"application/yaml": "yaml", "application/json": "json"}.get(kind, "text")
        return f"{title}:\n\n```{language}\n{said.rstrip()}\n```\n"
    return f"{title}:\n\n```json\n{json.dumps(said, indent=1)}\n```\n"
