from __future__ import annotations

import re
from pathlib import Path

import pytest

from perfanalysis.errors import InputError
from perfanalysis.machines.facts.burstable import baseline_ratio, is_burstable
from perfanalysis.machines.facts.identity import Identity, identify

INVENTORY = """
machines:
  - name: web-1
    provider: aws
    region: eu-central-1
    instance_type: t3.large
    prices: {on_demand: 0.0960, spot: 0.03}
  - name: web-2
    prices: {spot: 0.05}
"""


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    path = tmp_path / "inventory.yaml"
    path.write_text(INVENTORY)
    return path


@pytest.mark.parametrize(
    ("instance_type", "burstable", "baseline"),
    [
        ("t3.large", True, 0.30),
        ("t2.xlarge", True, 0.225),
        ("t9.large", True, None),
        ("Standard_B2ms", True, 0.30),
        ("Standard_B8ls_v2", True, None),
        ("e2-micro", True, 0.125),
        ("e2-standard-2", False, None),
        ("m7i.large", False, None),
        ("Standard_D2s_v5", False, None),
        ("", False, None),
    ],
)
def test_burstable_types(instance_type: str, burstable: bool, baseline: float | None) -> None:
    assert is_burstable(instance_type) is burstable
    assert baseline_ratio(instance_type) == baseline


def test_a_machine_of_the_inventory(inventory: Path) -> None:
    found = identify("web-1", inventory, None, None)
    assert found == Identity(
        "web-1", "aws", "eu-central-1", "", "t3.large", "on_demand", 0.0960, None
    )
    facts = found.facts()
    assert facts["price_dollars_per_hour"] == 0.0960
    assert facts["burstable"] is True
    assert facts["baseline_ratio"] == 0.30
    assert "zone" not in facts


def test_prices(inventory: Path) -> None:
    assert identify("web-1", inventory, "spot", None).price == 0.03
    assert identify("web-2", inventory, None, None).price is None
    by_flag = identify("web-1", inventory, None, 0.5)
    assert (by_flag.price, by_flag.purchase) == (0.5, "")


def test_nothing_known() -> None:
    facts = identify("", None, None, None).facts()
    assert set(facts) == {"name", "hostname"}


@pytest.mark.parametrize(
    ("name", "with_inventory", "purchase", "price", "message"),
    [
        ("web-9", True, None, None, "a machine named 'web-9' (has: web-1, web-2)"),
        ("", True, None, None, "--inventory: expected --machine-name beside it"),
        ("web-2", True, "on_demand", None, "--purchase: expected one of the machine's prices"),
        ("a\x1b[31m", False, None, None, "--machine-name: expected a name of printable characters"),
        ("web-1", False, "spot", None, "--purchase: expected --inventory beside it"),
        ("web-1", False, None, 0.0, "--price: expected dollars per hour above 0"),
        ("web-1", False, None, float("nan"), "--price: expected dollars per hour above 0"),
    ],
)
def test_what_is_refused(  # noqa: PLR0917 - one for each column
    inventory: Path,
    name: str,
    with_inventory: bool,
    purchase: str | None,
    price: float | None,
    message: str,
) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        identify(name, inventory if with_inventory else None, purchase, price)
