"""Results of kernels as one machine's figures."""

from __future__ import annotations

import msgspec
import pytest

from perfanalysis.results.document import Unit
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
    unit = Unit(name="memread_16k", description="reads", bytes=2_000_000)
    reading = msgspec.structs.replace(
        base, kernel="memread_16k", max_units_per_second=3.5, unit=unit
    )
    unknown = msgspec.structs.replace(base, kernel="memread_1m", max_units_per_second=3.5)
    hashing = msgspec.structs.replace(
        reading, kernel="crypto_sha256", max_units_per_second=2.0, single_units_per_second=1.0
    )
    found = machine_of([spoiled, new, reading, old, unknown, hashing])
    assert found is not None
    # As public tables have them: bogo operations, megabytes of reading, bytes of hashing a second.
    assert found.figures == {
        "divide_single": pytest.approx(0.64),
        "divide": pytest.approx(1.92),
        "crypto_sha256": 4e6,
        "memread_16k": 7.0,
    }
    assert (found.cpus, found.threads_per_core, found.model) == (4, 2, "AMD EPYC 9R45")


def test_results_that_tell_no_cpus_are_no_machine() -> None:
    assert machine_of([]) is None


def test_results_on_other_cpus_than_the_newest_are_another_machine() -> None:
    base = result("a", machine=FACTS)
    old = msgspec.structs.replace(base, kernel="divide", max_units_per_second=10.0)
    part = result("b", machine=FACTS | {"used_cpus": [0]})
    newer = msgspec.structs.replace(
        part,
        kernel="crypto_sha256",
        timestamp_seconds=base.timestamp_seconds + 9,
        unit=Unit(name="crypto_sha256", description="hashes", bytes=10),
        max_units_per_second=5.0,
    )
    found = machine_of([old, newer])
    assert found is not None
    assert (found.cpus, found.figures) == (1, {"crypto_sha256": 50.0})
