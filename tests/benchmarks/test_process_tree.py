from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.process_tree import run_to_end
from perfanalysis.errors import PerfAnalysisError

CHILD = "import time; held = b'x' * 60_000_000; time.sleep(0.5)"
BUSY = "import time\nwhile time.process_time() < 0.3: pass"


def test_memory_of_two_processes_is_added_up(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys; held = b'x' * 60_000_000;"
        f"subprocess.run([sys.executable, '-c', {CHILD!r}])"
    )
    cost = run_to_end([sys.executable, "-c", code], tmp_path / "log")
    assert cost.peak_bytes > 120e6
    assert cost.seconds > 0.5


def test_cpu_time_of_a_child_counts(tmp_path: Path) -> None:
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BUSY!r}])"
    assert run_to_end([sys.executable, "-c", code], tmp_path / "log").cpu_seconds >= 0.3


def test_a_failure_is_told_with_what_was_printed(tmp_path: Path) -> None:
    code = "import sys; print('the reason'); sys.exit(3)"
    with pytest.raises(PerfAnalysisError, match=r"failed \(3\): the reason"):
        run_to_end([sys.executable, "-c", code], tmp_path / "log")
