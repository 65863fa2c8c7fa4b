"""The load test's documents, as the exporter reads them: results, and the run in progress.

Their schema is result.schema.json. Only what is shown is checked here: the
exporter's process holds no schema validator.
"""

from __future__ import annotations

import re
import sys
from typing import NamedTuple

from perfanalysis.errors import MalformedError

# The documents' keys that are shown, of each level and of the run.
LEVEL_KEYS = ("units_per_second", "lower", "upper", "busy_ratio", "steal_ratio")
RUN_KEYS = (
    "max_units_per_second",
    "single_units_per_second",
    "duration_seconds",
    "timestamp_seconds",
    "valid",
)
_KERNEL = re.compile(r"[a-z][a-z0-9_]*")
# JSON's whole numbers can be longer than what a float can hold.
LARGEST = sys.float_info.max
_OPTIONAL = {"max_units_per_second", "single_units_per_second"}
# An interval that would say nothing is withheld.
_SELDOM = {"steal_ratio", "lower", "upper"}
SCHEMA_VERSIONS = (1, 2)


class Result(NamedTuple):
    """What is shown of one result document; units as in the schema."""

    kernel: str
    info: tuple[str, str, str]
    run: dict[str, float]
    levels: dict[int, dict[str, float]]
    thresholds: dict[str, bool]


class Running(NamedTuple):
    """What is shown of the run in progress; an unknown rate is None."""

    kernel: str
    process: int
    progress_ratio: float
    live_units_per_second: float | None


def parse(data: bytes) -> Result:
    """Read a result document.

    Raises:
        MalformedError: it is no such document; the text names the field.
    """
    document = _object(data)
    if document.get("schema_version") not in SCHEMA_VERSIONS:
        raise MalformedError(f"schema_version: expected one of {SCHEMA_VERSIONS}")
    # An imported curve has no intervals, length or verdict: what is unknown is absent.
    imported = "imported" in document
    needed = {"timestamp_seconds"} if imported else set(RUN_KEYS) - _OPTIONAL
    run = {
        key: _number(document, key)
        for key in RUN_KEYS
        if key != "valid" and (key in needed or key in document)
    }
    if "valid" in needed or "valid" in document:
        run["valid"] = _truth(document, "valid")
    levels = document.get("levels")
    if not isinstance(levels, list) or not levels:
        raise MalformedError("levels: expected a list of levels")
    info = (
        _text(document, "kernel_version"),
        _text(document, "test_id"),
        _text(document, "profile"),
    )
    needed = {"units_per_second"} if imported else set(LEVEL_KEYS) - _SELDOM
    return Result(_kernel(document), info, run, _levels(levels, needed), _thresholds(document))


def parse_running(data: bytes) -> Running:
    """Read the document of a run in progress.

    Raises:
        MalformedError: it is no such document; the text names the field.
    """
    document = _object(data)
    process = document.get("pid")
    if not isinstance(process, int) or isinstance(process, bool) or process <= 0:
        raise MalformedError("pid: expected a process number")
    progress = _number(document, "progress_ratio")
    live = document.get("live_units_per_second")
    rate = None if live is None else _number(document, "live_units_per_second")
    return Running(_kernel(document), process, progress, rate)


def _object(data: bytes) -> dict[str, object]:
    # Where there are no load tests, nobody has a use for it.
    import json

    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        from perfanalysis.json_faults import reason

        said = reason(error, data)
        raise MalformedError(f"expected a JSON document ({said})") from error
    if not isinstance(document, dict):
        raise MalformedError("expected a JSON object")
    return document


def _number(document: dict[str, object], key: str) -> float:
    value = document.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LARGEST:
        raise MalformedError(f"{key}: expected a number of at least 0")
    return value


def _truth(document: dict[str, object], key: str) -> int:
    value = document.get(key)
    if not isinstance(value, bool):
        raise MalformedError(f"{key}: expected true or false")
    return int(value)


def _text(document: dict[str, object], key: str) -> str:
    value = document.get(key)
    if not isinstance(value, str) or not value:
        raise MalformedError(f"{key}: expected text")
    return value


def _kernel(document: dict[str, object]) -> str:
    kernel = _text(document, "kernel")
    if not _KERNEL.fullmatch(kernel):
        raise MalformedError("kernel: expected a name of small letters, digits and _")
    return kernel


def _levels(entries: list[object], needed: set[str]) -> dict[int, dict[str, float]]:
    levels: dict[int, dict[str, float]] = {}
    for i, entry in enumerate(entries):
        if not isinstance(entry, dict):
            raise MalformedError(f"levels[{i}]: expected an object")
        busy = entry.get("busy")
        if not isinstance(busy, int) or isinstance(busy, bool) or not 1 <= busy <= 100:
            raise MalformedError(f"levels[{i}].busy: expected a whole number from 1 to 100")
        if busy in levels:
            raise MalformedError(f"levels[{i}].busy: expected each level once")
        try:
            levels[busy] = {
                key: _number(entry, key) for key in LEVEL_KEYS if key in needed or key in entry
            }
        except MalformedError as error:
            raise MalformedError(f"levels[{i}].{error}") from error
    return dict(sorted(levels.items()))


def _thresholds(document: dict[str, object]) -> dict[str, bool]:
    entries = document.get("thresholds", [])
    if not isinstance(entries, list):
        raise MalformedError("thresholds: expected a list")
    verdicts = {}
    for i, entry in enumerate(entries):
        name = entry.get("name") if isinstance(entry, dict) else None
        passed = entry.get("passed") if isinstance(entry, dict) else None
        if not isinstance(name, str) or not isinstance(passed, bool | None):
            raise MalformedError(f"thresholds[{i}]: expected a name and a verdict")
        if passed is not None:
            verdicts[name] = passed
    return verdicts
