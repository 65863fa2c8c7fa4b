"""What holds for every value of a document's JSON, whatever its field. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from perfanalysis.results.machine import FACTS
from perfanalysis.type_faults import LARGEST

# C0 and C1: the latter steer terminals as well.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# A text that holds one has an escape, or the character itself: as UTF-8, DEL or one of C1.
_SIGNS = re.compile(rb"\\|\x7f|\xc2[\x80-\x9f]")
# A field, and what was expected there.
Breach = tuple[str, str]


def text_breaches(tree: dict[str, Any], data: bytes | None = None) -> Iterator[Breach]:
    """Texts with control characters, which may not even stand in an error.

    Args:
        tree: a document as JSON has it.
        data: the UTF-8 that it was read from, which tells most documents quickly apart; None: it
            is not known.
    """
    if data is None or _SIGNS.search(data):
        yield from texts(tree, "")


def breaches(tree: dict[str, Any], data: bytes | None = None) -> Iterator[Breach]:
    """Nulls, and numbers beyond all reason, where the types of a document allow them.

    Args:
        tree: a document as JSON has it, which fits those types.
        data: as above.
    """
    if data is None or b"null" in data:
        yield from _nulls(tree)
    for name in ("settings", "machine"):
        if not _are_sizes(tree.get(name)):
            yield from sizes(tree.get(name), name)


def texts(value: object, field: str) -> Iterator[Breach]:
    """Texts are shown on terminals, which a document of another machine must not steer."""
    if isinstance(value, str):
        if CONTROL.search(value):
            yield field, "text without control characters"
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from texts(entry, f"{field}[{index}]")
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield from texts(key, f"{field or 'the document'}: a key")
            yield from texts(entry, f"{field}.{key}" if field else key)


def _nulls(tree: dict[str, Any]) -> Iterator[Breach]:
    """What is unknown is absent; only a verdict may be null, and what is free in form."""
    typed = {key: value for key, value in tree.items() if key != "settings"}
    if isinstance(machine := typed.get("machine"), dict):
        typed["machine"] = {key: value for key, value in machine.items() if key in FACTS}
    if isinstance(verdicts := typed.get("thresholds"), list):
        typed["thresholds"] = [
            {key: value for key, value in entry.items() if key != "passed"}
            if isinstance(entry, dict)
            else entry
            for entry in verdicts
        ]
    yield from _nulls_below(typed, "")


def _nulls_below(value: object, field: str) -> Iterator[Breach]:
    if value is None:
        yield field, "a value or no such field, not null"
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from _nulls_below(entry, f"{field}[{index}]")
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield from _nulls_below(entry, f"{field}.{key}" if field else key)


def _are_sizes(value: object) -> bool:
    """Whether ``sizes`` would find nothing; without the fields, which cost most of the time."""
    if isinstance(value, int | float):
        return abs(value) < LARGEST
    if isinstance(value, list):
        return all(map(_are_sizes, value))
    return not isinstance(value, dict) or all(map(_are_sizes, value.values()))


def sizes(value: object, field: str) -> Iterator[Breach]:
    """Numbers beyond all reason, at any depth, and what is none."""
    if isinstance(value, list):
        for index, entry in enumerate(value):
            yield from sizes(entry, f"{field}[{index}]")
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield from sizes(entry, f"{field}.{key}" if field else key)
    # NaN is below nothing.
    elif isinstance(value, int | float) and not abs(value) < LARGEST:
        yield field, f"a number below {LARGEST:g}"
