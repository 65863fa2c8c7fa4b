"""Counters of the kernel's network caches."""

from __future__ import annotations

from pathlib import Path

import pytest

from exporter.collecting import CollectorError, NothingToRead
from exporter.collectors.lnstat import SPECIFICATION, samples
from tests.exporter.collectors.conftest import Write
from tests.exporter.conftest import Collect

FLAG = "--collector.lnstat"


def test_a_line_is_a_cpu(write: Write, collect: Collect) -> None:
    tree = write(
        {
            "proc/net/stat/arp_cache": "entries  allocs\n00000010  0000000a\n00000010  00000001\n",
            "proc/net/stat/odd-name": "hits.\nff\n",
        }
    )
    assert collect(SPECIFICATION, tree, FLAG) == {
        'node_lnstat_entries_total{subsystem="arp_cache",cpu="0"}': 16,
        'node_lnstat_entries_total{subsystem="arp_cache",cpu="1"}': 16,
        'node_lnstat_allocs_total{subsystem="arp_cache",cpu="0"}': 10,
        'node_lnstat_allocs_total{subsystem="arp_cache",cpu="1"}': 1,
        'node_lnstat_hits__total{subsystem="odd-name",cpu="0"}': 255,
    }


def test_a_kernel_without_them(write: Write, collect: Collect) -> None:
    with pytest.raises(NothingToRead):
        collect(SPECIFICATION, write({}), FLAG)


@pytest.mark.parametrize("data", [b"a b\n1 2 3\n", b"a b\n1 -\n", b"\n1\n"])
def test_what_is_not_understood(data: bytes) -> None:
    with pytest.raises(CollectorError, match=r"/proc/net/stat/arp: expected"):
        samples("arp", data)


def test_the_kernels_own(collect: Collect, tmp_path: Path) -> None:
    (tmp_path / "proc").symlink_to("/proc")
    found = collect(SPECIFICATION, tmp_path, FLAG)
    assert any('subsystem="arp_cache",cpu="0"' in name for name in found)
