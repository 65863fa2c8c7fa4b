"""Portal CSV: one row a time, shares and rates that were computed from a capture.

Rates become counters that begin with 0 at the first row, so that ``rate()`` gives them back: bytes
of disks and networks under the device ``all``, since the file has only their sums. CPU shares
become seconds of each CPU where it is known how many there are, all of them alike, since the file
has only their mean; what its columns leave out (nice, interrupts) is the mode ``other``.
``mem_total_kb`` is no total (it lacks Slab), and ``mem_used_kb`` needs one: both are left out.
"""

from __future__ import annotations

from pathlib import Path

from exporter.collectors import meminfo, netdev
from exporter.collectors.cpu import collector as cpu
from exporter.collectors.diskstats import collector as diskstats
from importing.captures import CapturedMachine, Snapshot
from importing.old.csv_rows import CsvRow
from perfanalysis.errors import InputError
from perfanalysis.exposition.families import Series
from perfanalysis.exposition.rendering import format_value

MODES = ("user", "system", "idle", "iowait", "steal")
OTHER = "other"
_GAUGES = (("mem_free_kb", b"MemFree kB"), ("mem_cached_kb", b"Cached kB"))
_DISK = {family.name: family for family, _ in diskstats.COLUMNS}
_NETWORK = {family.name: family for family in netdev.FAMILIES}
_RATES = (
    ("disk_read_bytes", _DISK["node_disk_read_bytes_total"]),
    ("disk_write_bytes", _DISK["node_disk_written_bytes_total"]),
    ("net_rx_bytes", _NETWORK["node_network_receive_bytes_total"]),
    ("net_tx_bytes", _NETWORK["node_network_transmit_bytes_total"]),
)
DEVICE = "all"


class Portal:
    """The rows of one file.

    Args:
        recorded: the machine that it is of.
    """

    def __init__(self, recorded: CapturedMachine) -> None:
        self._recorded = recorded
        self._before: float | None = None
        self._sums: dict[str, float] = {}

    def snapshot(self, row: CsvRow, path: Path) -> Snapshot:
        """The samples of a row; none when it is malformed or not in order."""
        where = f"{path}: line {row.line}"
        try:
            pairs = self._pairs(row, where)
        except InputError as error:
            self._recorded.refuse(error)
            pairs = []
        batches = self._recorded.batch(pairs)
        if batches and self._recorded.machine.cpus:
            batches += self._recorded.cpus
        return self._recorded.with_identity(row.time, batches)

    def _pairs(self, row: CsvRow, where: str) -> list[tuple[Series, bytes]]:
        shares = {mode: row.number(f"cpu_{mode}", where) for mode in MODES}
        gauges = [(name, row.number(column, where)) for column, name in _GAUGES]
        rates = [(family, row.number(column, where)) for column, family in _RATES]
        if not self._recorded.is_next("portal CSV", row.time, where):
            return []
        seconds = 0.0 if self._before is None else row.time - self._before
        self._before = row.time
        pairs = [
            (Series(meminfo.family(name)), b"%d" % (int(number) * 1024))
            for name, number in gauges
            if number is not None
        ]
        for family, number in rates:
            if number is not None:
                total = self._sum(family.name, number * seconds)
                pairs.append((Series(family, (DEVICE,)), b"%d" % round(total)))
        return pairs + self._cpus(shares, seconds)

    def _cpus(self, shares: dict[str, float | None], seconds: float) -> list[tuple[Series, bytes]]:
        known = {mode: share for mode, share in shares.items() if share is not None}
        if len(known) < len(MODES) or not self._recorded.machine.cpus:
            return []
        known[OTHER] = max(0.0, 100.0 - sum(known.values()))
        pairs = []
        for mode, share in known.items():
            value = format_value(round(self._sum(mode, share / 100 * seconds), 9))
            pairs += [
                (Series(cpu.SECONDS, (str(number), mode)), value)
                for number in range(self._recorded.machine.cpus)
            ]
        return pairs

    def _sum(self, name: str, more: float) -> float:
        self._sums[name] = self._sums.get(name, 0.0) + more
        return self._sums[name]
