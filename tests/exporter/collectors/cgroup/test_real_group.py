"""A container's series over real control groups of this machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from exporter.collecting import NothingToRead
from exporter.collectors.cgroup.hierarchy import Mounts, find_mounts
from tests.exporter.collectors.cgroup import trees
from tests.exporter.collectors.test_cgroup import of, scrape
from tests.exporter.conftest import scraper_of


@pytest.fixture
def real_group() -> Iterator[tuple[str, Mounts]]:
    """A group of this machine in every hierarchy, named as Docker names a container's."""
    if os.geteuid() != 0:
        pytest.skip("making a control group needs root")
    try:
        mounts = find_mounts(Path("/sys/fs/cgroup"))
    except NothingToRead:
        pytest.skip("no control groups are mounted here")
    roots = [root for root in dict.fromkeys((*mounts.roots, mounts.unified)) if root]
    path = f"/perfanalysis-test-{os.getpid()}/docker-{trees.container_id(os.getpid())}.scope"
    made: list[Path] = []
    try:
        for root in roots:
            for group in (Path(root + path).parent, Path(root + path)):
                try:
                    group.mkdir()
                except OSError as error:
                    pytest.skip(f"no control group can be made here: {error}")
                made.append(group)
                if group != Path(root + path) and not mounts.controllers:
                    for name in ("cpu", "memory", "io", "pids"):
                        try:
                            (group / "cgroup.subtree_control").write_text(f"+{name}")
                        except OSError:
                            continue
        yield path, mounts
    finally:
        for group in reversed(made):
            group.rmdir()


def test_a_real_group(real_group: tuple[str, Mounts]) -> None:
    path, mounts = real_group
    scraper = scraper_of("--collector.disable-defaults", "--collector.cgroup")
    name = trees.container_id(os.getpid())
    before = of(scrape(scraper), path, name)
    code = "b = bytearray(32 << 20)\nfor i in range(3_000_000): pass\nprint(1, flush=True)\ninput()"
    child = subprocess.Popen(
        [sys.executable, "-c", f"input()\n{code}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdin
    assert child.stdout
    try:
        for root in dict.fromkeys((*mounts.controllers.values(), mounts.unified)):
            if root:
                Path(root + path, "cgroup.procs").write_text(str(child.pid))
        child.stdin.write("\n")
        child.stdin.flush()
        child.stdout.readline()
        after = of(scrape(scraper), path, name)
    finally:
        child.send_signal(signal.SIGKILL)
        child.communicate()
    assert before["processes"] == 0
    assert after["processes"] == 1
    usage = 'cpu_usage_seconds_total{cpu="total"}'
    assert after[usage] > before[usage] == 0
    if "memory_usage_bytes" in after:
        assert after["memory_usage_bytes"] >= 32 << 20
        assert after["memory_rss"] >= 32 << 20
    end = time.monotonic() + 20
    while of(scrape(scraper), path, name)["processes"] > 0:
        assert time.monotonic() < end
        time.sleep(0.01)
