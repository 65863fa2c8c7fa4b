"""Kills between scrapes: in made trees, whose files change as the kernel's do, and real ones."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from exporter.collecting import NothingToRead
from exporter.collectors.cgroup.collector import CgroupCollector
from exporter.collectors.cgroup.hierarchy import Mounts, find_mounts
from exporter.collectors.cgroup.kill_counts import KillCounts
from exporter.page.scraping import Scraper
from perfanalysis.exposition.rendering import TEXT
from tests.exporter.collectors.cgroup import trees
from tests.exporter.conftest import samples_of, scraper_of

UID = "3b9f2c4e-1d5a-4e8b-9c7d-0a1b2c3d4e5f"
POD = f"/kubepods.slice/kubepods-pod{UID.replace('-', '_')}.slice"
APP_ID, WEB_ID = (trees.container_id(number) for number in (1, 2))
APP = f"{POD}/cri-containerd-{APP_ID}.scope"
APP_NAME = "prod/shop-1/app"
WEB = f"/system.slice/docker-{WEB_ID}.scope"
EVENTS = "low 0\nhigh 0\nmax 6\noom {0}\noom_kill {0}\noom_group_kill 0\n"
KUBERNETES = {
    "io.kubernetes.cri.container-name": "app",
    "io.kubernetes.cri.sandbox-name": "shop-1",
    "io.kubernetes.cri.sandbox-namespace": "prod",
}
Samples = dict[str, float]


def scraper_over(tree: Path, *arguments: str) -> Scraper:
    (tree / "proc").mkdir(exist_ok=True)
    paths = [f"--path.{name}fs={tree / name}" for name in ("proc", "sys")]
    only = ["--collector.disable-defaults", "--collector.cgroup", f"--path.rootfs={tree}"]
    return scraper_of(*paths, *only, *arguments)


def kills(samples: Samples) -> dict[tuple[str, str], float]:
    """Kills by id and name."""
    counted = {}
    for series, value in samples.items():
        if series.startswith("container_oom_events_total{"):
            _, path, _, name, _ = series.split('"')
            counted[path, name] = value
    return counted


def scrape(scraper: Scraper) -> Samples:
    return samples_of(scraper.scrape(TEXT))


def until(reached: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.01)


class MadeTree:
    """A tree of version 2, whose counters and groups change by hand."""

    def __init__(self, root: Path) -> None:
        self.groups = root / "sys" / "fs" / "cgroup"
        trees.version_2(root / "sys", {POD: 0, APP: 1, WEB: 2})
        for path in (POD, APP, WEB):
            self.count(path, 0)

    def count(self, path: str, number: int) -> None:
        (self.groups / path.strip("/") / "memory.events").write_text(EVENTS.format(number))

    def make(self, path: str) -> None:
        group = self.groups / path.strip("/")
        trees.write(group, trees.group_of_version_2(3) | {"memory.events": EVENTS.format(0)})

    def remove(self, path: str) -> None:
        group = self.groups / path.strip("/")
        for file in group.iterdir():
            file.unlink()
        group.rmdir()


@pytest.fixture
def tree(tmp_path: Path) -> MadeTree:
    trees.containerd_name(tmp_path, APP_ID, KUBERNETES)
    trees.docker_name(tmp_path, WEB_ID, "web", {})
    return MadeTree(tmp_path)


def counts_of(scraper: Scraper) -> KillCounts:
    collector = scraper.collectors["cgroup"]
    assert isinstance(collector, CgroupCollector)
    return collector.kills.of("").counts


def counted_without_a_scrape(scraper: Scraper, path: str, number: int) -> None:
    """Wait until the thread has counted; the scrape's own reading would count as well."""
    counts = counts_of(scraper)
    until(lambda: counts.total(path) == number)


def test_kills_of_groups_that_are_gone_at_the_next_scrape(tmp_path: Path, tree: MadeTree) -> None:
    scraper = scraper_over(tmp_path)
    assert kills(scrape(scraper)) == {(POD, ""): 0, (APP, APP_NAME): 0, (WEB, "web"): 0}
    for path in (APP, POD, WEB):
        tree.count(path, 1)
    for path in (APP, POD, WEB):
        counted_without_a_scrape(scraper, path, 1)
    for path in (APP, POD, WEB):
        tree.remove(path)
    for _ in range(2):
        samples = scrape(scraper)
        assert kills(samples) == {(POD, ""): 1, (APP, APP_NAME): 1, (WEB, "web"): 1}
        assert samples["perf_containers"] == 0
        # Whose pod it was is known as long; the containers are no more.
        info = f'perf_pod_info{{id="{POD}",name="",pod_uid="{UID}",pod="shop-1",namespace="prod"}}'
        assert [series for series in samples if series.startswith("perf_pod")] == [info]
        assert not any(series.startswith("perf_container_info") for series in samples)


def test_a_container_that_is_started_again_goes_on(tmp_path: Path, tree: MadeTree) -> None:
    scraper = scraper_over(tmp_path)
    scrape(scraper)
    counts = counts_of(scraper)
    tree.count(WEB, 1)
    counted_without_a_scrape(scraper, WEB, 1)
    tree.remove(WEB)
    until(lambda: WEB in counts.kept())
    tree.make(WEB)
    assert kills(scrape(scraper))[WEB, "web"] == 1
    tree.count(WEB, 1)
    assert kills(scrape(scraper))[WEB, "web"] == 2


def test_without_the_watch_scrapes_alone_count(tmp_path: Path, tree: MadeTree) -> None:
    before = set(threading.enumerate())
    scraper = scraper_over(tmp_path, "--no-collector.cgroup.watch-kills")
    scrape(scraper)
    tree.count(WEB, 1)
    scrape(scraper)
    tree.count(WEB, 2)
    tree.remove(WEB)
    assert kills(scrape(scraper)) == {(POD, ""): 0, (APP, APP_NAME): 0, (WEB, "web"): 1}
    assert set(threading.enumerate()) == before


@pytest.mark.usefixtures("tree")
def test_what_pods_show(tmp_path: Path) -> None:
    samples = scrape(scraper_over(tmp_path))
    head = f'id="{POD}",name=""'
    mine = {series.partition("{")[0]: value for series, value in samples.items() if head in series}
    expected = {
        "container_cpu_usage_seconds_total": 0,
        "container_cpu_cfs_periods_total": 100,
        "container_memory_working_set_bytes": 0,
        "container_oom_events_total": 0,
        "container_spec_memory_limit_bytes": 1048576,
        "container_spec_cpu_quota": 50000,
        "container_pressure_memory_waiting_seconds_total": 0.000003,
        "perf_pod_info": 1,
    }
    assert {name: mine[name] for name in expected} == expected
    # A machine's devices and processes are not limited by the pod.
    assert not {name for name in mine if name.startswith(("container_fs", "container_processes"))}


HOG = "b = bytearray(256 << 20)\nfor i in range(0, len(b), 4096): b[i] = 1"


@pytest.fixture
def real_pod() -> Iterator[tuple[str, Mounts]]:
    """A real pod's group with one of a container in it that may use 16 MB."""
    if os.geteuid() != 0:
        pytest.skip("making a control group needs root")
    try:
        mounts = find_mounts(Path("/sys/fs/cgroup"))
    except NothingToRead:
        pytest.skip("no control groups are mounted here")
    root = mounts.controllers.get("memory", "") or mounts.unified
    container = trees.container_id(os.getpid())
    path = f"/perfanalysis-kills-{os.getpid()}/pod{UID}/{container}"
    groups = [Path(root + path).parents[1], Path(root + path).parent, Path(root + path)]
    try:
        for group in groups:
            try:
                if not mounts.controllers:
                    (group.parent / "cgroup.subtree_control").write_text("+memory")
                group.mkdir()
            except OSError as error:
                pytest.skip(f"no control group can be made here: {error}")
        groups[-1].rmdir()
        if not make_limited(groups[-1]):
            pytest.skip("memory is not controlled here")
        yield path, mounts
    finally:
        for group in reversed(groups):
            with contextlib.suppress(FileNotFoundError):
                group.rmdir()


def make_limited(group: Path) -> bool:
    """Make a group that may use 16 MB; whether it has a limit."""
    group.mkdir()
    for limit in ("memory.limit_in_bytes", "memory.max"):
        if (group / limit).exists():
            (group / limit).write_text(str(16 << 20))
            return True
    return False


def kill_in(root: str, path: str) -> None:
    """Have the kernel kill a process of a group for what it uses."""
    join = f"open({root + path + '/cgroup.procs'!r}, 'w').write('0')"
    killed = subprocess.run([sys.executable, "-c", f"{join}\n{HOG}"], check=False)
    assert killed.returncode == -signal.SIGKILL


def test_real_kills(real_pod: tuple[str, Mounts]) -> None:
    path, mounts = real_pod
    pod, container = path.rsplit("/", 1)
    root = mounts.controllers.get("memory", "") or mounts.unified
    scraper = scraper_of("--collector.disable-defaults", "--collector.cgroup")
    before = kills(scrape(scraper))
    assert (before[pod, ""], before[path, container]) == (0, 0)
    kill_in(root, path)
    # In version 1 only what the thread has seen while the group was there is known.
    counted_without_a_scrape(scraper, path, 1)
    Path(root + path).rmdir()
    # Another one comes and goes before the next scrape.
    second_container = trees.container_id(os.getpid() + 1)
    second = f"{pod}/{second_container}"
    make_limited(Path(root + second))
    kill_in(root, second)
    counted_without_a_scrape(scraper, second, 1)
    Path(root + second).rmdir()
    until(lambda: second in counts_of(scraper).kept())
    after = kills(scrape(scraper))
    expected = {(pod, ""): 2, (path, container): 1, (second, second_container): 1}
    assert {key: after[key] for key in expected} == expected
