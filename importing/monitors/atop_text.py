"""``atop -P``: a line a part of a sample, ``SEP`` between samples. Memory is told in pages.

A line ``RESET`` stands before a sample that is since boot. Columns that a version does not have
are at the lines' ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from importing.intervals import ToldInterval
from importing.monitors.atop import CPU_MODES, AtopSample, told
from importing.monitors.file import MonitorFile, number
from perfanalysis.errors import InputError

NAME = "atop -P"
EXPECTED = "lines of `atop -P`: label, host, epoch, date, time, seconds, and figures"
_BEFORE_FIGURES = 6
_RESET, _END = "RESET", "SEP"
_PAGES_OF = ("physmem", "freemem", "cachemem", "buffermem", "slabmem", "cachedrt", "slabreclaim")
# The columns behind those six; "" is one that is not read.
_COLUMNS: dict[str, tuple[str, ...]] = {
    "cpu": ("hertz", "", *CPU_MODES, "guest"),
    "CPL": ("", "lavg1", "lavg5", "lavg15", "csw", "devint"),
    "MEM": ("page", *_PAGES_OF, "", "shmem", *[""] * 10, "pagetables"),
    "SWP": ("page", "totswap", "freeswap", "", "committed"),
    "PAG": (
        *("bytes", "", "", "", "swins", "swouts", "oomkills"),
        *("", "", "", "pgins_kib", "pgouts_kib"),
    ),
    "PSI": (
        *("", "", "", "", "cstot", "", "", "", "mstot", "", "", "", "mftot"),
        *("", "", "", "iostot", "", "", "", "ioftot"),
    ),
    "DSK": ("", "io_ms", "nread", "nrsect", "nwrite", "nwsect", "ndiscrd"),
    "NET": ("", "rpack", "rbyte", "spack", "sbyte"),
}
_UPPER = "upper"


def read(file: MonitorFile) -> Iterator[ToldInterval]:
    """The intervals of a file.

    Raises:
        InputError: it holds no whole sample.
    """
    sample: AtopSample | None = None
    since_boot = found = False
    for line_number, line in file.lines():
        place = f"line {line_number}"
        if line in {_RESET, _END}:
            if sample is not None:
                found = True
                yield told(sample, file)
            sample, since_boot = None, line == _RESET
            continue
        cells = line.split()
        try:
            if sample is None:
                time, seconds = _when(cells, file.at(place))
                sample = AtopSample(time, place, seconds, since_boot)
            _take(sample, cells, file.at(place))
        except InputError as error:
            file.leave_out(error)
    if sample is not None:
        # The line SEP ends each sample: the last one is cut off.
        where = file.at(sample.place)
        file.leave_out(InputError(where, "", f"a line {_END} at the end of the sample"))
    if not found:
        raise file.nothing(EXPECTED)


def _when(cells: list[str], where: str) -> tuple[float, float]:
    if len(cells) <= _BEFORE_FIGURES:
        raise InputError(where, "", EXPECTED, " ".join(cells)[:60])
    return number(cells[2], where, "epoch"), number(cells[5], where, "interval")


def _take(sample: AtopSample, cells: list[str], where: str) -> None:
    label, figures = cells[0], cells[_BEFORE_FIGURES:]
    columns = _COLUMNS.get(label)
    if columns is None:
        return
    if _when(cells, where)[0] != sample.time:
        raise InputError(where, "epoch", f"{sample.time:.15g}, as in the sample's first line")
    if label == "PSI" and figures[:1] != ["y"]:
        return
    words = {
        word: number(figure, where, word)
        for word, figure in zip(columns, figures, strict=False)
        if word and not (word == "oomkills" and figure == "-1")
    }
    _PUT.get(label, _put_alone)(sample, figures, words)


def _put_alone(sample: AtopSample, figures: list[str], words: dict[str, float]) -> None:
    del figures
    page = words.pop("page", 1.0)
    sample.alone |= {word: value * page for word, value in words.items()}


def _put_paging(sample: AtopSample, figures: list[str], words: dict[str, float]) -> None:
    del figures
    page = words.pop("bytes")
    for word in ("pgins_kib", "pgouts_kib"):
        # Pages, where the kernel counts in KiB.
        if word in words:
            words[word] *= page / 1024
    sample.alone |= words


def _put_cpu(sample: AtopSample, figures: list[str], words: dict[str, float]) -> None:
    sample.hertz = words.pop("hertz")
    sample.cpus[figures[1]] = words


def _put_disk(sample: AtopSample, figures: list[str], words: dict[str, float]) -> None:
    sample.disks[figures[0]] = words


def _put_interface(sample: AtopSample, figures: list[str], words: dict[str, float]) -> None:
    if figures[0] != _UPPER:
        sample.interfaces[figures[0]] = words


_Put = Callable[[AtopSample, list[str], dict[str, float]], None]
_PUT: dict[str, _Put] = {
    "cpu": _put_cpu,
    "DSK": _put_disk,
    "NET": _put_interface,
    "PAG": _put_paging,
}
