from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfanalysis.machines.identity import UNKNOWN, Identity, Price, resolve

FLAGS = Identity(zone="of flags")
INVENTORY = Identity(
    name="of inventory", region="of inventory", zone="of inventory", prices={"spot": 0.5}
)
CLOUD = Identity(
    provider="aws",
    region="of cloud",
    zone="of cloud",
    instance_type="of cloud",
    purchase="spot",
    instance_id="i-1",
)
FIRMWARE = Identity(provider="aws", instance_type="of firmware")
HOST = Identity(name="of host", cpu_model="of host", architecture="of host")


def test_each_source_fills_what_those_before_it_leave_open() -> None:
    found = resolve(flags=FLAGS, inventory=INVENTORY, cloud=CLOUD, firmware=FIRMWARE, host=HOST)
    assert found == Identity(
        name="of inventory",
        provider="aws",
        region="of inventory",
        zone="of flags",
        instance_type="of cloud",
        purchase="spot",
        instance_id="i-1",
        cpu_model="of host",
        architecture="of host",
        prices={"spot": 0.5},
    )
    assert resolve(cloud=Identity(provider="aws"), firmware=FIRMWARE) == FIRMWARE
    assert resolve(host=HOST) == HOST
    assert resolve() == UNKNOWN


@pytest.mark.parametrize("source", ["flags", "inventory"])
def test_a_machine_that_is_said_to_be_elsewhere_gets_nothing_of_this_cloud(source: str) -> None:
    elsewhere = Identity(name="small", provider="local", region="desk")
    found = resolve(**{source: elsewhere}, cloud=CLOUD, firmware=FIRMWARE, host=HOST)
    assert found == elsewhere.completed_by(HOST)


def test_two_words_of_a_person_complete_each_other_whatever_provider_they_name() -> None:
    held = Identity(provider="azure", region="westeurope", prices={"spot": 1.0})
    found = resolve(flags=Identity(provider="aws"), inventory=held, cloud=CLOUD)
    assert (found.provider, found.region, found.zone) == ("aws", "westeurope", "of cloud")
    assert found.prices == {"spot": 1.0}


TEXT = st.sampled_from(["", "", "a", "b"])
ANY = st.builds(
    Identity,
    name=TEXT,
    provider=TEXT,
    region=TEXT,
    instance_type=TEXT,
    prices=st.sampled_from([{}, {"spot": 1.0}, {"": 2.0}]),
)


@given(ANY, ANY, ANY, ANY, ANY)
def test_a_stronger_word_is_never_lost(
    flags: Identity, inventory: Identity, cloud: Identity, firmware: Identity, host: Identity
) -> None:
    found = resolve(flags=flags, inventory=inventory, cloud=cloud, firmware=firmware, host=host)
    for field in ("name", "provider", "region", "instance_type", "prices"):
        said = getattr(flags, field) or getattr(inventory, field)
        assert not said or getattr(found, field) == said


@pytest.mark.parametrize(
    ("prices", "purchase", "price"),
    [
        ({"on_demand": 0.5, "spot": 0.125}, None, Price("on_demand", 0.5)),
        ({"on_demand": 0.5, "spot": 0.125}, "spot", Price("spot", 0.125)),
        ({"spot": 0.125}, None, None),
        ({"spot": 0.125}, "on_demand", None),
        ({"": 0.25}, None, Price("", 0.25)),
        ({"": 0.25}, "spot", Price("", 0.25)),
        ({}, None, None),
    ],
)
def test_the_price_that_counts(
    prices: dict[str, float], purchase: str | None, price: Price | None
) -> None:
    assert Identity(prices=prices).price(purchase) == price
