"""What does not fit a JSON schema, in words for people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jsonschema import ValidationError


def place(path: Iterable[object], under: str = "") -> str:
    """Where something stands in a document: ``destinations[0].url``.

    Args:
        path: keys and indices from the outermost on.
        under: the place that they begin at.
    """
    for step in path:
        under += f"[{step}]" if isinstance(step, int) else f"{'.' if under else ''}{step}"
    return under


def unknown_key(error: ValidationError) -> tuple[str, list[str]] | None:
    """The first key that a mapping must not have, and those that it may; None for other faults."""
    if error.validator != "additionalProperties" or not isinstance(error.instance, dict):
        return None
    schema = error.schema if isinstance(error.schema, dict) else {}
    known = list(schema.get("properties", {}))
    unknown = [str(key) for key in error.instance if key not in known]
    return (unknown[0], known) if unknown else None
