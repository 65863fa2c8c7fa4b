from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmarks.process import cpu_seconds
from benchmarks.told_programs import ToldProgram
from perfanalysis.errors import PerfAnalysisError

pytestmark = pytest.mark.skipif(shutil.which("cc") is None, reason="cc is not on this machine")


def test_files_are_read_anew_each_time(tmp_path: Path) -> None:
    with ToldProgram("read_files", ["/proc/vmstat", "/proc/stat"], tmp_path) as reader:
        before = cpu_seconds(reader.pid)
        for _ in range(20):
            reader.do()
        assert cpu_seconds(reader.pid) > before


def test_a_walk_takes_its_time_on_each_cpu(tmp_path: Path) -> None:
    with ToldProgram("walk_memory", (0.02, 1 << 20), tmp_path) as walker:
        before = cpu_seconds(walker.pid)
        walker.do()
        assert cpu_seconds(walker.pid) > before


def test_a_program_that_ends_is_an_error(tmp_path: Path) -> None:
    with (
        ToldProgram("read_files", [tmp_path / "none"], tmp_path) as reader,
        pytest.raises(PerfAnalysisError, match=r"read_files failed \(1\)"),
    ):
        reader.do()
