"""From the bytes of a file, or a JSON value, to a document: the only reader that there is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from msgspec import structs

from perfanalysis import json_faults, type_faults
from perfanalysis.errors import InputError
from perfanalysis.results import heads, rules, slices, values, versions
from perfanalysis.results.document import Document, Level
from perfanalysis.results.machine import parted


def read(path: Path, *, whole: bool = True) -> Document:
    """Read and check a result document.

    Args:
        path: its file.
        whole: inflate and check blocks of slices too; else they are left as they are, and no
            more is said of the document.

    Raises:
        InputError: it is missing, unreadable, no JSON, or no result document; with the field.
    """
    return parse(read_bytes(path), str(path), whole=whole)


def read_bytes(path: Path) -> bytes:
    """The content of a file.

    Raises:
        InputError: it is missing or unreadable.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(str(path), "", f"a readable file ({error.strerror})") from error


def parse(data: bytes, where: str, *, whole: bool = True) -> Document:
    """The document that some bytes hold; of any version, in the newest one.

    Args:
        data: of a file.
        where: its name, for messages.
        whole: as in ``read``.

    Raises:
        InputError: they hold none; with the field.
    """
    document = _typed(json_value(data, where), where, data, whole=whole)
    head = heads.parse(data)
    if head not in {None, (document.kernel, document.timestamp_seconds)}:
        # JSON means the last one, and whoever looks for the newest run reads the first one.
        raise InputError(where, "", "kernel and timestamp_seconds once each")
    return document


def json_value(data: bytes, where: str) -> Any:
    """The JSON value that some bytes hold.

    Raises:
        InputError: they hold none.
    """
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError) as error:
        # Python's reader says where it goes wrong, and lets NaN and Infinity in.
        json_faults.parse(data, where, "a JSON document")
        raise InputError(where, "", type_faults.NUMBERS) from error


def check(path: Path) -> int:
    """Read and check a result document.

    Returns:
        The version that its file is of.

    Raises:
        InputError: as ``read``.
    """
    data = read_bytes(path)
    parse(data, str(path))
    return versions.version_of(json_value(data, str(path)), str(path))


def from_json(tree: object, where: str) -> Document:
    """The document that a JSON value is; of any version, in the newest one.

    Raises:
        InputError: it is none; with the field.
    """
    return _typed(tree, where, None, whole=True)


def _typed(tree: object, where: str, data: bytes | None, *, whole: bool) -> Document:
    if not isinstance(tree, dict):
        raise InputError(where, "", "a JSON object", tree)
    tree = versions.upgraded(tree, where)
    rules.raise_first(values.text_breaches(tree, data), where)
    try:
        facts = tree.get("machine")
        typed = {"machine": parted(facts)} if isinstance(facts, dict) else {}
        document = msgspec.convert(tree | typed, Document)
    except msgspec.ValidationError as error:
        raise type_faults.fault(error, tree, where) from error
    rules.raise_first(values.breaches(tree, data), where)
    if whole:
        document = expanded(document, where)
    rules.raise_first(rules.breaches(document), where)
    return document


def expanded(document: Document, where: str) -> Document:
    """The same document with all slices as lists.

    Raises:
        InputError: a block of slices is damaged.
    """
    levels = tuple(
        _expanded_level(level, where, f"levels[{index}]")
        for index, level in enumerate(document.levels)
    )
    part = document.until_steady
    if part is not None:
        listed = slices.listed(part.slices, where, "until_steady.slices")
        part = structs.replace(part, slices=listed)
    return structs.replace(document, levels=levels, until_steady=part)


def _expanded_level(level: Level, where: str, field: str) -> Level:
    if level.slices is None:
        return level
    return structs.replace(level, slices=slices.listed(level.slices, where, f"{field}.slices"))
