"""A level's slices as they stand in a document: a list, or one compressed block. Pure.

A long run has tens of thousands of slices. They are kept, all of them, as columns: one JSON object
of lists, deflated (RFC 1950) and in base64::

    {"encoding": "columns+zlib+base64", "count": 2, "data": "eJyr..."}
    {"duration_seconds": [0.05, 0.05], "units": [67.0, 66.8], "excluded": [null, ["steal"]]}

A column that no slice has is absent; a slice without that value has null in it.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import zlib
from collections.abc import Sequence

import msgspec

from perfanalysis import type_faults
from perfanalysis.errors import InputError
from perfanalysis.results import values
from perfanalysis.results.document import Block, Slice

ENCODING = "columns+zlib+base64"
NEEDED = ("duration_seconds", "units")
COLUMNS = Slice.__struct_fields__
# A block that grows beyond this was not written by a load test: a day's slices take 100 MB.
MOST_BYTES = 256 << 20


def pack(slices: Sequence[Slice]) -> Block:
    """The block that holds some slices."""
    every = {name: [getattr(entry, name) for entry in slices] for name in COLUMNS}
    columns = {name: column for name, column in every.items() if any(v is not None for v in column)}
    text = json.dumps(columns, separators=(",", ":"), allow_nan=False)
    data = base64.b64encode(zlib.compress(text.encode(), 9)).decode()
    return Block(encoding=ENCODING, count=len(slices), data=data)


def count(slices: tuple[Slice, ...] | Block) -> int:
    """How many they are, whichever way they stand there."""
    return slices.count if isinstance(slices, Block) else len(slices)


def listed(slices: tuple[Slice, ...] | Block, where: str, field: str) -> tuple[Slice, ...]:
    """The slices themselves, whichever way they stand there.

    Args:
        slices: of a level.
        where: their file, for messages.
        field: their place in the file, for messages.

    Raises:
        InputError: a block is damaged, or holds other slices than it says.
    """
    return unpack(slices, where, field) if isinstance(slices, Block) else slices


def unpack(block: Block, where: str, field: str) -> tuple[Slice, ...]:
    """The slices of a block.

    Args:
        block: of a document.
        where: its file, for messages.
        field: its place in the file, for messages.

    Raises:
        InputError: the block is damaged, or holds other slices than it says.
    """
    if block.encoding != ENCODING:
        raise InputError(where, f"{field}.encoding", ENCODING, block.encoding)
    try:
        inflater = zlib.decompressobj()
        text = inflater.decompress(base64.b64decode(block.data, validate=True), MOST_BYTES)
        columns = json.loads(text) if inflater.eof else None
    except (binascii.Error, zlib.error, ValueError, RecursionError) as error:
        raise InputError(where, f"{field}.data", f"base64 of deflated JSON ({error})") from error
    if not isinstance(columns, dict):
        raise InputError(where, f"{field}.data", f"an object of columns below {MOST_BYTES} bytes")
    for name, column in columns.items():
        _check(name, column, block.count, where, f"{field}.data.{name}")
    for name in NEEDED:
        if name not in columns:
            raise InputError(where, f"{field}.data.{name}", "a column of numbers, which is missing")
    rows = [
        {name: value for name, value in zip(columns, row, strict=True) if value is not None}
        for row in zip(*columns.values(), strict=True)
    ]
    try:
        return msgspec.convert(rows, tuple[Slice, ...])
    except msgspec.ValidationError as error:
        raise type_faults.fault(error, rows, where, f"{field}.data") from error


def _check(name: str, column: object, count: int, where: str, field: str) -> None:
    if name not in COLUMNS:
        raise InputError(where, field, f"one of the columns {', '.join(COLUMNS)}", name)
    if not isinstance(column, list) or len(column) != count:
        raise InputError(where, field, f"a list of {count} values")
    right = _is_reasons if name == "excluded" else _is_number
    for index, value in enumerate(column):
        if value is None and name not in NEEDED:
            continue
        if not right(value) or (name == "duration_seconds" and value == 0):
            expected = "reasons" if name == "excluded" else "a number of at least 0"
            raise InputError(where, f"{field}[{index}]", expected, value)


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 <= value < math.inf


def _is_reasons(value: object) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(v, str) and not values.CONTROL.search(v) for v in value)
    )
