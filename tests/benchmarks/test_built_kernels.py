from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from benchmarks import built_kernels
from benchmarks.case import PeerMissingError
from perfanalysis.errors import PerfAnalysisError
from tests.compilers import works


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not works("gcc"):
        pytest.skip("gcc is not on this machine")
    return built_kernels.build("gcc", tmp_path_factory.mktemp("built"))


def test_a_build_answers_with_its_rate_as_often_as_it_is_asked(program: Path) -> None:
    with built_kernels.asked(program, "integer", "baseline", 0) as kernel:
        assert kernel.rate(0.005) > 0
        assert kernel.rate(0.005) > 0


def test_a_kernel_that_it_does_not_have_is_told(program: Path) -> None:
    with (
        pytest.raises(PerfAnalysisError, match="sieve baseline 0 ended with 1"),
        built_kernels.asked(program, "sieve", "baseline", 0),
    ):
        pass


def test_a_program_that_died_is_told(program: Path) -> None:
    with built_kernels.asked(program, "integer", "baseline", 0) as kernel:
        found = subprocess.run(
            ["pgrep", "--parent", str(os.getpid()), "--exact", program.name],
            capture_output=True,
            text=True,
            check=True,
        )
        os.kill(int(found.stdout), 9)
        with pytest.raises(PerfAnalysisError, match="rate-gcc has ended"):
            kernel.rate(0.005)


def test_a_compiler_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(PeerMissingError, match="there is no cc-of-nobody on PATH"):
        built_kernels.build("cc-of-nobody", tmp_path)
