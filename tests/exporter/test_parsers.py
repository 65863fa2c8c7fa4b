"""Every parser, given spoiled files of the fixture trees: it refuses them, or understands them."""

from __future__ import annotations

import functools
import pkgutil
import re
import struct
from collections.abc import Callable
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
    conntrack,
    filefd,
    ipvs,
    loadavg,
    mdadm,
    meminfo,
    netdev,
    netstat,
    os_release,
    pressure,
    process,
    schedstat,
    selinux,
    sockstat,
    softnet,
    stat,
    udp_queues,
    vmstat,
    xfs,
    zfs,
)
from exporter.collectors.btrfs import collector as btrfs
from exporter.collectors.cpu import collector as cpu
from exporter.collectors.cpu import facts as cpu_facts
from exporter.collectors.diskstats import collector as diskstats
from exporter.collectors.diskstats import udev
from exporter.collectors.infiniband import collector as infiniband
from exporter.collectors.netclass import links
from exporter.collectors.textfile import parsing
from exporter.sources import mountinfo, rpc
from exporter.validation import cpu_totals
from perfanalysis.errors import InputError, MalformedError
from perfanalysis.machines.cpu_list import parse_cpu_list
from perfanalysis.machines.cpuinfo import cpu_model
from perfanalysis.recordings import captures
from tests.exporter.conftest import FIXTURES
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


# Of what stands in no fixture tree: the file, an example of it, and what else may be raised.
EXAMPLES: dict[str, tuple[Parser, bytes, type[Exception]]] = {
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
