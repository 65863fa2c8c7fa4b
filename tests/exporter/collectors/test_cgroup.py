"""Containers over made trees of both versions."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from exporter.collecting import CollectorError
from exporter.collectors.cgroup import collector as cgroup
from exporter.collectors.cgroup.names.identity import REASONS
from exporter.page.scraping import Scraper
from exporter.sources.files import Paths, Sources
from perfanalysis.errors import InputError
from perfanalysis.exposition.rendering import TEXT
from tests.exporter.collectors.cgroup import trees
from tests.exporter.conftest import Collect, flags_of, samples_of, scraper_of
from tests.exporter.test_app import promtool

UID = "3b9f2c4e-1d5a-4e8b-9c7d-0a1b2c3d4e5f"
POD = f"/kubepods.slice/kubepods-pod{UID.replace('-', '_')}.slice"
IDS = [trees.container_id(number) for number in range(10)]
WEB = f"/system.slice/docker-{IDS[1]}.scope"
APP = f"{POD}/cri-containerd-{IDS[2]}.scope"
# By series without the labels that all have; the same in both versions but for what follows.
SHARED = {
    'cpu_usage_seconds_total{cpu="total"}': 1,
    "cpu_cfs_periods_total": 100,
    "cpu_cfs_throttled_periods_total": 1,
    "cpu_cfs_throttled_seconds_total": 2.5,
    "memory_usage_bytes": 100000,
    "memory_working_set_bytes": 98500,
    "memory_max_usage_bytes": 900000,
    "memory_rss": 1000,
    "memory_cache": 2000,
    "memory_mapped_file": 40,
    "memory_swap": 4096,
    "memory_kernel_usage": 300,
    'memory_failures_total{failure_type="pgfault",scope="hierarchy"}': 7,
    'memory_failures_total{failure_type="pgmajfault",scope="hierarchy"}': 3,
    "memory_failcnt": 6,
    "oom_events_total": 1,
    'fs_reads_bytes_total{device="/dev/vda"}': 512,
    'fs_writes_bytes_total{device="/dev/vda"}': 1024,
    'fs_reads_total{device="/dev/vda"}': 1,
    'fs_writes_total{device="/dev/vda"}': 2,
    "threads": 12,
    "pressure_cpu_waiting_seconds_total": 0.000001,
    "pressure_cpu_stalled_seconds_total": 0.000002,
    "spec_cpu_period": 100000,
    "spec_memory_reservation_limit_bytes": 0,
}
VERSION_2 = {
    "cpu_user_seconds_total": 0.1,
    "cpu_system_seconds_total": 0.000005,
    "processes": 2,
    "threads_max": 0,
    "pressure_memory_waiting_seconds_total": 0.000003,
    "pressure_memory_stalled_seconds_total": 0.000004,
    "pressure_io_waiting_seconds_total": 0.000005,
    "pressure_io_stalled_seconds_total": 0.000006,
    "spec_cpu_quota": 50000,
    "spec_cpu_shares": 2597,
    "spec_memory_limit_bytes": 1048576,
    "spec_memory_swap_limit_bytes": 0,
}
VERSION_1 = {
    "cpu_user_seconds_total": 1,
    "cpu_system_seconds_total": 0.5,
    "processes": 3,
    "threads_max": 100,
    "spec_cpu_shares": 512,
    "spec_memory_limit_bytes": 0,
    "spec_memory_swap_limit_bytes": 2097152,
}


def of(samples: dict[str, float], path: str, name: str) -> dict[str, float]:
    """The series of one container, without the labels that all of them have."""
    mine = {}
    for series, value in samples.items():
        family, _, labels = series.partition("{")
        head = f'id="{path}",name="{name}"'
        if family.startswith("container_") and labels.startswith(head):
            rest = labels[len(head) :].lstrip(",").rstrip("}")
            mine[family.removeprefix("container_") + (f"{{{rest}}}" if rest else "")] = value
    return mine


@pytest.mark.parametrize(
    ("make", "rest"), [(trees.version_2, VERSION_2), (trees.version_1, VERSION_1)]
)
def test_all_series_of_a_container(
    make: Callable[[Path, dict[str, int]], None],
    rest: dict[str, float],
    tmp_path: Path,
    collect: Collect,
) -> None:
    (tmp_path / "proc").mkdir()
    make(tmp_path / "sys", {WEB: 1})
    samples = collect(cgroup.SPECIFICATION, tmp_path, f"--path.rootfs={tmp_path}")
    assert of(samples, WEB, IDS[1]) == pytest.approx(SHARED | rest)
    assert (samples["perf_containers"], samples["perf_containers_hidden"]) == (1, 0)


def scraper_over(tree: Path, *arguments: str) -> Scraper:
    (tree / "proc").mkdir(exist_ok=True)
    paths = [f"--path.{name}fs={tree / name}" for name in ("proc", "sys")]
    only = ["--collector.disable-defaults", "--collector.cgroup", f"--path.rootfs={tree}"]
    return scraper_of(*paths, *only, *arguments)


def scrape(scraper: Scraper) -> dict[str, float]:
    return samples_of(scraper.scrape(TEXT))


def infos(samples: dict[str, float]) -> set[str]:
    head = "perf_container_info{"
    return {series.removeprefix(head)[:-1] for series in samples if series.startswith(head)}


def unnamed(samples: dict[str, float]) -> dict[str, float]:
    """How many containers have no name, by the reasons that there are."""
    counts = {s: value for s, value in samples.items() if s.startswith("perf_containers_unnamed{")}
    assert len(counts) == len(REASONS)
    return {series.split('"')[1]: value for series, value in counts.items() if value}


def test_who_the_containers_are(tmp_path: Path) -> None:
    cri = f"{POD}/crio-{IDS[3]}.scope"
    pod = f"/machine.slice/libpod-{IDS[4]}.scope"
    bare = f"/kubepods/pod{UID}/{IDS[5]}"
    pause = f"{POD}/cri-containerd-{IDS[6]}.scope"
    groups = [WEB, APP, cri, pod, bare, pause, "/system.slice/cron.service"]
    trees.version_2(tmp_path / "sys", {path: n for n, path in enumerate(groups)})
    trees.docker_name(tmp_path, IDS[1], 'we"b', {})
    kubernetes = {
        "io.kubernetes.cri.container-name": "app",
        "io.kubernetes.cri.sandbox-name": "shop-1",
        "io.kubernetes.cri.sandbox-namespace": "prod",
        "io.kubernetes.cri.image-name": "shop:1",
    }
    trees.containerd_name(tmp_path, IDS[2], kubernetes)
    kind = {"io.kubernetes.cri.container-type": "sandbox"}
    trees.containerd_name(tmp_path, IDS[6], kubernetes | kind)
    annotations = {
        "io.kubernetes.cri-o.Name": "k8s_db",
        "io.kubernetes.cri-o.ImageName": "db:1",
        "io.kubernetes.container.name": "db",
        "io.kubernetes.pod.name": "db-0",
        "io.kubernetes.pod.namespace": "data",
    }
    trees.crio_name(tmp_path, IDS[3], annotations)
    trees.podman_names(tmp_path, {IDS[9]: "other", IDS[4]: "hopper"})
    names = ("id", "name", "container_id", "runtime", "pod_uid", "container", "pod", "namespace")
    names = (*names, "image")
    rows = [
        (WEB, 'we\\"b', IDS[1], "docker", "", "", "", "", "web:1"),
        (APP, "prod/shop-1/app", IDS[2], "containerd", UID, "app", "shop-1", "prod", "shop:1"),
        (cri, "k8s_db", IDS[3], "cri-o", UID, "db", "db-0", "data", "db:1"),
        (pod, "hopper", IDS[4], "podman", "", "", "", "", ""),
        (bare, IDS[5], IDS[5], "", UID, "", "", "", ""),
        (pause, "prod/shop-1/POD", IDS[6], "containerd", UID, "POD", "shop-1", "prod", "shop:1"),
    ]
    expected = {",".join(f'{k}="{v}"' for k, v in zip(names, row, strict=True)) for row in rows}
    samples = scrape(scraper_over(tmp_path))
    assert infos(samples) == expected
    assert unnamed(samples) == {"unlisted": 1}
    assert not any("cron" in series for series in samples)


@pytest.mark.parametrize("content", [b"", b"[1,", b'{"Name": 1}', b"\xff", b"[" * 100_000])
def test_a_malformed_file_of_a_runtime_leaves_the_id(content: bytes, tmp_path: Path) -> None:
    trees.version_2(tmp_path / "sys", {WEB: 1})
    trees.docker_name(tmp_path, IDS[1], "web", {})
    (tmp_path / "var/lib/docker/containers" / IDS[1] / "config.v2.json").write_bytes(content)
    assert f'name="{IDS[1]}",' in next(iter(infos(scrape(scraper_over(tmp_path)))))


def test_the_limit_keeps_those_that_were_shown_first(tmp_path: Path) -> None:
    first = [f"/docker/{IDS[n]}" for n in (5, 6)]
    trees.version_2(tmp_path / "sys", dict.fromkeys(first, 1))
    scraper = scraper_over(tmp_path, "--collector.cgroup.limit=2")
    assert len(infos(scrape(scraper))) == 2
    for n in (1, 2, 3):
        trees.write(tmp_path / f"sys/fs/cgroup/docker/{IDS[n]}", trees.group_of_version_2(n))
    samples = scrape(scraper)
    assert {info.split('"')[1] for info in infos(samples)} == set(first)
    assert (samples["perf_containers"], samples["perf_containers_hidden"]) == (5, 3)


def test_containers_come_and_go(tmp_path: Path) -> None:
    trees.version_2(tmp_path / "sys", {WEB: 1})
    scraper = scraper_over(tmp_path)
    assert len(infos(scrape(scraper))) == 1
    group = tmp_path / "sys/fs/cgroup" / APP.strip("/")
    trees.write(group, trees.group_of_version_2(2))
    assert len(infos(scrape(scraper))) == 2
    for file in group.iterdir():
        file.unlink()
    group.rmdir()
    assert len(infos(scrape(scraper))) == 1


def test_a_machine_without_containers(tmp_path: Path) -> None:
    trees.version_2(tmp_path / "sys", {"/system.slice/cron.service": 1})
    samples = scrape(scraper_over(tmp_path))
    found = {s: value for s, value in samples.items() if "container" in s}
    assert set(found.values()) == {0}
    assert {s.partition("{")[0] for s in found} == {
        "perf_containers",
        "perf_containers_hidden",
        "perf_containers_unnamed",
    }


@pytest.fixture
def open_tree() -> Iterator[Path]:
    """A folder that other accounts may enter; those of pytest are root's alone."""
    if os.geteuid() != 0:
        pytest.skip("root opens every folder, and only root can become somebody else")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_folders_that_are_closed_to_the_exporter(open_tree: Path) -> None:
    """As every runtime has them: an exporter that is not root sees ids."""
    tree = open_tree
    trees.version_2(tree / "sys", {WEB: 1, APP: 1})
    trees.docker_name(tree, IDS[1], "web", {})
    trees.containerd_name(tree, IDS[2], {"nerdctl/name": "app"})
    (tree / "var/lib/docker").chmod(0o710)
    (tree / "run/containerd/io.containerd.runtime.v2.task/k8s.io" / IDS[2]).chmod(0o700)
    assert unnamed(scrape(scraper_over(tree))) == {}
    os.setegid(65534)
    os.seteuid(65534)
    try:
        samples = scrape(scraper_over(tree))
    finally:
        os.seteuid(0)
        os.setegid(0)
    assert unnamed(samples) == {"unreadable": 2}
    assert f'name="{IDS[1]}"' in str(infos(samples))


def test_processes_of_groups_below_are_counted(tmp_path: Path) -> None:
    trees.version_2(tmp_path / "sys", {WEB: 1, f"{WEB}/init.scope": 1, f"{WEB}/a/b": 1})
    assert of(scrape(scraper_over(tmp_path)), WEB, IDS[1])["processes"] == 6


def test_a_malformed_group_costs_this_collector_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    trees.version_2(tmp_path / "sys", {WEB: 1})
    (tmp_path / "sys/fs/cgroup" / WEB.strip("/") / "memory.current").write_text("lots\n")
    samples = scrape(scraper_over(tmp_path))
    assert samples['node_scrape_collector_success{collector="cgroup"}'] == 0
    assert "memory.current: expected" in caplog.text
    with pytest.raises(CollectorError):
        cgroup.CgroupCollector(*_made(tmp_path)).collect()


def _made(tree: Path) -> tuple[Sources, dict[str, object]]:
    flags = flags_of(f"--path.sysfs={tree / 'sys'}")
    return Sources(Paths(sysfs=tree / "sys", rootfs=tree)), flags


@pytest.mark.parametrize(
    "flag",
    [
        "--collector.cgroup.limit=-1",
        "--collector.cgroup.rescan=0",
        "--collector.cgroup.rescan=inf",
        "--collector.cgroup.rescan=nan",
    ],
)
def test_wrong_flags(flag: str, tmp_path: Path) -> None:
    trees.version_2(tmp_path / "sys", {})
    with pytest.raises(InputError, match=flag.partition("=")[0]):
        scraper_over(tmp_path, flag)


def test_promtool_finds_cadvisors_one_odd_name_only(tmp_path: Path) -> None:
    trees.version_2(tmp_path / "sys", {WEB: 1, APP: 2})
    page = scraper_over(tmp_path).scrape(TEXT)
    checked = subprocess.run(
        [promtool(), "check", "metrics"], input=page, capture_output=True, check=False
    )
    complaints = (checked.stdout + checked.stderr).decode().splitlines()
    assert [c.split()[0] for c in complaints] == ["container_memory_failcnt"], complaints
