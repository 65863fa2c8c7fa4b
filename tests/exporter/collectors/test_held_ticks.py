"""CPU times that run backwards, as node_exporter 1.12 treats them."""

from __future__ import annotations

from pathlib import Path

import pytest

from exporter.collectors.cpu.held_ticks import HeldTicks
from perfanalysis.exposition.rendering import TEXT
from tests.exporter.conftest import samples_of, scraper_of


def rows(*texts: str) -> list[bytes]:
    return " ".join(texts).encode().split()


def hold(held: HeldTicks, cpus: tuple[bytes, ...], values: list[bytes]) -> list[bytes]:
    held.expect(cpus, len(values) // len(cpus))
    return held.hold(values)


@pytest.mark.parametrize(
    ("before", "now", "shown"),
    [
        ("10 0 5 1000 50", "11 0 5 1001 50", "11 0 5 1001 50"),
        ("10 0 5 1000 50", "11 0 5 1001 48", "11 0 5 1001 50"),
        ("10 0 5 1000 50", "11 0 5 701 50", "11 0 5 1000 50"),
        ("10 0 5 1000 50", "1 0 0 700 2", "1 0 0 700 2"),
        ("10 0 5 1000 50", "9 0 4 1001 51", "10 0 5 1001 51"),
    ],
)
def test_a_time_is_held_unless_the_cpu_counts_anew(before: str, now: str, shown: str) -> None:
    held = HeldTicks(100)
    hold(held, (b"0",), rows(before))
    assert hold(held, (b"0",), rows(now)) == rows(shown)


def test_cpus_keep_their_times_when_others_come_and_go() -> None:
    held = HeldTicks(100)
    hold(held, (b"0", b"1", b"2"), rows("1 1 1 9", "2 2 2 9", "3 3 3 9"))
    assert hold(held, (b"0", b"2"), rows("1 1 1 8", "3 3 2 9")) == rows("1 1 1 9", "3 3 3 9")
    after = hold(held, (b"0", b"1", b"2"), rows("1 1 1 9", "0 0 0 1", "3 3 3 9"))
    assert after == rows("1 1 1 9", "0 0 0 1", "3 3 3 9")


def test_times_in_guests_stand_behind_the_modes_of_all_cpus() -> None:
    held = HeldTicks(100)
    held.expect((b"0", b"1"), 4)
    held.hold(rows("1 1 1 900", "2 2 2 900", "5", "6"))
    # The second CPU was off; the first one's time in guests ran backwards.
    assert held.hold(rows("2 1 1 901", "0 0 0 1", "4", "0")) == rows("2 1 1 901", "0 0 0 1", "5 0")
    held.expect((b"1",), 4)
    assert held.hold(rows("0 0 0 0", "1")) == rows("0 0 0 1", "1")


def test_what_was_shown_without_being_asked_is_held_too() -> None:
    held = HeldTicks(100)
    hold(held, (b"0",), rows("1 1 1 9"))
    held.show(rows("5 5 5 20"))
    assert held.hold(rows("6 6 4 19")) == rows("6 6 5 20")


def test_stolen_time_that_runs_backwards_is_held_and_counted(tree: Path) -> None:
    stat = tree / "proc" / "stat"
    lines = stat.read_text().splitlines()
    columns = next(line for line in lines if line.startswith("cpu0")).split()
    columns[8] = "500"
    scraper = scraper_of(
        f"--path.procfs={tree / 'proc'}",
        f"--path.sysfs={tree / 'sys'}",
        "--collector.disable-defaults",
        "--collector.cpu",
        "--collector.validation",
    )
    shown, counted = [], []
    for steal in ("500", "490", "495", "501"):
        columns[8] = steal
        stat.write_text(
            "\n".join(" ".join(columns) if line.startswith("cpu0") else line for line in lines)
        )
        page = samples_of(scraper.scrape(TEXT))
        shown.append(page['node_cpu_seconds_total{cpu="0",mode="steal"}'])
        counted.append(
            page['perf_validation_violations_total{collector="cpu",rule="counter_backwards"}']
        )
    assert shown == [5.0, 5.0, 5.0, 5.01]
    assert counted == [0, 1, 1, 1]
