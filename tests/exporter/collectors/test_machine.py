"""Identity and price."""

from __future__ import annotations

from pathlib import Path

import pytest

from exporter.collectors.machine import SPECIFICATION, parse_cpu_model
from tests.exporter.conftest import Collect

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


@pytest.mark.parametrize(
    ("data", "model"),
    [
        (b"processor\t: 0\nmodel name\t: AMD EPYC\n", "AMD EPYC"),
        (b"processor : 0\nBogoMIPS : 50.00\nCPU part : 0xd0c\n", ""),
        (b"processor : 0\ncpu : POWER9, altivec supported\n", "POWER9, altivec supported"),
        (b"\xff: \xff", ""),
    ],
)
def test_the_cpu_model_of_several_architectures(data: bytes, model: str) -> None:
    assert parse_cpu_model(data) == model
