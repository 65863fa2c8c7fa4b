"""Which recorded device is replayed in which folder: given one by one, or as a file of old.

The file is what the system before this one called its disk mapper: one JSON object a line with
``devicename``, ``mountpoint`` (the folder), and ``readsize`` (of the file that is read, "100M").
``siteid`` and ``host`` stand beside them and mean nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from perfanalysis import json_faults
from perfanalysis.errors import InputError

FILE_BYTES = 64 << 20
_SIZE = re.compile(r"(\d{1,12})([KMGT]?)(?:i?B)?", re.IGNORECASE)
_FACTORS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
# A partition's name is its disk's with a number, behind a "p" where the disk's ends with a digit.
_PARTITION = re.compile(r"(?P<numbered>.*\d)p\d+|(?P<disk>(?:[hsv]d|xvd)[a-z]+)\d+")


@dataclass(frozen=True)
class DiskPlace:
    """Where a device is replayed.

    Attributes:
        device: as it was recorded.
        folder: on the target; own files are made in it.
        file_bytes: of the file that is read and written.
    """

    device: str
    folder: Path
    file_bytes: int = FILE_BYTES


def parse_size(text: str) -> int | None:
    """Bytes of a size such as ``100M`` (powers of 1024); None when it is none."""
    found = _SIZE.fullmatch(text.strip())
    return int(found[1]) * _FACTORS[found[2].upper()] if found else None


def parse_line(line: bytes, where: str) -> DiskPlace:
    """One line of a map.

    Args:
        line: a JSON object.
        where: file and line, for messages.

    Raises:
        InputError: it is no entry of a map.
    """
    found = json_faults.parse(line, where, "a JSON object")
    if not isinstance(found, dict):
        raise InputError(where, "", "a JSON object", found)
    for name in ("devicename", "mountpoint"):
        if not isinstance(found.get(name), str) or not found[name]:
            raise InputError(where, name, "a text", found.get(name))
    size = found.get("readsize", str(FILE_BYTES))
    file_bytes = parse_size(size) if isinstance(size, str) else None
    if not file_bytes:
        raise InputError(where, "readsize", "a size such as 100M", size)
    return DiskPlace(found["devicename"], Path(found["mountpoint"]), file_bytes)


def read_map(path: Path) -> list[DiskPlace]:
    """A file of a map.

    Raises:
        InputError: it cannot be read, or a line is no entry.
    """
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise InputError(str(path), "", f"a readable file ({error.strerror})") from error
    places = [
        parse_line(line, f"{path}: line {number}")
        for number, line in enumerate(lines, 1)
        if line.strip()
    ]
    if not places:
        raise InputError(str(path), "", "a disk map, one JSON object a line")
    return places


def parse_given(text: str) -> DiskPlace:
    """``DEVICE=FOLDER``, as a flag has it.

    Raises:
        InputError: it is something else.
    """
    device, equals, folder = text.partition("=")
    if not equals or not device or not folder:
        raise InputError("--disk", "", "DEVICE=FOLDER", text)
    return DiskPlace(device, Path(folder))


def whole_disks(places: Iterable[DiskPlace], recorded: Iterable[str]) -> list[DiskPlace]:
    """The places whose device was recorded, without partitions of a disk that has a place, too.

    What a partition did is counted in its disk already.
    """
    named = set(recorded)
    found = {place.device: place for place in places if place.device in named}
    return [place for device, place in found.items() if disk_of(device) not in found]


def disk_of(device: str) -> str:
    """The disk of a partition; "": it is none by its name."""
    found = _PARTITION.fullmatch(device)
    return "" if found is None else found["numbered"] or found["disk"]
