"""What is wrong with a value that does not fit its type, in words for people.

msgspec says it in a sentence of its own with the place behind it (``Expected `float` >= 0.0 - at
`$.levels[0].lower` ``); a test holds each form of these sentences. Pure.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec

from perfanalysis.errors import InputError

# Sums and squares of what is smaller stay within floating point.
LARGEST = 1e300
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


class Place(NamedTuple):
    """Where a value does not fit its type.

    ``steps`` leads there (to the object, when one of its fields is missing or unknown), ``found``
    is the value, ``said`` what is wrong with it in msgspec's words, and ``unknown`` the name of a
    field that there should not be.
    """

    steps: tuple[str | int, ...]
    found: object
    said: str
    unknown: str = ""

    @property
    def field(self) -> str:
        """The path as people read it: ``levels[0].busy``."""
        field = ""
        for step in self.steps:
            field = f"{field}[{step}]" if isinstance(step, int) else _joined(field, step)
        return field


def place(error: msgspec.ValidationError, tree: object) -> Place:
    """Where a value is wrong.

    Args:
        error: what msgspec raised on converting.
        tree: the value that was converted.
    """
    parted = _PLACE.fullmatch(str(error))
    assert parted
    said = parted[1]
    steps, found = _look_up(parted[2] or "", tree, said)
    unknown = _UNKNOWN.fullmatch(said)
    return Place(steps, found, said, unknown[1] if unknown else "")


def fault(error: msgspec.ValidationError, tree: object, where: str, inside: str = "") -> InputError:
    """The error for people.

    Args:
        error: what msgspec raised on converting.
        tree: the value that was converted.
        where: its file.
        inside: the place of the value in its file.
    """
    wrong = place(error, tree)
    field = wrong.field
    field = f"{inside}{field}" if field.startswith("[") else _joined(inside, field)
    if wrong.unknown:
        return InputError(where, _joined(field, wrong.unknown), "no such field")
    if match := _MISSING.fullmatch(wrong.said):
        return InputError(where, _joined(field, match[1]), "this field, which is missing")
    return InputError(where, field, _expected(wrong.said), wrong.found)


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


def _look_up(place: str, tree: object, said: str) -> tuple[tuple[str | int, ...], object]:
    """The steps to a place, and the value there."""
    steps: list[str | int] = []
    value = tree
    kind = match[2] if (match := _TYPE.fullmatch(said)) else ""
    for step in _STEP.finditer(place):
        name, index, some = step.groups()
        if some and isinstance(value, dict):
            # A mapping's value, of which the key is not said.
            name = next((key for key in value if _KINDS.get(type(value[key])) == kind), "")
        if name and isinstance(value, dict):
            steps.append(name)
            value = value.get(name)
        elif index and isinstance(value, list | tuple):
            steps.append(int(index))
            value = value[int(index)]
    return tuple(steps), value
