"""Collectors that are off by default beside the real node_exporter's, on a tree and here."""

from __future__ import annotations

from pathlib import Path

import pytest

from exporter.collectors.cpu_vulnerabilities import FOLDER
from perfanalysis.exposition.rendering import TEXT
from tests.exporter.collectors import (
    test_drbd,
    test_drm,
    test_mountstats,
    test_nvmesubsystem,
    test_swap,
    test_sysctl,
)
from tests.exporter.collectors.test_pcidevice import NAMES, machine
from tests.exporter.conftest import scraper_of
from tests.exporter.peer.documented import undocumented
from tests.exporter.peer.node_exporter import NodeExporter, tree_flags
from tests.exporter.peer.pages import Difference, Page, differences, read
from tests.exporter.test_peer import LOOKS, node_exporter, theirs_of

__all__ = ["machine", "node_exporter"]

SYSCTLS = (
    "include=kernel.threads-max",
    "include=fs.file-nr",
    "include=fs.file-nr:total,current,max",
    "include-info=kernel.seccomp.actions_avail",
)
OF_FILES = ("cgroups", "cpu_vulnerabilities", "lnstat", "mountstats", "pcidevice", "swap", "xfrm")
BY_NETLINK = ("network_route", "qdisc", "wifi")
FILES = {
    "cgroups": "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t1\t31\t1\nmemory\t4\t58\t0\n",
    "drbd": test_drbd.TEXT,
    "swaps": test_swap.TEXT,
    "net/xfrm_stat": "XfrmInError 1\nXfrmOutStateSeqError 18\n",
    "net/stat/arp_cache": "entries  allocs\n00000010  0000000a\n00000010  00000001\n",
    "7/mountstats": test_mountstats.OTHER
    + test_mountstats.mount("a", test_mountstats.TCP)
    + test_mountstats.mount("b", test_mountstats.UDP, type_="nfs"),
    "7/mountinfo": test_mountstats.MOUNTINFO,
    **{name.removeprefix("proc/"): text for name, text in test_sysctl.FILES.items()},
}

ATTRIBUTES = {
    f"sys/{name}": text
    for name, text in {
        f"{FOLDER}/mds": "Mitigation: Clear CPU buffers; SMT vulnerable\n",
        **test_drm.tree("card0", test_drm.AMD),
        **test_nvmesubsystem.FILES,
        f"{test_nvmesubsystem.ONE}/nvme0/address": "traddr=10.0.0.1\n",
        f"{test_nvmesubsystem.ONE}/nvme10/address": "traddr=10.0.0.2\n",
    }.items()
}


def flags_for(*collectors: str) -> list[str]:
    switches = [f"--collector.{name}" for name in (*collectors, "sysctl")]
    return [
        "--collector.disable-defaults",
        *switches,
        *(f"--collector.sysctl.{flag}" for flag in SYSCTLS),
    ]


def pages(program: Path, flags: list[str], log: Path) -> tuple[Page, list[Difference]]:
    """Our page, and what differs at every look but for the numbers that move meanwhile."""
    scraper = scraper_of(*flags)
    always: set[Difference] | None = None
    with NodeExporter(program, flags, log) as server:
        for _ in range(LOOKS):
            before = read(scraper.scrape(TEXT), "our page")
            theirs = theirs_of(server)
            after = read(scraper.scrape(TEXT), "our page")
            moved = {one.family for one in differences(before, after)}
            found = {
                one._replace(detail=one.detail.partition("} ")[0])
                for one in undocumented(differences(after, theirs))
                if one.family not in moved
            }
            always = found if always is None else always & found
            if not always:
                break
    assert always is not None
    return after, sorted(always)


@pytest.mark.e2e
def test_this_machine(node_exporter: Path, tmp_path: Path) -> None:
    flags = flags_for(*OF_FILES, *BY_NETLINK)
    ours, found = pages(node_exporter, flags, tmp_path / "log")
    assert found == []
    assert len(ours) > 60


@pytest.mark.e2e
def test_a_tree(node_exporter: Path, machine: Path, tmp_path: Path) -> None:
    files = {f"proc/{name}": text for name, text in FILES.items()}
    for name, text in (files | ATTRIBUTES).items():
        path = machine / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (machine / "proc" / "self").symlink_to("7")
    ids = machine / "pci.ids"
    ids.write_text(NAMES)
    flags = [
        *flags_for(*OF_FILES, "drbd", "drm", "nvmesubsystem"),
        *tree_flags(machine),
        *("--collector.pcidevice.names", f"--collector.pcidevice.idsfile={ids}"),
    ]
    ours, found = pages(node_exporter, flags, tmp_path / "log")
    assert found == []
    assert len(ours) > 80
