"""An example of what a schema of the OpenAPI describes, from the examples of its fields. Pure."""

from __future__ import annotations

import re
from typing import Any

from portal.serving.example_values import BY_FIELD

Schema = dict[str, Any]
_BY_FORMAT = {
    "date-time": "2026-11-30T12:00:00Z",
    "date": "2026-11-30",
    "uuid": "9c5b94b1-35ad-49bb-b118-8e8fc24abf80",
    "uri": "https://portal.example",
}


def example(schema: Schema, root: Schema, field: str = "", form: str = "") -> Any:
    """An example of a schema.

    Args:
        schema: which.
        root: the document that its references lead into.
        field: the name of the field that it is of.
        form: the name of the form that the field is of.
    """
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return example(root["components"]["schemas"][name], root, "", name)
    if "examples" in schema:
        return schema["examples"][0]
    if "example" in schema:
        return schema["example"]
    for key in (f"{form}.{field}", field):
        if field and key in BY_FIELD and fits(BY_FIELD[key], schema, root):
            return BY_FIELD[key]
    if "properties" in schema:
        owner = form or schema.get("title", "")
        return {name: example(one, root, name, owner) for name, one in schema["properties"].items()}
    return _by_kind(schema, root, field, form)


def _by_kind(schema: Schema, root: Schema, field: str, form: str) -> Any:
    if said := [schema[word] for word in ("const", "default") if word in schema]:
        return said[0]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        known = [one for one in schema["anyOf"] if one.get("type") != "null"]
        return example(known[0], root, field, form) if known else None
    kind = schema.get("type")
    found: Any = None
    if kind == "string":
        found = _text(schema, field)
    elif kind in {"integer", "number"}:
        found = _number(schema)
    elif kind == "boolean":
        found = True
    elif kind == "array":
        found = [example(schema.get("items", {}), root, field, form)]
        found *= max(1, schema.get("minItems", 1))
    elif kind == "object":
        of = schema.get("additionalProperties")
        found = {"name": example(of, root)} if isinstance(of, dict) else {}
    return found


def _text(schema: Schema, field: str) -> str:
    found: str = _BY_FORMAT.get(schema.get("format", ""), field.replace("_", "-") or "text")
    return found[: schema.get("maxLength", len(found))]


def _number(schema: Schema) -> float:
    beyond = float(schema.get("exclusiveMinimum", -1))
    least = max(float(schema.get("minimum", 0)), beyond + 1)
    most = float(schema["maximum"]) if "maximum" in schema else least + 1
    found = min(max(least, 1.0), most)
    return int(found) if schema["type"] == "integer" else found


def fits(value: Any, schema: Schema, root: Schema) -> bool:
    """Whether a value is of the kind that a schema describes; its bounds are not looked at."""
    if "$ref" in schema:
        return fits(value, root["components"]["schemas"][schema["$ref"].rpartition("/")[2]], root)
    if "anyOf" in schema:
        return any(fits(value, one, root) for one in schema["anyOf"])
    if "enum" in schema:
        return value in schema["enum"]
    kind = schema.get("type")
    if kind is None:
        return not schema
    good = isinstance(value, _KINDS[kind]) and isinstance(value, bool) == (kind == "boolean")
    if good and kind == "array":
        return all(fits(one, schema.get("items", {}), root) for one in value)
    return good and (kind != "string" or _fits_text(value, schema))


def _fits_text(value: str, schema: Schema) -> bool:
    return "format" not in schema and re.search(schema.get("pattern", ""), value) is not None


_KINDS: dict[str, type | tuple[type, ...]] = {
    "array": list,
    "string": str,
    "object": dict,
    "null": type(None),
    "integer": int,
    "number": (int, float),
    "boolean": bool,
}
