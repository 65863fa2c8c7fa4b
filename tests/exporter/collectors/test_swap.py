"""Swap devices."""

from __future__ import annotations

import pytest

from exporter.collecting import CollectorError
from exporter.collectors.swap import SPECIFICATION, samples
from tests.exporter.collectors.conftest import Write
from tests.exporter.conftest import Collect

HEADING = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
TEXT = HEADING + "/dev/vda2 partition\t1000\t10\t-2\n/a\\040b file\t8\t0\t5\n"
FLAG = "--collector.swap"


def test_sizes_are_kibibytes(write: Write, collect: Collect) -> None:
    vda2 = '{device="/dev/vda2",swap_type="partition"}'
    file = '{device="/a\\\\040b",swap_type="file"}'
    assert collect(SPECIFICATION, write({"proc/swaps": TEXT}), FLAG) == {
        f"node_swap_size_bytes{vda2}": 1_024_000,
        f"node_swap_size_bytes{file}": 8192,
        f"node_swap_used_bytes{vda2}": 10_240,
        f"node_swap_used_bytes{file}": 0,
        f"node_swap_priority{vda2}": -2,
        f"node_swap_priority{file}": 5,
    }


def test_a_machine_without_swap(write: Write, collect: Collect) -> None:
    assert collect(SPECIFICATION, write({"proc/swaps": HEADING}), FLAG) == {}


@pytest.mark.parametrize("line", [b"/dev/vda2 partition 1 1", b"a b -1 0 0", b"a b 1 1 x"])
def test_what_is_not_understood(line: bytes) -> None:
    with pytest.raises(CollectorError, match="/proc/swaps: expected"):
        samples(HEADING.encode() + line)
