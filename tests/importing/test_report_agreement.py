"""What reports say of imported recordings, against the CSVs that others computed from them.

A point of a report is a rate over its window: the mean of the CSV's rows whose ticks lie in it.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from perfanalysis.cli import run
from tests.importing.conftest import Query

pytestmark = pytest.mark.e2e

# Machine: CSV, first and last tick, and the interfaces that the CSV counts.
SETS = {
    "oci-vm01": ("oci-vm01.portal.csv", 1_767_800_521, 1_767_801_176),
    "azure-suse": ("azure-suse.portal.csv", 1_767_829_424, 1_767_830_079),
}
# What a set's README states: CPUs, MemTotal in kB, ticks, seconds from one to the next.
STATED = {
    "oci-vm01": (2, 3_707_644, 132, 5),
    "azure-suse": (2, 3_955_152, 132, 5),
    "lt1": (4, 16_327_188, 60, 10),
    "oci-perftest-vm-02": (2, 4_004_576, 126, 5),
    "replay-source-oci": (2, 4_004_576, 66, 5),
    "replay-target-azure": (2, 3_960_648, 66, 5),
    "azure-pcd-server-01": (2, 3_960_648, 111, 5),
}
ALL_TIME = (1_767_700_000, 1_768_200_000)


class Reported:
    """One machine's report as JSON, and the rows of its CSV."""

    def __init__(self, captures: Path, url: str, folder: Path, machine: str) -> None:
        name, start, end = SETS[machine]
        with (captures / name).open() as stream:
            # The first row is over two ticks.
            self.rows = list(csv.DictReader(stream))[1:]
        words = ["report", "--prometheus", url, "--template", "machine", "--machines", machine]
        words += ["--from", str(start), "--to", str(end), "--quiet"]
        assert run([*words, "--output", str(folder / "report.json")]) == 0
        found = json.loads((folder / "report.json").read_bytes())
        self.figures: dict[str, Any] = found["figures"]
        self.window: float = found["window_seconds"]
        self.step: float = found["step_seconds"]
        self.ticks = [int(row["timestamp"]) for row in self.rows]

    def points(self, figure: str, label: str, value_of: str) -> dict[float, float]:
        """By time, the sum over the series whose label has this value."""
        sums: dict[float, float] = {}
        for series in self.figures[figure]["series"]:
            if series["labels"][label] == value_of:
                for time, value in series["points"]:
                    sums[time] = sums.get(time, 0.0) + value
        assert len(sums) > 50
        return sums

    def expected(self, time: float, column: str) -> float | None:
        """The mean of the column over the rates' window; None where it begins before the rows."""
        inside = [at for at in self.ticks if time - self.window <= at <= time]
        if len(inside) < 2 or time - self.window < self.ticks[0]:
            return None
        rows = [
            float(r[column]) for r in self.rows if inside[0] < int(r["timestamp"]) <= inside[-1]
        ]
        return sum(rows) / len(rows)

    def of_step(self, time: float, column: str) -> float | None:
        """The mean of the rows whose ticks lie in the step that ends then; None without any."""
        inside = [row for row in self.rows if time - self.step < int(row["timestamp"]) <= time]
        values = [float(row[column]) for row in inside]
        return sum(values) / len(values) if values else None


@pytest.fixture(scope="module", params=list(SETS))
def reported(
    captures: Path,
    prometheus: str,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Reported:
    return Reported(captures, prometheus, tmp_path_factory.mktemp("agreement"), request.param)


def test_cpu_by_mode(reported: Reported) -> None:
    for mode in ("user", "system", "iowait", "steal", "idle"):
        compared = 0
        for time, share in reported.points("CPU by mode", "mode", mode).items():
            expected = reported.expected(time, f"cpu_{mode}")
            if expected is not None:
                # Each CPU's time is cut to whole ticks of 1/100 s.
                assert 100 * share == pytest.approx(expected, abs=0.5), (mode, time)
                compared += 1
        assert compared > 50


def test_memory(reported: Reported) -> None:
    by_time = {int(row["timestamp"]): row for row in reported.rows}
    for part in ("free", "cached"):
        points = reported.points("Memory by use", "part", part)
        compared = [
            (value / 1024, float(by_time[at][f"mem_{part}_kb"]))
            for time, value in points.items()
            # The newest tick at that time.
            if (at := max((t for t in reported.ticks if t <= time), default=0))
        ]
        assert len(compared) > 50
        assert [value for value, _ in compared] == [expected for _, expected in compared]


RATES = {
    "disk_read_bytes": ("Disk bytes", "read"),
    "disk_write_bytes": ("Disk bytes", "written"),
    "net_rx_bytes": ("Network bytes", "receive"),
    "net_tx_bytes": ("Network bytes", "transmit"),
}


@pytest.mark.parametrize("column", list(RATES))
def test_disks_and_networks(reported: Reported, column: str) -> None:
    figure, direction = RATES[column]
    compared = 0
    for time, rate in reported.points(figure, "direction", direction).items():
        # Of networks every sample is read; of disks the engine gives rates over a window.
        sampled = figure == "Network bytes"
        expected = (reported.of_step if sampled else reported.expected)(time, column)
        if expected is not None:
            # Rows are cut to whole bytes.
            assert rate == pytest.approx(expected, rel=1e-6, abs=1.0), time
            compared += 1
    assert compared > 50


@pytest.mark.parametrize("machine", list(STATED))
def test_what_is_stated_of_each_set(query: Query, machine: str) -> None:
    cpus, total, ticks, step = STATED[machine]
    start, end = ALL_TIME
    span = f"[{end - start}s]"

    def value(expression: str) -> float:
        (series,) = query(expression.replace("$I", f'instance="{machine}"'), end, end, 1)
        return float(series["values"][0][1])

    assert value(f"count(last_over_time(node_cpu_seconds_total{{$I,mode='idle'}}{span}))") == cpus
    memory = "node_memory_MemTotal_bytes{$I}"
    assert value(f"last_over_time({memory}{span}) / 1024") == total
    assert value(f"count_over_time({memory}{span})") == ticks
    first, last = (
        value(f"{name}_over_time(timestamp({memory})[{end - start}s:1s])")
        for name in ("min", "max")
    )
    assert (last - first) / (ticks - 1) == pytest.approx(step, rel=0.06)
