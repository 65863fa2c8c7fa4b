"""Prices over the range: their known means, on both engines and through all that shows them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from demo.servers import start_prometheus
from perfanalysis.cli import run
from perfanalysis.promql import Engine
from reporter.asking import placeholders
from reporter.asking.price_queries import (
    HIGHEST_PRICE,
    LOWEST_PRICE,
    PRICE,
    PRICE_AT_TEST,
    PRICE_KNOWN,
    UNITS_PER_DOLLAR,
)
from reporter.asking.query import InstantQuery
from tests.grafana.hour.stores import CONFIGURATION, empty_victoria_metrics, flush, write
from tests.reporter.price_history import DAY, END, MACHINES, SPOT, START, series

pytestmark = pytest.mark.e2e

# A change of the price is found within a look, of which there are three thousand.
LOOK = 1 / 3000
near = pytest.approx


@pytest.fixture(scope="module", params=["Prometheus", "VictoriaMetrics"])
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("engine")
    if request.param == "VictoriaMetrics":
        with empty_victoria_metrics(folder) as url:
            write(url, list(series()), None)
            flush(url)
            yield url
        return
    (folder / "prometheus.yml").write_text(CONFIGURATION.replace("3h", "1000d"))
    log = folder / "prometheus.log"
    server, url = start_prometheus(folder / "prometheus.yml", folder / "data", log, retention="10y")
    try:
        write(url, list(series()), None)
        yield url
    finally:
        server.stop()


def answered(url: str, query: InstantQuery) -> dict[tuple[str, str], float]:
    filled = placeholders.fill(
        query.expression,
        machines=(),
        kernel="rmw",
        purchase=("on_demand", "spot"),
        seconds=END - START,
    )
    found = Engine(url).query(filled, END)
    return {(s.labels["instance"], s.labels["purchase"]): s.value for s in found}


def test_each_price_is_what_the_history_says(engine: str) -> None:
    found = {
        name: answered(engine, query)
        for name, query in {
            "mean": PRICE,
            "lowest": LOWEST_PRICE,
            "highest": HIGHEST_PRICE,
            "known": PRICE_KNOWN,
            "at_test": PRICE_AT_TEST,
        }.items()
    }
    for machine, (_, options) in MACHINES.items():
        for option, expected in options.items():
            key = (machine, option)
            if expected.mean is None:
                assert all(key not in answers for answers in found.values())
                continue
            spread = (expected.highest or 0) - (expected.lowest or 0)
            assert found["mean"][key] == near(expected.mean, abs=spread * LOOK + 1e-12), key
            assert found["lowest"][key] == expected.lowest, key
            assert found["highest"][key] == expected.highest, key
            assert found["known"][key] == near(expected.known, abs=2 * LOOK), key
            assert found["at_test"].get(key) == expected.at_test, key


def test_units_per_dollar_are_by_the_mean(engine: str) -> None:
    found = answered(engine, UNITS_PER_DOLLAR)
    assert set(found) == {("spot", "spot"), ("spot", "on_demand")}
    assert found["spot", "spot"] == near(1000 / SPOT, rel=2e-3)
    assert found["spot", "on_demand"] == near(1000 / 0.07, rel=1e-9)


def made(url: str, output: Path, *words: str) -> bytes:
    times = ["--from", str(int(START)), "--to", str(int(END)), "--quiet"]
    every = ["report", "--prometheus", url, *times, "--output", str(output), *words]
    assert run(every) == 0
    return output.read_bytes()


def document(url: str, folder: Path, *words: str) -> dict[str, Any]:
    # Without the one whose labels changed.
    names = ",".join(sorted(set(MACHINES) - {"moved", "resized"}))
    every = ["--template=machine", f"--machines={names}", *words]
    found: dict[str, Any] = json.loads(made(url, folder / "r.json", *every))
    return found


@pytest.mark.parametrize(
    "words", [["--purchases", "sp*: spot"], ["--purchase", "as_started"]], ids=["named", "started"]
)
def test_each_machine_has_the_price_of_its_own_option(
    engine: str, tmp_path: Path, words: list[str]
) -> None:
    found = {m["name"]: m for m in document(engine, tmp_path, *words)["machines"]}
    spot = found["spot"]
    assert spot["price"] == near(SPOT, rel=2e-3)
    pricing = spot["pricing"]
    assert (pricing["purchase"], pricing["lowest"], pricing["highest"]) == ("spot", 0.0024, 0.03)
    assert pricing["at_test"] == 0.03
    assert pricing["mean"] == spot["price"]
    # The rule's value and the price are the same in all that is shown.
    worth = spot["units_per_dollar"]
    assert worth["value"] == near(1000 / spot["price"])
    assert (worth["lower"], worth["upper"]) == (
        near(980 / SPOT, rel=2e-3),
        near(1020 / SPOT, rel=2e-3),
    )
    assert found["constant"]["pricing"]["purchase"] == "on_demand"
    assert "price" not in found["unpriced"]


def test_a_machine_that_was_resized_has_the_price_of_what_it_is(
    engine: str, tmp_path: Path
) -> None:
    words = ["--machines=resized", f"--from={END - DAY:.0f}"]
    (machine,) = document(engine, tmp_path, *words)["machines"]
    assert (machine["instance_type"], machine["price"]) == ("large", near(0.04, abs=2e-5))
    pricing = machine["pricing"]
    assert (pricing["lowest"], pricing["highest"], pricing["known"]) == (0.04, 0.04, near(1))


def test_a_month_costs_the_mean_and_not_the_last_price(engine: str, tmp_path: Path) -> None:
    words = ["--template=fleet", "--machines=spot,constant", "--purchases=spot: spot"]
    page = made(engine, tmp_path / "r.html", *words, f"--csv={tmp_path / 'tables'}").decode()
    (row,) = csv.DictReader((tmp_path / "tables" / "types.csv").read_text().splitlines())
    # 730 hours of $0.02057 and of $0.05; the last price would make it $38.25.
    assert float(row["dollars_a_month"]) == near(730 * (SPOT + 0.05), rel=1e-3)
    assert "$51.5" in page
    assert "the price changed within the range; amounts of money are by its mean" in page


def test_pages_say_the_range_of_a_price_and_that_of_the_test(engine: str, tmp_path: Path) -> None:
    words = ["--template=machine", "--machines=spot", "--purchase=spot"]
    page = made(engine, tmp_path / "r.html", *words).decode()
    text = " ".join(page.split())
    assert "Prices over the range" in text
    assert "$0.0024 to $0.0300" in text
    # 1,000 units for $0.03, the price on the day of the test.
    assert '<td class="n">$0.0300</td><td class="n">33,333</td>' in text
    assert "Prices over time" in text


def test_in_another_currency_the_rate_is_said(engine: str, tmp_path: Path) -> None:
    words = ["--template=machine", "--machines=constant", "--currency-code=EUR"]
    words += ["--currency-rate=0.8", "--currency-date=2026-11-02"]
    page = made(engine, tmp_path / "r.html", *words).decode()
    assert "€0.0400" in page
    assert "$" not in page.partition("<body")[2].replace("US$", "")
    assert "1 US dollar = 0.8000 EUR, by the rate of 2026-11-02 in the settings" in page
    found = document(engine, tmp_path, *words)
    assert found["currency"] == {"code": "EUR", "rate": 0.8, "date": "2026-11-02"}
    # For programs all stays in the units that are said.
    assert [m["price"] for m in found["machines"]] == [near(0.05)]


def test_groups_and_labels(engine: str, tmp_path: Path) -> None:
    words = ["--machines=spot,late", "--label", "team=w*", "--group-by", "team"]
    found = document(engine, tmp_path, *words)
    assert [m["name"] for m in found["machines"]] == ["spot", "late"]
    (group,) = found["findings"]["groups"]
    assert (group["name"], group["count"], group["priced"]) == ("web", 2, 2)
    assert group["month"] == near(730 * (0.04 + 0.07), rel=1e-3)
    found = document(engine, tmp_path, "--group-by=team")
    assert [one.get("name") for one in found["findings"]["groups"]] == ["web", None]
    assert [one["count"] for one in found["findings"]["groups"]] == [2, 5]
    others = "constant,off,uneven,peaks,unpriced"
    without = document(engine, tmp_path, "--label", "team=", f"--machines={others}")
    assert len(without["machines"]) == 5


def test_every_change_is_drawn(engine: str, tmp_path: Path) -> None:
    found = document(engine, tmp_path, "--purchases", "spot: spot")
    series = {
        (one["labels"]["instance"], one["labels"]["purchase"]): one["points"]
        for one in found["figures"]["Price over time"]["series"]
    }

    def told(machine: str, purchase: str = "on_demand") -> list[tuple[float, float | None]]:
        """By the day from which on it counts."""
        return [((time - START) / DAY, value) for time, value in series[machine, purchase]]

    # A peak of ten minutes, of which charts with a point every two hours know nothing. No machine
    # has CPU time here, which tells how often it is scraped: the range's 10,000th stands for that.
    within = 30 / 10_000 * 1.01
    at = near([0, 10, 10 + 600 / DAY, 30], abs=within)
    assert [day for day, _ in told("peaks")] == at
    assert [value for _, value in told("peaks")] == [0.01, 0.5, 0.01, 0.01]
    assert [day for day, _ in told("spot", "spot")] == near([0, 20, 27, 30], abs=within)
    assert [value for _, value in told("spot", "spot")] == [0.02, 0.03, 0.0024, 0.0024]
    # Ten days without a price are a gap, which begins at most five minutes late.
    assert [day for day, _ in told("off")] == near([0, 10, 20, 30], abs=2 * within + 300 / DAY)
    assert [value for _, value in told("off")] == [0.01, None, 0.03, 0.03]
    assert [value for _, value in told("constant")] == [0.05, 0.05]
