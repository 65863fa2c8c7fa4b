"""From a document to its bytes: made once, held against everything that is read, and then used.

What is written to a disk is what receivers get.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from msgspec import structs

from perfanalysis import type_faults
from perfanalysis.atomic_write import write_atomically
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.results import reading, slices
from perfanalysis.results.document import Block, Document, Level, Slice
from perfanalysis.results.machine import Machine

# With more slices than this they are written as blocks: a usual run stays readable with any tool.
MOST_LISTED = 1000


class Encoded(NamedTuple):
    """A valid document and the bytes of its file; ``encode`` and ``read`` make it."""

    document: Document
    data: bytes


def encode(document: Document, where: str = "") -> Encoded:
    """A document and its bytes.

    Args:
        document: what is to be written or sent.
        where: what it is from, for messages; empty: its id.

    Raises:
        InputError: it breaks a rule, or its types; with the field.
    """
    where = where or document.test_id
    try:
        text = json.dumps(as_json(packed(document)), indent=1, allow_nan=False)
    except ValueError as error:
        raise InputError(where, "", type_faults.NUMBERS) from error
    data = text.encode() + b"\n"
    reading.parse(data, where)
    return Encoded(document, data)


def read(path: Path) -> Encoded:
    """A document and the bytes of the file that it stands in.

    Raises:
        InputError: the file holds none; with the field.
    """
    data = reading.read_bytes(path)
    return Encoded(reading.parse(data, str(path)), data)


def write(path: Path, encoded: Encoded) -> None:
    """Write a document: wholly, or not at all.

    Raises:
        PerfAnalysisError: the file cannot be written.
    """
    try:
        write_atomically(path, encoded.data)
    except OSError as error:
        raise PerfAnalysisError(f"{path}: cannot be written: {error.strerror}") from error


def as_json(document: Document) -> dict[str, Any]:
    """The document as JSON has it; what is unknown is absent."""
    tree: dict[str, Any] = _with_lists(msgspec.to_builtins(document))
    # The version has a default, and is said all the same.
    version = {"schema_version": document.schema_version}
    return version | tree | {"machine": facts(document.machine)}


def facts(machine: Machine) -> dict[str, Any]:
    """The known facts of a machine as JSON has them, in the order in which they are shown."""
    known: dict[str, Any] = _with_lists(msgspec.to_builtins(machine))
    others: dict[str, Any] = known.pop("others", {})
    return known | others


def _with_lists(value: Any) -> Any:
    """The same value with lists for tuples, as JSON's readers have them."""
    if isinstance(value, dict):
        return {key: _with_lists(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_with_lists(entry) for entry in value]
    return value


def packed(document: Document) -> Document:
    """The same document as it is written: many slices are blocks instead of lists."""
    alone = () if document.single is None else (document.single,)
    part, sustained = document.until_steady, document.sustained
    ladder = document.ladder or ()
    parts = [level.slices for level in (*document.levels, *ladder, *alone)]
    parts += [entry.slices for entry in (part, sustained) if entry is not None]
    if sum(len(part) for part in parts if isinstance(part, tuple)) <= MOST_LISTED:
        return document
    if part is not None:
        part = structs.replace(part, slices=_block(part.slices))
    if sustained is not None:
        sustained = structs.replace(sustained, slices=_block(sustained.slices))
    return structs.replace(
        document,
        levels=tuple(_packed(level) for level in document.levels),
        ladder=tuple(_packed(level) for level in ladder) or None,
        single=None if document.single is None else _packed(document.single),
        until_steady=part,
        sustained=sustained,
    )


def _packed(level: Level) -> Level:
    return level if level.slices is None else structs.replace(level, slices=_block(level.slices))


def _block(listed: tuple[Slice, ...] | Block) -> Block:
    return listed if isinstance(listed, Block) else slices.pack(listed)
