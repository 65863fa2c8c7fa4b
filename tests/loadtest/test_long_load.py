"""Full load behind the levels, in documents and in words, and a real run of half a minute."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from loadtest import presentation
from loadtest.comparison import compare
from loadtest.long_load_text import long_load_lines
from loadtest.remarks import remarks
from loadtest.sides import Side
from loadtest.thresholds import parse, verdicts
from perfanalysis.errors import InputError
from perfanalysis.results import reading
from tests.loadtest.documents import result, write

SEEN: dict[str, Any] = {
    "steady": True,
    "duration_seconds": 70.0,
    "seconds_to_baseline": 40.0,
    "baseline_ratio": 0.2,
    "burst_units_per_second": 1000.0,
    "burst_lower": 990.0,
    "burst_upper": 1010.0,
    "baseline_units_per_second": 200.0,
    "baseline_lower": 199.0,
    "baseline_upper": 201.0,
    "baseline_steal_ratio": 0.8,
    "slices": [{"duration_seconds": 0.05, "units": 50.0}] * 1001,
}


def test_both_rates_stand_in_the_document_and_on_the_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = result(until_steady=SEEN)
    write(tmp_path / "a.json", made)
    assert reading.read(tmp_path / "a.json") == made
    stored = json.loads((tmp_path / "a.json").read_bytes())
    assert stored["until_steady"]["slices"]["count"] == 1001
    presentation.show(made, presentation.console())
    out = capsys.readouterr().out
    assert "burst: 1000 units/s (990 .. 1010), steal unknown" in out
    assert "baseline: 200 units/s (199 .. 201), steal 80.00%; 20.0% of the burst" in out
    unseen = {key: SEEN[key] for key in ("duration_seconds", "slices")} | {"steady": False}
    assert long_load_lines(result(until_steady=unseen)) == [
        "no fall from burst to baseline in 70 s"
    ]


SUSTAINED: dict[str, Any] = {
    "course": "step",
    "cause": "clock",
    "duration_seconds": 300.0,
    "first_units_per_second": 1000.0,
    "first_lower": 995.0,
    "first_upper": 1005.0,
    "fall_start_seconds": 28.0,
    "fall_seconds": 2.0,
    "slices": [{"duration_seconds": 1.0, "units": 920.0}] * 300,
}
FIGURE: dict[str, Any] = {
    "sustained_units_per_second": 920.0,
    "sustained_interval": {"lower": 915.0, "upper": 925.0},
}


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        (
            FIGURE | {"sustained": SUSTAINED},
            [
                "sustained: 920 units/s (915 .. 925) after 300 s at full load, 92.0% of the burst;"
                " it fell from 1000 in a step after 28 s: heat or power limits lower the clock"
            ],
        ),
        (
            FIGURE
            | {
                "sustained": {
                    "course": "steady",
                    "duration_seconds": 300.0,
                    "slices": SUSTAINED["slices"],
                    "dips": [{"start_seconds": 100.0, "duration_seconds": 45.0}],
                }
            },
            [
                "sustained: 920 units/s (915 .. 925) after 300 s at full load, 92.0% of the burst;"
                " steady",
                "left out: 45 s in which it was slower, as beside a neighbour",
            ],
        ),
        (
            {"sustained": SUSTAINED | {"course": "unsettled", "withheld": "run it longer"}},
            ["sustained: not known after 300 s at full load: run it longer"],
        ),
        ({}, []),
    ],
    ids=["step", "neighbour", "withheld", "none"],
)
def test_what_a_machine_does_for_good_in_words(changes: dict[str, Any], lines: list[str]) -> None:
    assert long_load_lines(result(rates=[1000.0] * 20, **changes)) == lines


def test_what_units_per_dollar_go_by() -> None:
    lent = {"burstable": True, "baseline_ratio": 0.1, "price_dollars_per_hour": 0.5}
    one, other = (result(f"run-{i}", [1000.0] * 20, machine=lent) for i in (1, 2))
    assert long_load_lines(one) == [
        "burstable: 100 units/s for good (by its type), by which units per dollar go"
    ]
    verdict = verdicts(one, [parse("units_per_dollar<300")])[0]
    assert (verdict.passed, verdict.value) == (False, 200.0)
    found = compare(Side("a", (one,)), Side("b", (other,)))
    assert "a is burstable: its units per dollar are those of its baseline" in remarks(found)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (FIGURE, "sustained_units_per_second: expected sustained or until_steady beside it"),
        (FIGURE | {"until_steady": SEEN}, ""),
        ({"sustained": SUSTAINED}, "sustained.withheld: expected sustained_units_per_second, or"),
        (
            FIGURE | {"sustained": SUSTAINED, "sustained_units_per_second": 900.0},
            "sustained_units_per_second: expected a value from sustained_interval.lower",
        ),
        (
            {"sustained": SUSTAINED, "sustained_units_per_second": 900.0},
            "sustained_units_per_second: expected both this and sustained_interval",
        ),
        (
            FIGURE | {"sustained": SUSTAINED | {"first_upper": 900.0}},
            "sustained.first_units_per_second: expected a value from first_lower",
        ),
        (FIGURE | {"sustained": SUSTAINED | {"course": "falling"}}, "sustained.course: expected"),
        (FIGURE | {"sustained": SUSTAINED | {"cause": "heat"}}, "sustained.cause: expected"),
    ],
)
def test_a_broken_sustained_part_is_refused(changes: dict[str, Any], message: str) -> None:
    if not message:
        result(**changes)
        return
    with pytest.raises(InputError, match=re.escape(message)):
        result(**changes)


def test_a_long_sustained_part_is_written_as_a_block(tmp_path: Path) -> None:
    made = result(**FIGURE, sustained=SUSTAINED | {"slices": SUSTAINED["slices"] * 4})
    write(tmp_path / "a.json", made)
    assert reading.read(tmp_path / "a.json") == made
    stored = json.loads((tmp_path / "a.json").read_bytes())
    assert stored["sustained"]["slices"]["count"] == 1200


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"baseline_upper": 199.5}, "until_steady.baseline_units_per_second: expected a value"),
        ({"burst_units_per_second": 150.0, "burst_lower": 150.0}, "less than burst_units_per"),
        ({"surprise": 1}, "until_steady.surprise: expected no such field"),
    ],
)
def test_a_broken_part_is_refused(change: dict[str, float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        result(until_steady=SEEN | change)


RUN = ["-m", "perfanalysis", "loadtest", "run", "--force", "--json", "--sustained", "0.5"]
RUN += ["--levels", "100", "--seconds-per-level", "0.3", "--wait", "300", "--progress", "json"]


@pytest.mark.long
@pytest.mark.timeout(500)
def test_half_a_minute_at_full_load(tmp_path: Path) -> None:
    cpu = str(min(os.sched_getaffinity(0)))
    done = subprocess.run(
        [sys.executable, *RUN, "--cpus", cpu, "--state-directory", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=450,
    )
    assert done.returncode == 0, done.stderr
    assert '"phase": "sustained"' in done.stderr
    found = reading.from_json(json.loads(done.stdout), "standard output")
    part = found.sustained
    # Other work beside the tests may withhold the figure; then the reason stands there.
    assert part is not None and 20 < part.duration_seconds < 40
    assert (found.sustained_units_per_second is None) == (part.withheld is not None)
    assert isinstance(part.slices, tuple) and len(part.slices) >= 20


@pytest.mark.long
@pytest.mark.timeout(500)
def test_it_ends_when_it_is_told_to(tmp_path: Path) -> None:
    command = [sys.executable, *RUN, "--state-directory", str(tmp_path)]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr is not None
            assert any('"phase": "sustained"' in line for line in process.stderr)
            time.sleep(2)
            process.send_signal(signal.SIGTERM)
            # Within a second where the CPUs are free: here others may hold them.
            assert process.wait(20) == 1
        finally:
            process.kill()
    assert list((tmp_path / "results").glob("*.json")) == []
