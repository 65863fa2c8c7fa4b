"""Four providers side by side: every figure of their report is Prometheus' own, or made of its."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest

from reporter.language import ENGLISH
from tests.e2e.providers import PRICES, Measured, Store, measured_in
from tests.perfanalysis.machines.cloud.test_discovery import TOLD

pytestmark = pytest.mark.e2e

LEVELS = range(10, 101, 10)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Measured]:
    with measured_in(tmp_path_factory.mktemp("providers")) as found:
        yield found


@pytest.fixture
def bounded(measured: Measured) -> Measured:
    """The same, where each run gives its intervals."""
    found = Store(measured.url, measured.end).ask("perf_loadtest_mean_units_per_second_lower")
    if len(found) < len(PRICES) * len(LEVELS):
        pytest.skip("this host's speed changed by so much in a run that it gives no interval")
    return measured


def section(text: str, begin: str, end: str) -> str:
    return text[text.index(begin) : text.index(end, text.index(begin))]


def figures(text: str) -> list[str]:
    """All numbers with a decimal point or thousands separators."""
    return re.findall(r"\d[\d,]*\.\d+|\d{1,3}(?:,\d{3})+", text)


Bounds = tuple[float, float, float]


def work(store: Store, provider: str, of: str = "") -> Bounds:
    """Units per second at full load, and the bounds of their interval; ``mean_``: of the mean."""
    full = f'{{instance="{provider}-1",busy="100"}}'
    parts = [
        store.one(f"last_over_time(perf_loadtest_{of}units_per_second{end}{full}[1h])")
        for end in ("", "_lower", "_upper")
    ]
    return parts[0], parts[1], parts[2]


def ratio(one: Bounds, other: Bounds) -> Bounds:
    """How many times ``other`` is ``one``: the interval is MOVER's, on logarithms."""
    value = one[0] / other[0]
    below = math.hypot(math.log(one[0] / one[1]), math.log(other[2] / other[0]))
    above = math.hypot(math.log(one[2] / one[0]), math.log(other[0] / other[1]))
    return value, value * math.exp(-below), value * math.exp(above)


def per_dollar(store: Store, provider: str) -> Bounds:
    """Money buys the work that is done, which is the mean."""
    value, lower, upper = (bound / PRICES[provider] for bound in work(store, provider, "mean_"))
    return value, lower, upper


def summary_of(store: Store, provider: str) -> dict[str, list[str]]:
    """The figures of a machine in the summary table, from Prometheus."""
    units, *bounds = work(store, provider)
    at = f'{{instance="{provider}-1"}}'
    money = per_dollar(store, provider)
    recorded = store.ask(f"last_over_time(perf:units_per_dollar:max{at}[1h])")
    valid = store.one(f"last_over_time(perf_loadtest_valid{at}[1h])")
    assert [value for _, value in recorded] == ([pytest.approx(money[0])] if valid else [])
    return {
        "units": [ENGLISH.figures(value) for value in (units, *bounds)],
        "money": [f"{value:,.0f}" for value in money],
        "price": [f"${PRICES[provider]:.4f}"],
    }


def test_the_machines_are_what_their_metadata_services_say(measured: Measured) -> None:
    store = Store(measured.url, measured.end)
    for provider, identity in TOLD.items():
        ((labels, _),) = store.ask(f'perf_machine_info{{instance="{provider}-1"}}')
        assert labels["provider"] == provider
        for name in ("region", "zone", "instance_type"):
            assert labels[name] == getattr(identity, name)
        place = f"{provider}, {identity.region}, {identity.zone}"
        assert place.replace(" ", "") in measured.text.replace(" ", "")


def test_every_figure_of_the_summary_is_prometheus_own(bounded: Measured) -> None:
    store = Store(bounded.url, bounded.end)
    table = section(bounded.text, "Summary", "Small figures")
    expected: set[str] = set()
    for provider in PRICES:
        words = summary_of(store, provider)
        for group in words.values():
            assert all(word in table for word in group), (provider, group)
            expected |= {word.lstrip("$") for word in group}
    memory = store.one('node_memory_MemTotal_bytes{instance="aws-1"}') / 2**30
    expected.add(f"{memory:,.1f}")
    names = "|".join(identity.instance_type for identity in TOLD.values())
    found = figures(re.sub(names, "", table))
    assert len(found) >= 4 * 7
    assert set(found) <= expected


def test_every_measured_level_is_prometheus_own(bounded: Measured) -> None:
    store = Store(bounded.url, bounded.end)
    table = section(bounded.text, "Measured levels", "The machines")
    expected: list[str] = []
    for provider in PRICES:
        for busy in LEVELS:
            at = f'{{instance="{provider}-1",busy="{busy}"}}'
            reached = store.one(f"last_over_time(perf_loadtest_busy_ratio{at}[1h])")
            steal = store.one(f"last_over_time(perf_loadtest_steal_ratio{at}[1h])")
            units, lower, upper = (
                store.one(f"last_over_time(perf_loadtest_units_per_second{end}{at}[1h])")
                for end in ("", "_lower", "_upper")
            )
            expected += [f"{reached * 100:.1f}", f"{steal * 100:.1f}"]
            expected += [ENGLISH.figures(value) for value in (units, lower, upper)]
    assert sorted(figures(table)) == sorted(expected)


def valid(store: Store) -> set[str]:
    """The machines whose runs nothing disturbed."""
    return {labels["instance"] for labels, _ in store.ask("perf_loadtest_valid == 1")}


def undisturbed(store: Store) -> None:
    """Skip what is said of ranks and differences, in which a disturbed run has no part."""
    if len(valid(store)) < len(PRICES):
        pytest.skip("this host disturbed a run")


def test_the_verdict_names_the_best_for_the_money_of_one_run_each(
    measured: Measured,
) -> None:
    store = Store(measured.url, measured.end)
    ranked = sorted(store.ask("perf:units_per_dollar:max"), key=lambda entry: -entry[1])
    assert {labels["instance"] for labels, _ in ranked} == valid(store)
    undisturbed(store)
    verdict = section(measured.text, "Verdict", "Summary")
    assert ranked[0][0]["instance"] in verdict
    best = f"{ranked[0][1]:,.0f}"
    assert best in verdict
    # One run of each provider's machine was made.
    assert "One run each cannot say which machine is better value" in verdict


def signed(value: float) -> str:
    """A ratio as a difference in percent, as tables have it."""
    # What is next to nothing is +0.0, whichever side of nothing it is on.
    return f"{round((value - 1) * 100, 1) + 0.0:+,.1f}"


@pytest.mark.parametrize(
    ("value", "said"), [(0.9996, "+0.0"), (1.0, "+0.0"), (0.9994, "-0.1"), (11.5, "+1,050.0")]
)
def test_differences_are_said_as_the_report_does(value: float, said: str) -> None:
    assert signed(value) == ENGLISH.signed((value - 1) * 100) == said


def test_every_difference_to_the_baseline_is_made_of_prometheus_own(bounded: Measured) -> None:
    store = Store(bounded.url, bounded.end)
    undisturbed(store)
    table = section(bounded.text, "where an interval holds 0", "Figure 4")
    expected: Counter[str] = Counter()
    for provider in PRICES.keys() - {"aws"}:
        for values in (work, per_dollar):
            expected.update(map(signed, ratio(values(store, provider), values(store, "aws"))))
        expected[signed(PRICES[provider] / PRICES["aws"])] += 1
    # The axes of the drawings have no decimals, or no sign.
    assert Counter(re.findall(r"[-+]\d[\d,]*\.\d", table)) == expected


def test_what_each_machine_was_doing_is_prometheus_own(measured: Measured) -> None:
    store = Store(measured.url, measured.end)
    seconds = math.ceil(measured.end - measured.start)
    assert "Of every sample: means from one scrape to the next" in measured.text
    for provider in PRICES:
        at = f'instance="{provider}-1"'
        cpu = store.raw(f"perf_cpu_seconds_total{{{at}}}", seconds)
        seen = sorted({time for _, own in cpu for time in own})
        times = np.array([time for time in seen if time >= measured.start])
        totals, idle = np.zeros(len(times)), np.zeros(len(times))
        for labels, own in cpu:
            values = np.array([own[time] for time in times])
            totals += values
            if labels["state"] != "busy":
                idle += values
        busy = 1 - np.diff(idle) / np.diff(totals)
        row = measured.text[measured.text.index(f"{provider}-1 CPU busy ") :]
        assert row.startswith(f"{provider}-1 CPU busy {five(busy, np.diff(times))} ")
        ((_, free),) = store.raw(f"node_memory_MemAvailable_bytes{{{at}}}", seconds)
        total = store.one(f"node_memory_MemTotal_bytes{{{at}}}")
        used = 100 * (1 - np.array(list(free.values())) / total)
        told = row[row.index("Memory used ") :].split()[2:8]
        mean, most = (float(word) for word in (told[0], [w for w in told if w[0].isdigit()][-1]))
        assert most == pytest.approx(used.max(), abs=0.06)
        assert used.min() - 0.06 <= mean <= used.max() + 0.06


def five(values: np.typing.NDArray[np.float64], spans: np.typing.NDArray[np.float64]) -> str:
    """Mean, percentiles and maximum of ratios, each of its span, as the table has them."""
    order = np.argsort(values)
    until = np.cumsum(spans[order])

    def percentile(q: float, fewest: int) -> float | None:
        if len(values) < fewest:
            return None
        return float(values[order][np.searchsorted(until, q / 100 * until[-1] * (1 - 1e-6))])

    mean = float((values * spans).sum() / spans.sum())
    found = (mean, percentile(50, 20), percentile(95, 20), percentile(99, 100), values.max())
    return " ".join("–" if value is None else f"{value * 100:.1f} %" for value in found)  # noqa: RUF001


def percents(difference: Bounds) -> set[str]:
    """A ratio as sentences have it: by how many percent more, with its bounds."""
    values = [(bound - 1) * 100 for bound in difference]
    digits = 0 if values[0] >= 10 else 1
    return {f"{abs(value):,.{digits}f}" for value in values}


def test_every_figure_of_the_verdict_is_made_of_prometheus_own(bounded: Measured) -> None:
    store = Store(bounded.url, bounded.end)
    undisturbed(store)
    expected: set[str] = set()
    for values, shown in ((per_dollar, "{:,.0f}".format), (work, ENGLISH.figures)):
        found = {provider: values(store, provider) for provider in PRICES}
        first, second, *_ = sorted(found, key=lambda name: -found[name][0])
        expected |= {shown(found[first][0]), shown(found[second][0])}
        expected |= percents(ratio(found[first], found[second]))
        expected.add(f"{PRICES[first]:.4f}")
        alone = f'last_over_time(perf_loadtest_single_units_per_second{{instance="{first}-1"}}[1h])'
        expected.add(f"{found[first][0] / store.one(alone):.2f}")
    verdict = section(bounded.text, "Verdict", "Summary")
    verdict = re.sub(r"\w+-1\b|[\d,]+ more runs?", "", verdict)
    told = re.findall(r"\d[\d,]*(?:\.\d+)?", verdict)
    assert len(told) >= 5, verdict
    assert set(told) <= expected
