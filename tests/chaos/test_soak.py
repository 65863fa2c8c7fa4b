"""A whole installation under load for a long time: nothing grows but what is stored."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import psutil
import pytest
import requests

from tests.chaos.parts import seconds_until
from tests.chaos.stack import Stack, running_stack
from tests.postgresql_programs import programs

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.long,
    pytest.mark.skipif(programs() is None, reason="no PostgreSQL here"),
]
SOAK_SECONDS = float(os.environ.get("PERFANALYSIS_SOAK_SECONDS", "3600"))
LOOKS = 20
OURS = ("exporter", "portal", "agent")
# Allocators hold back a little.
MOST_GROWTH_BYTES = 5_000_000
MOST_MORE_FILES, MOST_MORE_THREADS = 10, 5
# What waits for a moment.
MOST_WAITING_BYTES = 2_000_000
PATHS = ("/api/v1/tests?limit=50", "/api/v1/machines", "/metrics", "/readyz", "/api/v1/agents")


class Grown:
    """Figures of a process and what it started, noted from time to time."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self.resident: list[int] = []
        self.files: list[int] = []
        self.threads: list[int] = []

    def note(self) -> None:
        self.resident.append(self._process.memory_info().rss)
        self.files.append(self._process.num_fds())
        self.threads.append(self._process.num_threads())

    def faults(self) -> list[str]:
        """What has grown: the end must be like the first quarter.

        Not like the first half: what grows once in it, and stays, would be overlooked.
        """
        early = len(self.resident) // 4
        rows = {
            "resident bytes": (self.resident, MOST_GROWTH_BYTES),
            "open files": (self.files, MOST_MORE_FILES),
            "threads": (self.threads, MOST_MORE_THREADS),
        }
        return [
            f"{what}: {row}"
            for what, (row, most) in rows.items()
            if min(row[-3:]) - max(row[:early]) > most
        ]


class Readers:
    """Ask the portal and the exporter for pages all the time."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.asked = 0
        self.failed = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Readers:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _read(self) -> None:
        while not self._stop.wait(0.1):
            path = PATHS[self.asked % len(PATHS)]
            good = self._stack.ask("GET", path).ok
            page = requests.get(f"{self._stack.url('exporter')}/metrics", timeout=60)
            self.asked += 1
            self.failed += not (good and page.ok)


def size_of(folder: Path) -> int:
    """Bytes of the files that are there now; those that go meanwhile count nothing."""
    found = 0
    for path in folder.rglob("*"):
        try:
            found += path.stat().st_size
        except FileNotFoundError:
            continue
    return found


def test_nothing_grows(tmp_path: Path) -> None:
    with running_stack(tmp_path, fed_each=0.1) as stack:
        seconds_until(stack.goes_on, "the first results and pushes")
        grown = {name: Grown(stack.parts[name].pid) for name in OURS}
        waiting: list[int] = []
        with Readers(stack) as readers:
            end = time.monotonic() + SOAK_SECONDS
            while time.monotonic() < end:
                time.sleep(SOAK_SECONDS / LOOKS)
                for one in grown.values():
                    one.note()
                waiting.append(size_of(tmp_path / "state") + size_of(tmp_path / "push"))
            assert readers.failed == 0
            assert readers.asked > SOAK_SECONDS / 5
        for name, one in grown.items():
            print(f"{name}: {one.resident} B, {one.files} files, {one.threads} threads")
        print(
            f"waiting: {waiting} B; {len(stack.feeder.acknowledged)} results, {readers.asked} reads"
        )
        assert {name: one.faults() for name, one in grown.items() if one.faults()} == {}
        assert max(waiting) < MOST_WAITING_BYTES
        stack.feeder.stop()
        seconds_until(lambda: not stack.feeder.spool.waiting(), "the last result")
        assert sorted(stack.stored()) == sorted(stack.feeder.acknowledged)
        # Only the watchdog fires while nothing is wrong.
        assert stack.news("firing") == []
