"""The parsers of single files in /proc, by tables of literal values."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.collecting import CollectorError
from exporter.collectors import loadavg, meminfo, netdev, stat, vmstat
from exporter.collectors.diskstats import collector as diskstats
from perfanalysis.errors import MalformedError
from tests.exporter.conftest import Collect

Parser = Callable[[bytes], object]
PARSERS: list[Parser] = [
    diskstats.parse,
    loadavg.parse,
    meminfo.parse,
    netdev.parse,
    stat.parse,
    vmstat.parse,
]


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.__module__)
@given(data=st.binary())
def test_no_parser_raises_anything_but_its_own_error(parser: Parser, data: bytes) -> None:
    try:
        parser(data)
    except CollectorError as error:
        assert "/proc/" in str(error)


def test_stat() -> None:
    data = b"intr 9 1 8\nctxt 5\nbtime 1700000000\nprocesses 7\nprocs_running 2\nprocs_blocked 0\n"
    assert stat.parse(data + b"softirq 30 10 20\n") == (
        {
            b"intr": b"9",
            b"ctxt": b"5",
            b"btime": b"1700000000",
            b"processes": b"7",
            b"procs_running": b"2",
            b"procs_blocked": b"0",
        },
        [b"10", b"20"],
    )


def test_meminfo() -> None:
    data = b"MemTotal:       16384 kB\nActive(anon):       0 kB\nHugePages_Total:       3\n"
    names, numbers = meminfo.parse(data)
    assert numbers == [b"16384", b"0", b"3"]
    assert [meminfo.family(name).name for name in names] == [
        "node_memory_MemTotal_bytes",
        "node_memory_Active_anon_bytes",
        "node_memory_HugePages_Total",
    ]


def test_meminfo_samples_are_bytes(tmp_path: Path, collect: Collect) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc" / "meminfo").write_bytes(b"MemTotal: 16 kB\nHugePages_Free: 3\n")
    assert collect(meminfo.SPECIFICATION, tmp_path) == {
        "node_memory_MemTotal_bytes": 16384,
        "node_memory_HugePages_Free": 3,
    }


@pytest.mark.parametrize("data", [b"", b"MemTotal 16 kB\n", b"MemTotal: -1 kB\n", b"A: 1 MB\n"])
def test_meminfo_refuses(data: bytes) -> None:
    with pytest.raises(CollectorError):
        meminfo.parse(data)


def test_vmstat() -> None:
    assert vmstat.parse(b"nr_free_pages 10\npgfault 20\n") == (
        [b"nr_free_pages", b"pgfault"],
        [b"10", b"20"],
    )


@pytest.mark.parametrize("data", [b"", b"a\n", b"a 1 2 3\n", b"a b\n", b"a 1\nb\n"])
def test_vmstat_refuses(data: bytes) -> None:
    with pytest.raises(CollectorError):
        vmstat.parse(data)


def test_vmstat_shows_the_chosen_fields(tmp_path: Path, collect: Collect) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc" / "vmstat").write_bytes(b"nr_free_pages 10\npgfault 20\npgmajfault 3\n")
    assert collect(vmstat.SPECIFICATION, tmp_path) == {
        "node_vmstat_pgfault": 20,
        "node_vmstat_pgmajfault": 3,
    }
    chosen = collect(vmstat.SPECIFICATION, tmp_path, "--collector.vmstat.fields=free")
    assert chosen == {"node_vmstat_nr_free_pages": 10}


def test_loadavg() -> None:
    assert loadavg.parse(b"0.55 1.25 12.00 2/345 678\n") == [b"0.55", b"1.25", b"12.00"]


@pytest.mark.parametrize("data", [b"", b"0.1 0.2\n", b"0.1 -0.2 0.3 1/2 3\n", b"nan inf 1 2/3 4"])
def test_loadavg_refuses(data: bytes) -> None:
    with pytest.raises(CollectorError):
        loadavg.parse(data)


@pytest.mark.parametrize("columns", [11, 15, 17, 20])
def test_diskstats_of_all_kernels(columns: int) -> None:
    numbers = [str(i) for i in range(1, columns + 1)]
    row = diskstats.parse(f" 254  0 vda {' '.join(numbers)}\n".encode())[0]
    assert (row.major, row.minor, row.device) == (b"254", b"0", b"vda")
    assert row.columns == [number.encode() for number in numbers[:17]]


def test_diskstats_samples_are_seconds_and_bytes(tmp_path: Path, collect: Collect) -> None:
    (tmp_path / "proc").mkdir()
    line = "254 0 {} 1 2 3 4 5 6 7 8 9 10 11\n"
    devices = "".join(line.format(name) for name in ("vda", "vda1", "loop0", "nvme0n1"))
    (tmp_path / "proc" / "diskstats").write_text(devices)
    samples = collect(diskstats.SPECIFICATION, tmp_path)
    assert {series.split('"')[1] for series in samples} == {"vda", "nvme0n1"}
    assert samples['node_disk_read_bytes_total{device="vda"}'] == 3 * 512
    assert samples['node_disk_read_time_seconds_total{device="vda"}'] == 0.004
    assert samples['node_disk_io_now{device="vda"}'] == 9
    assert not any("discard" in series for series in samples)


def test_diskstats_refuses_two_devices_of_one_name(tmp_path: Path, collect: Collect) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc" / "diskstats").write_text("254 0 vda 1 2 3 4 5 6 7 8 9 10 11\n" * 2)
    with pytest.raises(MalformedError, match="twice"):
        collect(diskstats.SPECIFICATION, tmp_path)


NET_DEV = b"""Inter-|   Receive                            |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes packets
  lo:1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16
eth0:1: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
"""


def test_netdev() -> None:
    devices, rows = netdev.parse(NET_DEV)
    assert devices == [b"lo", b"eth0:1"]
    assert rows[0] == [str(i).encode() for i in range(1, 17)]


def test_netdev_samples(tmp_path: Path, collect: Collect) -> None:
    (tmp_path / "proc" / "net").mkdir(parents=True)
    (tmp_path / "proc" / "net" / "dev").write_bytes(NET_DEV)
    samples = collect(netdev.SPECIFICATION, tmp_path, "--collector.netdev.device-exclude=eth")
    assert len(samples) == 16
    assert samples['node_network_receive_bytes_total{device="lo"}'] == 1
    assert samples['node_network_transmit_carrier_total{device="lo"}'] == 15
    none = collect(netdev.SPECIFICATION, tmp_path, "--collector.netdev.device-exclude=.")
    assert none == {}


@pytest.mark.parametrize("data", [b"", b"a\n", b"a\nb|c\n lo: 1 2 3\n", NET_DEV + b" x: y" * 17])
def test_netdev_refuses(data: bytes) -> None:
    with pytest.raises(CollectorError):
        netdev.parse(data)


def test_the_thread_that_reads_is_not_counted_as_running(collect: Collect, tree: Path) -> None:
    (tree / "proc" / "stat").write_text("ctxt 5\nprocs_running 3\n")
    assert collect(stat.SPECIFICATION, tree)["node_procs_running"] == 3
    # A procfs that shows this process is that of the running kernel.
    shutil.rmtree(tree / "proc" / "self", ignore_errors=True)
    (tree / "proc" / "self").symlink_to("/proc/self")
    assert collect(stat.SPECIFICATION, tree)["node_procs_running"] == 2
    (tree / "proc" / "stat").write_text("ctxt 5\nprocs_running 0\n")
    assert collect(stat.SPECIFICATION, tree)["node_procs_running"] == 0
