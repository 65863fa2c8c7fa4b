"""The result document: checked against its schema and its rules, read and written whole.

In memory a level's slices are a list; in a file of a long run they are one block (slices.py).
"""

from __future__ import annotations

import datetime
import json
import platform
import secrets
from collections.abc import Callable
from functools import cache
from importlib import metadata, resources
from pathlib import Path
from typing import Any

import jsonschema

from perfanalysis import __version__, json_faults
from perfanalysis.atomic_write import write_atomically
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.results import rules, slices

# Version 2 can hold slices as a block and curves without intervals; version 1 is still read.
SCHEMA_VERSION = 2
# With more slices than this they are written as blocks: a usual run stays readable with any tool.
MOST_LISTED = 1000
# What has slices beside the levels.
ALONE = ("single", "until_steady")
LARGEST = 1e300
Document = dict[str, Any]


@cache
def validator() -> jsonschema.Draft202012Validator:
    """The checker of the result schema, ``perfanalysis/results/result.schema.json``."""
    text = resources.files("perfanalysis.results").joinpath("result.schema.json").read_text()
    return jsonschema.Draft202012Validator(json.loads(text))


def validate(document: object, where: str) -> Document:
    """Check a document against the schema, and the rules that a schema cannot say.

    Args:
        document: any JSON value.
        where: the file it came from, for messages.

    Raises:
        InputError: what is wrong first, with the path of the field.
    """
    # The error nearest to the root explains the others.
    error = min(validator().iter_errors(document), key=lambda e: len(e.path), default=None)
    if error is not None:
        raise _misfit(error, where)
    assert isinstance(document, dict)
    if not _has_usable_numbers(document):
        raise InputError(where, "", "numbers as JSON has them, below 1e300")
    rules.check(expanded(document, where), where)
    return document


def _misfit(error: jsonschema.ValidationError, where: str) -> InputError:
    field = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in error.path).lstrip(".")
    if error.validator == "type":
        return InputError(where, field, f"a JSON {error.validator_value}", error.instance)
    return InputError(where, field, f"a valid value: {error.message[:200]}")


def _has_usable_numbers(value: object) -> bool:
    """Whether there is no NaN and no Infinity, which Python's reader lets in, and nothing larger
    than floating point has."""
    if isinstance(value, dict):
        return all(_has_usable_numbers(entry) for entry in value.values())
    if isinstance(value, list):
        return all(_has_usable_numbers(entry) for entry in value)
    # NaN is below nothing.
    return not isinstance(value, int | float) or abs(value) < LARGEST


def expanded(document: Document, where: str) -> Document:
    """The same document with every level's slices as a list.

    Raises:
        InputError: a block of slices is damaged.
    """

    def expand(part: Document, field: str) -> Document:
        if not isinstance(part.get("slices"), dict):
            return part
        return part | {"slices": slices.unpack(part["slices"], where, f"{field}.slices")}

    return _each_part(document, expand)


def packed(document: Document) -> Document:
    """The same document as it is written: many slices are blocks instead of lists."""
    count = sum(len(part.get("slices", ())) for part in _parts(document))
    if count <= MOST_LISTED:
        return document
    return _each_part(
        document,
        lambda part, _: (
            part | {"slices": slices.pack(part["slices"])} if "slices" in part else part
        ),
    )


def _parts(document: Document) -> list[Document]:
    """What has slices."""
    return [*document["levels"], *(document[name] for name in ALONE if name in document)]


def _each_part(document: Document, change: Callable[[Document, str], Document]) -> Document:
    levels = [change(level, f"levels[{index}]") for index, level in enumerate(document["levels"])]
    rest = {name: change(document[name], name) for name in ALONE if name in document}
    return document | {"levels": levels} | rest


def read(path: Path) -> Document:
    """Read and check a result document.

    Raises:
        InputError: it is missing, unreadable, no JSON, or does not follow the schema.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(str(path), "", f"a readable file ({error.strerror})") from error
    content = json_faults.parse(data, str(path), "a JSON document")
    return expanded(validate(content, str(path)), str(path))


def encode(document: Document) -> bytes:
    """The bytes of a document's file.

    Raises:
        InputError: the document does not follow the schema.
    """
    stored = packed(document) if isinstance(document.get("levels"), list) else document
    validate(stored, document.get("test_id", "result document"))
    return json.dumps(stored, indent=1, allow_nan=False).encode() + b"\n"


def write(path: Path, document: Document) -> None:
    """Write a document: wholly, or not at all.

    Raises:
        InputError: the document does not follow the schema.
        PerfAnalysisError: the file cannot be written.
    """
    data = encode(document)
    try:
        write_atomically(path, data)
    except OSError as error:
        raise PerfAnalysisError(f"{path}: cannot be written: {error.strerror}") from error


def new_test_id(kernel: str, when: float) -> str:
    """A name for a run, such as ``20261123T201500Z-rmw-1a2b3c4d``.

    Args:
        kernel: the kernel's name.
        when: its start, seconds since 1970.
    """
    moment = datetime.datetime.fromtimestamp(when, datetime.UTC)
    return f"{moment:%Y%m%dT%H%M%SZ}-{kernel}-{secrets.token_hex(4)}"


def software() -> dict[str, str]:
    """Versions of what took part in the measurement."""
    found = {
        "perfanalysis": __version__,
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "libc": " ".join(platform.libc_ver()),
        "cffi": metadata.version("cffi"),
    }
    return {name: version for name, version in found.items() if version.strip()}
