"""Every parser, given spoiled files of the fixture trees: it refuses them, or understands them."""

from __future__ import annotations

import functools
import pkgutil
import re
import struct
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import exporter
from exporter.collecting import CollectorError
from exporter.collectors import (
    arp,
    bcache,
    bcachefs,
    buddyinfo,
    conntrack,
    filefd,
    interrupts,
    ipvs,
    loadavg,
    mdadm,
    meminfo,
    meminfo_numa,
    netdev,
    netstat,
    os_release,
    pressure,
    process,
    processes,
    schedstat,
    selinux,
    slabinfo,
    sockstat,
    softirqs,
    softnet,
    stat,
    tcpstat,
    udp_queues,
    vmstat,
    xfs,
    zfs,
    zoneinfo,
)
from exporter.collectors.btrfs import collector as btrfs
from exporter.collectors.cpu import collector as cpu
from exporter.collectors.cpu import facts as cpu_facts
from exporter.collectors.diskstats import collector as diskstats
from exporter.collectors.diskstats import udev
from exporter.collectors.ethtool import statistics
from exporter.collectors.infiniband import collector as infiniband
from exporter.collectors.netclass import links
from exporter.collectors.textfile import parsing
from exporter.sources import mountinfo, rpc
from exporter.sources.files import Paths, Sources
from exporter.sources.numbers import NumberPlace, NumberSeries
from exporter.validation import cpu_totals
from perfanalysis.errors import InputError, MalformedError
from perfanalysis.machines.cpu_list import parse_cpu_list
from perfanalysis.machines.cpuinfo import cpu_model
from perfanalysis.recordings import captures
from tests.exporter.conftest import FIXTURES, flags_of
from tests.exporter.mutation.mutating import MUTATIONS

Parser = Callable[[bytes], object]


def named(parse: Callable[[bytes, str], object]) -> Parser:
    return lambda data: parse(data, "the file")


def totals(data: bytes) -> None:
    """The totals of the CPUs, and how they have changed since each whole file."""
    for whole in files_of("proc/stat"):
        reader = cpu_totals.TotalsReader()
        before, after = reader.read(whole), reader.read(data)
        if before is not None and after is not None and after.is_like(before):
            after.backwards(before)
            after.disagreement(before, 4)


# By the path that each reads; the trees have several kernels' versions of most.
PARSERS: dict[str, Parser] = {
    "proc/stat": lambda data: (cpu.parse(data), stat.parse(data), totals(data)),
    "proc/cpuinfo": lambda data: (
        cpu_facts.parse_cpuinfo(data),
        cpu_model(data.decode("utf-8", "replace")),
    ),
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
    "sys/class/infiniband/*/ports/*/state": lambda data: infiniband.parse_state(
        data.strip(), "state"
    ),
    "sys/class/infiniband/*/ports/*/rate": lambda data: infiniband.parse_rate(data.strip(), "rate"),
    "sys/devices/system/cpu/isolated": lambda data: parse_cpu_list(
        data.decode("utf-8", "replace"), "isolated"
    ),
    "sys/fs/xfs/*/stats/stats": xfs.parse,
    "sys/fs/btrfs/*/commit_stats": named(btrfs.parse_commits),
    "sys/fs/bcache/*/bdev0/writeback_rate_debug": bcache.parse_lines,
    "sys/fs/bcachefs/*/counters/*": named(bcachefs.parse_counter),
    "sys/fs/bcachefs/*/dev-0/io_done": named(bcachefs.parse_io_done),
    "sys/fs/bcachefs/*/dev-0/io_errors": named(bcachefs.parse_io_errors),
    "sys/fs/bcachefs/*/compression_stats": lambda data: bcachefs.parse_table(data, 2),
    "etc/os-release": os_release.parse,
    "udev/data/b*": udev.parse,
    "text/*.prom": named(parsing.parse),
}


def laid_out(lay_out: Callable[[Sequence[bytes]], Sequence[NumberPlace]]) -> Parser:
    """The whole way of a text whose words seldom change."""
    return lambda data: NumberSeries(lay_out).block(data)


# Of what stands in no fixture tree: the file, an example of it, and what else may be raised.
EXAMPLES: dict[str, tuple[Parser, bytes, type[Exception]]] = {
    "proc/buddyinfo": (
        laid_out(buddyinfo.lay_out),
        b"Node 0, zone      DMA      1      0\nNode 0, zone   Normal   4381   1093\n",
        MalformedError,
    ),
    "proc/interrupts": (
        laid_out(
            interrupts.InterruptsCollector(
                Sources(Paths()), flags_of("--collector.interrupts")
            )._lay_out
        ),
        b"      CPU0   CPU2\n  9:  12  3   IO-APIC   9-fasteoi   acpi\nLOC: 1 2 Local timer\n",
        MalformedError,
    ),
    "proc/slabinfo": (
        slabinfo.parse,
        b"slabinfo - version: 2.1\n# name <active_objs>\n"
        b"kmalloc-8 1 2 8 512 1 : tunables 0 0 0 : slabdata 1 1 0\n",
        CollectorError,
    ),
    "proc/softirqs": (
        laid_out(softirqs.lay_out),
        b"       CPU0  CPU1\n  HI:   7   1\nTIMER:   9   8\n",
        MalformedError,
    ),
    "proc/zoneinfo": (
        zoneinfo.parse,
        b"Node 0, zone    DMA\n  pages free 3\n   min  8\n   protection: (0, 39)\n",
        CollectorError,
    ),
    "sys/devices/system/node/node0/meminfo": (
        meminfo_numa.parse_memory,
        b"Node 0 MemTotal:  14117084 kB\nNode 0 Active(anon): 3 kB\nNode 0 HugePages_Free:  0\n",
        CollectorError,
    ),
    "sys/devices/system/node/node0/numastat": (
        meminfo_numa.parse_events,
        b"numa_hit 40459648\nother_node 0\n",
        CollectorError,
    ),
    "proc/9/stat": (processes.parse, b"9 (a) b) S " + b"7 " * 49, CollectorError),
    "proc/net/tcp": (
        lambda data: tcpstat.parse(data, Counter()),
        b"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt\n"
        b"   0: 0100007F:1F90 00000000:0000 0A 00000000:00000003 00:00000000 00000000\n",
        CollectorError,
    ),
    "sock_diag": (
        lambda data: tcpstat.add_sockets(data, Counter()),
        struct.pack("=IHHII BB54xII8x", 88, 20, 2, 1, 0, 2, 1, 5, 7)
        + struct.pack("=IHHIIi", 20, 3, 2, 1, 0, 0),
        OSError,
    ),
    "ethtool": (
        lambda data: statistics.counters(data, re.compile("")),
        b"rx_bytes".ljust(32, b"\0") + b"[0]: tx".ljust(32, b"\0"),
        CollectorError,
    ),
    "proc/self/stat": (process.parse, b"9 (a) b) S " + b"7 " * 49, CollectorError),
    "etc/selinux/config": (
        selinux.parse_config,
        b"# SELINUX=x\nSELINUX=enforcing\n",
        CollectorError,
    ),
    "rtnetlink": (
        lambda data: links.parse_indices(data, set()),
        struct.pack("=IHHII BxHiII", 32, 16, 2, 1, 0, 0, 1, 3, 0, 0)
        + struct.pack("=IHHII", 16, 3, 2, 1, 0),
        OSError,
    ),
    "a recording": (
        lambda data: captures.parse_line(data, "line 1"),
        b'{"timestamp": 7, "subsystem": "/proc/stat", "measurement": "cpu 1"}',
        InputError,
    ),
}
# Parsers that other tests give any bytes to.
ELSEWHERE = {
    "tests/exporter/collectors/cgroup/test_parsing.py",
    "tests/exporter/collectors/test_default_routes.py",
    "tests/exporter/collectors/test_loadtest.py",
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
    except MalformedError as error:
        assert str(error)


@pytest.mark.parametrize("name", EXAMPLES)
@given(
    seed=st.integers(0, 2**32),
    names=st.lists(st.sampled_from(sorted(MUTATIONS)), max_size=3),
)
def test_spoiled_examples_are_refused_or_understood(name: str, seed: int, names: list[str]) -> None:
    parse, data, error = EXAMPLES[name]
    random = Random(seed)
    for mutation in names:
        data = MUTATIONS[mutation](data, random)
    try:
        parse(data)
    except error as refused:
        assert names
        assert str(refused)


def test_no_parser_is_forgotten() -> None:
    """Every function ``parse...(data: bytes, ...)`` of the exporter stands in one of the tables."""
    root = Path(__file__).resolve().parents[2]
    tested = "".join((root / name).read_text() for name in ELSEWHERE) + Path(__file__).read_text()
    forgotten = []
    for module in pkgutil.walk_packages(exporter.__path__, "exporter."):
        text = Path(root, *module.name.split(".")).with_suffix(".py")
        if not text.exists() or module.name.startswith(
            ("exporter.serving", "exporter.collectors.custom")
        ):
            # Those are configurations, with files of their own.
            continue
        for function in re.findall(r"^def (parse\w*)\(data: bytes", text.read_text(), re.M):
            *_, folder, last = module.name.split(".")
            names = f"{last}|{folder}|{folder}_{last}"
            if not re.search(rf"\b(?:(?:{names})\.{function}\b|{function}[,()\n])", tested):
                forgotten.append(f"{module.name}.{function}")
    assert forgotten == []
