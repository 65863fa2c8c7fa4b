"""Ask an engine for the rows of a run.

Counters become rates over the step, or over a minute where that is longer: a shorter window would
hold too few samples of what is scraped four times a minute.
"""

from __future__ import annotations

import logging
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from perfanalysis.errors import InputError, PerfAnalysisError
from portal.old_clients import old_rows
from portal.old_clients.old_rows import DiskstatRow, MeminfoRow, NetDevRow, StatRow
from portal.records.faults import NotNowError

if TYPE_CHECKING:
    from perfanalysis.promql.answers import Series
    from perfanalysis.promql.engine import Engine

_LOG = logging.getLogger(__name__)
WINDOW_SECONDS = 60.0
# Of one answer: beyond that a larger step is asked for, and not the memory of the process.
MOST_ROWS = 100_000
_MODES = ("user", "nice", "system", "iowait", "steal", "idle")
_MEMORY = (
    "MemTotal",
    "MemFree",
    "MemAvailable",
    "Buffers",
    "Cached",
    "Slab",
    "SwapTotal",
    "Committed_AS",
    "Active",
    "Inactive",
    "Dirty",
)
# By column: the counter, and what one of the column's unit is in it.
_NETWORK = {
    "rxpackets": ("node_network_receive_packets_total", 1),
    "txpackets": ("node_network_transmit_packets_total", 1),
    "rxkbytes": ("node_network_receive_bytes_total", 1024),
    "txkbytes": ("node_network_transmit_bytes_total", 1024),
    "rxcompressed": ("node_network_receive_compressed_total", 1),
    "txcompressed": ("node_network_transmit_compressed_total", 1),
    "rxmulticast": ("node_network_receive_multicast_total", 1),
}
_DISK = {
    "rtps": ("node_disk_reads_completed_total", 1),
    "wtps": ("node_disk_writes_completed_total", 1),
    "dtps": ("node_disk_discards_completed_total", 1),
    "bread": ("node_disk_read_bytes_total", old_rows.SECTOR),
    "bwrtn": ("node_disk_written_bytes_total", old_rows.SECTOR),
    "bdscd": ("node_disk_discarded_sectors_total", 1),
}
_SPEED = "node_network_speed_bytes"
# By time, and by CPU or device: columns and their values.
_Cells = dict[tuple[int, str], dict[str, float]]


@dataclass(frozen=True)
class AskedRun:
    """A run, and where its series are.

    Attributes:
        number: of the run.
        instances: the names that its machine may have there.
        labels: that its series have beside.
        start, end, step: Unix seconds.
    """

    number: int
    instances: Sequence[str]
    labels: Mapping[str, str]
    start: float
    end: float
    step: float

    @property
    def window(self) -> str:
        """Over which rates are."""
        return f"{math.ceil(max(self.step, WINDOW_SECONDS))}s"


class RunSeries:
    """The series of one run.

    Args:
        engine: that has them.
        run: which.
    """

    def __init__(self, engine: Engine, run: AskedRun) -> None:
        from perfanalysis.promql import binding

        self._engine, self._run = engine, run
        others = [f"{name}={binding.string(value)}" for name, value in run.labels.items()]
        self._matchers = ",".join([binding.one_of("instance", run.instances), *others])

    def stats(self) -> list[StatRow]:
        """Of CPUs.

        Raises:
            NotNowError: the engine does not answer; so all others.
        """
        modes = f'mode=~"{"|".join(_MODES)}"'
        query = f"100 * {self._rate('node_cpu_seconds_total', modes)}"
        cells: _Cells = defaultdict(dict)
        for series in self._ask(query):
            cpu, mode = series.labels.get("cpu", ""), series.labels.get("mode", "")
            if cpu.isdecimal() and mode in _MODES:
                _put(cells, series, cpu, mode)
        found = [
            StatRow.model_validate({**self._head(at), "cpu": int(cpu), **row})
            for (at, cpu), row in cells.items()
        ]
        return sorted(found, key=lambda row: (row.timestamp, row.cpu))

    def meminfo(self) -> list[MeminfoRow]:
        """Of memory."""
        names = "|".join(f"node_memory_{name}_bytes" for name in _MEMORY)
        cells: _Cells = defaultdict(dict)
        for series in self._ask(f'{{__name__=~"{names}",{self._matchers}}}'):
            name = series.labels.get("__name__", "").removeprefix("node_memory_")
            _put(cells, series, "", name.removesuffix("_bytes"), 1024)
        found = []
        for (at, _), kilobytes in sorted(cells.items()):
            values = old_rows.memory(kilobytes)
            whole = {n: round(v) for n, v in values.items() if v is not None and "percent" not in n}
            shares = {n: v for n, v in values.items() if "percent" in n}
            found.append(MeminfoRow.model_validate({**self._head(at), **whole, **shares}))
        return found

    def netdev(self) -> list[NetDevRow]:
        """Of interfaces."""
        cells = self._devices(_NETWORK)
        speeds: _Cells = defaultdict(dict)
        for series in self._ask(f"{_SPEED}{{{self._matchers}}}"):
            _put(speeds, series, series.labels.get("device", ""), "speed")
        found = []
        for (at, device), row in sorted(cells.items()):
            speed = speeds.get((at, device), {}).get("speed")
            busiest = max((row[n] for n in ("rxkbytes", "txkbytes") if n in row), default=None)
            share = 100 * busiest * 1024 / speed if speed and busiest is not None else None
            values = {**self._head(at), "name": device, "ifutil": share, **row}
            found.append(NetDevRow.model_validate(values))
        return found

    def diskstat(self) -> list[DiskstatRow]:
        """Of disks."""
        found = []
        for (at, device), row in sorted(self._devices(_DISK).items()):
            known = "rtps" in row and "wtps" in row
            tps = row["rtps"] + row["wtps"] + row.get("dtps", 0.0) if known else None
            values = {**self._head(at), "name": device, "tps": tps, **row}
            found.append(DiskstatRow.model_validate(values))
        return found

    def _devices(self, columns: Mapping[str, tuple[str, int]]) -> _Cells:
        cells: _Cells = defaultdict(dict)
        for column, (counter, unit) in columns.items():
            for series in self._ask(self._rate(counter)):
                _put(cells, series, series.labels.get("device", ""), column, unit)
        return cells

    def _rate(self, counter: str, *more: str) -> str:
        return f"rate({counter}{{{','.join([self._matchers, *more])}}}[{self._run.window}])"

    def _head(self, at: int) -> dict[str, Any]:
        return {"run": self._run.number, "timestamp": at, "start": at}

    def _ask(self, query: str) -> list[Series]:
        run = self._run
        try:
            return self._engine.query_range(query, run.start, run.end, run.step)
        except PerfAnalysisError as error:
            # It names the engine, which is nobody's business outside.
            _LOG.warning("the engine does not answer: %s", error)
            raise NotNowError("the engine that has the time series does not answer now") from error


def _put(cells: _Cells, series: Series, key: str, column: str, unit: int = 1) -> None:
    for at, value in zip(series.times.tolist(), series.values.tolist(), strict=True):
        if math.isfinite(value):
            cells[int(at), key].setdefault(column, value / unit)
    if len(cells) > MOST_ROWS:
        raise InputError("request", "step", f"a larger step: these are more than {MOST_ROWS} rows")
