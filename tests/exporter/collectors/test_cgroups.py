"""Numbers of control groups by controller."""

from __future__ import annotations

import pytest

from exporter.collecting import CollectorError, NothingToRead
from exporter.collectors.cgroups import SPECIFICATION, samples
from tests.exporter.collectors.conftest import Write
from tests.exporter.conftest import Collect

TEXT = "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t1\t31\t1\nmemory\t4\t58\t0\n"
FLAG = "--collector.cgroups"


def test_a_line_is_a_controller(write: Write, collect: Collect) -> None:
    assert collect(SPECIFICATION, write({"proc/cgroups": TEXT}), FLAG) == {
        'node_cgroups_cgroups{subsys_name="cpu"}': 31,
        'node_cgroups_cgroups{subsys_name="memory"}': 58,
        'node_cgroups_enabled{subsys_name="cpu"}': 1,
        'node_cgroups_enabled{subsys_name="memory"}': 0,
    }


def test_a_kernel_without_groups(write: Write, collect: Collect) -> None:
    with pytest.raises(NothingToRead):
        collect(SPECIFICATION, write({}), FLAG)


@pytest.mark.parametrize("data", [b"", b"#only a heading\n", b"cpu 1 31\n", b"cpu 1 x 1\n"])
def test_what_is_not_understood(data: bytes) -> None:
    with pytest.raises(CollectorError, match="/proc/cgroups: expected"):
        samples(data)
