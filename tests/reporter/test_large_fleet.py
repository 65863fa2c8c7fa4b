"""A fleet that a real Prometheus is asked for in parts: each machine has its own numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from perfanalysis.cli import run
from tests.reporter.conftest import served

pytestmark = pytest.mark.e2e

COUNT = 230
START, STEP = 1_760_000_400, 60
END = START + 3600
# Machine number 7 ended twenty minutes before the end; 8 was resized four minutes before it, so
# that both of its states have samples in the last minutes; 9 has no price.
GONE, RESIZED, UNPRICED = 7, 8, 9
near = pytest.approx


def name_of(number: int) -> str:
    return f"m{number:03}.example"


def busy_of(number: int) -> float:
    return 0.1 + 0.8 * number / COUNT


def history() -> str:
    lines: dict[str, list[str]] = {}

    def series(name: str, kind: str, labels: str, points: dict[int, float]) -> None:
        family = lines.setdefault(name, [f"# TYPE {name.removesuffix('_total')} {kind}"])
        family.extend(f"{name}{{{labels}}} {value} {t}" for t, value in points.items())

    def gauge(name: str, labels: str, value: float, times: range) -> None:
        series(name, "gauge", labels, dict.fromkeys(times, value))

    for number in range(COUNT):
        end = END - 1200 if number == GONE else END
        changed = end - 240 if number == RESIZED else START
        whole = range(START, end + 1, STEP)
        states = [("new", 1000.0 + number, 0.2, range(changed, end + 1, STEP))]
        if number == RESIZED:
            states.append(("old", 500.0, 0.1, range(START, changed, STEP)))
        of = f'job="node",instance="{name_of(number)}"'
        for kind, most, price, times in states:
            own = f'{of},instance_type="{kind}"'
            at = f'{own},kernel="rmw"'
            gauge("perf_machine_info", own, 1, times)
            if number != UNPRICED:
                priced = f'{own},purchase="on_demand"'
                gauge("perf_machine_price_dollars_per_hour", priced, price, times)
            gauge("node_memory_MemTotal_bytes", own, most * 2**20, times)
            gauge("perf_loadtest_valid", at, 1, times)
            gauge("perf_loadtest_max_units_per_second", at, most, times)
            for suffix, factor in (("", 1.0), ("_lower", 0.99), ("_upper", 1.01)):
                full = f'{at},busy="100"'
                gauge(f"perf_loadtest_units_per_second{suffix}", full, most * factor, times)
        for cpu in range(1 + number % 3):
            for mode, share in (("user", busy_of(number)), ("idle", 1 - busy_of(number))):
                points = {t: (t - START) * share for t in whole}
                labels = f'{of},cpu="{cpu}",mode="{mode}"'
                series("node_cpu_seconds_total", "counter", labels, points)
    return "\n".join([*(line for family in lines.values() for line in family), "# EOF", ""])


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("fleet"), history()) as address:
        yield address


def report(url: str, output: Path, *more: str) -> None:
    words = ["report", "--prometheus", url, "--from", str(START), "--to", str(END), "--quiet"]
    assert run([*words, "--template", "fleet", "--output", str(output), *more]) == 0


# Of the engine's limits, one splits each part again: into groups that do not divide it.
@pytest.mark.parametrize("limits", [(), ("--prometheus-machines-per-query", "37")])
def test_each_machine_has_its_own_numbers(
    url: str, tmp_path: Path, limits: tuple[str, ...]
) -> None:
    report(url, tmp_path / "report.json", *limits)
    document: dict[str, Any] = json.loads((tmp_path / "report.json").read_text())
    machines = document["machines"]
    assert [one["name"] for one in machines] == [name_of(number) for number in range(COUNT)]
    for number, one in enumerate(machines):
        assert (one["instance_type"], one["cpus"]) == ("new", 1 + number % 3)
        assert one["memory_bytes"] == (1000 + number) * 2**20
        assert one.get("price") == (None if number == UNPRICED else 0.2)
        assert one["test"]["max"]["value"] == 1000 + number
        assert one["test"]["valid"] is True
        use = document["findings"]["machines"][name_of(number)]["cpu_busy"]
        assert (use["mean"], use["maximum"]) == (near(busy_of(number)), near(busy_of(number)))


def test_every_machine_is_on_the_page(url: str, tmp_path: Path) -> None:
    report(url, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text()
    assert [number for number in range(COUNT) if name_of(number) not in page] == []


def test_check_asks_the_same(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["report", "check", "--prometheus", url, "--from", str(START), "--to", str(END)]
    assert run([*words, "--template", "fleet"]) == 1
    told = capsys.readouterr()
    assert "Units per dollar" in told.err
    counted = {line[:34].strip(): line[34:].split() for line in told.out.splitlines()[1:]}
    # A price each but one's.
    assert counted["Price"][0] == str(COUNT - 1)
    assert counted["CPU busy"][0] == str(COUNT)
    assert float(counted["CPU busy"][1]) > 0
