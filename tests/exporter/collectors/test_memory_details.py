"""What is told of memory by those who ask: zones, nodes, pieces, slabs and merged pages."""

from __future__ import annotations

import pytest

from exporter.collecting import CollectorError, NothingToRead
from exporter.collectors import buddyinfo, ksmd, meminfo_numa, slabinfo, zoneinfo
from perfanalysis.exposition.rendering import TEXT
from tests.exporter.collectors.conftest import Write
from tests.exporter.conftest import Collect, scraper_of

BUDDYINFO = """\
Node 0, zone      DMA      1      0      3
Node 0, zone   Normal   4381   1093    185
Node 1, zone   Normal      0     12      7
"""
ZONEINFO = """\
Node 0, zone      DMA
  per-node stats
      nr_inactive_anon 95612
      nr_kernel_stack 17
      nr_written   1181554
      workingset_nodes 5
  pages free     2949
        boost    0
        min      8
        low      11
        high     14
        promo    99
        spanned  4095
        protection: (0, 2039, 31932)
      nr_free_pages 2949
      numa_hit     1
  pagesets
    cpu: 0
              count: 0
              high:  7
Node 1, zone   Normal
  pages free     5
        min      21
        protection: (0, 0)
      nr_free_pages 5
"""
SLABINFO = """\
slabinfo - version: 2.1
# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables ...
tw_sock_TCP  704    864    256   32    2 : tunables    0    0    0 : slabdata     27     27      0
kmalloc-8    132    148      8  512    1 : tunables    0    0    0 : slabdata     37     37      0
"""
MEMINFO = """
Node {0} MemTotal:       1000 kB
Node {0} Active(anon):      3 kB
Node {0} HugePages_Free:    {0}
"""
NUMASTAT = "numa_hit 4{0}\nlocal_node 7\nnew_kind 9\n"


def test_buddyinfo(write: Write, collect: Collect) -> None:
    found = collect(buddyinfo.SPECIFICATION, write({"proc/buddyinfo": BUDDYINFO}))
    assert len(found) == 9
    labels = 'node="0",zone="Normal",size="2"'
    assert found[f"node_buddyinfo_blocks{{{labels}}}"] == 185
    assert found['node_buddyinfo_blocks{node="1",zone="Normal",size="0"}'] == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Node 0, zone DMA\n",
        "Node 0, zone DMA x\n",
        "Node 0, zone DMA 1 2\nNode 0, zone Normal 1\n",
        "Nodes 0, zone DMA 1\n",
    ],
)
def test_buddyinfo_refuses(text: str) -> None:
    with pytest.raises(CollectorError, match="/proc/buddyinfo: expected"):
        buddyinfo.parse(text.encode())


def test_zoneinfo(write: Write, collect: Collect) -> None:
    first, second = '{node="0",zone="DMA"}', '{node="1",zone="Normal"}'
    assert collect(zoneinfo.SPECIFICATION, write({"proc/zoneinfo": ZONEINFO})) == {
        f"node_zoneinfo_nr_free_pages{first}": 2949,
        f"node_zoneinfo_nr_free_pages{second}": 5,
        f"node_zoneinfo_min_pages{first}": 8,
        f"node_zoneinfo_min_pages{second}": 21,
        f"node_zoneinfo_low_pages{first}": 11,
        f"node_zoneinfo_high_pages{first}": 14,
        f"node_zoneinfo_spanned_pages{first}": 4095,
        f"node_zoneinfo_nr_inactive_anon_pages{first}": 95612,
        f"node_zoneinfo_nr_kernel_stacks{first}": 17,
        f"node_zoneinfo_nr_written_total{first}": 1181554,
        f"node_zoneinfo_numa_hit_total{first}": 1,
        f"node_zoneinfo_protection_0{first}": 0,
        f"node_zoneinfo_protection_1{first}": 2039,
        f"node_zoneinfo_protection_2{first}": 31932,
        f"node_zoneinfo_protection_0{second}": 0,
        f"node_zoneinfo_protection_1{second}": 0,
    }


def test_what_zones_hold_back_changes(write: Write) -> None:
    tree = write({"proc/zoneinfo": ZONEINFO})
    scraper = scraper_of(
        *("--collector.disable-defaults", "--collector.zoneinfo"),
        *(f"--path.procfs={tree / 'proc'}", f"--path.sysfs={tree / 'sys'}"),
    )
    series = b'node_zoneinfo_protection_1{node="0",zone="DMA"} '
    assert series + b"2039\n" in scraper.scrape(TEXT)
    write(
        {
            "proc/zoneinfo": ZONEINFO.replace("2039", "4078").replace(
                "nr_free_pages 5", "nr_free_pages 6"
            )
        }
    )
    page = scraper.scrape(TEXT)
    assert series + b"4078\n" in page
    assert b'node_zoneinfo_nr_free_pages{node="1",zone="Normal"} 6\n' in page


@pytest.mark.parametrize(
    "text", ["", "  min 7\n", "Node 0, zone DMA\n min x\n", "Node 0, zone DMA\n min\n"]
)
def test_zoneinfo_refuses(text: str) -> None:
    with pytest.raises(CollectorError, match="/proc/zoneinfo"):
        zoneinfo.parse(text.encode())


def test_slabinfo(write: Write, collect: Collect) -> None:
    tree = write({"proc/slabinfo": SLABINFO})
    found = collect(slabinfo.SPECIFICATION, tree, "--collector.slabinfo")
    assert len(found) == 10
    assert [
        found[f'node_slabinfo_{name}{{slab="tw_sock_TCP"}}']
        for name in (
            *(
                "active_objects",
                "objects",
                "object_size_bytes",
                "objects_per_slab",
                "pages_per_slab",
            ),
        )
    ] == [704, 864, 256, 32, 2]


@pytest.mark.parametrize(
    ("flags", "slabs"),
    [
        (["--collector.slabinfo.slabs-include=^km"], {"kmalloc-8"}),
        (["--collector.slabinfo.slabs-exclude=TCP"], {"kmalloc-8"}),
        (["--collector.slabinfo.slabs-include=m", "--collector.slabinfo.slabs-exclude=8"], set()),
    ],
)
def test_slabs_are_chosen(
    flags: list[str], slabs: set[str], write: Write, collect: Collect
) -> None:
    found = collect(slabinfo.SPECIFICATION, write({"proc/slabinfo": SLABINFO}), *flags)
    assert {series.split('"')[1] for series in found} == slabs


@pytest.mark.parametrize(
    "text", ["", "slabinfo - version: 1.1\n", "slabinfo - version: 2.1\na 1 2\n"]
)
def test_slabinfo_refuses(text: str) -> None:
    with pytest.raises(CollectorError, match="/proc/slabinfo: expected"):
        slabinfo.parse(text.encode())


def test_meminfo_numa(write: Write, collect: Collect) -> None:
    nodes = "devices/system/node"
    tree = write(
        {
            f"{nodes}/{node}/{file}": text.format(node.removeprefix("node"))
            for node in ("node0", "node10")
            for file, text in (("meminfo", MEMINFO), ("numastat", NUMASTAT))
        }
    )
    assert collect(meminfo_numa.SPECIFICATION, tree) == {
        'node_memory_numa_MemTotal{node="0"}': 1024000,
        'node_memory_numa_MemTotal{node="10"}': 1024000,
        'node_memory_numa_Active_anon{node="0"}': 3072,
        'node_memory_numa_Active_anon{node="10"}': 3072,
        'node_memory_numa_HugePages_Free{node="0"}': 0,
        'node_memory_numa_HugePages_Free{node="10"}': 10,
        'node_memory_numa_numa_hit_total{node="0"}': 40,
        'node_memory_numa_numa_hit_total{node="10"}': 410,
        'node_memory_numa_local_node_total{node="0"}': 7,
        'node_memory_numa_local_node_total{node="10"}': 7,
    }


def test_a_machine_without_nodes(write: Write, collect: Collect) -> None:
    assert collect(meminfo_numa.SPECIFICATION, write({})) == {}


def test_a_node_without_its_memory(write: Write, collect: Collect) -> None:
    tree = write({"devices/system/node/node0/numastat": "numa_hit 1\n"})
    with pytest.raises(CollectorError, match="node0/meminfo: expected the node's memory"):
        collect(meminfo_numa.SPECIFICATION, tree)


def test_ksmd(write: Write, collect: Collect) -> None:
    files = dict.fromkeys(ksmd.SERIES, "7") | {"sleep_millisecs": "20"}
    del files["merge_across_nodes"]
    tree = write({f"kernel/mm/ksm/{file}": f"{value}\n" for file, value in files.items()})
    found = collect(ksmd.SPECIFICATION, tree)
    assert found.pop("node_ksmd_sleep_seconds") == 0.02
    assert found.pop("node_ksmd_full_scans_total") == 7
    assert set(found) == {
        *("node_ksmd_pages_shared", "node_ksmd_pages_sharing", "node_ksmd_pages_to_scan"),
        *("node_ksmd_pages_unshared", "node_ksmd_pages_volatile", "node_ksmd_run"),
    }


def test_a_kernel_that_merges_no_pages(write: Write, collect: Collect) -> None:
    with pytest.raises(NothingToRead):
        collect(ksmd.SPECIFICATION, write({}))
