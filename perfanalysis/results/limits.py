"""What a machine's disk or network was measured to do: a document, and its view as series.

``loadtest disk`` and ``loadtest network`` write it; a file of candidates names it (``limits``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import msgspec

from perfanalysis import type_faults
from perfanalysis.errors import InputError
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import TEXT, VaryingSeries, render_page

Amount = Annotated[float, msgspec.Meta(gt=0)]
_NAMES = ("disk_bytes_per_second", "disk_operations_per_second", "network_bytes_per_second")


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What was measured; what was not is None.

    Attributes:
        tool: and its version, such as ``fio-3.33``.
        timestamp_seconds: when it ended, Unix time.
        disk_bytes_per_second: large blocks in order; the lesser of reading and writing.
        disk_operations_per_second: of 4 KiB at random places; the lesser of reading and writing.
        network_bytes_per_second: over TCP; the lesser of both ways.
        details: each single figure, by its name.
        machine: "" when unknown.
    """

    tool: str
    timestamp_seconds: float
    details: dict[str, float]
    machine: str = ""
    disk_bytes_per_second: Amount | None = None
    disk_operations_per_second: Amount | None = None
    network_bytes_per_second: Amount | None = None


FAMILIES = {
    name: Family(
        f"perf_limit_{name}",
        "gauge",
        f"{text}, as it was measured on request.",
        unit="bytes" if "bytes" in name else "",
        source="loadtest disk, loadtest network",
    )
    for name, text in zip(
        _NAMES,
        (
            "What a disk does a second in large blocks, the lesser of reading and writing",
            "Operations of 4 KiB at random places a second, the lesser of reading and writing",
            "What the network carries a second over TCP, the lesser of both ways",
        ),
        strict=True,
    )
}


def as_json(found: Limits) -> bytes:
    """The document; what is unknown is absent."""
    every = msgspec.to_builtins(found).items()
    values = {name: value for name, value in every if value is not None}
    return msgspec.json.format(msgspec.json.encode(values), indent=1) + b"\n"


def read(path: Path) -> Limits:
    """A document.

    Raises:
        InputError: it is missing, or none.
    """
    try:
        tree: Any = msgspec.json.decode(path.read_bytes())
    except OSError as error:
        raise InputError(str(path), "", f"a readable file ({error.strerror})") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(str(path), "", f"JSON ({error})") from error
    try:
        return msgspec.convert(tree, Limits)
    except msgspec.ValidationError as error:
        raise type_faults.fault(error, tree, str(path)) from error


def as_text(found: Limits) -> bytes:
    """Its series in the text format, for a collector of text files."""
    values = {name: getattr(found, name) for name in _NAMES}
    pairs = [
        (Series(FAMILIES[name]), repr(float(value)).encode())
        for name, value in values.items()
        if value is not None
    ]
    return render_page([VaryingSeries().block(pairs)], TEXT)
