from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from benchmarks import smt_ranges
from loadtest import presentation, smt_check
from loadtest.smt_check import PATH, normalised, range_of, vendor
from perfanalysis.results import reading
from perfanalysis.results.document import Document
from tests.loadtest.documents import tree

TABLE = Path(__file__).parents[3] / "shared/machines/types.csv"
EPYC = {
    "architecture": "x86_64",
    "cpu_model": "AMD EPYC 7R13 Processor",
    "logical_cpus": 4,
    "used_cpus": [0, 1, 2, 3],
    "threads_per_core": 2,
}


def divided(share: float, *, width: float = 0.0, **changes: Any) -> Document:
    """A result of ``divide`` in which all CPUs do this share of CPUs times one worker."""
    machine = EPYC | changes.pop("machine", {})
    machine = {name: value for name, value in machine.items() if value is not None}
    count = len(machine["used_cpus"])
    made = tree(
        rates=[100.0 * share * count] * 20,
        machine=machine,
        single_units_per_second=100.0,
        single_interval={"lower": 100.0 - width, "upper": 100.0 + width},
        **({"kernel": "divide"} | changes),
    )
    return reading.from_json(made, "test")


@pytest.mark.parametrize(
    ("share", "machine", "odd"),
    [
        # AMD with two threads a core: 0.47 to 0.50, and 5 % beside that.
        (0.50, {}, None),
        (0.46, {}, None),
        (0.43, {}, "do 0.43 of CPUs times one worker; AMD machines with 2 threads a core do"),
        (0.80, {}, "do 0.80 of CPUs times one worker; AMD machines with 2 threads a core do"),
        (0.98, {"threads_per_core": 1}, None),
        # A model of its own.
        (0.70, {"cpu_model": "Intel(R) Xeon(R) Platinum 8259CL CPU @ 2.50GHz"}, None),
        (0.70, {"cpu_model": "Intel(R) Xeon(R) Platinum 8375C CPU @ 2.90GHz"}, "Platinum 8375C"),
        (0.70, {"cpu_model": "Intel(R) Xeon(R) Platinum 9999 CPU @ 2.90GHz"}, None),
        (0.30, {"cpu_model": "Intel(R) Xeon(R) Platinum 9999"}, "Intel machines with 2 threads"),
        # Nothing is known of these.
        (0.10, {"cpu_model": "VIA Nano"}, None),
        (0.10, {"cpu_model": None}, None),
        (0.10, {"threads_per_core": None}, None),
        (0.10, {"threads_per_core": 8}, None),
        (
            0.70,
            {"architecture": "aarch64", "cpu_model": "Neoverse-N1", "threads_per_core": 1},
            None,
        ),
        # A part of the machine.
        (0.10, {"used_cpus": [0, 1]}, None),
        (0.10, {"used_cpus": [0], "logical_cpus": 1}, None),
    ],
)
def test_what_lies_outside_is_marked(
    share: float, machine: dict[str, Any], odd: str | None
) -> None:
    found = smt_check.remark(divided(share, machine=machine))
    assert (found is None) if odd is None else (found is not None and odd in found)


def test_only_what_is_sure_is_marked() -> None:
    assert smt_check.remark(divided(0.43)) is not None
    # One worker is known to within 10 % only.
    assert smt_check.remark(divided(0.43, width=10.0)) is None


@pytest.mark.parametrize(
    "changes", [{"kernel": "rmw"}, {"valid": False, "invalid_reasons": ["steal: much"]}]
)
def test_other_kernels_and_disturbed_runs_are_not_judged(changes: dict[str, Any]) -> None:
    assert smt_check.remark(divided(0.1, **changes)) is None


def test_it_stands_below_the_result() -> None:
    stream = io.StringIO()
    presentation.show(divided(0.8), Console(file=stream, width=400))
    assert "remark: all CPUs do 0.80 of CPUs times one worker; AMD machines" in stream.getvalue()
    assert "the one worker was held back, or cores are shown as threads" in stream.getvalue()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Intel(R) Xeon(R) Platinum 8375C CPU @ 2.90GHz", "intel xeon platinum 8375c"),
        ("Intel(R) Xeon(R) Platinum 8375C", "intel xeon platinum 8375c"),
        ("AMD EPYC 9454 48-Core Processor", "amd epyc 9454"),
        ("Neoverse-V2", "neoverse-v2"),
        ("", ""),
    ],
)
def test_one_model_has_one_name(name: str, expected: str) -> None:
    assert normalised(name) == expected


def test_vendors() -> None:
    assert vendor("AMD EPYC 7R13", "x86_64") == "AMD"
    assert vendor("Intel(R) Xeon(R)", "x86_64") == "Intel"
    assert vendor("", "aarch64") == "Arm"
    assert vendor("VIA Nano", "x86_64") is None
    assert range_of("VIA Nano", "x86_64", 1) is None


def test_quantiles_leave_as_much_on_either_side() -> None:
    types = [smt_ranges.Type("AMD 2", "x", number / 100) for number in range(100)]
    assert smt_ranges.quantiles(types) == (0.02, 0.97)


def test_the_ranges_are_those_of_the_table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if not TABLE.is_file():
        pytest.skip("the table of published measurements is not on this machine")
    made = tmp_path / "ranges.json"
    monkeypatch.setattr(smt_ranges, "PATH", made)
    smt_ranges.main(TABLE)
    assert made.read_text() == PATH.read_text()
