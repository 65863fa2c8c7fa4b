"""Machines that measured themselves for a week, through a real Prometheus: the verdict is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from perfanalysis.cli import run
from perfanalysis.estimates import ratios
from perfanalysis.estimates.ratios import Rate
from perfanalysis.estimates.variance import run_spread
from tests.reporter.conftest import END, START, STEP, served
from tests.reporter.truth import TRUTH, history

pytestmark = pytest.mark.e2e
SHARES = (0.995, 1.0, 1.005, 0.998, 1.002, 1.001)
EVERY = 6 * 3600


def runs() -> str:
    """A series of each run: scraped for an hour, and the newest one for the whole report."""
    maxima = []
    for name, most, *_ in TRUTH:
        own = f'job="node",instance="{name}",kernel="rmw"'
        whole = f'{own},conditions="c",full="true",valid="true"'
        part = f'{own},conditions="p",full="false",valid="true"'
        for number, share in enumerate(SHARES):
            begin = START - (number + 1) * EVERY
            for word, labels, rate in (("", whole, most * share), ("part-", part, most / 4)):
                run_of = f'{labels},test_id="{word}{number}"'
                maxima += [
                    f"perf_loadtest_run_max_units_per_second{{{run_of}}} {rate} {at}"
                    for at in range(begin, begin + 3600, 10 * STEP)
                ]
        newest = f'{whole},test_id="run-2-of-{name}"'
        maxima += [
            f"perf_loadtest_run_max_units_per_second{{{newest}}} {most} {at}"
            for at in range(START, END + 1, STEP)
        ]
    return "\n".join(["# TYPE perf_loadtest_run_max_units_per_second gauge", *maxima])


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("earlier-runs")
    with served(folder, history().replace("# EOF\n", f"{runs()}\n# EOF\n")) as url:
        yield url


def test_the_verdict_goes_by_the_runs_however_often_they_were_scraped(
    store: str, tmp_path: Path
) -> None:
    output = tmp_path / "report.json"
    words = ["report", "--prometheus", store, "--from", str(START), "--to", str(END), "--quiet"]
    words += ["--baseline", "steady", "--format", "json", "--output", str(output)]
    assert run(words) == 0
    found: dict[str, Any] = json.loads(output.read_text())["findings"]
    assert "double is the fastest with 2,000 units per second; that is" in found["verdict"][1]
    assert "more than steady, by the spread of their earlier runs." in found["verdict"][1]
    units = found["machines"]["double"]["against_baseline"]["units"]
    spread = run_spread([SHARES])
    assert spread is not None
    sides = ([[Rate(most, None)]] for _, most, *_ in TRUTH)
    expected = ratios.compare(*sides, known=(spread, spread))
    assert (units["basis"], units["verdict"]) == ("known", "faster")
    assert units["lower"] == pytest.approx(expected.lower)
    assert units["upper"] == pytest.approx(expected.upper)
