"""Series of machines' prices: names, labels, values; what is unknown has none."""

from __future__ import annotations

import pytest

from perfanalysis.delivery.remote_write import TimedSample, decode
from perfanalysis.errors import MalformedError
from perfanalysis.machines.identity import Identity
from prices.machine_metrics import as_remote_write, as_text, priced

WEB = Identity(name='w"1', prices={"on_demand": 0.1, "spot": 1e-7})
DB = Identity(name="db-1", prices={"on_demand": 2.0}, other_prices={"EUR": {"effective": 0.35}})
NEW = Identity(name="new-1")
DOLLARS = "perf_machine_price_dollars_per_hour"


def test_the_text_has_each_family_once() -> None:
    assert as_text(priced([WEB, DB, NEW], {"job": "node"})).decode() == (
        "# HELP perf_machine_price_dollars_per_hour What an hour of the machine costs; absent when "
        "unknown.\n"
        "# TYPE perf_machine_price_dollars_per_hour gauge\n"
        f'{DOLLARS}{{instance="w\\"1",job="node",purchase="on_demand"}} 0.1\n'
        f'{DOLLARS}{{instance="w\\"1",job="node",purchase="spot"}} 1e-07\n'
        f'{DOLLARS}{{instance="db-1",job="node",purchase="on_demand"}} 2.0\n'
        "# HELP perf_machine_price_per_hour What an hour of the machine costs in a currency that "
        "is not the dollar.\n"
        "# TYPE perf_machine_price_per_hour gauge\n"
        'perf_machine_price_per_hour{instance="db-1",job="node",currency="EUR",purchase="effective"}'
        " 0.35\n"
    )


def test_remote_write_has_the_same_at_one_moment() -> None:
    body = as_remote_write(priced([DB], {"cluster": "eu"}), 1000.5)
    labels = {"instance": "db-1", "cluster": "eu"}
    assert decode(body) == [
        TimedSample(
            "perf_machine_price_dollars_per_hour", {**labels, "purchase": "on_demand"}, 2.0, 1000.5
        ),
        TimedSample(
            "perf_machine_price_per_hour",
            {**labels, "currency": "EUR", "purchase": "effective"},
            0.35,
            1000.5,
        ),
    ]


@pytest.mark.parametrize(
    ("machines", "message"), [([Identity()], "one has none"), ([DB, DB], "each name of a machine")]
)
def test_series_are_told_apart_by_the_machines_name(machines: list[Identity], message: str) -> None:
    with pytest.raises(MalformedError, match=message):
        priced(machines, {})


def test_without_prices_there_is_nothing() -> None:
    assert as_text(priced([NEW], {"job": "node"})) == b""
