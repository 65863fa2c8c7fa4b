"""A fleet of types whose truth is known, through both engines: what reports say, rank and leave."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest

from perfanalysis.cli import run
from tests.reporter.both_engines import ENGINES, serving
from tests.reporter.types_history import END, MACHINES, MIDDLE, series

pytestmark = pytest.mark.e2e
near = pytest.approx
Written = Callable[..., bytes]

BEST_VALUE = (
    "aws q.large (5 machines) does the most work for the money: 12,000 units per second for a"
    " dollar an hour, at $0.1000 an hour, 20 % (17 to 23 %) more than aws s.large (5 machines), by"
    " the spread between machines of a type."
)
FASTEST = (
    "aws q.large (5 machines) is the fastest with 1,200 units per second; that is 20 % (17 to 23 %)"
    " more than aws s.large (5 machines), by the spread between machines of a type."
)
DOUBTS = [
    "Not ranked and not recommended: the load test was disturbed on noisy and must be repeated.",
    "Machines of one type differ from each other by 1.6 % at most (coefficient of variation, one"
    " run of each), which is in the intervals of types, and comes on top of those of single"
    " machines.",
    "These figures are of kernel version 5, profile default; not held against them, for other"
    " conditions are other work: version-4 (kernel version 4, profile default); curve (unknown"
    " conditions, kernel version training-curve-1, profile imported).",
]
LENT = (
    "Units per dollar of burst are those of the baseline, which a burstable machine does for good;"
    " full load is 3.3 times as much, and lent."
)
LOST = [
    "CPU time was stolen over the range: slow-0 30.0 %, slow-4 20.0 %.",
    "Tasks waited for CPU time, as a share of the range: slow-1 50.0 %.",
]
THROTTLED = "Cores were throttled for heat or power: quick-0 30.0 times an hour."


@pytest.fixture(scope="module", params=ENGINES)
def written(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Written]:
    """Makes a report of the second hour: of a template, into a file of that ending."""
    folder = tmp_path_factory.mktemp("types")
    with serving(request.param, folder, series()) as url:

        def report(template: str, ending: str, *more: str) -> bytes:
            output = folder / f"{template}.{ending}"
            words = ["report", "--prometheus", url, "--from", str(int(MIDDLE)), "--quiet"]
            words += ["--to", str(int(END)), "--template", template, "--output", str(output)]
            assert run([*words, *more]) == 0
            return output.read_bytes()

        yield report


def findings(written: Written, template: str, *more: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(written(template, "json", *more))["findings"]
    return found


@pytest.mark.parametrize("template", ["comparison", "executive", "fleet"])
def test_what_is_said(written: Written, template: str) -> None:
    found = findings(written, template)
    assert found["verdict"] == [f"{BEST_VALUE} {LENT}", FASTEST, *DOUBTS]
    lost = LOST if template == "fleet" else [*LOST, THROTTLED]
    assert found["remarks"][: len(lost)] == lost
    own = "only load tests of a part of the machine in the range, which are not its own."
    assert f"part: {own}" in found["remarks"]


def test_ranks_fits_and_ratios_are_within_their_conditions(written: Written) -> None:
    found = findings(written, "comparison", "--baseline", "slow-2")
    ranks = {
        one["name"]: (one.get("rank"), one.get("conditions"), len(one["machines"]))
        for one in found["ranking"]
    }
    assert ranks == {
        "aws q.large": (1, None, 5),
        "aws s.large": (2, None, 5),
        "burst": (3, None, 1),
        "version-4": (1, "a", 1),
        "curve": (1, "b", 1),
    }
    best = found["ranking"][0]
    assert best["units_per_dollar"]["value"] == near(12_000)
    assert best["spread"]["value"] == near(0.0158, abs=1e-4)
    assert [group["known"] for group in found["conditions"]] == [True, True, False]
    machines = found["machines"]
    assert machines["noisy"]["not_ranked"] == "disturbed"
    assert machines["noisy"]["against_baseline"]["withheld"] == "disturbed"
    for name in ("version-4", "curve"):
        assert machines[name]["against_baseline"]["withheld"] == "conditions"
        assert "fit" not in machines[name]
    assert machines["quick-1"]["against_baseline"]["units"]["basis"] == "machines"
    assert machines["quick-1"]["ranked_as"] == "aws q.large"
    assert found["smallest_that_fits"] == "burst"
    assert set(found["pareto_front"]) == {f"quick-{i}" for i in range(5)}
    assert found["not_fitted"] == ["curve", "version-4"]


def test_what_was_lost_is_a_figure(written: Written) -> None:
    machines = findings(written, "machine")["machines"]
    assert machines["slow-0"]["lost_time"]["stolen"] == near(0.3, abs=1e-3)
    # It was there for half of the range, and lost a fifth of that.
    assert machines["slow-4"]["lost_time"]["stolen"] == near(0.2, abs=1e-3)
    assert machines["slow-1"]["lost_time"]["waited_cpu"] == near(0.5, abs=1e-3)
    assert machines["quick-0"]["lost_time"]["core_throttles"] == near(30, abs=0.1)
    # Without its time, by the time of its CPU.
    assert machines["quick-4"]["lost_time"]["stolen"] == near(0, abs=1e-6)


def test_csv_has_the_types(written: Written) -> None:
    rows = list(csv.DictReader(written("fleet", "csv").decode().splitlines()))
    ranks = {r["labels"]: r["value"] for r in rows if r["figure"] == "Ranking: rank"}
    assert ranks["machines=5;name=aws s.large"] == "2"
    assert ranks["conditions=b;machines=1;name=curve"] == "1"
    units = [r for r in rows if r["figure"] == "Ranking: units per dollar"]
    assert [float(r["value"]) for r in units] == near([12_000, 10_000, 2_700, 50_000, 9e6])
    assert [bool(r["lower"]) for r in units] == [True, True, True, True, False]


def test_before_and_after_are_paired(written: Written) -> None:
    found = findings(written, "regression")
    fell = found["paired_changes"][0]
    # Not slow-4, which was not there before, nor what was disturbed; each against itself.
    assert set(fell["machines"]) == {
        *(f"quick-{i}" for i in range(5)),
        *(f"slow-{i}" for i in range(4)),
        *("burst", "version-4", "curve"),
    }
    assert (fell["ratio"]["basis"], fell["ratio"]["verdict"]) == ("pairs", "slower")
    assert fell["ratio"]["value"] == near(0.98, abs=0.002)
    assert found["verdict"][0].startswith(
        "12 machines of both ranges, paired by name: they do 2.0 % (2.0 to 2.1 %) less work after"
        " than before, by what their changes differ by. Not paired: "
    )
    assert found["verdict"][1].startswith("aws q.large (6 machines): 2.1 % (2.1 to 2.1 %) less")
    assert found["changes"]["noisy"]["withheld"] == "disturbed"


def text_of(content: bytes, folder: Path) -> str:
    (folder / "r.pdf").write_bytes(content)
    return " ".join(
        " ".join(page.extract_text().split()) for page in pypdf.PdfReader(folder / "r.pdf").pages
    )


@pytest.mark.parametrize("template", ["comparison", "executive", "fleet"])
def test_pages_have_types_and_marks(written: Written, template: str, tmp_path: Path) -> None:
    text = text_of(written(template, "pdf"), tmp_path)
    assert "q.large" in text
    assert "ranked among themselves, unknown conditions" in text
    assert len(MACHINES) == 15
    if template == "comparison":
        # What takes no part is not beaten.
        assert text.count("beaten") == 1
        left = "Left out, for their load tests had other conditions: version-4, curve."
        assert f"{left} Left out as disturbed: noisy." in text
