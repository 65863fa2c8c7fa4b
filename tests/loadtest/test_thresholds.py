from __future__ import annotations

import re

import pytest
from msgspec import structs

from loadtest.thresholds import check, parse, verdicts
from perfanalysis.errors import InputError
from perfanalysis.results.document import Document, Interval, Level, Verdict
from perfanalysis.results.machine import Machine

DOCUMENT = Document(
    test_id="run-1",
    kernel="rmw",
    kernel_version="1",
    profile="default",
    timestamp_seconds=1.0,
    max_units_per_second=1000.0,
    single_units_per_second=600.0,
    single_interval=Interval(lower=590.0, upper=610.0),
    duration_seconds=14.0,
    valid=False,
    machine=Machine(price_dollars_per_hour=0.10),
    levels=(
        Level(busy=50, units_per_second=510.0, lower=500.0, upper=520.0, busy_ratio=0.5),
        Level(busy=100, units_per_second=1000.0, lower=980.0, upper=1010.0, busy_ratio=1.0),
    ),
)


@pytest.mark.parametrize(
    ("condition", "name", "passed", "value", "certain"),
    [
        ("units_per_dollar<5", "units_per_dollar<5", True, 10_000.0, True),
        ("units_per_dollar < 1e4", "units_per_dollar<10000", True, 10_000.0, False),
        ("units_per_dollar<10200", "units_per_dollar<10200", False, 10_000.0, True),
        ("max_units_per_second<=1000", "max_units_per_second<=1000", False, 1000.0, False),
        ("max_units_per_second<900", "max_units_per_second<900", True, 1000.0, True),
        ("single_units_per_second<595", "single_units_per_second<595", True, 600.0, False),
        ("units_per_second[50]>=510.5", "units_per_second[50]>=510.5", True, 510.0, False),
        ("busy_ratio[50]!=0.5", "busy_ratio[50]!=0.5", True, 0.5, True),
        ("interval_ratio>0.01", "interval_ratio>0.01", False, 0.02, True),
        ("duration_seconds>15", "duration_seconds>15", True, 14.0, True),
        ("valid==0", "valid==0", False, 0.0, True),
    ],
)
def test_verdicts(condition: str, name: str, passed: bool, value: float, certain: bool) -> None:
    (found,) = verdicts(DOCUMENT, [parse(condition)])
    assert (found.name, found.passed, found.certain) == (name, passed, certain)
    assert found.value == pytest.approx(value)


def test_money_buys_the_mean() -> None:
    # 18 % slower for 30 % of the time.
    full = structs.replace(
        DOCUMENT.levels[-1], mean_units_per_second=946.0, mean_lower=900.0, mean_upper=990.0
    )
    run = structs.replace(DOCUMENT, levels=(DOCUMENT.levels[0], full))
    worth, median, mean, of_half = verdicts(
        run,
        [
            parse("units_per_dollar<9500"),
            parse("max_units_per_second<950"),
            parse("mean_units_per_second[100]<890"),
            parse("mean_units_per_second[50]<1"),
        ],
    )
    assert (worth.passed, worth.value, worth.certain) == (False, pytest.approx(9460), False)
    assert (median.passed, median.value, median.certain) == (True, 1000.0, True)
    assert (mean.passed, mean.value, mean.certain) == (True, 946.0, True)
    # That level is of a version that knew no mean.
    assert of_half.passed is None


def test_what_is_unknown_has_no_verdict() -> None:
    unknown = structs.replace(DOCUMENT, machine=Machine())
    entry = Verdict(name="units_per_dollar<5", passed=None)
    assert verdicts(unknown, [parse("units_per_dollar<5")]) == (entry,)
    assert verdicts(DOCUMENT, [parse("busy_ratio[20]<1")])[0].passed is None


@pytest.mark.parametrize(
    "condition",
    [
        "",
        "units_per_dollar",
        "units_per_dollar=5",
        "price<5",
        "valid<x",
        "valid<1e999",
        "<5",
        "units_per_second<5",
        "valid[10]<1",
        "units_per_dollar<5; true",
    ],
)
def test_other_forms_are_refused(condition: str) -> None:
    with pytest.raises(InputError, match="--fail-if: expected a figure, a comparison and a number"):
        parse(condition)


@pytest.mark.parametrize(
    ("condition", "levels", "price", "message"),
    [
        ("units_per_dollar<5", [50, 100], None, "the machine's price beside it"),
        ("units_per_dollar<5", [50], 0.1, "the level 100 among --levels"),
        ("max_units_per_second<5", [50], None, "the level 100 among --levels"),
        ("busy_ratio[20]<1", [50, 100], None, "the level 20 among --levels"),
    ],
)
def test_what_a_run_could_not_decide_is_refused_before(
    condition: str, levels: list[int], price: float | None, message: str
) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        check([parse(condition)], levels, price)


def test_what_a_run_can_decide_is_not_refused() -> None:
    conditions = [parse("units_per_dollar<5"), parse("valid==0"), parse("busy_ratio[50]<1")]
    check(conditions, [50, 100], 0.1)
