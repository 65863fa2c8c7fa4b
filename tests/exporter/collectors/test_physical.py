"""Which interfaces and disks are devices of their own, so that their bytes count once."""

from __future__ import annotations

from pathlib import Path

import pytest

from exporter.collectors.diskstats import collector as diskstats
from exporter.collectors.netclass import collector as netclass
from exporter.collectors.netclass.physical import LinkPlace, counted
from tests.exporter.conftest import Collect

ALONE = LinkPlace("", ())


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ({"eth0": ALONE, "eth1": ALONE}, ["eth0", "eth1"]),
        # Legs of a bond, which has no hardware.
        ({"eth0": LinkPlace("bond0", ()), "eth1": LinkPlace("bond0", ())}, ["eth0", "eth1"]),
        # Hyper-V: the adapter shows what passes its fast path as well.
        ({"eth0": LinkPlace("", ("enP1s1",)), "enP1s1": LinkPlace("eth0", ())}, ["eth0"]),
        # Ports of a switch chip stand on the interface that it is wired to; a port may be bridged.
        (
            {"eth0": ALONE, "lan1": LinkPlace("br0", ("eth0",)), "lan2": LinkPlace("", ("eth0",))},
            ["eth0"],
        ),
        ({}, []),
    ],
)
def test_interfaces_that_count(places: dict[str, LinkPlace], expected: list[str]) -> None:
    assert counted(places) == expected


def test_interfaces_of_a_tree(tmp_path: Path, collect: Collect) -> None:
    (tmp_path / "proc").mkdir()
    net = tmp_path / "sys" / "class" / "net"
    for name in ("eth0", "eth1", "bond0", "bond0.5", "veth7", "docker0", "lo"):
        (net / name).mkdir(parents=True)
    for name in ("eth0", "eth1"):
        (net / name / "device").mkdir()
        (net / name / "master").symlink_to(net / "bond0")
        (net / "bond0" / f"lower_{name}").symlink_to(net / name)
    samples = collect(netclass.SPECIFICATION, tmp_path)
    found = {name for name in samples if name.startswith("perf_network_physical")}
    assert found == {f'perf_network_physical{{device="{name}"}}' for name in ("eth0", "eth1")}


def test_disks_of_a_tree(tmp_path: Path, collect: Collect) -> None:
    devices = ("sda", "dm-0", "md0", "zram0", "loop0", "nbd0", "nvme0n1", "nvme0c0n1", "cciss/c0d0")
    (tmp_path / "proc").mkdir()
    rows = [f"8 {i} {name} {' '.join(['1'] * 17)}\n" for i, name in enumerate(devices)]
    (tmp_path / "proc" / "diskstats").write_text("".join(rows))
    for name in ("sda", "nvme0n1", "nvme0c0n1", "cciss!c0d0"):
        (tmp_path / "sys" / "block" / name / "device").mkdir(parents=True)
    samples = collect(diskstats.SPECIFICATION, tmp_path)
    found = {name for name in samples if name.startswith("perf_disk_physical")}
    counted_disks = ("sda", "nbd0", "nvme0n1", "cciss/c0d0")
    assert found == {f'perf_disk_physical{{device="{name}"}}' for name in counted_disks}
