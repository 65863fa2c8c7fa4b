"""The collectors of sysfs attributes, over small trees as the kernel's documents describe them."""

from __future__ import annotations

from pathlib import Path
from time import sleep

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.collecting import CollectorError, NothingToRead
from exporter.collectors import bonding, dmi, edac, mdadm, nvme, rapl, watchdog, xfs
from exporter.collectors.hwmon import collector as hwmon
from exporter.collectors.netclass import collector as netclass
from exporter.sources.files import Paths, Sources
from tests.exporter.collectors.conftest import Write
from tests.exporter.conftest import Collect


def test_bonding(write: Write, collect: Collect) -> None:
    net = "class/net"
    tree = write(
        {
            f"{net}/bonding_masters": "bond0 empty\n",
            f"{net}/bond0/bonding/slaves": "eth0 eth1\n",
            f"{net}/bond0/lower_eth0/bonding_slave/mii_status": "up\n",
            f"{net}/bond0/slave_eth1/bonding_slave/mii_status": "down\n",
            f"{net}/empty/bonding/slaves": "\n",
        }
    )
    assert collect(bonding.SPECIFICATION, tree) == {
        'node_bonding_slaves{master="bond0"}': 2,
        'node_bonding_active{master="bond0"}': 1,
        'node_bonding_slaves{master="empty"}': 0,
        'node_bonding_active{master="empty"}': 0,
    }


def test_dmi_shows_what_there_is(write: Write, collect: Collect) -> None:
    tree = write({"class/dmi/id/sys_vendor": "Amazon EC2\n", "class/dmi/id/bios_date": "1/1/2017"})
    assert collect(dmi.SPECIFICATION, tree) == {
        'node_dmi_info{bios_date="1/1/2017",system_vendor="Amazon EC2"}': 1
    }


def test_edac(write: Write, collect: Collect) -> None:
    row = "devices/system/edac/mc/mc0/csrow1"
    tree = write(
        {
            **{f"devices/system/edac/mc/mc0/{kind}_count": "1\n" for kind in ("ce", "ue")},
            **{f"devices/system/edac/mc/mc0/{kind}_noinfo_count": "2\n" for kind in ("ce", "ue")},
            f"{row}/ce_count": "3\n",
            f"{row}/ue_count": "4\n",
            f"{row}/ch0_ce_count": "5\n",
            f"{row}/ch0_dimm_label": "mc#0csrow#1channel#0\n",
        }
    )
    samples = collect(edac.SPECIFICATION, tree)
    assert samples['node_edac_correctable_errors_total{controller="0"}'] == 1
    rows = "node_edac_csrow_uncorrectable_errors_total"
    assert samples[f'{rows}{{controller="0",csrow="unknown"}}'] == 2
    assert samples[f'{rows}{{controller="0",csrow="1"}}'] == 4
    labels = 'controller="0",csrow="1",channel="0",dimm_label="mc0_csrow1_channel0"'
    assert samples[f"node_edac_channel_correctable_errors_total{{{labels}}}"] == 5


MDSTAT = """Personalities : [raid1] [raid6] [raid5] [raid4] [raid0]
md3 : active raid6 sda1[8] sdh1[7] sdg1[6](F) sdf1[5] sde1[11](S)
      5853468288 blocks super 1.2 level 6, 64k chunk, algorithm 2 [8/7] [UUUUUU_U]
      bitmap: 0/9 pages [0KB], 65536KB chunk

md0 : active raid0 sdj1[0] sdk1[1]
      1024 blocks 64k chunks

md8 : active raid1 sdb1[1] sda1[0]
      195310144 blocks [2/2] [UU]
      [=>...................]  resync =  8.5% (16775552/195310144) finish=17.0min speed=259783K/sec

md9 : active (auto-read-only) raid1 sdc2[2]
      100 blocks [2/1] [U_]
      \tresync=PENDING

md1 : inactive sdd1[0](S)
      3141 blocks super external:imsm

unused devices: <none>
"""


def test_mdadm(write: Write, collect: Collect) -> None:
    tree = write(
        {
            "proc/mdstat": MDSTAT,
            "block/md3/md/level": "raid6\n",
            "block/md3/md/raid_disks": "8 (7)\n",
            "block/md3/md/degraded": "1\n",
        }
    )
    samples = collect(mdadm.SPECIFICATION, tree)
    assert samples['node_md_disks{device="md3",state="active"}'] == 7
    assert samples['node_md_disks{device="md3",state="failed"}'] == 1
    assert samples['node_md_disks{device="md3",state="spare"}'] == 1
    assert samples['node_md_disks_required{device="md3"}'] == 8
    assert samples['node_md_raid_disks{device="md3"}'] == 8
    assert samples['node_md_degraded{device="md3"}'] == 1
    assert samples['node_md_disks{device="md0",state="active"}'] == 2
    assert samples['node_md_state{device="md8",state="resync"}'] == 1
    assert samples['node_md_state{device="md8",state="active"}'] == 0
    assert samples['node_md_blocks_synced{device="md8"}'] == 16775552
    assert samples['node_md_blocks_synced{device="md9"}'] == 0
    assert samples['node_md_state{device="md1",state="inactive"}'] == 1


INTERFACE = {
    "address": "02:fc:00:00:00:05\n",
    "broadcast": "ff:ff:ff:ff:ff:ff\n",
    "operstate": "up\n",
    "flags": "0x1003\n",
    "dev_id": "0x20\n",
    "mtu": "1500\n",
    "speed": "10000\n",
    "duplex": "full\n",
    "ifindex": "2\n",
    "carrier_changes": "3\n",
    "ifalias": "\n",
}


def test_netclass(write: Write, collect: Collect) -> None:
    tree = write({f"class/net/eth0/{name}": text for name, text in INTERFACE.items()})
    write({"class/net/bonding_masters": "\n", "class/net/tun0/speed": "-1\n"})
    samples = collect(netclass.SPECIFICATION, tree)
    for name, value in {
        "up": 1,
        "flags": 0x1003,
        "device_id": 0x20,
        "mtu_bytes": 1500,
        "speed_bytes": 1.25e9,
        "iface_id": 2,
        "carrier_changes_total": 3,
    }.items():
        assert samples[f'node_network_{name}{{device="eth0"}}'] == value
    labels = (
        'device="eth0",address="02:fc:00:00:00:05",broadcast="ff:ff:ff:ff:ff:ff",duplex="full",'
        'operstate="up",adminstate="up",ifalias=""'
    )
    assert samples[f"node_network_info{{{labels}}}"] == 1
    assert samples['node_network_speed_bytes{device="tun0"}'] == -125000
    assert samples['node_network_up{device="tun0"}'] == 0
    ignore = "--collector.netclass.ignore-invalid-speed"
    assert 'node_network_speed_bytes{device="tun0"}' not in collect(
        netclass.SPECIFICATION, tree, ignore
    )


def test_netclass_shows_this_machines_links_and_reads_them_once() -> None:
    sources = Sources(Paths())
    collector = netclass.NetclassCollector(
        sources,
        {netclass.IGNORED.variable: "^$", netclass.INVALID_SPEED.variable: False},
    )
    first = collector.collect()
    # Links may come and go while this looks, as those of containers do: then they are read anew.
    for _ in range(50):
        sources.begin_scrape()
        again = collector.collect()
        if again is first:
            break
        first = again
        sleep(0.1)
    assert again is first
    shown = {sample.labels[0] for sample in first[0].layout.series}
    present = {path.name for path in Path("/sys/class/net").iterdir()} - {"bonding_masters"}
    assert shown == present


def test_nvme(write: Write, collect: Collect) -> None:
    texts = {"firmware_rev": "1B2", "model": "Disk X", "serial": "S1", "state": "live"}
    folder = "class/nvme/nvme0"
    tree = write(
        {
            **{f"{folder}/{name}": f"{text}\n" for name, text in texts.items()},
            f"{folder}/cntlid": "1997\n",
            f"{folder}/nvme0c0n1/size": "100\n",
            f"{folder}/nvme0c0n1/nuse": "10\n",
            f"{folder}/nvme0c0n1/queue/logical_block_size": "4096\n",
            f"{folder}/nvme0c0n1/ana_state": "optimized\n",
        }
    )
    assert collect(nvme.SPECIFICATION, tree) == {
        'node_nvme_info{device="nvme0",firmware_revision="1B2",model="Disk X",serial="S1",'
        'state="live",cntlid="1997"}': 1,
        'node_nvme_namespace_info{device="nvme0",nsid="1",ana_state="optimized"}': 1,
        'node_nvme_namespace_capacity_bytes{device="nvme0",nsid="1"}': 409600,
        'node_nvme_namespace_size_bytes{device="nvme0",nsid="1"}': 409600,
        'node_nvme_namespace_used_bytes{device="nvme0",nsid="1"}': 40960,
        'node_nvme_namespace_logical_block_size_bytes{device="nvme0",nsid="1"}': 4096,
    }


def test_xfs(write: Write, collect: Collect) -> None:
    stats = "extent_alloc 1 2 3 4\nrw 28 5\nfuture 1 2 3\nvnodes 1 2 3 4 5 6 7 8\n"
    tree = write({"fs/xfs/sda1/stats/stats": stats, "fs/xfs/stats/stats": "rw 1 1\n"})
    samples = collect(xfs.SPECIFICATION, tree)
    assert len(samples) == 4 + 2 + 7
    device = '{device="sda1"}'
    assert samples[f"node_xfs_extent_allocation_blocks_freed_total{device}"] == 4
    assert samples[f"node_xfs_vnode_remove_total{device}"] == 7


@pytest.mark.parametrize(
    "specification",
    [bonding, dmi, hwmon, mdadm, netclass, nvme, rapl, watchdog],
    ids=lambda module: module.SPECIFICATION.name,
)
def test_a_machine_that_has_none_of_it(specification: object, tmp_path: Path) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "sys").mkdir()
    made = specification.SPECIFICATION  # type: ignore[attr-defined]
    flags = {flag.variable: flag.default for flag in made.flags}
    collector = made.create(Sources(Paths(tmp_path / "proc", tmp_path / "sys")), flags)
    with pytest.raises(NothingToRead):
        collector.collect()


@given(data=st.one_of(st.binary(), st.from_regex(rb"md0 : .*\n .*\n .*\n", fullmatch=True)))
def test_mdstat_of_any_bytes(data: bytes) -> None:
    try:
        mdadm.parse(data)
    except CollectorError as error:
        assert "/proc/mdstat" in str(error)


@given(data=st.one_of(st.binary(), st.from_regex(rb"rw [0-9 -]*\n", fullmatch=True)))
def test_xfs_of_any_bytes(data: bytes) -> None:
    try:
        xfs.parse(data)
    except CollectorError as error:
        assert "xfs" in str(error)


@given(attribute=st.sampled_from(sorted(netclass.PROPERTIES)), data=st.binary(min_size=1))
def test_interfaces_of_any_bytes(attribute: str, data: bytes) -> None:
    try:
        netclass.samples([("eth0", {attribute: data})], ignore_invalid_speed=False)
    except CollectorError as error:
        assert attribute in str(error)
