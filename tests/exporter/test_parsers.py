"""Every parser, given spoiled files of the fixture trees: it refuses them, or understands them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter import cpu_facts, mountinfo, rpc, udev
from exporter.collecting import CollectorError
from exporter.collectors import (
    arp,
    bcache,
    bcachefs,
    btrfs,
    conntrack,
    cpu,
    diskstats,
    filefd,
    ipvs,
    loadavg,
    mdadm,
    meminfo,
    netdev,
    netstat,
    os_release,
    pressure,
    schedstat,
    sockstat,
    softnet,
    stat,
    udp_queues,
    vmstat,
    xfs,
    zfs,
)
from exporter.textfiles import parsing
from tests.exporter.conftest import FIXTURES
from tests.exporter.mutation.mutating import MUTATIONS

Parser = Callable[[bytes], object]


def named(parse: Callable[[bytes, str], object]) -> Parser:
    return lambda data: parse(data, "the file")


# By the path that each reads; the trees have several kernels' versions of most.
PARSERS: dict[str, Parser] = {
    "proc/stat": lambda data: (cpu.parse(data), stat.parse(data)),
    "proc/cpuinfo": cpu_facts.parse_cpuinfo,
    "proc/diskstats": diskstats.parse,
    "proc/loadavg": loadavg.parse,
    "proc/mdstat": mdadm.parse,
    "proc/meminfo": meminfo.parse,
    "proc/vmstat": vmstat.parse,
    "proc/schedstat": schedstat.parse,
    "proc/1/mountinfo": mountinfo.parse,
    "proc/pressure/*": pressure.parse,
    "proc/net/arp": arp.parse,
    "proc/net/dev": netdev.parse,
    "proc/net/ip_vs": ipvs.parse_table,
    "proc/net/ip_vs_stats": ipvs.parse_stats,
    "proc/net/netstat": named(netstat.parse),
    "proc/net/snmp": named(netstat.parse),
    "proc/net/snmp6": netstat.parse_snmp6,
    "proc/net/rpc/nfs*": named(rpc.parse),
    "proc/net/sockstat*": sockstat.parse,
    "proc/net/softnet_stat": softnet.parse,
    "proc/net/stat/nf_conntrack": conntrack.parse,
    "proc/net/udp*": udp_queues.parse,
    "proc/spl/kstat/zfs/*stats": named(zfs.parse),
    "proc/spl/kstat/zfs/*/io": named(zfs.parse_io),
    "proc/sys/fs/file-nr": filefd.parse,
    "sys/devices/system/cpu/isolated": named(cpu_facts.parse_cpu_list),
    "sys/fs/xfs/*/stats/stats": xfs.parse,
    "sys/fs/btrfs/*/commit_stats": named(btrfs.parse_commits),
    "sys/fs/bcache/*/bdev0/writeback_rate_debug": bcache.parse_lines,
    "sys/fs/bcachefs/*/counters/*": named(bcachefs.parse_counter),
    "sys/fs/bcachefs/*/dev-0/io_done": named(bcachefs.parse_io_done),
    "sys/fs/bcachefs/*/dev-0/io_errors": named(bcachefs.parse_io_errors),
    "etc/os-release": os_release.parse,
    "udev/data/b*": udev.parse,
    "text/*.prom": named(parsing.parse),
}


@functools.cache
def files_of(pattern: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted(FIXTURES.glob(f"*/{pattern}"))]


@pytest.mark.parametrize("pattern", PARSERS)
def test_whole_files_are_understood(pattern: str) -> None:
    files = files_of(pattern)
    assert files, pattern
    for data in files:
        PARSERS[pattern](data)


@pytest.mark.parametrize("pattern", PARSERS)
@given(
    seed=st.integers(0, 2**32),
    names=st.lists(st.sampled_from(sorted(MUTATIONS)), min_size=1, max_size=3),
)
def test_spoiled_files_are_refused_or_understood(pattern: str, seed: int, names: list[str]) -> None:
    random = Random(seed)
    data = random.choice(files_of(pattern))
    for name in names:
        data = MUTATIONS[name](data, random)
    try:
        PARSERS[pattern](data)
    except CollectorError as error:
        assert str(error)
