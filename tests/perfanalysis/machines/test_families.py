from __future__ import annotations

from perfanalysis.exposition.families import Series
from perfanalysis.machines.families import INFO, PRICE, PURCHASE, series_of
from perfanalysis.machines.identity import UNKNOWN, Identity


def test_the_series_of_a_machine() -> None:
    identity = Identity(
        name="web-1",
        provider="aws",
        region="eu-central-1",
        zone="eu-central-1a",
        instance_type="m7i.large",
        purchase="spot",
        instance_id="i-1",
        cpu_model="A CPU",
        architecture="x86_64",
        prices={"on_demand": 0.1197, "spot": 0.05},
    )
    assert INFO.labels == (
        *("machine", "provider", "region", "zone", "instance_type"),
        *("cpu_model", "architecture"),
    )
    place = ("aws", "eu-central-1", "eu-central-1a", "m7i.large")
    assert series_of(identity) == [
        (Series(INFO, ("web-1", *place, "A CPU", "x86_64")), b"1"),
        (Series(PRICE, ("on_demand",)), b"0.1197"),
        (Series(PRICE, ("spot",)), b"0.05"),
        (Series(PURCHASE, ("spot",)), b"1"),
    ]


def test_what_is_unknown_has_no_series_but_for_empty_labels() -> None:
    assert series_of(UNKNOWN) == [(Series(INFO, ("",) * 7), b"1")]
