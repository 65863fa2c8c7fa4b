from __future__ import annotations

import pytest

from perfanalysis.machines.facts.burstable import baseline_ratio, is_burstable
from perfanalysis.machines.facts.identity import identity_of, of_identity
from perfanalysis.machines.identity import UNKNOWN, UNNAMED, Identity, Price

T3 = Identity(
    name="web-1",
    provider="aws",
    region="eu-central-1",
    instance_type="t3.large",
    instance_id="i-0123456789abcdef0",
    purchase="spot",
    prices={"on_demand": 0.096, "spot": 0.03},
)
FACTS = {
    "name": "web-1",
    "provider": "aws",
    "region": "eu-central-1",
    "instance_type": "t3.large",
    "instance_id": "i-0123456789abcdef0",
    "purchase": "on_demand",
    "price_dollars_per_hour": 0.096,
    "burstable": True,
    "baseline_ratio": 0.30,
}


@pytest.mark.parametrize(
    ("instance_type", "burstable", "baseline"),
    [
        ("t3.large", True, 0.30),
        ("t2.xlarge", True, 0.225),
        ("t9.large", True, None),
        ("Standard_B2ms", True, 0.30),
        ("Standard_B8ls_v2", True, 0.30),
        ("Standard_B99xs_v9", True, None),
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


def test_the_facts_of_an_identity() -> None:
    assert of_identity(T3, Price("on_demand", 0.096)) == FACTS


def test_a_price_of_no_option_has_no_purchase() -> None:
    assert of_identity(UNKNOWN, Price(UNNAMED, 0.5)) == {"price_dollars_per_hour": 0.5}


def test_what_is_unknown_is_absent() -> None:
    assert of_identity(UNKNOWN, None) == {}


def test_back_from_the_facts() -> None:
    said = {"cpu_model": "A CPU", "architecture": "x86_64", "hostname": "h", "logical_cpus": 2}
    assert identity_of(FACTS | said) == Identity(
        name="web-1",
        provider="aws",
        region="eu-central-1",
        instance_type="t3.large",
        instance_id="i-0123456789abcdef0",
        cpu_model="A CPU",
        architecture="x86_64",
        prices={"on_demand": 0.096},
    )
    assert identity_of({"price_dollars_per_hour": 1, "region": None}) == Identity(prices={"": 1.0})
    assert identity_of({}) == UNKNOWN
