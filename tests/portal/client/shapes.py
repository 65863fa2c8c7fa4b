"""What a JSON schema says, without how it says it: pydantic's is held against msgspec's by it."""

from __future__ import annotations

from typing import Any

Shape = Any


def shape(schema: dict[str, Any], root: dict[str, Any]) -> Shape:  # noqa: PLR0911 - one a kind
    """The shape of a schema; ``root`` is the document that its references lead into."""
    if "$ref" in schema:
        found: Any = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return shape(found, root)
    if "anyOf" in schema:
        return frozenset(_frozen(shape(one, root)) for one in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return "string"
    match schema.get("type"):
        case "array":
            return ("list", _frozen(shape(schema["items"], root)))
        case "object" if "properties" in schema:
            return {name: shape(one, root) for name, one in schema["properties"].items()}
        case "object":
            of = schema.get("additionalProperties")
            return ("map", _frozen(shape(of, root)) if isinstance(of, dict) else "anything")
        case str() as kind:
            return f"{kind} {schema['format']}" if "format" in schema else kind
    return "anything"


def _frozen(found: Shape) -> Any:
    if isinstance(found, dict):
        return tuple(sorted((name, _frozen(one)) for name, one in found.items()))
    return found
