from __future__ import annotations

import os
import subprocess
import sys

import pytest

from loadtest import host_lock
from perfanalysis.errors import PerfAnalysisError

# Of this process alone: other runs of these tests may go on beside it.
ADDRESS = b"\0perfanalysis-loadtest-unit-test-%d" % os.getpid()
HOLD = f"""
import time
from loadtest import host_lock
with host_lock.hold(0, {ADDRESS!r}):
    print("held", flush=True)
    time.sleep(60)
"""


def test_only_one_holds_it_and_it_goes_with_its_holder() -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with (
            pytest.raises(PerfAnalysisError, match="another load test is running"),
            host_lock.hold(0, ADDRESS),
        ):
            pass
        other.kill()
        with host_lock.hold(30, ADDRESS):
            pass


def test_it_can_be_had_again() -> None:
    held = 0
    for _ in range(2):
        with host_lock.hold(0, ADDRESS):
            held += 1
    assert held == 2


def test_what_the_waiting_raises_ends_it() -> None:
    def interrupted() -> None:
        raise InterruptedError

    with (
        host_lock.hold(0, ADDRESS),
        pytest.raises(InterruptedError),
        host_lock.hold(300, ADDRESS, interrupted),
    ):
        pass
