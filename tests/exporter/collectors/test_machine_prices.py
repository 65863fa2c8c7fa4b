"""Prices of the price book's small file, behind flags and the inventory."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from exporter.collecting.paths import make_paths
from exporter.collectors.machine import SPECIFICATION
from exporter.sources.files import Sources
from perfanalysis.errors import InputError
from perfanalysis.exposition.rendering import TEXT, render_page
from perfanalysis.machines import book_prices
from perfanalysis.machines.identity import Identity
from tests.exporter.conftest import Collect, flags_of, samples_of

PLACE = {"provider": "aws", "region": "eu-central-1", "zone": "", "instance_type": "m7i.large"}
OF_TYPE = {
    **PLACE,
    "name": "",
    "instance_id": "",
    "prices": [
        {"purchase": "on_demand", "amount": "0.1197", "currency": "USD"},
        {"purchase": "spot", "amount": "0.04", "currency": "EUR"},
        {"purchase": "effective", "amount": "0.0999999999999999999999", "currency": "USD"},
        {"purchase": "reserved_1y", "amount": "0", "currency": "USD"},
    ],
}
OF_MACHINE = {
    **OF_TYPE,
    "name": "web-1",
    "prices": [{"purchase": "on_demand", "amount": "0.07", "currency": "USD"}],
}
ODD_CURRENCY = {**OF_TYPE, "prices": [{"purchase": "spot", "amount": "1", "currency": "eu\n"}]}
WHO = ("--machine.provider=aws", "--machine.region=eu-central-1", "--machine.zone=eu-central-1a")
TYPE = "--machine.instance-type=m7i.large"
NAME = "--machine.name=web-1"


def a_file(path: Path, *machines: object) -> str:
    path.write_text(json.dumps({"version": 1, "machines": machines}))
    return f"--machine.prices={path}"


@pytest.mark.parametrize(
    ("machines", "flags", "expected"),
    [
        # Above 0; other currencies under a name of their own.
        ([OF_TYPE], [*WHO, TYPE], {"on_demand": 0.1197, "effective": 0.1, "EUR spot": 0.04}),
        ([OF_TYPE, OF_MACHINE], [*WHO, TYPE, NAME], {"on_demand": 0.07}),
        ([OF_TYPE, OF_MACHINE], [NAME], {"on_demand": 0.07}),
        ([OF_TYPE], [TYPE], {}),
        ([{**OF_TYPE, "zone": "eu-central-1b"}], [*WHO, TYPE], {}),
        ([OF_TYPE], [*WHO, TYPE, "--machine.price=spot=0.5"], {"spot": 0.5}),
    ],
)
def test_the_books_prices_fill_what_nobody_gave(
    tmp_path: Path,
    collect: Collect,
    machines: list[object],
    flags: list[str],
    expected: dict[str, float],
) -> None:
    (tmp_path / "proc").mkdir()
    samples = collect(SPECIFICATION, tmp_path, a_file(tmp_path / "p.json", *machines), *flags)
    assert {series: value for series, value in samples.items() if "price" in series} == {
        _series(said): amount for said, amount in expected.items()
    }


def _series(said: str) -> str:
    """The series of ``on_demand``, or of ``EUR on_demand``."""
    currency, _, purchase = said.rpartition(" ")
    if currency:
        labels = f'currency="{currency}",purchase="{purchase}"'
        return f"perf_machine_price_per_hour{{{labels}}}"
    return f'perf_machine_price_dollars_per_hour{{purchase="{purchase}"}}'


def test_the_inventory_goes_before_the_book(tmp_path: Path, collect: Collect) -> None:
    (tmp_path / "proc").mkdir()
    inventory = tmp_path / "inventory.yaml"
    inventory.write_text("machines: [{name: web-1, prices: {spot: 0.5}}]")
    told = a_file(tmp_path / "p.json", OF_MACHINE)
    samples = collect(SPECIFICATION, tmp_path, told, NAME, *WHO, f"--machine.inventory={inventory}")
    assert [v for series, v in samples.items() if "price" in series] == [0.5]


def test_a_price_that_the_book_has_ahead_begins_by_itself(tmp_path: Path) -> None:
    (tmp_path / "proc").mkdir()
    now = datetime.now(UTC)
    dearer = [{"purchase": "on_demand", "amount": "0.09", "currency": "USD"}]
    later = [
        {"from": (now + wait).isoformat(), "machines": [{**OF_MACHINE, "prices": prices}]}
        for wait, prices in ((timedelta(days=9), []), (timedelta(seconds=1), dearer))
    ]
    path = tmp_path / "p.json"
    path.write_text(json.dumps({"version": 1, "machines": [OF_TYPE, OF_MACHINE], "later": later}))
    words = [f"--path.procfs={tmp_path / 'proc'}", f"--machine.prices={path}"]
    flags = flags_of(*words, NAME, "--machine.cloud=off")
    collector = SPECIFICATION.create(Sources(make_paths(flags)), flags)
    collector.collect()
    begins = now + timedelta(seconds=1)
    while datetime.now(UTC) < begins:
        time.sleep(0.1)
    assert samples_of(render_page(collector.collect(), TEXT))[_series("on_demand")] == 0.09
    book = book_prices.read(path)
    assert [len(book.at(now + timedelta(days=days)).later) for days in (-1, 1, 10)] == [2, 1, 0]
    machine = Identity(name="web-1")
    assert book.at(now).completing(machine).prices == {"on_demand": 0.07}
    assert book.at(now + timedelta(days=1)).completing(machine).prices == {"on_demand": 0.09}
    assert book.at(now + timedelta(days=10)).completing(machine).prices == {}


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", '{"version": 2}', '{"version": 1, "machines": 3}'),
        json.dumps({"version": 1, "machines": [ODD_CURRENCY]}),
        json.dumps({"version": 1, "machines": [], "later": [{"from": "soon", "machines": []}]}),
        json.dumps({"version": 1, "machines": [], "later": [{"from": "2026-01-01"}]}),
    ],
)
def test_a_named_file_that_is_no_file_of_prices_is_refused(
    tmp_path: Path, collect: Collect, text: str
) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "p.json").write_text(text)
    with pytest.raises(InputError, match=r"p\.json: expected a file of prices"):
        collect(SPECIFICATION, tmp_path, f"--machine.prices={tmp_path / 'p.json'}")


def test_the_state_folders_own_is_read_and_never_costs_the_start(
    tmp_path: Path, collect: Collect, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "proc").mkdir()
    monkeypatch.setenv("PERFANALYSIS_STATE_DIRECTORY", str(tmp_path))
    a_file(tmp_path / "prices.json", OF_MACHINE)
    assert 0.07 in collect(SPECIFICATION, tmp_path, NAME).values()
    (tmp_path / "prices.json").write_text("{")
    assert 0.07 not in collect(SPECIFICATION, tmp_path, NAME).values()


def test_a_missing_file_is_refused(tmp_path: Path, collect: Collect) -> None:
    (tmp_path / "proc").mkdir()
    with pytest.raises(InputError, match="a file that is there"):
        collect(SPECIFICATION, tmp_path, f"--machine.prices={tmp_path / 'none.json'}")
