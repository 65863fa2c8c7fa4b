from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks import results, sizing, table
from benchmarks.__main__ import PAGE, SIZED, SIZES
from benchmarks.case import Case, Outcome, Settings
from benchmarks.cases import CASES


def not_run(_: Settings) -> Outcome:
    raise AssertionError("the table runs nothing")


DONE = Case("done", "What it does.", "the peer", "<= 1/8", not_run)
ABSENT = Case("absent", "Not here.", "another peer", "<= 1", not_run)
RESULT: dict[str, Any] = {
    "case": "done",
    "what": "What it does.",
    "date": "2026-03-04T05:06:07+00:00",
    "machine": {
        "cpus": 2,
        "cpu_model": "Made CPU",
        "architecture": "x86_64",
        "memory_bytes": 2**33,
        "kernel": "6.1",
        "load_1m": 0.25,
    },
    "versions": {"ours": "1.0", "peer": "2.0"},
    "notes": ["A note."],
    "figures": [
        {
            "name": "time",
            "unit": "s",
            "ours": {"median": {"value": 0.0006, "lower": 0.00059, "upper": 0.00061}},
            "peer": {"median": {"value": 0.006, "lower": 0.0058, "upper": 0.0061}},
            "against": "the peer",
            "ratio": {"value": 0.1, "lower": 0.09, "upper": 0.11},
            "goal": "<= 1/8",
            "verdict": "met",
        },
        {"name": "errors", "unit": "", "ours": {"median": {"value": 0.0}}, "goal": "0"},
    ],
}


def test_render() -> None:
    text = table.render([DONE, ABSENT], [RESULT])
    assert text.splitlines()[2:5] == [
        "| done | time | 600 µs (590 to 610) | 6 ms (5.8 to 6.1), the peer "
        "| 0.1 (0.09 to 0.11) | <= 1/8 | met |",
        "| done | errors | 0 |  |  | 0 |  |",
        "| absent | not run | | another peer | | <= 1 | |",
    ]
    assert "2 CPUs of Made CPU, 8.0 GiB, Linux 6.1, load 0.2 at the start" in text
    assert "ours 1.0, peer 2.0" in text
    assert "- A note." in text


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (0.0, "s", "0 s"),
        (1.5, "s", "1.5 s"),
        (0.000_001_25, "s", "1.25 µs"),
        (24_400_000.0, "B", "24.4 MB"),
        (-3_000_000.0, "B", "-3 MB"),
        (1234.5, "", "1,234"),
    ],
)
def test_amount(value: float, unit: str, said: str) -> None:
    assert table.amount({"value": value}, unit) == said


def test_only_what_is_between_the_marks_changes() -> None:
    page = f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n"
    once = table.with_table(page, [DONE], [RESULT])
    assert once.startswith(f"before\n{table.BEGIN}\n")
    assert once.endswith(f"{table.END}\nafter\n")
    assert "old" not in once
    assert table.with_table(once, [DONE], [RESULT]) == once


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="lacks the marks"):
        table.with_table("nothing here", [DONE], [RESULT])


def test_the_page_is_that_of_the_kept_results() -> None:
    page = Path(PAGE).read_text(encoding="utf-8")
    assert page == table.with_table(page, CASES, results.read_all(results.FOLDER)), (
        "docs/benchmarks.md is not that of benchmarks/results: run `make bench`"
    )


def test_the_page_of_sizes_is_that_of_the_kept_results() -> None:
    page = Path(SIZES).read_text(encoding="utf-8")
    assert page == sizing.sized(page, *map(results.kept, SIZED)), (
        "docs/scaling.md is not that of benchmarks/results: run `make bench`"
    )
