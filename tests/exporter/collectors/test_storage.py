"""File systems, caches, paths and tapes, over small trees as the kernel's documents describe."""

from __future__ import annotations

import pytest

from exporter.collecting import CollectorError, NothingToRead
from exporter.collectors import bcache, bcachefs, dmmultipath, tapestats, zfs
from exporter.collectors.btrfs import collector as btrfs
from exporter.collectors.btrfs.devices import BtrfsDevice
from exporter.sources.quantities import bcache_quantity, quantity
from perfanalysis.exposition.rendering import TEXT, VaryingSeries, render_page
from tests.exporter.collectors.conftest import Write
from tests.exporter.conftest import Collect, samples_of


@pytest.mark.parametrize(
    ("token", "of_1024", "of_bcache"),
    [
        (b"0", 0, 0),
        (b"700", 700, 700),
        (b"1.5k", 1536, 1524),
        (b"-2M", -2097152, -2097152),
        (b"18446744073709551615", 18446744073709551615, 18446744073709551615),
    ],
)
def test_sizes_for_people(token: bytes, of_1024: int, of_bcache: int) -> None:
    assert quantity(token, "file") == of_1024
    assert bcache_quantity(token, "file") == of_bcache


@pytest.mark.parametrize("token", [b"", b"k", b"1.5.2k", b"1e9", b"inf", b"\xd9\xa1", b"1 k"])
def test_no_size(token: bytes) -> None:
    for read in (quantity, bcache_quantity):
        with pytest.raises(CollectorError, match="file: expected a size"):
            read(token, "file")


def test_bcache(write: Write, collect: Collect) -> None:
    folder = "fs/bcache/aa-bb"
    tree = write(
        {
            f"{folder}/btree_cache_size": "1.0M\n",
            f"{folder}/internal/btree_read_average_duration_us": "1305\n",
            f"{folder}/bdev0/dirty_data": "2k\n",
            f"{folder}/bdev0/stats_total/cache_hits": "7\n",
            f"{folder}/bdev0/stats_total/cache_readaheads": "0\n",
            f"{folder}/bdev0/writeback_rate_debug": "rate:\t\t1k/sec\nchange:\t\t-3k/sec\n",
            f"{folder}/cache0/written": "5\n",
            f"{folder}/cache0/priority_stats": "Unused:\t\t99%\nMetadata:\t0%\nSectors: 5\n",
        }
    )
    set_of = '{uuid="aa-bb"'
    backing = f'{set_of},backing_device="bdev0"}}'
    expected = {
        f"node_bcache_btree_cache_size_bytes{set_of}}}": 1048576,
        f"node_bcache_btree_read_average_duration_seconds{set_of}}}": 0.001305,
        f"node_bcache_dirty_data_bytes{backing}": 2048,
        f"node_bcache_cache_hits_total{backing}": 7,
        f"node_bcache_writeback_rate{backing}": 1024,
        f"node_bcache_writeback_change{backing}": -3072,
        f'node_bcache_written_bytes_total{set_of},cache_device="cache0"}}': 5,
    }
    assert collect(bcache.SPECIFICATION, tree) == expected
    samples = collect(bcache.SPECIFICATION, tree, "--collector.bcache.priorityStats")
    cache = f'{set_of},cache_device="cache0"}}'
    assert samples[f"node_bcache_priority_stats_unused_percent{cache}"] == 99
    assert samples[f"node_bcache_priority_stats_metadata_percent{cache}"] == 0


def test_no_bcache_is_no_error(write: Write, collect: Collect) -> None:
    assert collect(bcache.SPECIFICATION, write({})) == {}


def test_bcachefs(write: Write, collect: Collect) -> None:
    folder = "fs/bcachefs/aa-bb"
    tree = write(
        {
            f"{folder}/btree_cache_size": "1.5M\n",
            f"{folder}/compression_stats": "type  compressed  uncompressed\nlz4:  1k  2k  1k\n",
            f"{folder}/errors": "bset_bad_csum  2  1767112063\n",
            f"{folder}/btree_write_stats": "         nr    size\ninitial:  3  2k\n",
            f"{folder}/counters/io_read-x": "since mount:  5\nsince filesystem creation:  3k\n",
            f"{folder}/dev-0/label": "fast\n",
            f"{folder}/dev-0/state": "rw\n",
            f"{folder}/dev-0/bucket_size": "512k\n",
            f"{folder}/dev-0/nbuckets": "9\n",
            f"{folder}/dev-0/io_done": "read:\n  sb  : 4096\nwrite:\n  sb  : 8\n",
            f"{folder}/dev-0/io_errors": (
                "IO errors since filesystem creation\n  read:  3\n"
                "IO errors since 5 m ago\n  read: 1\n"
            ),
        }
    )
    of = 'uuid="aa-bb"'
    device = f'{of},device="0"'
    assert collect(bcachefs.SPECIFICATION, tree) == {
        f"node_bcachefs_info{{{of}}}": 1,
        f"node_bcachefs_btree_cache_size_bytes{{{of}}}": 1572864,
        f'node_bcachefs_compression_compressed_bytes{{{of},algorithm="lz4"}}': 1024,
        f'node_bcachefs_compression_uncompressed_bytes{{{of},algorithm="lz4"}}': 2048,
        f'node_bcachefs_errors_total{{{of},error_type="bset_bad_csum"}}': 2,
        f'node_bcachefs_btree_writes_total{{{of},type="initial"}}': 3,
        f'node_bcachefs_btree_write_average_size_bytes{{{of},type="initial"}}': 2048,
        f"node_bcachefs_io_read_x_total{{{of}}}": 3072,
        f'node_bcachefs_device_info{{{device},label="fast",state="rw"}}': 1,
        f"node_bcachefs_device_bucket_size_bytes{{{device}}}": 524288,
        f"node_bcachefs_device_buckets{{{device}}}": 9,
        f'node_bcachefs_device_io_done_bytes_total{{{device},operation="read",data_type="sb"}}': (
            4096
        ),
        f'node_bcachefs_device_io_done_bytes_total{{{device},operation="write",data_type="sb"}}': 8,
        f'node_bcachefs_device_io_errors_total{{{device},type="read"}}': 3,
    }


def test_btrfs(write: Write, collect: Collect) -> None:
    folder = "fs/btrfs/aa-bb"
    tree = write(
        {
            f"{folder}/label": "data\n",
            f"{folder}/allocation/global_rsv_size": "16\n",
            f"{folder}/commit_stats": "commits 4\nlast_commit_ms 1500\nmax_commit_ms 2000\n",
            f"{folder}/allocation/data/bytes_reserved": "3\n",
            f"{folder}/allocation/data/raid5/used_bytes": "5\n",
            f"{folder}/allocation/data/raid5/total_bytes": "6\n",
            **{f"{folder}/devices/vd{letter}/size": "10\n" for letter in "abc"},
        }
    )
    of = 'uuid="aa-bb"'
    mode = f'{of},block_group_type="data",mode="raid5"'
    assert collect(btrfs.SPECIFICATION, tree) == {
        f'node_btrfs_info{{{of},label="data"}}': 1,
        f"node_btrfs_global_rsv_size_bytes{{{of}}}": 16,
        f"node_btrfs_commits_total{{{of}}}": 4,
        f"node_btrfs_last_commit_seconds{{{of}}}": 1.5,
        f"node_btrfs_max_commit_seconds{{{of}}}": 2,
        f'node_btrfs_reserved_bytes{{{of},block_group_type="data"}}': 3,
        f"node_btrfs_used_bytes{{{mode}}}": 5,
        f"node_btrfs_size_bytes{{{mode}}}": 6,
        f"node_btrfs_allocation_ratio{{{mode}}}": 1.5,
        f'node_btrfs_device_size_bytes{{{of},device="vda"}}': 5120,
        f'node_btrfs_device_size_bytes{{{of},device="vdb"}}': 5120,
        f'node_btrfs_device_size_bytes{{{of},device="vdc"}}': 5120,
    }


def test_btrfs_devices_that_answer() -> None:
    device = BtrfsDevice("vda", "cc", 30, 100, (1, 2, 3, 4, 5))
    block = VaryingSeries().block(btrfs.device_samples("aa-bb", [device]))
    of = 'uuid="aa-bb",device="vda",btrfs_dev_uuid="cc"'
    samples = samples_of(render_page([block], TEXT))
    assert samples[f"node_btrfs_device_size_bytes{{{of}}}"] == 100
    assert samples[f"node_btrfs_device_unused_bytes{{{of}}}"] == 70
    errors = 'node_btrfs_device_errors_total{uuid="aa-bb",type="generation",device="vda"'
    assert samples[f'{errors},btrfs_dev_uuid="cc"}}'] == 5


@pytest.mark.parametrize(
    ("mode", "devices", "ratio"),
    [("single", 1, 1), ("raid1c3", 5, 3), ("raid6", 4, 2), ("raid5", 1, None), ("new", 2, None)],
)
def test_btrfs_ratio(mode: str, devices: int, ratio: float | None) -> None:
    assert btrfs.allocation_ratio(mode, devices) == ratio


KSTAT = "9 1 0x01 2 3 4 5\nname                            type data\n"


def test_zfs(write: Write, collect: Collect) -> None:
    folder = "proc/spl/kstat/zfs"
    tree = write(
        {
            f"{folder}/arcstats": f"{KSTAT}hits  4  18446744073709551615\nneg 3 -5\nword 7 x\n",
            f"{folder}/fm": f"{KSTAT}erpt-dropped  4  18\n",
            f"{folder}/tank/io": (
                "12 3 0x00 1 80 4 5\n"
                "nread nwritten reads writes wtime wlentime wupdate "
                "rtime rlentime rupdate wcnt rcnt\n"
                "1 2 3 4 5 6 7 8 9 10 11 12\n"
            ),
            f"{folder}/tank/state": "DEGRADED\n",
            f"{folder}/tank/objset-36": f"{KSTAT}dataset_name 7 tank/my data\nnread 4 7\n",
        }
    )
    samples = collect(zfs.SPECIFICATION, tree)
    assert samples["node_zfs_arc_hits"] == 18446744073709551615.0
    assert samples["node_zfs_arc_neg"] == -5
    assert "node_zfs_arc_word" not in samples
    assert samples["node_zfs_fm_erpt_dropped"] == 18
    assert samples['node_zfs_zpool_rcnt{zpool="tank"}'] == 12
    assert samples['node_zfs_zpool_state{zpool="tank",state="degraded"}'] == 1
    assert samples['node_zfs_zpool_state{zpool="tank",state="online"}'] == 0
    assert samples['node_zfs_zpool_dataset_nread{zpool="tank",dataset="tank/my data"}'] == 7


@pytest.mark.parametrize("text", ["", "name type\n", KSTAT + "hits 4 many\n", KSTAT + "a 4 -1\n"])
def test_zfs_refused(text: str, write: Write, collect: Collect) -> None:
    tree = write({"proc/spl/kstat/zfs/arcstats": text})
    with pytest.raises(CollectorError, match="/proc/spl/kstat/zfs/arcstats"):
        collect(zfs.SPECIFICATION, tree)


def test_dmmultipath(write: Write, collect: Collect) -> None:
    tree = write(
        {
            "block/dm-0/dm/uuid": "LVM-abc\n",
            "block/dm-1/dm/uuid": "mpath-360\n",
            "block/dm-1/dm/name": "mpatha\n",
            "block/dm-1/dm/suspended": "0\n",
            "block/dm-1/size": "10\n",
            "block/dm-1/slaves/sda/dev": "",
            "block/dm-1/slaves/sdb/dev": "",
            "block/sda/device/state": "running\n",
            "block/sdb/device/state": "offline\n",
        }
    )
    of = 'device="mpatha",sysfs_name="dm-1"'
    assert collect(dmmultipath.SPECIFICATION, tree) == {
        f'node_dmmultipath_device_info{{{of},uuid="mpath-360"}}': 1,
        f"node_dmmultipath_device_active{{{of}}}": 1,
        f"node_dmmultipath_device_size_bytes{{{of}}}": 5120,
        f"node_dmmultipath_device_paths{{{of}}}": 2,
        f"node_dmmultipath_device_paths_active{{{of}}}": 1,
        f"node_dmmultipath_device_paths_failed{{{of}}}": 1,
        'node_dmmultipath_path_state{device="mpatha",path="sda",state="running"}': 1,
        'node_dmmultipath_path_state{device="mpatha",path="sdb",state="offline"}': 1,
    }


def test_tapestats(write: Write, collect: Collect) -> None:
    tree = write(
        {
            "class/scsi_tape/st0/stats/in_flight": "1\n",
            "class/scsi_tape/st0/stats/io_ns": "9247011087720\n",
            "class/scsi_tape/nst0/stats/in_flight": "1\n",
            "class/scsi_tape/st1/stats/in_flight": "2\n",
        }
    )
    assert collect(
        tapestats.SPECIFICATION, tree, "--collector.tapestats.ignored-devices=^st1$"
    ) == {
        'node_tape_io_now{device="st0"}': 1,
        'node_tape_io_time_seconds_total{device="st0"}': 9247.01108772,
    }


@pytest.mark.parametrize(
    "specification",
    [bcachefs.SPECIFICATION, zfs.SPECIFICATION, tapestats.SPECIFICATION, dmmultipath.SPECIFICATION],
)
def test_nothing_to_read(specification: object, write: Write, collect: Collect) -> None:
    with pytest.raises(NothingToRead):
        collect(specification, write({}))
