"""Recording trees of /proc that change: hot-plug, devices that come and go, a restart."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exporter.page.scraping import Scraper
from exporter.sources.files import Paths, Sources
from perfanalysis.errors import InputError
from perfanalysis.exposition.families import Series
from perfanalysis.exposition.rendering import Block
from perfanalysis.recordings.reading import read
from perfanalysis.recordings.recording import Recording
from perfanalysis.recordings.writing import RecordingWriter
from workload.recording.all_cpus import AllCpusCollector
from workload.recording.collecting import FLAGS, Together, make_scraper, open_sources
from workload.recording.session import RecordingSession, aligned
from workload.usage_of import usage_of

DISK = "   8      {n} {name} {reads} 0 {sectors} 0 0 0 0 0 0 0 0\n"
NET = (
    "Inter-|   Receive                                                |  Transmit\n"
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop"
    " fifo colls carrier compressed\n"
)


class Tree:
    """A machine of which a few files are there."""

    def __init__(self, folder: Path) -> None:
        self.proc = folder / "proc"
        self.sys = folder / "sys"
        (self.proc / "net").mkdir(parents=True)
        self.sys.mkdir()
        self.cpus = 2
        self.user, self.idle, self.boot = 0, 0, 1000
        self.disks: dict[str, int] = {"sda": 0}
        self.devices: dict[str, int] = {"eth0": 0}
        self.write()

    def write(self) -> None:
        rows = [f"cpu  {self.user} 0 0 {self.idle} 0 0 0 0 0 0"]
        each = (self.user // 2, self.idle // 2)
        rows += [f"cpu{n} {each[0]} 0 0 {each[1]} 0 0 0 0 0 0" for n in range(self.cpus)]
        rows += ["intr 1 2", "ctxt 3", f"btime {self.boot}", "processes 4"]
        rows += ["procs_running 1", "procs_blocked 0", ""]
        (self.proc / "stat").write_text("\n".join(rows))
        disks = [
            DISK.format(n=16 * n, name=name, reads=reads, sectors=8 * reads)
            for n, (name, reads) in enumerate(self.disks.items())
        ]
        (self.proc / "diskstats").write_text("".join(disks))
        devices = [
            f"{name}: {n} 0 0 0 0 0 0 0 {n} 0 0 0 0 0 0 0\n" for name, n in self.devices.items()
        ]
        (self.proc / "net" / "dev").write_text(NET + "".join(devices))
        (self.proc / "loadavg").write_text("0.1 0.2 0.3 1/2 3\n")
        (self.proc / "meminfo").write_text("MemTotal: 1000 kB\nMemAvailable: 400 kB\n")
        (self.proc / "vmstat").write_text(f"pgfault {self.user}\npswpin 0\n")


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Tree]:
    tree = Tree(tmp_path / "tree")
    yield tree
    shutil.rmtree(tmp_path / "tree")


def flags_of(tree: Tree, **more: Any) -> dict[str, Any]:
    flags = {flag.variable: flag.default for flag in FLAGS}
    flags |= {"path_procfs": str(tree.proc), "path_sysfs": str(tree.sys), "machine_cloud": "off"}
    return flags | {"machine_name": "made"} | more


def recorded(tree: Tree, out: Path, moves: list[dict[str, Any]], *, per_cpu: bool) -> Recording:
    """Ticks of a second each; before each, a move changes the tree."""
    sources = open_sources(flags_of(tree))
    scraper: Scraper = make_scraper(flags_of(tree), sources, per_cpu=per_cpu, step=1.0)
    together = Together()
    with RecordingWriter(out, "made", step=1.0, durable=False) as writer:
        for second, move in enumerate(moves):
            for field, value in move.items():
                setattr(tree, field, value)
            tree.write()
            progress = scraper.begin()
            while (name := progress.next()) is not None:
                progress.add(*scraper.run(name, progress))
            series, values = together.of(progress.blocks)
            writer.tick(1000.0 + second, series, values)
    sources.close()
    return read(out)


def test_a_disk_and_an_interface_come_and_go(tree: Tree, tmp_path: Path) -> None:
    both = {"sda": 10, "sdb": 5}
    moves: list[dict[str, Any]] = [
        {},
        {"disks": both, "devices": {"eth0": 100, "eth1": 7}},
        {"disks": {**both, "sda": 20}},
        {"disks": {"sda": 20}, "devices": {"eth0": 300}},
        {"disks": {"sda": 20, "sdb": 0}},
    ]
    recording = recorded(tree, tmp_path / "a", moves, per_cpu=False)
    reads = {
        dict(series.labels)["device"]: column.tolist()
        for series, column in recording.of("node_disk_reads_completed_total").items()
    }
    np.testing.assert_equal(reads["sda"], [0, 10, 20, 20, 20])
    np.testing.assert_equal(reads["sdb"], [np.nan, 5, 5, np.nan, 0])
    (eth1,) = recording.of("node_network_receive_bytes_total", device="eth1").values()
    np.testing.assert_equal(eth1, [np.nan, 7, 7, np.nan, np.nan])


def test_a_cpu_is_taken_away_and_comes_back(tree: Tree, tmp_path: Path) -> None:
    moves: list[dict[str, Any]] = [
        {"user": 0, "idle": 0},
        {"user": 100, "idle": 100},
        {"user": 150, "idle": 150, "cpus": 1},
        {"user": 200, "idle": 200},
        {"user": 300, "idle": 300, "cpus": 2},
    ]
    recording = recorded(tree, tmp_path / "a", moves, per_cpu=True)
    (online,) = recording.of("perf_recording_cpus").values()
    assert online.tolist() == [2, 2, 1, 1, 2]
    (gone,) = recording.of("node_cpu_seconds_total", cpu="1", mode="user").values()
    np.testing.assert_equal(gone, [0, 0.5, np.nan, np.nan, 1.5])
    assert usage_of(recording).busy == pytest.approx([0.5] * 4)
    (user,) = recording.of("perf_recording_cpu_seconds_total", mode="user").values()
    assert user.tolist() == [0, 1, 1.5, 2, 3]


def test_a_restart_is_a_reset_and_no_use(tree: Tree, tmp_path: Path) -> None:
    moves: list[dict[str, Any]] = [
        {"user": 5000, "idle": 9000},
        {"user": 5100, "idle": 9100},
        {"user": 10, "idle": 90, "boot": 9000},
        {"user": 60, "idle": 140},
    ]
    recording = recorded(tree, tmp_path / "a", moves, per_cpu=False)
    np.testing.assert_allclose(usage_of(recording).busy, [0.5, np.nan, 0.5])
    (boot,) = recording.of("node_boot_time_seconds").values()
    assert boot.tolist() == [1000, 1000, 9000, 9000]


def test_idle_time_that_runs_backwards_a_little_is_held(tree: Tree) -> None:
    sources = Sources(Paths(procfs=tree.proc))
    collector = AllCpusCollector(sources)
    found = []
    for user, idle in ((10, 500), (20, 495), (30, 505), (1, 2)):
        tree.user, tree.idle = user, idle
        tree.write()
        sources.begin_scrape()
        (block,) = collector.collect()
        assert isinstance(block, Block)
        found.append((block.values[0], block.values[3], block.values[-1]))
    sources.close()
    assert found == [
        (b"10", b"500", b"2"),
        (b"20", b"500", b"2"),
        (b"30", b"505", b"2"),
        (b"1", b"2", b"2"),
    ]


def test_where_ticks_are_far_apart_the_sampler_tells_what_hides_between(tree: Tree) -> None:
    for step, there in ((1.0, False), (5.0, True)):
        sources = open_sources(flags_of(tree))
        scraper = make_scraper(flags_of(tree), sources, per_cpu=False, step=step)
        assert ("sampler" in scraper.names) == there
        if there:
            sampler = scraper.collectors["sampler"]
            blocks = sampler.collect()
            names = {one.family.name for one in Together().of(blocks)[0]}
            assert {"perf_sampler_busy_ratio_bucket", "perf_sampler_busy_ratio_count"} <= names
            sampler.sampler.stop()  # type: ignore[attr-defined]
        sources.close()


def test_a_tree_that_is_not_there_is_said(tree: Tree) -> None:
    with pytest.raises(InputError, match=r"--path\.procfs: expected a folder"):
        open_sources(flags_of(tree, path_procfs="/nothing"))


@pytest.mark.parametrize(
    ("moment", "step", "expected"),
    [(100.001, 1.0, 100.0), (99.9985, 1.0, 100.0), (100.0021, 1.0, 100.0021), (130.0, 60.0, 130.0)],
)
def test_times_that_are_next_to_a_step_are_at_it(
    moment: float, step: float, expected: float
) -> None:
    assert aligned(moment, step) == expected


class _FullDisk:
    """Takes every second tick."""

    size = 0

    def __init__(self) -> None:
        self.ticks = 0

    def tick(self, time: float, series: tuple[Series, ...], values: list[bytes]) -> None:
        del time, series, values
        self.ticks += 1
        if self.ticks % 2:
            raise OSError(28, "No space left on device")

    def close(self) -> None:
        pass


def test_a_full_disk_costs_frames_and_does_not_end_the_recording(
    tree: Tree, caplog: pytest.LogCaptureFixture
) -> None:
    sources = open_sources(flags_of(tree))
    scraper = make_scraper(flags_of(tree), sources, per_cpu=False, step=1.0)
    session = RecordingSession(scraper, _FullDisk(), 1.0)  # type: ignore[arg-type]
    for _ in range(6):
        session.tick()
    sources.close()
    assert (session.tally.ticks, session.tally.failures) == (6, 3)
    assert caplog.text.count("No space left on device") == 1
