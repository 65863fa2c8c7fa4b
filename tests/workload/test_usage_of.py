"""What a machine used, from the counters of its recording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from perfanalysis.exposition.families import SeriesIdentity
from perfanalysis.recordings.recording import Floats, Recording
from workload.prediction.usage import Usage
from workload.usage_of import usage_of

NAN = float("nan")
Labels = Mapping[str, str]


def recording(
    times: Sequence[float], columns: Mapping[tuple[str, str], Sequence[float]]
) -> Recording:
    """Columns by name and labels, such as ``("node_disk_read_bytes_total", "device=sda")``."""
    named: dict[SeriesIdentity, Floats] = {}
    for (name, labels), values in columns.items():
        pairs = [part.partition("=") for part in labels.split(",") if part]
        identity = SeriesIdentity(name, tuple((key, value) for key, _, value in pairs))
        named[identity] = np.array(values, dtype=np.float64)
    return Recording("a", np.array(times, dtype=np.float64), named, {})


def cpu(times: Sequence[float], cpu: str = "0", **modes: Sequence[float]) -> Recording:
    """One CPU's modes, by name."""
    return recording(
        times,
        {("node_cpu_seconds_total", f"cpu={cpu},mode={mode}"): of for mode, of in modes.items()},
    )


def cpus(times: Sequence[float], *each: Mapping[str, Sequence[float]]) -> Usage:
    columns = {
        ("node_cpu_seconds_total", f"cpu={number},mode={mode}"): values
        for number, modes in enumerate(each)
        for mode, values in modes.items()
    }
    return usage_of(recording(times, columns))


def test_busy_is_all_but_idle_iowait_and_steal() -> None:
    found = usage_of(
        cpu([0, 10], user=[5, 8], system=[1, 2], idle=[0, 4], iowait=[0, 1], steal=[7, 8])
    )
    assert found.busy.tolist() == [0.4]
    assert found.system.tolist() == [0.1]
    assert found.steal.tolist() == [0.1]
    assert found.cpus.tolist() == [1]
    assert np.isnan(found.memory_bytes).all()


def test_a_reset_and_a_gap_are_unknown_and_not_idle() -> None:
    found = usage_of(
        cpu([0, 10, 20, 30, 100, 110], user=[0, 5, 1, 6, 8, 13], idle=[0, 5, 10, 15, 20, 25])
    )
    assert np.isnan(found.busy).tolist() == [False, True, False, True, False]
    assert found.busy[[0, 2, 4]].tolist() == [0.5, 0.5, 0.5]


def test_all_cpus_together_say_the_same_as_each_of_them() -> None:
    names = {"user": [0, 6, 12], "system": [0, 2, 2], "idle": [0, 10, 24], "steal": [0, 2, 2]}
    columns: dict[SeriesIdentity, Floats] = {
        SeriesIdentity("perf_recording_cpu_seconds_total", (("mode", mode),)): np.array(values)
        for mode, values in names.items()
    }
    columns[SeriesIdentity("perf_recording_cpus", ())] = np.array([2.0, 2.0, 4.0])
    found = usage_of(Recording("a", np.array([0.0, 10.0, 20.0]), columns, {}))
    assert found.busy.tolist() == [0.4, 0.3]
    assert found.system.tolist() == [0.1, 0.0]
    assert found.steal.tolist() == [0.1, 0.0]
    assert found.cpus.tolist() == [2.0, 4.0]


def test_steal_that_nobody_told_is_unknown_and_no_reason_not_to_know_the_rest() -> None:
    found = usage_of(cpu([0, 10], user=[0, 5], idle=[0, 5]))
    assert np.isnan(found.steal).all()
    assert found.busy.tolist() == [0.5]


def test_iowait_that_falls_a_little_is_no_restart() -> None:
    """As the kernel has it (proc(5)); what fell counts as nothing."""
    found = usage_of(cpu([0, 10], user=[0, 5], idle=[0, 5], iowait=[7, 6.5]))
    assert found.busy.tolist() == [0.5]


def test_idle_that_falls_much_is_a_cpu_that_came_back() -> None:
    found = usage_of(cpu([0, 10, 20], user=[5, 6, 11], idle=[500, 4, 9], iowait=[0, 0, 0]))
    assert np.isnan(found.busy).tolist() == [True, False]


def test_cpus_that_come_and_go() -> None:
    """A second one from the second tick to the third, all of it busy."""
    one = {"user": [0, 5, 10, 15], "idle": [0, 5, 10, 15]}
    other = {"user": [NAN, 0, 10, NAN], "idle": [NAN, 0, 0, NAN]}
    found = cpus([0, 10, 20, 30], one, other)
    assert found.cpus.tolist() == [1, 2, 1]
    assert found.busy.tolist() == [0.5, 0.75, 0.5]


def test_a_cpu_of_which_an_interval_is_unknown_is_still_there() -> None:
    one = {"user": [0, 5], "idle": [0, 5]}
    other = {"user": [100, 3], "idle": [50, 7]}
    found = cpus([0, 10], one, other)
    assert found.cpus.tolist() == [2]
    assert found.busy.tolist() == [0.5]


def test_the_busiest_cpu() -> None:
    found = cpus([0, 10], {"user": [0, 9], "idle": [0, 1]}, {"user": [0, 1], "idle": [0, 9]})
    assert found.busiest_cpu is not None
    assert found.busiest_cpu.tolist() == [0.9]
    assert found.busy.tolist() == [0.5]


def test_an_engine_that_keeps_only_the_sums_of_a_machine() -> None:
    name = "perf_cpu_seconds_total"
    found = usage_of(
        recording(
            [0, 10, 20],
            {
                (name, "state=busy"): [0, 10, 2],
                (name, "state=idle"): [0, 25, 30],
                (name, "state=iowait"): [0, 3, 4],
                (name, "state=steal"): [0, 2, 3],
            },
        )
    )
    assert found.busy[0] == 0.25
    assert found.steal[0] == 0.05
    assert np.isnan(found.busy[1])
    assert found.cpus[0] == 4
    assert found.busiest_cpu is None
    assert np.isnan(found.system).all()


def test_a_recording_of_all_cpus_together() -> None:
    found = usage_of(cpu([0, 10], cpu="all", user=[0, 10], idle=[0, 30]))
    assert (found.cpus.tolist(), found.busy.tolist()) == ([4], [0.25])
    assert found.busiest_cpu is None


READ = "node_disk_read_bytes_total"
RISE = [0, 100]
DISKS: list[tuple[dict[str, str], set[str], float]] = [
    # The exporter says which are physical: names do not matter.
    ({"sda": "", "dm-0": "", "odd": ""}, {"sda", "odd"}, 20),
    # It does not: what is made of disks, and partitions, pass a disk.
    (
        {"sda": "", "sda1": "", "sda14": "", "dm-0": "", "md0": "", "loop3": "", "sr0": ""},
        set(),
        10,
    ),
    ({"nvme0n1": "", "nvme0n1p1": "", "nvme1n1": ""}, set(), 20),
    ({"mmcblk0": "", "mmcblk0p2": ""}, set(), 10),
    # Without its disk a partition is what there is (xvda1 of old machines).
    ({"xvda1": ""}, set(), 10),
    ({"dm-0": ""}, set(), NAN),
]


@pytest.mark.parametrize(("devices", "told", "rate"), DISKS)
def test_disks_count_once(devices: dict[str, str], told: set[str], rate: float) -> None:
    columns = {(READ, f"device={name}"): RISE for name in devices}
    columns |= {("perf_disk_physical", f"device={name}"): [1, 1] for name in told}
    found = usage_of(recording([0, 10], columns))
    assert found.disk_read_bytes == pytest.approx([rate], nan_ok=True)


def test_a_disk_that_comes_later() -> None:
    columns = {(READ, "device=sda"): [0, 100, 200], (READ, "device=sdb"): [NAN, 0, 50]}
    found = usage_of(recording([0, 10, 20], columns))
    assert found.disk_read_bytes.tolist() == [10, 15]


RECEIVED = "node_network_receive_bytes_total"
INTERFACES: list[tuple[set[str], set[str], set[str], float]] = [
    ({"eth0", "docker0", "veth12", "lo"}, set(), set(), 10),
    ({"eth0", "eth1", "bond0"}, set(), set(), 20),
    # A bond of another name is known by what it is made of.
    ({"eth0", "eth1", "uplink"}, set(), {"uplink"}, 20),
    # A cloud's fast interface below the slow one: the exporter says that both carry the same.
    ({"eth0", "enP53s1"}, {"eth0"}, set(), 10),
    ({"lo"}, set(), set(), NAN),
]


@pytest.mark.parametrize(("devices", "told", "bonds", "rate"), INTERFACES)
def test_interfaces_count_once(
    devices: set[str], told: set[str], bonds: set[str], rate: float
) -> None:
    columns = {(RECEIVED, f"device={name}"): RISE for name in devices}
    columns |= {("perf_network_physical", f"device={name}"): [1, 1] for name in told}
    columns |= {("node_bonding_slaves", f"master={name}"): [2, 2] for name in bonds}
    found = usage_of(recording([0, 10], columns))
    assert found.network_receive_bytes == pytest.approx([rate], nan_ok=True)


def test_memory_is_what_was_not_available() -> None:
    found = usage_of(
        recording(
            [0, 10, 20],
            {
                ("node_memory_MemTotal_bytes", ""): [100, 100, 120],
                ("node_memory_MemAvailable_bytes", ""): [90, 80, NAN],
            },
        )
    )
    assert found.memory_bytes == pytest.approx([20, NAN], nan_ok=True)
    assert found.memory_total_bytes.tolist() == [100, 120]


def test_what_the_sampler_saw_between_the_ticks() -> None:
    name = "perf_sampler_busy_ratio_bucket"
    found = usage_of(
        recording(
            [0, 10, 20, 30],
            {
                (name, "le=0.5"): [0, 60, 0, 90],
                (name, "le=1"): [0, 90, 0, 90],
                (name, "le=+Inf"): [0, 100, 0, 100],
            },
        )
    )
    assert found.bursts is not None
    # The second interval had a restart.
    assert np.nansum(found.bursts.counts, axis=0).tolist() == [150, 30, 20]
    assert found.since(20.0).bursts is not None


@pytest.mark.parametrize("ticks", [0, 1])
def test_too_few_ticks_have_no_interval(ticks: int) -> None:
    found = usage_of(cpu(range(ticks), user=[1.0] * ticks, idle=[1.0] * ticks))
    assert len(found.busy) == len(found.starts) == len(found.disk_reads) == 0
