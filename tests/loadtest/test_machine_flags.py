"""The price book's file, where neither flags nor the inventory give the load test a price."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from loadtest.commands.machine_flags import MachineFlags
from perfanalysis.machines.cloud.discovery import OFF
from perfanalysis.machines.identity import Price

MACHINE = {
    "name": "web-1",
    "provider": "",
    "region": "",
    "zone": "",
    "instance_type": "",
    "instance_id": "",
    "prices": [
        {"purchase": "on_demand", "amount": "0.07", "currency": "USD"},
        {"purchase": "spot", "amount": "0.03", "currency": "USD"},
    ],
}


def flags(*, purchase: str | None = None, price: float | None = None) -> MachineFlags:
    return MachineFlags(
        cpus=None,
        machine_name="web-1",
        provider="",
        region="",
        zone="",
        instance_type="",
        inventory=None,
        purchase=purchase,
        cloud=OFF,
        cloud_endpoint=None,
        price=price,
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (flags(), Price("on_demand", 0.07)),
        (flags(purchase="spot"), Price("spot", 0.03)),
        (flags(price=0.5), Price("", 0.5)),
    ],
)
def test_the_books_price_counts_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: MachineFlags, expected: Price
) -> None:
    monkeypatch.setenv("PERFANALYSIS_STATE_DIRECTORY", str(tmp_path))
    (tmp_path / "prices.json").write_text(json.dumps({"version": 1, "machines": [MACHINE]}))
    assert given.machine(quiet=True).price == expected


def test_a_broken_file_costs_the_price_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PERFANALYSIS_STATE_DIRECTORY", str(tmp_path))
    (tmp_path / "prices.json").write_text("{")
    assert flags().machine(quiet=False).price is None
    assert "no prices of the price book" in capsys.readouterr().err
