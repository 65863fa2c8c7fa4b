"""What one container's groups say, as series and values; the files of both versions.

The formats are those of the kernel's documents admin-guide/cgroup-v2.rst, accounting/psi.rst and
admin-guide/cgroup-v1/. Files are opened at each scrape: keeping a dozen open for each of hundreds
of containers would exceed the 1024 that a process usually may have.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Mapping
from typing import NamedTuple

from exporter.collecting import CollectorError
from exporter.collectors.cgroup import families
from exporter.native._numbers import ffi, lib
from exporter.sources.tokens import check_counters, shown
from exporter.sources.words import Words
from perfanalysis.exposition.families import Family
from perfanalysis.machines.cpu_quota import CpuQuota

_SIZE = 16384
_PAGE = 4096
# All files of a group together; the longest, memory.stat, is 2 KB.
_ROOM = 65536
# The same file has other words with another set of controllers.
_MOST_KNOWN = 4


class ContainerSeries(NamedTuple):
    """A series of a container: its family, the labels behind ``id`` and ``name``, the suffix."""

    family: Family
    labels: tuple[str, ...] = ()
    suffix: bytes = b""


# A list, since hashing a series at each scrape would cost more than reading it.
Readings = list[tuple[ContainerSeries, bytes]]
# The labels ``id`` and ``name`` of a container or pod, and its readings.
Shown = tuple[tuple[str, str], Readings]
DeviceName = Callable[[bytes], str]


def read(folder: str, name: str) -> bytes | None:
    """The whole of a group's file; None where there is none, or it is turned off.

    Raises:
        OSError: it cannot be read for another reason; ENODEV when the group has just gone.
    """
    try:
        descriptor = os.open(f"{folder}/{name}", os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        data = os.read(descriptor, _SIZE)
        # The kernel hands over a page at a time, so less than one is the whole file.
        if len(data) < _PAGE // 2:
            return data
        parts = [data]
        while data := os.read(descriptor, _SIZE):
            parts.append(data)
        return b"".join(parts)
    except OSError as error:
        # PSI is compiled in but turned off, at boot or for this group.
        if error.errno == errno.EOPNOTSUPP:
            return None
        raise
    finally:
        os.close(descriptor)


class GroupFiles:
    """Files of a group that are read together, in a third of the time that each by itself takes.

    Args:
        names: what they are called in the group's folder.
    """

    def __init__(self, *names: str) -> None:
        self._names = names
        self._joined = b"".join(name.encode() + b"\0" for name in names)
        self._room = ffi.new("char[]", _ROOM)
        self._lengths = ffi.new("int64_t[]", len(names))

    def read(self, folder: str) -> dict[str, bytes | None]:
        """The whole of each file, by its name; see ``read``.

        Raises:
            OSError: see ``read``.
        """
        opened = lib.read_files(
            os.fsencode(folder), self._joined, len(self._names), self._room, _ROOM, self._lengths
        )
        if opened < 0:
            if -opened == errno.ENOENT:
                return dict.fromkeys(self._names)
            raise OSError(-opened, os.strerror(-opened), folder)
        lengths = list(self._lengths)
        data = ffi.buffer(self._room, sum(length for length in lengths if length > 0))[:]
        files: dict[str, bytes | None] = {}
        start = 0
        for name, length in zip(self._names, lengths, strict=True):
            if length >= 0:
                files[name] = data[start : start + length]
                start += length
            elif length == -errno.ENOENT:
                files[name] = None
            else:
                # Again, for the reason, or since it was too long.
                files[name] = read(folder, name)
        return files


class Pairs:
    """Some of the numbers in a file of lines ``name number``, as ``cpu.stat`` and its kind are.

    Args:
        names: whose numbers are wanted.
    """

    def __init__(self, *names: bytes) -> None:
        self._wanted = frozenset(names)
        self._known: list[tuple[Words, list[bytes]]] = []

    def __call__(self, data: bytes, source: str) -> dict[bytes, bytes]:
        """The numbers of those names that there are.

        Raises:
            CollectorError: see ``parse_pairs``.
        """
        for words, names in self._known:
            if (numbers := words.numbers(data)) is not None:
                return dict(zip(names, numbers, strict=True))
        pairs = parse_pairs(data, source)
        names = [name for name in pairs if name in self._wanted]
        if names and len(self._known) < _MOST_KNOWN:
            order = data.split()[0::2]
            words = Words(data, [(2 * order.index(name) + 1, 1) for name in names])
            self._known.append((words, names))
        return {name: pairs[name] for name in names}


def parse_pairs(data: bytes, source: str) -> dict[bytes, bytes]:
    """The lines ``name number`` of ``cpu.stat``, ``memory.stat`` and their kind.

    Raises:
        CollectorError: a line is none of them.
    """
    tokens = data.split()
    names, numbers = tokens[0::2], tokens[1::2]
    if len(names) != len(numbers) or data.count(b"\n") != len(names):
        raise CollectorError(f"{source}: expected lines 'name number', found {shown(data)}")
    check_counters(numbers, source)
    return dict(zip(names, numbers, strict=True))


def parse_number(data: bytes, source: str) -> bytes | None:
    """The number of a file that holds one; None for ``max``, which is none.

    Raises:
        CollectorError: it holds something else.
    """
    token = data.strip()
    if token == b"max":
        return None
    check_counters([token], source)
    return token


def pick(numbers: Mapping[bytes, bytes], wanted: Mapping[bytes, ContainerSeries]) -> Readings:
    """The series of those names that there are."""
    return [(series, numbers[name]) for name, series in wanted.items() if name in numbers]


def quota_readings(limit: CpuQuota) -> Readings:
    """The series of a CPU quota; without one its period alone, as cAdvisor has it."""
    readings: Readings = [(ContainerSeries(families.SPEC_PERIOD), b"%d" % limit.period)]
    if limit.quota is not None:
        readings.append((ContainerSeries(families.SPEC_QUOTA), b"%d" % limit.quota))
    return readings
