"""Tests beside each other (``make test``): which stay together, and which have the machine alone.

A file's tests are of one worker, so that its servers are started once. What drives the CPUs and
says what it has reached runs while no other test does.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parent
# Locked, and there already: nothing is left behind.
DOOR, ROOM = TESTS / "__init__.py", Path(__file__).resolve()
# What takes longest begins first, so that no worker is left with it at the end.
LONG = ()
ALONE = frozenset(
    {
        "cffi_burn/test_worker.py",
        "e2e/test_demo.py",
        "e2e/test_one_identity.py",
        "e2e/test_providers.py",
        "e2e/test_quota.py",
        "loadtest/driving/test_calibration.py",
        "loadtest/fleet/test_fleet_command.py",
        "loadtest/outputs/test_deliver.py",
        "loadtest/outputs/test_grafana_live.py",
        "loadtest/outputs/test_run.py",
        "loadtest/test_crew.py",
        "loadtest/test_bridge.py",
        "loadtest/test_endurance.py",
        "loadtest/test_ladder_measured.py",
        "loadtest/test_memory_of_runs.py",
        "loadtest/test_nothing_lost.py",
        "loadtest/test_progress.py",
        "loadtest/test_run_command.py",
        "loadtest/test_safety.py",
        "loadtest/test_time_of_runs.py",
        "loadtest/test_work_done.py",
    }
)


def group_of(path: Path) -> str:
    """The tests of a file are of one worker, and all that are to be alone of one, too.

    Whoever is alone waits until the others' tests have ended: once, and not before each test.
    """
    return "alone" if is_alone(path) else path.relative_to(TESTS).as_posix()


def rank_of(group: str) -> int:
    """What begins earlier has the lower number."""
    if group == "alone":
        return len(LONG) + 1
    return LONG.index(group) if group in LONG else len(LONG)


def is_alone(path: Path) -> bool:
    """Whether no other test may run beside those of this file."""
    return path.relative_to(TESTS).as_posix() in ALONE


@contextlib.contextmanager
def place_for(path: Path, door_file: Path = DOOR, room_file: Path = ROOM) -> Iterator[None]:
    """A place for a test of that file: beside the other workers', or alone.

    Whoever waits to be alone stands in the door, so that no further test begins.
    """
    if "PYTEST_XDIST_WORKER" not in os.environ:
        yield
        return
    with door_file.open() as door, room_file.open() as room:
        fcntl.flock(door, fcntl.LOCK_EX)
        fcntl.flock(room, fcntl.LOCK_EX if is_alone(path) else fcntl.LOCK_SH)
        fcntl.flock(door, fcntl.LOCK_UN)
        yield
