"""What a result document must keep to that a schema cannot say. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from perfanalysis.errors import InputError

Document = dict[str, Any]
# A field, and what was expected there.
Breach = tuple[str, str]
# C0 and C1: the latter steer terminals as well.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def check(document: Document, where: str) -> None:
    """Check a document whose slices are lists.

    Args:
        document: valid by the schema.
        where: the file it came from, for messages.

    Raises:
        InputError: the first rule that it breaks, with the field.
    """
    for field, expected in breaches(document):
        raise InputError(where, field, expected)


def breaches(document: Document) -> Iterator[Breach]:
    """Every rule that a document breaks."""
    yield from _of_text(document, "")
    asked = [level["busy"] for level in document["levels"]]
    if asked != sorted(set(asked)):
        yield "levels", f"ascending busy levels, each once, not {asked}"
    for index, level in enumerate(document["levels"]):
        yield from _of_level(level, f"levels[{index}]")
    if (single := document.get("single")) is not None:
        yield from _of_level(single, "single")
        if document.get("single_units_per_second") != single["units_per_second"]:
            yield "single_units_per_second", "units_per_second of single"
    yield from _of_maximum(document)
    if (interval := document.get("single_interval")) is not None:
        value = document.get("single_units_per_second", math.nan)
        if not interval["lower"] <= value <= interval["upper"]:
            yield "single_units_per_second", "a value from single_interval.lower to .upper"
    yield from _of_endurance(document.get("until_steady", {}))
    if "valid" in document and document["valid"] == bool(document.get("invalid_reasons")):
        yield "valid", "true without invalid_reasons, false with at least one"


def _of_text(value: object, field: str) -> Iterator[Breach]:
    """Texts are shown on terminals, which a document of another machine must not steer."""
    if isinstance(value, str):
        if CONTROL.search(value):
            yield field, "text without control characters"
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from _of_text(entry, f"{field}[{index}]")
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield from _of_text(key, f"{field or 'the document'}: a key")
            yield from _of_text(entry, f"{field}.{key}" if field else key)


def _of_level(level: dict[str, Any], field: str) -> Iterator[Breach]:
    for prefix in ("", "mean_"):
        lower, rate, upper = (f"{prefix}{name}" for name in ("lower", "units_per_second", "upper"))
        if (lower in level) != (upper in level):
            yield field, f"both {lower} and {upper}, or none of them"
        elif lower in level and not level[lower] <= level.get(rate, math.nan) <= level[upper]:
            yield f"{field}.{rate}", f"a value from {lower} to {upper}"
    if "slices" not in level:
        return
    excluded = sum("excluded" in entry for entry in level["slices"])
    if excluded != level["slices_excluded"]:
        yield f"{field}.slices_excluded", f"{excluded}, as many as slices say that they are"


def _of_maximum(document: Document) -> Iterator[Breach]:
    full = [level for level in document["levels"] if level["busy"] == 100]
    maximum = document.get("max_units_per_second")
    if full and maximum != full[-1]["units_per_second"]:
        yield "max_units_per_second", "units_per_second of the level 100"
    if not full and maximum is not None:
        yield "max_units_per_second", "nothing, as there is no level 100"


def _of_endurance(part: dict[str, Any]) -> Iterator[Breach]:
    for prefix in ("", "burst_", "baseline_"):
        names = [f"{prefix}{name}" for name in ("lower", "units_per_second", "upper")]
        if any(name in part for name in names):
            values = [part.get(name, math.nan) for name in names]
            if not values[0] <= values[1] <= values[2]:
                yield f"until_steady.{names[1]}", f"a value from {names[0]} to {names[2]}"
    if part.get("steady") and part["baseline_units_per_second"] >= part["burst_units_per_second"]:
        yield "until_steady.baseline_units_per_second", "less than burst_units_per_second"
