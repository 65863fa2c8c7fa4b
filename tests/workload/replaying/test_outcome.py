"""What is said of a replay: errors, what was beyond reach, files and families."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from rich.console import Console

from exporter.catalogue import CATALOGUE
from perfanalysis.results import replay_state
from perfanalysis.results.replay_families import samples_of_replay
from perfanalysis.results.replay_state import ReplayedResource, ReplayFile
from workload.replaying.load import ResourceTick
from workload.replaying.outcome import live
from workload.replaying.outcome.accuracy import ReplayScore
from workload.replaying.outcome.live import RunningScore
from workload.replaying.outcome.presentation import amount, report_table, unreachable_lines
from workload.replaying.outcome.tick_file import TickFile

NAN = float("nan")
TICKS = [
    ResourceTick("cpu", 0.2, 0.21, 1.0),
    ResourceTick("cpu", 0.4, 0.38, 1.0),
    ResourceTick("cpu", 0.6, 0.60, 1.0),
    ResourceTick("cpu", 1.3, 1.00, 1.0),
    ResourceTick("cpu", NAN, 0.50, 1.0),
]


def score(ticks: list[ResourceTick]) -> ReplayScore:
    found = ReplayScore()
    for tick in ticks:
        found.add([tick])
    return found


def test_errors_are_over_what_could_be_reached() -> None:
    (found,) = score(TICKS).accuracies()
    assert found.ticks == 3
    assert found.mean_absolute_error == pytest.approx(0.01)
    assert found.bias == pytest.approx(-0.01 / 3)
    assert found.p95_error == pytest.approx(0.019)
    assert found.correlation == pytest.approx(0.99727, abs=1e-5)
    assert found.relative_error == pytest.approx(-0.01 / 1.2)
    assert (found.unreachable, found.most_needed) == (1, 1.3)
    (line,) = unreachable_lines([found])
    assert "1 ticks needed more" in line
    assert "the worst needed 130 % of 100.00 %" in line


def test_nothing_could_be_reached() -> None:
    (found,) = score(TICKS[3:]).accuracies()
    assert (found.ticks, found.unreachable, found.mean_absolute_error) == (0, 1, None)
    assert report_table([found]).row_count == 1
    assert live.as_json([found])["cpu"]["most_needed"] == 1.3


def test_the_table_of_all_resources_cuts_nothing_at_80_columns() -> None:
    names = (
        *("network", "network_transmit", "disk_read_bytes", "disk_write_bytes", "disk_reads"),
        *("disk_writes", "memory", "page_cache", "cpu", "cpu_system"),
    )
    found = [
        one
        for name in names
        for one in score(
            [ResourceTick(name, 4.39e9, 4.389e9), ResourceTick(name, 1e9, 0.9999e9)]
            if name in {"memory", "page_cache"}
            else [ResourceTick(name, 0.508, 0.5072), ResourceTick(name, 0.3, 0.29901)]
        ).accuracies()
    ]
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(report_table(found))
    said = console.export_text()
    assert "…" not in said
    assert all(name in said for name in names)
    # Of two ticks there is no correlation.
    assert [line.split() for line in said.splitlines() if line.startswith(("cpu ", "memory "))] == [
        ["memory", "2.51", "5e-04", "-5e-04", "9e-04", "GiB", "2", "0"],
        ["cpu", "40.4", "0.09", "-0.09", "0.098", "%", "2", "0"],
    ]


def test_no_correlation_where_there_is_none() -> None:
    (found,) = score([ResourceTick("memory", 5.0, 5.0)] * 4).accuracies()
    assert found.correlation is None
    assert "correlation" not in live.as_json([found])["memory"]


@pytest.mark.parametrize(
    ("resource", "value", "expected"),
    [
        ("cpu", 0.123, "12.30 %"),
        ("memory", 3 << 30, "3 GiB"),
        ("network", 1536.0, "1.5 KiB/s"),
        ("disk_reads", 12.34, "12.3/s"),
        ("cpu", NAN, ""),
        ("cpu", None, ""),
    ],
)
def test_values_as_people_read_them(resource: str, value: float | None, expected: str) -> None:
    assert amount(resource, value) == expected


def test_ticks_in_the_columns_of_old(tmp_path: Path) -> None:
    path = tmp_path / "ticks.csv"
    with TickFile(path) as file:
        file.add(TICKS[:1])
        file.add([ResourceTick("memory", 0.0, 5.0), TICKS[4]])
    rows = list(csv.DictReader(io.StringIO(path.read_text())))
    assert [list(row.values())[1:] for row in rows] == [
        ["cpu", "20", "21", "1", "5.00"],
        ["memory", "0", "5", "5", ""],
    ]
    assert rows[0]["timestamp"].endswith("Z")


def test_the_state_folder_shows_it_and_the_exporters_catalogue_has_it(tmp_path: Path) -> None:
    running = RunningScore()
    for tick in TICKS:
        resources = running.add([tick])
    with ReplayFile(tmp_path) as file:
        file.update(0.5, resources)
        found = replay_state.parse((tmp_path / "replay.json").read_bytes())
    assert not list(tmp_path.iterdir())
    shown = {
        (series.family.name.removeprefix("perf_replay_"), series.labels): float(value)
        for series, value in samples_of_replay(found)
    }
    assert shown["running", ()] == 1
    assert shown["progress_ratio", ()] == 0.5
    assert ("target", ("cpu",)) not in shown
    assert shown["actual", ("cpu",)] == 0.5
    assert shown["mean_absolute_error_ratio", ("cpu",)] == pytest.approx(0.01)
    assert shown["unreachable_ticks", ("cpu",)] == 1
    assert all(CATALOGUE.find(series.family.name) for series, _ in samples_of_replay(found))


def test_errors_of_amounts_are_shares_of_what_was_wanted() -> None:
    (found,) = RunningScore().add([ResourceTick("network", 200.0, 190.0)])
    assert found == ReplayedResource(
        resource="network",
        target=200.0,
        actual=190.0,
        mean_absolute_error_ratio=0.05,
        bias_ratio=-0.05,
    )


@pytest.mark.parametrize("kind", ["lines", "json"])
def test_it_is_said_while_it_goes_on(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    with live.display(kind) as shown:
        shown.show(0.5, RunningScore().add(TICKS[:1]))
    said = capsys.readouterr().err
    assert ("cpu 21.00 % of 20.00 %" in said) == (kind == "lines")
    assert ('"progress_ratio": 0.5' in said) == (kind == "json")
