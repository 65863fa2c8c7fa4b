"""What a machine used, from the counters of its recording."""

from __future__ import annotations

import numpy as np

from perfanalysis.exposition.families import FamilyType, SeriesIdentity
from perfanalysis.recordings.recording import Floats, Recording
from workload.usage_of import usage_of

COUNTER: FamilyType = "counter"


def recording(times: list[float], **columns: list[float]) -> Recording:
    """One CPU's modes, by name."""
    named: dict[SeriesIdentity, Floats] = {
        SeriesIdentity("node_cpu_seconds_total", (("cpu", "0"), ("mode", mode))): np.array(values)
        for mode, values in columns.items()
    }
    return Recording("a", np.array(times), named, {"node_cpu_seconds_total": COUNTER})


def test_busy_is_all_but_idle_iowait_and_steal() -> None:
    found = usage_of(
        recording([0, 10], user=[5, 8], system=[1, 2], idle=[0, 4], iowait=[0, 1], steal=[7, 8])
    )
    assert found.busy.tolist() == [0.4]
    assert found.system.tolist() == [0.1]
    assert found.steal.tolist() == [0.1]
    assert found.cpus.tolist() == [1]
    assert np.isnan(found.memory_bytes).all()


def test_a_reset_and_a_gap_are_unknown_and_not_idle() -> None:
    found = usage_of(
        recording([0, 10, 20, 30, 100, 110], user=[0, 5, 1, 6, 8, 13], idle=[0, 5, 10, 15, 20, 25])
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
