"""Two days of machines whose money is known by hand, and a book that the importers make of files.

=======  =================  =================  =======================================
machine  list, book         effective, book    what else
=======  =================  =================  =======================================
web-1    $0.10, then $0.12  $0.06, then $0.08  busy 25 %, then 75 %
web-2    as web-1           of the type        the engine says $0.10; busy 50 %; 12 h missing
eur-1    0.20 EUR           none               1 EUR is 1.25 USD; busy 20 %
lone     none               none               busy 50 %
=======  =================  =================  =======================================

The second day is the one of the second price. Of the type, a bill of web-1 alone tells.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from perfanalysis.cli import run
from tests.prices.importers.focus.exports import export

START, STEP, DAY = 1_788_739_200, 60, 86_400
END = START + 2 * DAY
# When the load tests ended: a month before the range.
TESTED = START - 30 * DAY
UNITS = {"web-1": 1000.0, "web-2": 1010.0, "eur-1": 3000.0, "lone": 500.0}
KIND = 'provider="aws",region="eu-central-1",zone="eu-central-1a",instance_type="m7i.large"'
IDENTITIES = {
    "web-1": KIND,
    "web-2": KIND,
    "eur-1": 'provider="own",region="r",instance_type="box"',
    "lone": 'provider="nobody",instance_type="x"',
}
# Of a day each.
BUSY = {"web-1": (0.25, 0.75), "web-2": (0.5, 0.5), "eur-1": (0.2, 0.2), "lone": (0.5, 0.5)}


def _seen(name: str, time: int) -> bool:
    return name != "web-2" or not 6 * 3600 < time - START < 18 * 3600


def openmetrics() -> str:
    """What a Prometheus is given."""
    times = range(START - STEP, END + 1, STEP)
    lines: list[str] = []

    def gauge(name: str, labels: str, value: float) -> None:
        lines.extend(f"{name}{{{labels}}} {value} {t}" for t in times)

    families = {
        "perf_machine_info": [(f"{of(name)},{IDENTITIES[name]}", 1.0) for name in UNITS],
        "perf_machine_price_dollars_per_hour": [(f'{of("web-2")},purchase="on_demand"', 0.1)],
        **dict(_load_tests()),
    }
    for name, samples in families.items():
        lines.append(f"# TYPE {name} gauge")
        for labels, value in samples:
            gauge(name, labels, value)
    lines.append("# TYPE node_cpu_seconds counter")
    for name, (first, second) in BUSY.items():
        for mode in ("user", "idle"):
            for t in times:
                early, late = min(t - START, DAY), max(0, t - START - DAY)
                busy = first * early + second * late
                value = 1000 + (busy if mode == "user" else t - START - busy)
                if _seen(name, t):
                    labels = f'{of(name)},cpu="0",mode="{mode}"'
                    lines.append(f"node_cpu_seconds_total{{{labels}}} {value} {t}")
    return "\n".join([*lines, "# EOF", ""])


def of(name: str) -> str:
    return f'job="node",instance="{name}"'


def _load_tests() -> Iterator[tuple[str, list[tuple[str, float]]]]:
    kernel = 'kernel="rmw"'
    run_of = f'{kernel},kernel_version="5",test_id="run",profile="default"'
    yield "perf_loadtest_info", [(f"{of(n)},{run_of}", 1.0) for n in UNITS]
    for family, value in (
        ("perf_loadtest_valid", 1.0),
        ("perf_loadtest_full_conditions", 1.0),
        ("perf_loadtest_timestamp_seconds", float(TESTED)),
    ):
        yield family, [(f"{of(n)},{kernel}", value) for n in UNITS]
    for suffix, share in (("", 1.0), ("_lower", 0.98), ("_upper", 1.02)):
        at = f'{kernel},busy="100"'
        name = f"perf_loadtest_units_per_second{suffix}"
        yield name, [(f"{of(n)},{at}", units * share) for n, units in UNITS.items()]
    for name in ("perf_loadtest_max_units_per_second", "instance_kernel:perf_loadtest_units:paid"):
        yield name, [(f"{of(n)},{kernel}", units) for n, units in UNITS.items()]


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def book(folder: Path) -> Path:
    """A price book, by the commands that people have."""
    path = folder / "book.sqlite"
    own = folder / "own.csv"
    head = "provider,region,instance_type,machine,purchase,amount,currency,valid_from,source\n"
    own.write_text(
        head
        + "aws,eu-central-1,m7i.large,,on_demand,0.09,USD,2026-01-01,list of January\n"
        + f"aws,eu-central-1,m7i.large,,on_demand,0.10,USD,{_day(START - 5 * DAY)},list\n"
        + f"aws,eu-central-1,m7i.large,,on_demand,0.12,USD,{_day(START + DAY)},list\n"
        + "own,,,eur-1,on_demand,0.20,EUR,2026-01-01,invoice\n"
    )
    used = {
        "ChargeDescription": "$0.12 per On Demand Linux m7i.large Instance Hour",
        "RegionId": "eu-central-1",
        "Tags": '{"Name": "web-1"}',
        "PricingQuantity": "24",
        "ConsumedQuantity": "24",
        "BilledCost": "0",
    }
    bill = export(
        folder / "bill.csv",
        {**used, "ChargePeriodStart": _day(START), "EffectiveCost": "1.44", "BilledCost": "1.44"},
        {
            **used,
            "ChargePeriodStart": _day(START + DAY),
            "EffectiveCost": "1.92",
            "BilledCost": "1.92",
        },
    )
    words = ["prices", "import", "--price-book", str(path)]
    assert run([*words, str(own)]) == 0
    # Its list prices are placeholders.
    words += ["--set", "cost=effective", "--set", "per=day", "--set", "machine-tag=Name"]
    assert run([*words, str(bill)]) == 0
    return path


def rates(folder: Path) -> Path:
    """Exchange rates, as a person writes them."""
    path = folder / "rates.csv"
    path.write_text(f"date,from,to,rate\n{_day(END)[:10]},EUR,USD,1.25\n")
    return path
