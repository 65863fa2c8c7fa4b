"""Identity and price."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import requests

from exporter.collectors.machine import SPECIFICATION
from perfanalysis.errors import InputError
from tests.exporter.conftest import Collect, StartExporter, samples_of

INVENTORY = """
machines:
  - name: web-1
    provider: aws
    region: eu-central-1
    instance_type: m7i.large
    prices: {on_demand: 0.5, spot: 0.125}
"""


def test_the_inventory_gives_identity_and_prices(tmp_path: Path, collect: Collect) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc" / "cpuinfo").write_bytes(b"processor : 0\nmodel name\t: A  Fine CPU\n")
    (tmp_path / "inventory.yaml").write_text(INVENTORY)
    samples = collect(
        SPECIFICATION,
        tmp_path,
        f"--machine.inventory={tmp_path / 'inventory.yaml'}",
        "--machine.name=web-1",
        "--machine.region=eu-west-1",
    )
    assert samples['perf_machine_price_dollars_per_hour{purchase="spot"}'] == 0.125
    info = next(series for series in samples if series.startswith("perf_machine_info"))
    assert 'machine="web-1",provider="aws",region="eu-west-1",zone=""' in info
    assert 'cpu_model="A Fine CPU"' in info


def test_an_unknown_price_is_absent(tmp_path: Path, collect: Collect) -> None:
    (tmp_path / "proc").mkdir()
    samples = collect(SPECIFICATION, tmp_path, "--machine.provider=azure")
    assert [series for series in samples if "price" in series] == []
    assert 'provider="azure"' in next(iter(samples))


def test_prices_by_flag_go_before_those_of_the_inventory(tmp_path: Path, collect: Collect) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "inventory.yaml").write_text(INVENTORY)
    samples = collect(
        SPECIFICATION,
        tmp_path,
        f"--machine.inventory={tmp_path / 'inventory.yaml'}",
        "--machine.name=web-1",
        "--machine.price=reserved_1y=0.25",
        "--machine.price=on_demand=0.75",
    )
    name = "perf_machine_price_dollars_per_hour"
    assert {series: value for series, value in samples.items() if "price" in series} == {
        f'{name}{{purchase="reserved_1y"}}': 0.25,
        f'{name}{{purchase="on_demand"}}': 0.75,
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--machine.price=0.5"], "--machine.price: expected OPTION=DOLLARS"),
        (["--machine.price=free=0.5"], "each option once, of on_demand, spot"),
        (["--machine.price=spot=cheap"], "found 'spot=cheap'"),
        (["--machine.price=spot=nan"], "found 'spot=nan'"),
        (["--machine.price=spot=1", "--machine.price=spot=2"], "found 'spot=2'"),
        (["--machine.price=spot=0"], "--machine.price: expected dollars per hour above 0"),
        (["--machine.zone=a\x1b[31m"], "--machine.zone: expected text of printable characters"),
        (["--machine.inventory=x.yaml"], "--machine.inventory: expected --machine.name beside it"),
    ],
)
def test_what_is_refused(tmp_path: Path, collect: Collect, arguments: list[str], said: str) -> None:
    (tmp_path / "proc").mkdir()
    with pytest.raises(InputError, match=re.escape(said)):
        collect(SPECIFICATION, tmp_path, *arguments)


def test_new_prices_are_read_when_the_exporter_is_told(
    tmp_path: Path, start_exporter: StartExporter
) -> None:
    inventory = tmp_path / "inventory.yaml"
    inventory.write_text(INVENTORY)
    running = start_exporter(
        "--web.enable-lifecycle", f"--machine.inventory={inventory}", "--machine.name=web-1"
    )

    def shown() -> dict[str, float]:
        page = samples_of(requests.get(f"{running.url}/metrics", timeout=10).content)
        name = "perf_machine_price_dollars_per_hour"
        return {series: value for series, value in page.items() if series.startswith(name)}

    def told() -> requests.Response:
        return requests.post(f"{running.url}/-/reload", timeout=10)

    before = shown()
    assert sorted(before.values()) == [0.125, 0.5]
    inventory.write_text(INVENTORY.replace("0.5, spot: 0.125", "0.75"))
    assert told().status_code == 200
    after = shown()
    assert list(after.values()) == [0.75]
    inventory.write_text(INVENTORY.replace("0.5", "-1"))
    answer = told()
    assert answer.status_code == 500
    assert "prices.on_demand: expected dollars per hour above 0" in answer.text
    assert shown() == after
