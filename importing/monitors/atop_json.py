"""``atop -J``: a line of JSON a sample. Memory is told in bytes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from importing.intervals import ToldInterval
from importing.monitors.atop import CPU_MODES, AtopSample, told
from importing.monitors.file import MonitorFile, number
from perfanalysis import json_faults
from perfanalysis.errors import InputError

NAME = "atop -J"
EXPECTED = "a line of `atop -J`: an object with timestamp and elapsed"
_ALONE = ("MEM", "SWP", "CPL", "PAG", "PSI")
# Those that no number of PSI and memory is: whether there is any, and -1 pages for unknown.
_NO_NUMBERS = ("psi", "vmwballoon")
# A json.c that prints pages under the same words is about, too. Bytes are multiples of this.
_MEMORY = ("physmem", "freemem", "cachemem", "buffermem", "slabmem")
_SMALLEST_PAGE = 4096
# Seconds by which times, which are whole, may be off.
_SLACK = 1


def read(file: MonitorFile) -> Iterator[ToldInterval]:
    """The intervals of a file.

    Raises:
        InputError: it holds no sample.
    """
    before: float | None = None
    in_pages = False
    for line_number, line in file.lines():
        place = f"line {line_number}"
        try:
            sample = _sample(line, place, file, before)
        except InputError as error:
            file.leave_out(error)
            continue
        if sample.in_pages and not in_pages:
            in_pages = True
            file.say(f"{file.at(place)}: MEM and SWP are told in pages of unknown size: left out")
        before = sample.time
        yield told(sample, file)
    if before is None:
        raise file.nothing(EXPECTED)


def _sample(line: str, place: str, file: MonitorFile, before: float | None) -> AtopSample:
    where = file.at(place)
    found = json_faults.parse(line.encode(), where, EXPECTED)
    if not isinstance(found, dict):
        raise InputError(where, "", EXPECTED, found)
    time = number(found.get("timestamp"), where, "timestamp")
    seconds = number(found.get("elapsed"), where, "elapsed")
    # Nothing says which samples are since boot: the first one, and those after atop's restart.
    since_boot = before is None or seconds > time - before + _SLACK
    sample = AtopSample(time, place, seconds, since_boot)
    for part in _ALONE:
        row = _object(found.get(part, {}), where, part)
        sample.alone |= _numbers(row, where, part, tuple(_object(row, where, part)))
    if any(sample.alone.get(word, 0) % _SMALLEST_PAGE for word in _MEMORY):
        sample.in_pages = True
        for word in {**found.get("MEM", {}), **found.get("SWP", {})}:
            sample.alone.pop(word, None)
    if found.get("PSI", {}).get("psi") != "y":
        sample.alone = {key: sample.alone[key] for key in sample.alone if key not in _PSI}
    for i, row in enumerate(_rows(found, "cpu", where)):
        part = f"cpu[{i}]"
        identity = int(number(row.get("cpuid"), where, f"{part}.cpuid"))
        sample.cpus[str(identity)] = _numbers(row, where, part, (*CPU_MODES, "guest"))
    if "CPU" in found:
        sample.hertz = number(_object(found["CPU"], where, "CPU").get("hertz"), where, "CPU.hertz")
    for i, row in enumerate(_rows(found, "DSK", where)):
        sample.disks[str(row.get("dskname"))] = _numbers(row, where, f"DSK[{i}]", _DISK_WORDS)
    for i, row in enumerate(_rows(found, "NET", where)):
        sample.interfaces[str(row.get("name"))] = _numbers(row, where, f"NET[{i}]", _NET_WORDS)
    return sample


_PSI = ("cstot", "mstot", "mftot", "iostot", "ioftot")
_DISK_WORDS = ("io_ms", "nread", "nrsect", "nwrite", "nwsect", "ndiscrd")
_NET_WORDS = ("rpack", "rbyte", "spack", "sbyte")


def _numbers(
    row: dict[str, Any], where: str, part: str, words: tuple[str, ...]
) -> dict[str, float]:
    return {
        word: number(row[word], where, f"{part}.{word}")
        for word in words
        if word in row and word not in _NO_NUMBERS
    }


def _object(found: Any, where: str, part: str) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise InputError(where, part, "an object", found)
    return found


def _rows(found: dict[str, Any], part: str, where: str) -> list[dict[str, Any]]:
    rows = found.get(part, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InputError(where, part, "a list of objects", rows)
    return rows
