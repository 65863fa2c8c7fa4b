"""Results of kernels as one machine's figures."""

from __future__ import annotations

import msgspec

from perfanalysis.results.kernel_figures import machine_of
from tests.loadtest.documents import result

FACTS = {
    "name": "web-1",
    "architecture": "x86_64",
    "logical_cpus": 4,
    "used_cpus": [0, 1, 2, 3],
    "threads_per_core": 2,
    "cpu_model": "AMD EPYC 9R45",
}


def test_the_newest_valid_result_of_each_kernel_counts() -> None:
    base = result("a", machine=FACTS)
    old = msgspec.structs.replace(
        base, kernel="divide", max_units_per_second=10.0, single_units_per_second=4.0
    )
    new = msgspec.structs.replace(
        old, timestamp_seconds=old.timestamp_seconds + 9, max_units_per_second=12.0
    )
    spoiled = msgspec.structs.replace(
        new, timestamp_seconds=old.timestamp_seconds + 20, valid=False, max_units_per_second=1.0
    )
    reading = msgspec.structs.replace(base, kernel="memread_16k", max_units_per_second=7.0)
    found = machine_of([spoiled, new, reading, old])
    assert found is not None
    assert found.figures == {"divide": 12.0, "divide_single": 4.0, "memread_16k": 7.0}
    assert (found.cpus, found.threads_per_core, found.model) == (4, 2, "AMD EPYC 9R45")


def test_results_that_tell_no_cpus_are_no_machine() -> None:
    assert machine_of([]) is None
