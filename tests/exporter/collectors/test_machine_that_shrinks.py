"""CPUs that go offline, as on a machine that is made smaller while it runs, and that come back."""

from __future__ import annotations

from pathlib import Path

from perfanalysis.exposition.rendering import TEXT
from tests.exporter.collectors.conftest import Write
from tests.exporter.conftest import samples_of, scraper_of

COLUMNS = 10


def stat(cpus: dict[int, int], total: int) -> str:
    """/proc/stat with these CPUs, and the same ticks in each column of one."""
    lines = ["cpu  " + " ".join([str(total)] * COLUMNS)]
    lines += [f"cpu{cpu} " + " ".join([str(ticks)] * COLUMNS) for cpu, ticks in cpus.items()]
    return "\n".join([*lines, "ctxt 5", "btime 1700000000", "processes 9", "procs_running 1"])


def tree(write: Write, cpus: dict[int, int], total: int) -> Path:
    """What the kernel says with these CPUs at work, of four that it may have."""
    folder = "devices/system/cpu"
    info = "".join(
        f"processor\t: {cpu}\nphysical id\t: 0\ncore id\t\t: {cpu // 2}\n\n" for cpu in cpus
    )
    softnet = "".join("00000001 " * 12 + f"{cpu:08x}\n" for cpu in cpus)
    files = {"proc/stat": stat(cpus, total), "proc/cpuinfo": info, "proc/net/softnet_stat": softnet}
    files |= {f"{folder}/cpu{cpu}/online": f"{int(cpu in cpus)}\n" for cpu in range(4)}
    for cpu in cpus:
        files[f"{folder}/cpu{cpu}/topology/physical_package_id"] = "0\n"
        files[f"{folder}/cpu{cpu}/topology/core_id"] = f"{cpu // 2}\n"
        files[f"{folder}/cpu{cpu}/thermal_throttle/core_throttle_count"] = f"{cpu}\n"
    return write(files)


def test_cpus_that_went_offline_are_shown_no_more(write: Write) -> None:
    root = tree(write, {0: 100, 1: 100, 2: 100, 3: 100}, 400)
    scraper = scraper_of(
        f"--path.procfs={root}/proc",
        f"--path.sysfs={root}/sys",
        "--collector.disable-defaults",
        *(f"--collector.{name}" for name in ("cpu", "softnet", "stat", "validation")),
        "--collector.cpu.info",
    )

    def scrape() -> dict[str, float]:
        return samples_of(scraper.scrape(TEXT))

    def cpus(page: dict[str, float], family: str) -> list[str]:
        found = [name for name in page if name.startswith(f"{family}{{")]
        return sorted({name.partition('cpu="')[2][0] for name in found})

    families = ("node_cpu_seconds_total", "node_cpu_info", "node_softnet_processed_total")
    page = scrape()
    for family in families:
        assert cpus(page, family) == ["0", "1", "2", "3"]
    assert page['node_cpu_core_throttles_total{package="0",core="1"}'] == 2
    # The kernel takes the folders of a CPU's topology and throttling away with it.
    for cpu in (2, 3):
        for part in ("topology/physical_package_id", "thermal_throttle/core_throttle_count"):
            (root / f"sys/devices/system/cpu/cpu{cpu}/{part}").unlink()
    tree(write, {0: 100, 1: 100}, 400)
    page = scrape()
    for family in families:
        assert cpus(page, family) == ["0", "1"]
    assert 'node_cpu_core_throttles_total{package="0",core="1"}' not in page
    assert [page[f'node_cpu_online{{cpu="{cpu}"}}'] for cpu in range(4)] == [1, 1, 0, 0]
    # They come back, and count from 0: no time ran backwards, for they were other CPUs meanwhile.
    tree(write, {0: 100, 1: 100, 2: 1, 3: 1}, 402)
    page = scrape()
    for family in families:
        assert cpus(page, family) == ["0", "1", "2", "3"]
    assert page['node_cpu_seconds_total{cpu="2",mode="idle"}'] == 0.01
    assert page['node_cpu_core_throttles_total{package="0",core="1"}'] == 2
    assert page['node_scrape_collector_success{collector="cpu"}'] == 1
    broken = [name for name in page if name.startswith("perf_validation_") and page[name]]
    assert broken == []
