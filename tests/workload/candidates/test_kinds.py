"""Ratios of a kind of work, from results of several kernels."""

from __future__ import annotations

import pytest

from perfanalysis.errors import InputError
from perfanalysis.kinds.machine import Machine
from tests.loadtest.kinds_results import of_machine
from workload.candidates.kinds import kind_ratios
from workload.candidates.measured import machines_of


def figures(*names_and_speeds: tuple[str, float]) -> tuple[Machine, ...]:
    """Machines whose kernels are all so many times as quick as the typical ones."""
    made = []
    for name, speed in names_and_speeds:
        groups = ("crypto", "memread", "divide")
        made += of_machine(name, speeds=dict.fromkeys(groups, speed))
    return machines_of(made).figures


def test_a_machine_against_itself_and_a_quicker_one() -> None:
    known = {"own": figures(("a", 1.0)), "quick": figures(("b", 1.5))}
    found = kind_ratios("cache-server", "own", known).ratios
    assert found["own"][0] == pytest.approx(1)
    ratio, lower, upper = found["quick"]
    assert 1.2 < ratio < 1.8
    assert lower < ratio < upper


def test_of_several_machines_the_mean_counts() -> None:
    known = {"own": figures(("a", 1.0)), "pair": figures(("b", 1.25), ("c", 0.8))}
    assert kind_ratios("cache-server", "own", known).ratios["pair"][0] == pytest.approx(1, abs=0.02)


def test_what_has_no_results_of_the_kernels_has_no_ratio() -> None:
    known: dict[str, tuple[Machine, ...]] = {"own": figures(("a", 1.0)), "bare": ()}
    assert "bare" not in kind_ratios("crypto", "own", known).ratios
    with pytest.raises(InputError, match="results of bare by the kernels of this kind"):
        kind_ratios("crypto", "bare", known)
    with pytest.raises(InputError, match="expected one of cache-server"):
        kind_ratios("poetry", "own", known)
