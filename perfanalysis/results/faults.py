"""What is wrong with a JSON value that does not fit the types of a document, in words for people.

msgspec says it in a sentence of its own with the place behind it (``Expected `float` >= 0.0 - at
`$.levels[0].lower` ``); a test holds each form of these sentences. Pure.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from perfanalysis.errors import InputError
from perfanalysis.results.numbers import LARGEST

NUMBERS = f"numbers as JSON has them, below {LARGEST:g}".replace("+", "")
_PLACE = re.compile(r"(.*?)(?: - at `\$\.?(.*)`)?", re.DOTALL)
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]|(\[\.\.\.\])")
_TYPE = re.compile(r"Expected `([^`]+)`, got `([^`]+)`")
_LIMIT = re.compile(r"Expected `([^`]+)` (of length )?(>=|<=|>|<) ([-+.0-9e]+)")
_FORM = re.compile(r"Expected `str` matching regex '(.*)'")
_MISSING = re.compile(r"Object missing required field `(.+)`")
_UNKNOWN = re.compile(r"Object contains unknown field `(.+)`")
_NAMES = {"float": "number", "int": "integer", "str": "string", "bool": "boolean"}
_COMPARISONS = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}
_KINDS = {dict: "object", list: "array", str: "str", bool: "bool", int: "int", float: "float"}


def fault(error: msgspec.ValidationError, tree: object, where: str, inside: str = "") -> InputError:
    """The error for people.

    Args:
        error: what msgspec raised on converting.
        tree: the value that was converted.
        where: its file.
        inside: the place of the value in its file.
    """
    parted = _PLACE.fullmatch(str(error))
    assert parted
    said, place = parted[1], parted[2] or ""
    field, found = _look_up(place, tree, said)
    field = f"{inside}{field}" if field.startswith("[") else _joined(inside, field)
    if match := _MISSING.fullmatch(said):
        return InputError(where, _joined(field, match[1]), "this field, which is missing")
    if match := _UNKNOWN.fullmatch(said):
        return InputError(where, _joined(field, match[1]), "no such field")
    return InputError(where, field, _expected(said), found)


def _joined(field: str, name: str) -> str:
    return ".".join(part for part in (field, name) if part)


def _expected(said: str) -> str:
    if match := _TYPE.fullmatch(said):
        kinds = [kind for kind in match[1].split(" | ") if kind != "null"]
        return "a JSON " + " or ".join(_NAMES.get(kind, kind) for kind in kinds)
    if match := _LIMIT.fullmatch(said):
        kind, length, comparison, limit = match.groups()
        kind, number = kind.removesuffix(" | null"), f"{float(limit):g}"
        what = f"{_COMPARISONS[comparison]} {number}"
        if length:
            return f"a JSON {_NAMES.get(kind, kind)} of length {what}"
        return NUMBERS if float(limit) >= LARGEST else f"a number of {what}"
    if match := _FORM.fullmatch(said):
        return f"a text of the form {match[1]}"
    return NUMBERS if said.endswith("out of range") else f"a valid value: {said}"


def _look_up(place: str, tree: object, said: str) -> tuple[str, object]:
    """A place as people read it, and the value there."""
    field, value = "", tree
    kind = match[2] if (match := _TYPE.fullmatch(said)) else ""
    for step in _STEP.finditer(place):
        name, index, some = step.groups()
        if some and isinstance(value, dict):
            # A mapping's value, of which the key is not said.
            name = next((key for key in value if _KINDS.get(type(value[key])) == kind), "")
        if name and isinstance(value, dict):
            field, value = _joined(field, name), value.get(name)
        elif index and isinstance(value, list | tuple):
            field, value = f"{field}[{index}]", value[int(index)]
    return field, value


def tree_fault(tree: Any, where: str) -> InputError:
    """The error for a value that is no object at all."""
    return InputError(where, "", "a JSON object", tree)
