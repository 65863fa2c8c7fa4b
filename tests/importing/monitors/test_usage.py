"""Real files of monitors that looked at one machine at the same time: what they make of it."""

from __future__ import annotations

import csv
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from perfanalysis.cli import run
from perfanalysis.recordings.recording import Recording
from tests.importing.monitors.reading import FIXTURES, column, recorded
from workload.prediction.usage import Usage
from workload.usage_of import usage_of

SECOND = datetime(2026, 11, 30, 19, 19, 42, tzinfo=UTC).timestamp()
TOGETHER = [SECOND + 2 * i for i in range(1, 8)]


def used(name: str, folder: Path) -> tuple[Recording, Usage]:
    recording = recorded(FIXTURES / name, folder)
    return recording, usage_of(recording)


def at(usage: Usage, values: np.ndarray) -> list[float]:
    """The values of the intervals that all of them saw."""
    return [float(values[i]) for i, end in enumerate(usage.ends) if end in TOGETHER]


def test_a_sar_file_gives_its_own_percentages_back(tmp_path: Path) -> None:
    recording, usage = used("sadf-12.6.1-A.json", tmp_path)
    told = json.loads((FIXTURES / "sadf-12.6.1-A.json").read_text())
    # It was cut with -e, and ends with an empty record then.
    *records, empty = told["sysstat"]["hosts"][0]["statistics"]
    assert empty == {}
    assert len(records) == len(usage.busy) == 8
    assert usage.starts[0] == SECOND
    for i, record in enumerate(records):
        mean = record["cpu-load"][0]
        busy = sum(mean[word] for word in ("usr", "nice", "sys", "irq", "soft", "guest", "gnice"))
        # sar's mean is by ticks, of which its two CPUs do not have quite the same in 2 s.
        assert 100 * usage.busy[i] == pytest.approx(busy, abs=0.5)
        for row in record["cpu-load"][1:]:
            system = column(recording, "node_cpu_seconds_total", cpu=row["cpu"], mode="system")
            end = usage.ends[i]
            assert system[end] - system[end - 2] == pytest.approx(2 * row["sys"] / 100, abs=1e-6)
        assert 100 * usage.steal[i] == pytest.approx(mean["steal"], abs=0.01)
        disk = record["disk"][0]
        assert usage.disk_read_bytes[i] == pytest.approx(disk["rd_sec"] * 512, abs=1e-3)
        assert usage.disk_write_bytes[i] == pytest.approx(disk["wr_sec"] * 512, abs=1e-3)
        io = record["io"]
        assert usage.disk_reads[i] == pytest.approx(io["io-reads"]["rtps"], abs=1e-6)
        assert usage.disk_writes[i] == pytest.approx(io["io-writes"]["wtps"], abs=1e-6)
        memory = record["memory"]
        # MemTotal of that machine was 24684084 kB.
        assert usage.memory_bytes[i] == (24684084 - memory["avail"]) * 1024
    assert column(recording, "node_load1")[SECOND + 8] == 2.34
    assert column(recording, "node_pressure_cpu_waiting_seconds_total")[SECOND + 2] == (
        pytest.approx(2 * records[0]["psi"]["psi-cpu"]["some_avg"] / 100)
    )


def test_a_sar_file_of_the_mean_gives_just_that_back(tmp_path: Path) -> None:
    _, usage = used("sadf-12.6.1-u-local.json", tmp_path)
    told = json.loads((FIXTURES / "sadf-12.6.1-u-local.json").read_text())
    for i, record in enumerate(told["sysstat"]["hosts"][0]["statistics"][:-1]):
        mean = record["cpu-load"][0]
        total = sum(mean[word] for word in mean if word != "cpu")
        busy = mean["user"] + mean["nice"] + mean["system"]
        assert usage.busy[i] == pytest.approx(busy / total, abs=1e-9)
        assert usage.system[i] == pytest.approx(mean["system"] / total, abs=1e-9)
        assert usage.steal[i] == pytest.approx(mean["steal"] / total, abs=1e-9)
        assert usage.cpus[i] == 2


def test_monitors_that_looked_together_say_the_same(tmp_path: Path) -> None:
    by_name = {
        name: used(name, tmp_path)
        for name in ("sadf-12.6.1-A.json", "atop-2.8.1-P.txt", "atop-2.8.1-J.json")
    } | {"vmstat": used("vmstat-4.0.2-wide.txt", tmp_path)}
    _, sar = by_name.pop("sadf-12.6.1-A.json")
    assert len(at(sar, sar.busy)) == len(TOGETHER)
    for recording, usage in by_name.values():
        # They looked some milliseconds apart, on a machine with two CPUs and 2 s of ticks.
        busy = at(sar, sar.busy)[1:]
        assert at(usage, usage.busy)[-len(busy) :] == pytest.approx(busy, abs=0.015)
        read = at(usage, usage.disk_read_bytes)[-len(busy) :]
        assert read == pytest.approx(at(sar, sar.disk_read_bytes)[1:], rel=0.01)
        if "perf_machine" not in recording.machine and len(recording.of("node_vmstat_pgpgin")):
            pages = column(recording, "node_vmstat_pgpgin")
            assert pages[SECOND + 8] - pages[SECOND + 6] == 21564 * 2
    both = [by_name[f"atop-2.8.1-{kind}"][0] for kind in ("P.txt", "J.json")]
    texts, objects = (
        {series: values.tolist() for series, values in one.columns.items()} for one in both
    )
    # -P alone has the size of pages.
    more = {"node_vmstat_pgpgin", "node_vmstat_pgpgout", "node_memory_PageTables_bytes"}
    assert {series.name for series in texts.keys() - objects.keys()} == more
    for series, values in objects.items():
        assert values == pytest.approx(texts[series], nan_ok=True), series


@pytest.mark.parametrize("name", ["dool-1.3.8-t.csv", "dool-1.3.8-epoch-bytes.csv"])
def test_dool_says_the_same_in_bits_and_in_bytes(name: str, tmp_path: Path) -> None:
    _, sar = used("sadf-12.6.1-A.json", tmp_path)
    recording, usage = used(name, tmp_path)
    # It began half a second later. sar: 21564 kB/s read, in an interval with nothing beside.
    busiest = int(np.nanargmax(usage.disk_read_bytes))
    assert usage.disk_read_bytes[busiest] == pytest.approx(21564 * 1024, rel=0.01)
    assert usage.busy[busiest] == pytest.approx(float(at(sar, sar.busy)[3]), abs=0.01)
    free = column(recording, "node_memory_MemFree_bytes")
    assert next(iter(free.values())) == 21596426240


def test_what_pcp_tells_by_rates_is_what_it_tells_by_counters(tmp_path: Path) -> None:
    (_, rates), (_, raw) = (
        used(name, tmp_path) for name in ("pcp2json-6.0.3.json", "pcp2json-6.0.3-raw.json")
    )
    assert rates.starts.tolist() == raw.starts.tolist()
    assert len(rates.busy) == 4
    for field in ("busy", "system", "disk_read_bytes", "disk_writes", "memory_bytes"):
        expected = getattr(raw, field).tolist()
        assert getattr(rates, field).tolist() == pytest.approx(expected, rel=0.01, abs=0.001), field


def test_a_capture_gives_the_figures_of_its_portal_csv(captures: Path, tmp_path: Path) -> None:
    flags = ("--machine=oci-vm01",)
    usage = usage_of(recorded(captures / "oci-vm01.jsonl.gz", tmp_path, *flags))
    rows = list(csv.DictReader((captures / "oci-vm01.portal.csv").read_text().splitlines()))
    # Its first row is of two ticks.
    assert usage.ends.tolist()[2:] == [float(row["timestamp"]) for row in rows[1:]]
    for i, row in enumerate(rows[1:], 2):
        idle = float(row["cpu_idle"]) + float(row["cpu_iowait"]) + float(row["cpu_steal"])
        # It is of the line "cpu", which has not quite the ticks of the lines of CPUs: 0.1 for one.
        assert 100 * usage.busy[i] == pytest.approx(100 - idle, abs=0.25)
        assert 100 * usage.steal[i] == pytest.approx(float(row["cpu_steal"]), abs=0.25)
        assert usage.disk_read_bytes[i] == pytest.approx(float(row["disk_read_bytes"]), abs=1)
        assert usage.disk_write_bytes[i] == pytest.approx(float(row["disk_write_bytes"]), abs=1)
        assert usage.network_receive_bytes[i] == pytest.approx(float(row["net_rx_bytes"]), abs=1)
        assert usage.network_transmit_bytes[i] == pytest.approx(float(row["net_tx_bytes"]), abs=1)


def test_a_portal_csv_gives_the_same_as_its_capture(captures: Path, tmp_path: Path) -> None:
    flags = ("--machine=azure-suse", "--cpus=2")
    of_csv = usage_of(recorded(captures / "azure-suse.portal.csv", tmp_path, *flags))
    of_capture = usage_of(recorded(captures / "azure-suse.jsonl.gz", tmp_path, *flags))
    last = len(of_csv.busy)
    assert of_csv.ends.tolist() == of_capture.ends[-last:].tolist()
    assert of_csv.busy.tolist() == pytest.approx(of_capture.busy[-last:].tolist(), abs=2.5e-3)


def test_a_container_csv_is_a_recording_too(captures: Path, tmp_path: Path) -> None:
    recording = recorded(captures / "lt1-containers.csv", tmp_path, "--machine=lt1")
    assert len(recording.of("container_cpu_usage_seconds_total")) == 3


def test_a_recording_is_of_one_machine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], captures: Path
) -> None:
    machines = tmp_path / "machines.yaml"
    machines.write_text("machines: [{name: oci-vm01}, {name: azure-suse}]\n")
    files = [str(captures / f"{name}.jsonl.gz") for name in ("oci-vm01", "azure-suse")]
    output = tmp_path / "both.om.gz"
    words = ["import", "capture", *files, f"--inventory={machines}", f"--recording={output}"]
    assert run(words) == 2
    assert re.search(r"--recording: .*azure-suse, oci-vm01", capsys.readouterr().err)
    assert sorted(tmp_path.iterdir()) == [machines]
