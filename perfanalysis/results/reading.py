"""From the bytes of a file, or a JSON value, to a document: the only reader that there is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
from msgspec import structs

from perfanalysis import json_faults, type_faults
from perfanalysis.errors import InputError
from perfanalysis.results import heads, rules, slices, values, versions
from perfanalysis.results.document import Document, Level
from perfanalysis.results.machine import parted

TOO_DEEP = "a JSON document (it is nested too deep)"


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
    return parse_with_value(data, where, whole=whole)[0]


def parse_with_value(data: bytes, where: str, *, whole: bool = True) -> tuple[Document, Any]:
    """The same, and the JSON value that the bytes hold, as they have it.

    Raises:
        InputError: as ``parse``.
    """
    plain: bytes | None = data
    try:
        tree = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError):
        tree, plain = _with_pythons_reader(data, where), None
    document = _typed(tree, where, plain, whole=whole)
    head = heads.parse(data)
    same = (document.kernel, document.timestamp_seconds, document.valid)
    if head is not None and head not in {same, (*same[:2], None)}:
        # JSON means the last one, and whoever looks for the newest run reads the first one.
        raise InputError(where, "", "kernel, timestamp_seconds and valid once each")
    return document, tree


def json_value(data: bytes, where: str) -> Any:
    """The JSON value that some bytes hold.

    Raises:
        InputError: they hold none.
    """
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError):
        return _with_pythons_reader(data, where)


def _with_pythons_reader(data: bytes, where: str) -> Any:
    """The same by a reader that says where it goes wrong, and knows marks of byte order and UTF-16.

    It lets NaN, Infinity and halves of characters in, which JSON does not have.
    """
    tree = json_faults.parse(data, where, "a JSON document")
    try:
        for field, _ in values.sizes(tree, ""):
            raise InputError(where, field, type_faults.NUMBERS)
        json.dumps(tree, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        expected = "a JSON document (half of a character stands in it)"
        raise InputError(where, "", expected) from error
    except RecursionError as error:
        raise InputError(where, "", TOO_DEEP) from error
    return tree


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


def _typed(tree: object, where: str, plain: bytes | None, *, whole: bool) -> Document:
    """The document that a JSON value is; ``plain``: the UTF-8 that it stands in, where it does."""
    if not isinstance(tree, dict):
        raise InputError(where, "", "a JSON object", tree)
    tree = versions.upgraded(tree, where)
    try:
        rules.raise_first(values.text_breaches(tree, plain), where)
        document = _converted(tree, where)
        rules.raise_first(values.breaches(tree, plain), where)
    except RecursionError as error:
        raise InputError(where, "", TOO_DEEP) from error
    if whole:
        document = expanded(document, where)
    rules.raise_first(rules.breaches(document), where)
    return document


def _converted(tree: dict[str, Any], where: str) -> Document:
    facts = tree.get("machine")
    typed = {"machine": parted(facts)} if isinstance(facts, dict) else {}
    try:
        return msgspec.convert(tree | typed, Document)
    except msgspec.ValidationError as error:
        raise type_faults.fault(error, tree, where) from error


def expanded(document: Document, where: str) -> Document:
    """The same document with all slices as lists.

    Raises:
        InputError: a block of slices is damaged.
    """
    levels, ladder = (
        tuple(_expanded_level(level, where, f"{n}[{i}]") for i, level in enumerate(part))
        for n, part in (("levels", document.levels), ("ladder", document.ladder or ()))
    )
    single, part, sustained = document.single, document.until_steady, document.sustained
    if single is not None:
        single = _expanded_level(single, where, "single")
    if part is not None:
        listed = slices.listed(part.slices, where, "until_steady.slices")
        part = structs.replace(part, slices=listed)
    if sustained is not None:
        listed = slices.listed(sustained.slices, where, "sustained.slices")
        sustained = structs.replace(sustained, slices=listed)
    found = structs.replace(document, levels=levels, single=single, until_steady=part)
    return structs.replace(found, ladder=ladder or None, sustained=sustained)


def _expanded_level(level: Level, where: str, field: str) -> Level:
    if level.slices is None:
        return level
    return structs.replace(level, slices=slices.listed(level.slices, where, f"{field}.slices"))
