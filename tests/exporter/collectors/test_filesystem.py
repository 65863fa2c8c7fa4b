"""A mount that does not answer is told, costs no other mount, and is not asked again meanwhile."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from exporter.collectors.filesystem import mounts
from perfanalysis.exposition.rendering import TEXT
from tests.exporter.conftest import samples_of, scraper_of

MOUNTS = """20 1 254:0 / / rw - ext4 /dev/vda rw
21 1 0:44 / /stuck rw - nfs4 server:/ rw
22 1 0:45 / /well rw - nfs4 server:/well rw
"""


def labels(point: str, device: str, error: str) -> str:
    return f'{{device="{device}",mountpoint="{point}",fstype="nfs4",device_error="{error}"}}'


def test_a_mount_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("proc/1", "sys", "stuck", "well"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "proc" / "1" / "mountinfo").write_text(MOUNTS)
    answers = threading.Event()
    asked: list[str] = []
    statvfs = os.statvfs

    def waiting(path: str) -> os.statvfs_result:
        asked.append(path)
        if path.endswith("/stuck"):
            answers.wait(60)
        return statvfs(path)

    monkeypatch.setattr(mounts.os, "statvfs", waiting)
    scraper = scraper_of(
        f"--path.procfs={tmp_path / 'proc'}",
        f"--path.sysfs={tmp_path / 'sys'}",
        f"--path.rootfs={tmp_path}",
        "--collector.disable-defaults",
        "--collector.filesystem",
        "--collector.filesystem.mount-timeout=1s",
    )
    stuck = labels("/stuck", "server:/", "mountpoint timeout")
    for _ in range(3):
        samples = samples_of(scraper.scrape(TEXT))
        assert samples[f"node_filesystem_device_error{stuck}"] == 1
        assert samples[f"node_filesystem_size_bytes{labels('/well', 'server:/well', '')}"] > 0
        assert f"node_filesystem_size_bytes{stuck}" not in samples
        assert samples['node_scrape_collector_success{collector="filesystem"}'] == 1
    assert sum(path.endswith("/stuck") for path in asked) == 1
    answers.set()
    shown = f"node_filesystem_size_bytes{labels('/stuck', 'server:/', '')}"
    end = time.monotonic() + 30
    while shown not in samples_of(scraper.scrape(TEXT)):
        assert time.monotonic() < end
