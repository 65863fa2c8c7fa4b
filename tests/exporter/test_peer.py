"""Ours beside the real node_exporter: what differs is in docs/differences.md, or the test fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import peers
from benchmarks.case import PeerMissingError
from perfanalysis.exposition.rendering import TEXT
from tests.exporter.conftest import FIXTURES, HOSTS, scraper_of
from tests.exporter.peer.documented import documented, undocumented
from tests.exporter.peer.node_exporter import NodeExporter, tree_flags
from tests.exporter.peer.pages import Difference, Page, differences, read

# What shows the machine that the test runs on, whatever tree is given, in one of the two.
OF_THIS_MACHINE = ("filesystem", "time", "timex", "uname", "selinux")
ONLY_OURS = ("cgroup", "loadtest", "machine", "process", "validation")
BY_NETLINK = ("--no-collector.arp.netlink", "--no-collector.netdev.netlink")
# Kernels count while two programs look one after the other.
LOOKS = 6


@pytest.fixture(scope="session")
def node_exporter() -> Path:
    try:
        program = peers.node_exporter()
    except PeerMissingError as error:
        pytest.skip(str(error))
    version = peers.node_exporter_version(program)
    if version != "1.12.1":
        pytest.skip(f"node_exporter 1.12.1 cannot be built here (no Go); {version} shows less")
    return program


def ours_of(*flags: str) -> Page:
    off = [f"--no-collector.{name}" for name in ONLY_OURS]
    return read(scraper_of(*flags, *off).scrape(TEXT), "our page")


def theirs_of(server: NodeExporter) -> Page:
    answer = server.page()
    assert answer is not None, server.log.read_text()[-3000:]
    assert answer[0] == 200, answer[1][:3000]
    return read(answer[1], "node_exporter's page")


@pytest.mark.e2e
@pytest.mark.parametrize("host", HOSTS)
def test_fixture_trees(host: str, node_exporter: Path, tmp_path: Path) -> None:
    flags = [*tree_flags(FIXTURES / host), *(f"--no-collector.{n}" for n in OF_THIS_MACHINE)]
    ours = ours_of(*flags)
    with NodeExporter(node_exporter, [*flags, *BY_NETLINK], tmp_path / "log") as server:
        theirs = theirs_of(server)
    assert undocumented(differences(ours, theirs)) == []
    assert len(ours.keys() & theirs.keys()) > 150


@pytest.mark.e2e
@pytest.mark.parametrize("host", HOSTS)
def test_fixture_trees_with_other_flags(host: str, node_exporter: Path, tmp_path: Path) -> None:
    flags = [
        *tree_flags(FIXTURES / host),
        *(f"--no-collector.{name}" for name in OF_THIS_MACHINE),
        "--collector.bcache.priorityStats",
        "--collector.cpu.info.bugs-include=spectre",
        "--collector.cpu.info.flags-include=^(avx|sse)",
        "--collector.diskstats.device-include=^(sd|dm|nvme)",
        "--collector.hwmon.sensor-exclude=temp2",
        "--collector.ipvs.backend-labels=proto,local_port",
        "--collector.netclass.ignore-invalid-speed",
        "--collector.netdev.device-exclude=^lo$",
        "--collector.netstat.fields=^Tcp",
        "--collector.vmstat.fields=.*",
        "--no-collector.cpu.guest",
        "--no-collector.nfs",
    ]
    ours = ours_of(*flags)
    with NodeExporter(node_exporter, [*flags, *BY_NETLINK], tmp_path / "log") as server:
        theirs = theirs_of(server)
    found = undocumented(differences(ours, theirs))
    assert found == []
    vmstat = {name for name in theirs if name.startswith("node_vmstat_")}
    assert vmstat == {name for name in ours if name.startswith("node_vmstat_")}


@pytest.mark.e2e
def test_this_machine(node_exporter: Path, tmp_path: Path) -> None:
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "a.prom").write_text('# TYPE a gauge\na{x="y"} 1\n')
    flags = [f"--collector.textfile.directory={tmp_path / 'text'}"]
    off = [f"--no-collector.{name}" for name in ONLY_OURS]
    scraper = scraper_of(*flags, *off)
    always: set[Difference] | None = None
    with NodeExporter(node_exporter, flags, tmp_path / "log") as server:
        for _ in range(LOOKS):
            before = read(scraper.scrape(TEXT), "our page")
            theirs = theirs_of(server)
            after = read(scraper.scrape(TEXT), "our page")
            # A number that moved meanwhile is compared at another look.
            moved = {one.family for one in differences(before, after) if one.kind == "value"}
            found = {
                one._replace(detail=one.detail.partition("} ")[0])
                for one in undocumented(differences(after, theirs))
                if one.kind != "value" or one.family not in moved
            }
            always = found if always is None else always & found
            if not always:
                break
    assert always == set()


def test_every_documented_difference_has_a_reason() -> None:
    assert all(len(row.reason) > 10 for row in documented())


def test_what_no_row_covers_is_told() -> None:
    odd = Difference("node_load1", "value", "{} 1, 2")
    assert undocumented([odd, Difference("go_threads", "only theirs", "{}")]) == [odd]
