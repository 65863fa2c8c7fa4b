"""The document of a bridging run: the work of two versions of a kernel, measured in turns.

Where a kernel's machine code changes, so does its version, and results of both are no longer
comparable. On one machine, runs of both in turns say how much work of the new unit a machine does
where it does one of the old: a ratio with its interval. It holds for machines with the same model
of CPU, at full load.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from perfanalysis import type_faults
from perfanalysis.atomic_write import write_atomically
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.results import reading
from perfanalysis.results.document import Build
from perfanalysis.results.machine import Machine
from perfanalysis.results.numbers import Amount, Rate

# Below the state folder.
BRIDGES = "bridges"
LEAST_TURNS = 3


class Version(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What ran on one side: its kernel's version, and how that was built."""

    kernel_version: str
    perfanalysis: str
    build: Build


class Turn(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Work units per second at full load of a run of each, one after the other."""

    old: Rate
    new: Rate
    old_first: bool
    old_test_id: str
    new_test_id: str


class BridgeDocument(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A bridging run.

    Attributes:
        bridge_version: of this form.
        bridge_id: its name.
        kernel: whose versions they are.
        timestamp_seconds: when it ended, seconds since 1970.
        machine: which it was measured on.
        old, new: what ran.
        turns: what each found.
        ratio, lower, upper: of new to old rates, with its 95 % interval; readers make them anew
            from the turns.
    """

    bridge_version: Annotated[int, Meta(ge=1, le=1)] = 1
    bridge_id: str
    kernel: str
    timestamp_seconds: Amount
    machine: Machine
    old: Version
    new: Version
    turns: Annotated[tuple[Turn, ...], Meta(min_length=LEAST_TURNS)]
    ratio: Rate
    lower: Rate
    upper: Rate


def as_json(document: BridgeDocument) -> dict[str, object]:
    """The document as JSON has it; what is unknown is absent."""
    made: dict[str, object] = json.loads(msgspec.json.encode(document))
    machine = made["machine"]
    assert isinstance(machine, dict)
    made["machine"] = {key: value for key, value in machine.items() if value is not None}
    return made


def write(path: Path, document: BridgeDocument) -> None:
    """Write it to a file, whose folder is made.

    Raises:
        PerfAnalysisError: it cannot be written.
    """
    data = json.dumps(as_json(document), indent=1).encode() + b"\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, data)
    except OSError as error:
        raise PerfAnalysisError(f"{path}: cannot be written: {error.strerror}") from error


def read(path: Path) -> list[BridgeDocument]:
    """The bridging runs of a file, or of all files of a folder.

    Raises:
        InputError: it cannot be read, or holds something else.
    """
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not files:
        raise InputError(str(path), "", "a bridging run, as `loadtest bridge` writes it")
    return [_read(file) for file in files]


def _read(path: Path) -> BridgeDocument:
    where = str(path)
    tree = reading.json_value(reading.read_bytes(path), where)
    if not isinstance(tree, dict) or "bridge_id" not in tree:
        raise InputError(where, "", "a bridging run, as `loadtest bridge` writes it")
    try:
        return msgspec.convert(tree, BridgeDocument)
    except msgspec.ValidationError as error:
        raise type_faults.fault(error, tree, where) from error
