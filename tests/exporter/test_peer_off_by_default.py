"""Collectors that are off by default, beside the real node_exporter's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from exporter.native._numbers import lib

from perfanalysis.exposition.rendering import TEXT
from tests.exporter.collectors.test_interrupts import INTERRUPTS
from tests.exporter.collectors.test_memory_details import (
    BUDDYINFO,
    MEMINFO,
    NUMASTAT,
    SLABINFO,
    ZONEINFO,
)
from tests.exporter.conftest import scraper_of
from tests.exporter.peer.documented import undocumented
from tests.exporter.peer.node_exporter import NodeExporter
from tests.exporter.peer.pages import Difference, differences, read
from tests.exporter.test_peer import node_exporter

__all__ = ["node_exporter"]

OF_FILES = (
    *("buddyinfo", "interrupts", "ksmd", "meminfo_numa", "processes", "slabinfo", "softirqs"),
    "zoneinfo",
)
OF_THIS_MACHINE = (*OF_FILES, "ethtool", "tcpstat")
EVENTS = (
    *("--collector.perf", "--collector.perf.disable-hardware-profilers"),
    "--collector.perf.disable-cache-profilers",
)
CHOSEN = (
    *("--collector.interrupts.name-exclude=^LOC;", "--no-collector.interrupts.include-zeros"),
    *("--collector.slabinfo.slabs-include=^k", "--collector.slabinfo.slabs-exclude=-8$"),
)
# Kernels count while two programs look one after the other.
LOOKS = 6


def flags_for(*collectors: str) -> list[str]:
    return ["--collector.disable-defaults", *(f"--collector.{name}" for name in collectors)]


def always_different(program: Path, flags: list[str], log: Path) -> set[Difference]:
    """What differs at every look, but for numbers that moved between two looks of ours."""
    scraper = scraper_of(*flags)
    always: set[Difference] | None = None
    with NodeExporter(program, flags, log) as server:
        for _ in range(LOOKS):
            before = read(scraper.scrape(TEXT), "our page")
            answer = server.page()
            assert answer is not None, log.read_text()[-3000:]
            theirs = read(answer[1], "node_exporter's page")
            after = read(scraper.scrape(TEXT), "our page")
            moved = {one.family for one in differences(before, after)}
            found = {
                one._replace(detail=one.detail.partition("} ")[0])
                for one in undocumented(differences(after, theirs))
                if one.family not in moved
            }
            assert len(after.keys() & theirs.keys()) > 5
            always = found if always is None else always & found
            if not always:
                break
    return always or set()


@pytest.fixture
def tree(tmp_path: Path) -> list[str]:
    """The flags for a made tree of two nodes."""
    nodes = "sys/devices/system/node"
    stat = "9 (a) b) S " + "0 " * 16 + "1 " + "0 " * 40 + "\n"
    ksm = (
        *("full_scans", "merge_across_nodes", "pages_shared", "pages_sharing", "pages_to_scan"),
        *("pages_unshared", "pages_volatile", "run", "sleep_millisecs"),
    )
    files = {
        "proc/buddyinfo": BUDDYINFO,
        # Every CPU is on: else theirs counts them from 0 (docs/differences.md).
        "proc/interrupts": INTERRUPTS.replace("CPU2", "CPU1"),
        "proc/slabinfo": SLABINFO,
        "proc/softirqs": "  CPU0  CPU1\n  HI:  7  1\n  RCU:  3  4\n  NEW:  5  6\n",
        "proc/zoneinfo": ZONEINFO,
        "proc/9/stat": stat,
        "proc/9/task/9/stat": stat,
        "proc/sys/kernel/threads-max": "7801\n",
        "proc/sys/kernel/pid_max": "123\n",
        **{f"sys/kernel/mm/ksm/{file}": "20\n" for file in ksm},
        **{f"{nodes}/node{node}/meminfo": MEMINFO.format(node) for node in (0, 1)},
        # Kernels have no others than these; ours shows those that it knows.
        **{
            f"{nodes}/node{node}/numastat": NUMASTAT.format(node).replace("new_kind", "other_node")
            for node in (0, 1)
        },
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return [f"--path.procfs={tmp_path / 'proc'}", f"--path.sysfs={tmp_path / 'sys'}"]


@pytest.mark.e2e
@pytest.mark.parametrize("chosen", [(), CHOSEN], ids=["all", "chosen"])
def test_a_made_tree(
    chosen: tuple[str, ...], node_exporter: Path, tree: list[str], tmp_path: Path
) -> None:
    flags = [*flags_for(*OF_FILES), *tree, *chosen]
    assert always_different(node_exporter, flags, tmp_path / "log") == set()


@pytest.mark.e2e
def test_this_machine_with_all_of_them(node_exporter: Path, tmp_path: Path) -> None:
    flags = flags_for(*OF_THIS_MACHINE)
    assert always_different(node_exporter, flags, tmp_path / "log") == set()


@pytest.mark.e2e
def test_events_of_this_machine(node_exporter: Path, tmp_path: Path) -> None:
    descriptor = lib.open_event(1, 3, 0)
    if descriptor < 0:
        pytest.skip(f"the kernel does not count for us: {os.strerror(-descriptor)}")
    os.close(descriptor)
    flags = ["--collector.disable-defaults", *EVENTS]
    found = always_different(node_exporter, flags, tmp_path / "log")
    # Each counts from its own start.
    assert {one.kind for one in found} <= {"value"}
