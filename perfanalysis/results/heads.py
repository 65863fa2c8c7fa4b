"""When a document's run ended, of which kernel and whether valid, from its file's first lines.

``TEST_ID.json`` begins with what tells runs apart, so that the newest among ten thousand files is
found without decoding them. The name of a file, and the times that its folder keeps, say nothing:
files are copied, renamed and touched. A file that begins with something else is decoded as far as
needed.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

BYTES = 1024
_VALUE = (
    rb'"(?:[^"\\\x00-\x1f])*"|-?[0-9]{1,30}(?:\.[0-9]{1,30})?(?:[eE][-+]?[0-9]{1,3})?|true|false'
)
_MEMBER = rb'\s*"([a-z_]+)"\s*:\s*(' + _VALUE + rb")\s*,"
# The members that stand before the first one that is a list or an object.
_PLAIN = re.compile(rb"\s*\{((?:" + re.sub(rb"\((?!\?)", rb"(?:", _MEMBER) + rb")+)")
_EACH = re.compile(_MEMBER)


class Head(NamedTuple):
    """What tells a run from others: its kernel, its end in seconds since 1970, and whether valid.

    ``valid`` is None where the document does not say it, as another program's curve.
    """

    kernel: str
    ended: float
    valid: bool | None = None


class _Wanted(msgspec.Struct):
    kernel: str
    timestamp_seconds: float
    valid: bool | None = None


def parse(data: bytes) -> Head | None:
    """The head that a file's first bytes hold; None: they hold none, or not all of it."""
    found = _PLAIN.match(data)
    if found is None:
        return None
    members = dict(_EACH.findall(found[1]))
    kernel, ended = members.get(b"kernel", b""), members.get(b"timestamp_seconds", b"")
    if kernel[:1] != b'"' or ended[:1] in {b'"', b"t", b"f", b""}:
        return None
    valid = {b"true": True, b"false": False}.get(members.get(b"valid", b""))
    return Head(kernel[1:-1].decode("utf-8", "replace"), float(ended), valid)


def read(path: str) -> Head | None:
    """The head of a file; None when it holds none.

    Raises:
        OSError: it cannot be read.
    """
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        head = parse(os.read(file, BYTES))
    finally:
        os.close(file)
    if head is not None:
        return head
    return _of_whole(Path(path).read_bytes())


def _of_whole(data: bytes) -> Head | None:
    try:
        wanted = msgspec.json.decode(data, type=_Wanted)
    except (msgspec.DecodeError, RecursionError):
        try:
            # Python's reader knows marks of byte order, and UTF-16.
            wanted = msgspec.convert(json.loads(data), _Wanted)
        except (ValueError, RecursionError):
            return None
    return Head(wanted.kernel, wanted.timestamp_seconds, wanted.valid)


def names(folder: str) -> list[str]:
    """The files of a folder that may be documents, sorted.

    Raises:
        OSError: it cannot be read.
    """
    found = os.listdir(folder)  # noqa: PTH208 - names alone, of thousands
    return sorted(name for name in found if name.endswith(".json") and name[0] != ".")


def of_folder(folder: str) -> Iterator[tuple[str, Head]]:
    """The names of the files of a folder that have a head, and their heads.

    Raises:
        OSError: the folder cannot be read.
    """
    for name in names(folder):
        try:
            head = read(f"{folder}/{name}")
        except OSError:
            continue
        if head is not None:
            yield name, head
