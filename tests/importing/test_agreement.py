"""Imported recordings against the CSVs that others computed from them, by PromQL."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.importing.conftest import Query

pytestmark = pytest.mark.e2e

MODES = ("user", "system", "idle", "iowait", "steal")
DISKS = 'device!~"dm-.*|md.*|sr.*"'
INTERFACES = 'device=~"eth0|ens.*|enp.*"'
# machine: CSV, CPUs, seconds from tick to tick, MemTotal in kB
SETS = {
    "oci-vm01": ("oci-vm01.portal.csv", 2, 5, 3_707_644),
    "azure-suse": ("azure-suse.portal.csv", 2, 5, 3_955_152),
    "lt1": ("lt1-host.portal.csv", 4, 10, 16_327_188),
}


class Figures:
    """What PromQL says at the time of each row."""

    def __init__(self, captures: Path, query: Query, machine: str) -> None:
        self._query = query
        self.machine = machine
        name, self.cpus, self.step, self.total = SETS[machine]
        with (captures / name).open() as stream:
            self.rows = list(csv.DictReader(stream))
        self.times = [int(row["timestamp"]) for row in self.rows]
        assert self.times == list(range(self.times[0], self.times[-1] + 1, self.step))

    def ask(self, expression: str) -> list[float]:
        """One value for each row; in the first row, $D is two ticks, else one."""
        first = self._values(expression.replace("$D", f"{2 * self.step}s"), self.times[:1])
        return first + self._values(expression.replace("$D", f"{self.step}s"), self.times[1:])

    def _values(self, expression: str, times: list[int]) -> list[float]:
        found = self._query(
            expression.replace("$I", f'instance="{self.machine}"'), times[0], times[-1], self.step
        )
        assert len(found) == 1, (expression, found)
        assert [time for time, _ in found[0]["values"]] == times
        return [float(value) for _, value in found[0]["values"]]

    def column(self, name: str) -> list[float]:
        return [float(row[name]) for row in self.rows]


@pytest.fixture(params=list(SETS))
def figures(captures: Path, query: Query, request: pytest.FixtureRequest) -> Figures:
    return Figures(captures, query, request.param)


def test_shares_of_the_cpu(figures: Figures) -> None:
    seconds = "node_cpu_seconds_total{$I}"
    grown = f"({seconds} - {seconds} offset $D)"
    ticks = [100 * value for value in figures.ask(f"sum({grown})")]
    for mode in MODES:
        shares = figures.ask(
            f"100 * sum({grown.replace('$I', f'$I,mode={mode!r}')}) / sum({grown})"
        )
        for share, expected, all_ticks in zip(
            shares, figures.column(f"cpu_{mode}"), ticks, strict=True
        ):
            # The kernel cuts each CPU's time and that of all CPUs to whole ticks by themselves, so
            # their growth can differ by less than a tick each, in this mode and in the total.
            slack = (figures.cpus + 1) * (1 + expected / 100 * 8) * 100 / all_ticks
            assert share == pytest.approx(expected, abs=slack)
        mean = sum(shares) / len(shares)
        assert mean == pytest.approx(sum(figures.column(f"cpu_{mode}")) / len(shares), abs=0.02)


def test_memory_is_that_of_the_kernel_and_not_the_old_csvs_total(figures: Figures) -> None:
    total, free, cached = (
        f"node_memory_{name}_bytes{{$I}}" for name in ("MemTotal", "MemFree", "Cached")
    )
    buffers, slab = (f"node_memory_{name}_bytes{{$I}}" for name in ("Buffers", "Slab"))
    assert figures.ask(f"{free} / 1024") == figures.column("mem_free_kb")
    assert figures.ask(f"{cached} / 1024") == figures.column("mem_cached_kb")
    used = f"({total} - {free} - {buffers} - {cached} - {slab}) / 1024"
    assert figures.ask(used) == figures.column("mem_used_kb")
    assert figures.ask(f"({total} - {slab}) / 1024") == figures.column("mem_total_kb")
    assert figures.ask(f"{total} / 1024") == [figures.total] * len(figures.rows)


RATES = {
    "disk_read_bytes": f"node_disk_read_bytes_total{{$I,{DISKS}}}",
    "disk_write_bytes": f"node_disk_written_bytes_total{{$I,{DISKS}}}",
    "net_rx_bytes": f"node_network_receive_bytes_total{{$I,{INTERFACES}}}",
    "net_tx_bytes": f"node_network_transmit_bytes_total{{$I,{INTERFACES}}}",
}
# lt1's CSV counts a Docker bridge in 24 rows of its network columns: nothing to agree with.
COLUMNS = [
    (machine, column)
    for machine in SETS
    for column in RATES
    if machine != "lt1" or column.startswith("disk")
]


@pytest.mark.parametrize(("machine", "column"), COLUMNS)
def test_rates_of_disks_and_networks(
    captures: Path, query: Query, machine: str, column: str
) -> None:
    figures = Figures(captures, query, machine)
    counter = RATES[column]
    grown = figures.ask(f"sum({counter} - {counter} offset $D)")
    seconds = [2 * figures.step] + [figures.step] * (len(grown) - 1)
    for growth, dt, expected in zip(grown, seconds, figures.column(column), strict=True):
        assert growth / dt == pytest.approx(expected, abs=1.0)


CONTAINERS = {
    "lt1": ("lt1-containers.csv", 10),
    "oci-perftest-vm-02": ("oci-perftest-vm-02-containers.csv", 5),
}


@pytest.mark.parametrize("machine", list(CONTAINERS))
def test_containers(captures: Path, query: Query, machine: str) -> None:
    name, step = CONTAINERS[machine]
    with (captures / name).open() as stream:
        rows = list(csv.DictReader(stream))
    for identity in {row["container_id"] for row in rows}:
        own = {int(row["timestamp"]): row for row in rows if row["container_id"] == identity}
        matcher = f'{{instance="{machine}",id="{identity}"}}'
        cpu = f"container_cpu_usage_seconds_total{matcher}"
        for expression, column, tolerance in (
            (f"100 * ({cpu} - {cpu} offset {step}s) / {step}", "cpu_percent", 0.0051),
            (f"container_memory_usage_bytes{matcher}", "memory_current_bytes", 0),
            (f"container_spec_memory_limit_bytes{matcher}", "memory_max_bytes", 0),
            (f"container_fs_writes_bytes_total{matcher}", "io_write_bytes", 0),
            (f"container_fs_reads_total{matcher}", "io_read_ops", 0),
            (f"container_threads{matcher}", "pids_current", 0),
        ):
            (series,) = query(expression, min(own), max(own), step)
            assert len(series["values"]) >= len(own) - 1
            for time, value in series["values"]:
                if expected := own[int(time)][column]:
                    assert float(value) == pytest.approx(float(expected), abs=tolerance)
