from __future__ import annotations

import os
import subprocess
import sys
import time

import psutil
import pytest

from benchmarks.process import cpu_seconds, resident_bytes


def test_cpu_time_is_that_of_the_process() -> None:
    begin = cpu_seconds(os.getpid())
    own = time.process_time()
    while time.process_time() - own < 0.05:
        pass
    children = psutil.Process().children(recursive=True)
    assert children or cpu_seconds(os.getpid()) - begin >= 0.05


def test_cpu_time_counts_living_children() -> None:
    code = "import time\nwhile time.process_time() < 0.2: pass\nprint(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout
        child.stdout.readline()
        assert cpu_seconds(child.pid) >= 0.2
        alone = time.process_time()
        assert cpu_seconds(os.getpid()) >= alone + 0.2
        child.communicate("\n")


def test_resident_memory() -> None:
    assert resident_bytes(os.getpid()) >= psutil.Process().memory_info().rss // 2


def test_a_process_that_is_gone() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        pass
    with pytest.raises((OSError, psutil.NoSuchProcess)):
        cpu_seconds(child.pid)
