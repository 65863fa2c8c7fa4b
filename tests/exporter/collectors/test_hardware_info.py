"""What CPUs and disks are, packets that nobody wanted, and which fields of vmstat are shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from exporter.collectors import netdev, vmstat
from exporter.collectors.cpu import collector as cpu
from exporter.collectors.diskstats import collector as diskstats
from tests.exporter.collectors.conftest import Write
from tests.exporter.conftest import Collect

STAT = "cpu  2 0 0 0\ncpu0 1 0 0 0\ncpu1 1 0 0 0\n"
CPUINFO = """processor\t: 0
vendor_id\t: GenuineIntel
cpu family\t: 6
model\t\t: 143
model name\t: A  Fine CPU
stepping\t: 8
microcode\t: 0x2b
cache size\t: 1024 KB
physical id\t: 0
core id\t\t: 3
flags\t\t: fpu avx512f avx512bw
bugs\t\t: spectre_v1

processor\t: 1
vendor_id\t: GenuineIntel
"""


def cpu_files(prefix: str = "devices/system/cpu") -> dict[str, str]:
    files = {"proc/stat": STAT, "proc/cpuinfo": CPUINFO, f"{prefix}/isolated": "1,3-4\n"}
    for number in (0, 1):
        folder = f"{prefix}/cpu{number}"
        files |= {
            f"{folder}/topology/physical_package_id": "0\n",
            f"{folder}/topology/core_id": "7\n",
            f"{folder}/thermal_throttle/core_throttle_count": f"{5 + number}\n",
            f"{folder}/thermal_throttle/package_throttle_count": "30\n",
        }
    return files


def beside_time(samples: dict[str, float]) -> dict[str, float]:
    return {series: value for series, value in samples.items() if "_seconds_" not in series}


def test_throttles_once_a_core_and_a_package(write: Write, collect: Collect) -> None:
    assert beside_time(collect(cpu.SPECIFICATION, write(cpu_files()))) == {
        'node_cpu_isolated{cpu="1"}': 1,
        'node_cpu_isolated{cpu="3"}': 1,
        'node_cpu_isolated{cpu="4"}': 1,
        'node_cpu_core_throttles_total{package="0",core="7"}': 5,
        'node_cpu_package_throttles_total{package="0"}': 30,
    }


@pytest.mark.parametrize(
    ("online", "shown"),
    [
        ({"cpu1": "1"}, {}),
        (
            {"cpu0": "1", "cpu1": "0"},
            {'node_cpu_online{cpu="0"}': 1, 'node_cpu_online{cpu="1"}': 0},
        ),
    ],
)
def test_online_where_the_first_cpu_can_be_switched_off(
    online: dict[str, str], shown: dict[str, float], write: Write, collect: Collect
) -> None:
    files = {f"devices/system/cpu/{name}/online": f"{text}\n" for name, text in online.items()}
    files["devices/system/cpu/cpu0/uevent"] = ""
    samples = collect(cpu.SPECIFICATION, write({"proc/stat": STAT, **files}))
    assert beside_time(samples) == shown


def test_cpu_info_by_flags(write: Write, collect: Collect) -> None:
    tree = write({"proc/stat": STAT, "proc/cpuinfo": CPUINFO})
    samples = beside_time(
        collect(
            cpu.SPECIFICATION,
            tree,
            "--collector.cpu.info.flags-include=^avx",
            "--collector.cpu.info.bugs-include=v1$",
        )
    )
    first = (
        'package="0",core="3",cpu="0",vendor="GenuineIntel",family="6",model="143",'
        'model_name="A  Fine CPU",microcode="0x2b",stepping="8",cachesize="1024 KB"'
    )
    assert samples[f"node_cpu_info{{{first}}}"] == 1
    assert samples['node_cpu_flag_info{flag="avx512bw"}'] == 1
    assert samples['node_cpu_bug_info{bug="spectre_v1"}'] == 1
    assert len(samples) == 2 + 2 + 1
    assert beside_time(collect(cpu.SPECIFICATION, tree)) == {}


DISKSTATS = "   8       0 sda 1 2 3 4 5 6 7 8 9 10 11\n 252 0 dm-0 1 2 3 4 5 6 7 8 9 10 11\n"
UDEV = """S:disk/by-id/x
E:ID_SERIAL=long
E:ID_SERIAL_SHORT=short
E:ID_MODEL=Fine_Disk
E:ID_ATA=1
E:ID_ATA_WRITE_CACHE=1
E:ID_ATA_ROTATION_RATE_RPM=7200
E:ID_ATA_WRITE_CACHE_ENABLED=maybe
"""
MAPPER = "E:DM_NAME=vg-root\nE:DM_VG_NAME=vg\nE:DM_LV_NAME=root\nE:ID_FS_TYPE=ext4\n"


def test_disks(write: Write, collect: Collect, tmp_path: Path) -> None:
    tree = write({"proc/diskstats": DISKSTATS, "block/sda/queue/rotational": "1\n"})
    (tmp_path / "udev").mkdir()
    (tmp_path / "udev" / "b8:0").write_text(UDEV)
    (tmp_path / "udev" / "b252:0").write_text(MAPPER)
    flag = f"--path.udev.data={tmp_path / 'udev'}"
    samples = collect(diskstats.SPECIFICATION, tree, flag)
    known = 'path="",wwn="",model="Fine_Disk",serial="short",revision="",rotational="1"'
    assert samples[f'node_disk_info{{device="sda",major="8",minor="0",{known}}}'] == 1
    assert samples['node_disk_ata_write_cache{device="sda"}'] == 1
    assert samples['node_disk_ata_rotation_rate_rpm{device="sda"}'] == 7200
    assert not any("cache_enabled" in series for series in samples)
    names = 'device="dm-0",name="vg-root",uuid="",vg_name="vg",lv_name="root",lv_layer=""'
    assert samples[f"node_disk_device_mapper_info{{{names}}}"] == 1
    system = 'device="dm-0",type="ext4",usage="",uuid="",version=""'
    assert samples[f"node_disk_filesystem_info{{{system}}}"] == 1


def test_packets_without_a_handler(write: Write, collect: Collect) -> None:
    numbers = " ".join(map(str, range(16)))
    tree = write(
        {
            "proc/net/dev": f"Inter-|\n face |\n eth0: {numbers}\n tun0: {numbers}\n",
            "class/net/eth0/statistics/rx_nohandler": "12\n",
        }
    )
    samples = collect(netdev.SPECIFICATION, tree)
    assert samples['node_network_receive_nohandler_total{device="eth0"}'] == 12
    assert 'node_network_receive_nohandler_total{device="tun0"}' not in samples


# What explains memory pressure, by kernel: since 4.x, before, and now.
SHOWN = [
    "allocstall",
    "allocstall_normal",
    "compact_stall",
    "compact_daemon_wake",
    "drop_slab",
    "htlb_buddy_alloc_fail",
    "kswapd_low_wmark_hit_quickly",
    "numa_hint_faults",
    "numa_miss",
    "numa_pages_migrated",
    "oom_kill",
    "pageoutrun",
    "pgactivate",
    "pgdeactivate",
    "pgdemote_kswapd",
    "pgfault",
    "pgmajfault",
    "pginodesteal",
    "pglazyfreed",
    "pgmigrate_fail",
    "pgpgin",
    "pgpgout",
    "pgpromote_success",
    "pgrefill",
    "pgrotated",
    "pgscan_direct",
    "pgscan_direct_throttle",
    "pgscan_anon",
    "pgscan_kswapd_normal",
    "pgsteal_file",
    "pgsteal_kswapd",
    "pswpin",
    "pswpout",
    "slabs_scanned",
    "swap_ra_hit",
    "swpin_zero",
    "thp_fault_fallback",
    "thp_swpout",
    "workingset_refault",
    "workingset_refault_anon",
    "workingset_nodereclaim",
    "zone_reclaim_failed",
    "zswpout",
    "nr_vmscan_write",
]
HIDDEN = [
    "nr_free_pages",
    "nr_dirty",
    "pgalloc_normal",
    "pgfree",
    "unevictable_pgs_culled",
    "balloon_inflate",
]


def vmstat_tree(write: Write) -> Path:
    return write({"proc/vmstat": "".join(f"{field} 1\n" for field in (*SHOWN, *HIDDEN))})


def test_vmstat_shows_what_explains_memory_pressure(write: Write, collect: Collect) -> None:
    samples = collect(vmstat.SPECIFICATION, vmstat_tree(write))
    assert set(samples) == {f"node_vmstat_{field}" for field in SHOWN}


@pytest.mark.parametrize(
    ("pattern", "shown"),
    [
        ("^oom_kill$", {"oom_kill"}),
        ("free", {"nr_free_pages", "pgfree", "pglazyfreed"}),
        (".*", {*SHOWN, *HIDDEN}),
        ("", {*SHOWN, *HIDDEN}),
        ("^none$", set()),
    ],
)
def test_vmstat_fields_by_an_expression_that_matches_anywhere(
    pattern: str, shown: set[str], write: Write, collect: Collect
) -> None:
    flag = f"--collector.vmstat.fields={pattern}"
    samples = collect(vmstat.SPECIFICATION, vmstat_tree(write), flag)
    assert set(samples) == {f"node_vmstat_{field}" for field in shown}


CLOCKS = """processor\t: 0
cpu MHz\t\t: 2596.148
physical id\t: 0
core id\t\t: 3

processor\t: 1
cpu MHz\t\t: fast

processor\t: 2
"""


@pytest.mark.parametrize(
    ("flags", "files", "shown"),
    [
        ((), {}, {}),
        (
            ("--collector.cpu.info",),
            {},
            {'node_cpu_frequency_hertz{package="0",core="3",cpu="0"}': 2596.148e6},
        ),
        (("--collector.cpu.info",), {"cpufreq/scaling_cur_freq": "1\n"}, {}),
    ],
)
def test_the_clock_of_cpuinfo_is_shown_where_there_is_no_cpufreq(
    flags: tuple[str, ...],
    files: dict[str, str],
    shown: dict[str, float],
    write: Write,
    collect: Collect,
) -> None:
    files = {f"devices/system/cpu/cpu0/{name}": text for name, text in files.items()}
    online = {"devices/system/cpu/cpu0/online": "1\n"}
    tree = write({"proc/stat": "cpu0 1 2 3 4\n", "proc/cpuinfo": CLOCKS, **online, **files})
    samples = collect(cpu.SPECIFICATION, tree, *flags)
    assert {key: value for key, value in samples.items() if "frequency" in key} == shown
