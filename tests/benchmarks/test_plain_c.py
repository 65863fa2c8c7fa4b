from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from benchmarks import kernel_rates, plain_c_programs
from benchmarks.case import PeerMissingError
from cffi_burn.kernel import all_kernels, compiler_flags
from perfanalysis.errors import PerfAnalysisError

pytestmark = pytest.mark.skipif(shutil.which("cc") is None, reason="cc is not on this machine")


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("rmw", ()), ("triad", (3 << 20,)), ("read_block", (1 << 20,)), ("clock", ())],
)
def test_a_program_compiles_with_the_kernels_flags_and_prints_a_rate(
    tmp_path: Path, name: str, arguments: tuple[int, ...]
) -> None:
    program = plain_c_programs.build(name, compiler_flags(), tmp_path)
    assert plain_c_programs.rate(program, 0.02, *arguments) > 0


def test_two_builds_of_a_program_stay_apart(tmp_path: Path) -> None:
    first = plain_c_programs.build("rmw", "-O1", tmp_path)
    assert plain_c_programs.build("rmw", "-O2", tmp_path) != first


def test_flags_that_the_compiler_refuses_are_told(tmp_path: Path) -> None:
    with pytest.raises(PeerMissingError, match="does not compile"):
        plain_c_programs.build("rmw", "-mno-such-thing", tmp_path)


def test_a_program_that_fails_is_an_error(tmp_path: Path) -> None:
    program = plain_c_programs.build("triad", "-O2", tmp_path)
    with pytest.raises(PerfAnalysisError, match="failed"):
        plain_c_programs.rate(program, 0.02)


def test_workers_on_all_cpus_add_up_and_leave_the_caller_where_it_was() -> None:
    before = os.sched_getaffinity(0)
    kernel = all_kernels()["divide"]
    assert kernel_rates.rate_of_all(kernel, sorted(before), 0.02) > 0
    assert kernel_rates.rate_of_all(kernel, sorted(before), 0.02, wall=False) > 0
    assert os.sched_getaffinity(0) == before


def test_our_rate_is_in_units_and_leaves_the_caller_where_it_was() -> None:
    before = os.sched_getaffinity(0)
    kernel = all_kernels()["integer"]
    with kernel_rates.pinned() as cpu, kernel_rates.working(kernel, cpu) as worker:
        assert os.sched_getaffinity(0) == {cpu}
        assert kernel_rates.rate(worker, 0.02) > 0
    assert os.sched_getaffinity(0) == before
