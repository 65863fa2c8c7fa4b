from __future__ import annotations

import pytest

from loadtest import presentation
from perfanalysis.results.document import Document
from tests.loadtest.documents import LEVEL, result

SLICES = [{"duration_seconds": 0.05, "units": 1.0}] * 3
FOUR = {"used_cpus": [0, 1, 2, 3], "logical_cpus": 4}


def rung(workers: int, rate: float) -> dict[str, object]:
    """So many workers at full load."""
    bounds = {"units_per_second": rate, "lower": rate * 0.99, "upper": rate * 1.01}
    return LEVEL | bounds | {"busy": 100, "workers": workers, "slices": SLICES}


def four(**changes: object) -> Document:
    """A run on four CPUs."""
    return result(machine=FOUR, single_units_per_second=400.0, **changes)


def test_a_ladder_says_what_each_worker_does_beside_one_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    made = four(ladder=[rung(2, 760.0)], single=rung(1, 400.0))
    presentation.show(made, presentation.console())
    shown = capsys.readouterr().out
    lines = [line.replace("│", " ").split() for line in shown.splitlines()]
    table = lines[
        next(i for i, line in enumerate(lines) if "full load by workers" in " ".join(line)) :
    ]
    rows = [line for line in table if line and line[0] in {"1", "2", "4"} and ".." in line]
    assert [(row[0], row[1], row[-2], row[-1]) for row in rows] == [
        ("1", "400", "100%", "3/3"),
        ("2", "760", "95%", "3/3"),
        ("4", "999.5", "62%", "20/20"),
    ]


def test_without_rungs_between_there_is_no_table_of_its_ends(
    capsys: pytest.CaptureFixture[str],
) -> None:
    presentation.show(four(), presentation.console())
    assert "workers" not in capsys.readouterr().out
