"""AWS's spot prices: the entries of DescribeSpotPriceHistory.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSpotPriceHistory.html
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from perfanalysis.errors import InputError
from prices.importers.aws_spot import IMPORTER
from prices.price import Purchase
from tests.prices.importers.reading import read_all, written


def entry(**changed: str) -> dict[str, str]:
    return {
        "AvailabilityZone": "us-east-1a",
        "InstanceType": "m5.large",
        "ProductDescription": "Linux/UNIX",
        "SpotPrice": "0.036400",
        "Timestamp": "2026-11-01T02:03:04+00:00",
    } | changed


class TestSpotHistory:
    @pytest.mark.parametrize(
        ("zone", "region"),
        [
            ("us-east-1a", "us-east-1"),
            ("us-gov-west-1b", "us-gov-west-1"),
            ("us-west-2-lax-1a", "us-west-2"),
            ("ap-southeast-2c", "ap-southeast-2"),
        ],
    )
    def test_an_entry(self, tmp_path: Path, zone: str, region: str) -> None:
        history = {"SpotPriceHistory": [entry(AvailabilityZone=zone)], "NextToken": ""}
        path = written(tmp_path / "spot.json", history)
        (price,), _ = read_all(IMPORTER, path)
        assert (price.zone, price.region) == (zone, region)
        assert price.amount == Decimal("0.0364")
        assert price.purchase is Purchase.SPOT
        assert price.valid_from.isoformat() == "2026-11-01T02:03:04+00:00"
        assert IMPORTER.detects(path.read_bytes())

    def test_systems_and_repeats(self, tmp_path: Path) -> None:
        entries = [
            entry(ProductDescription="Red Hat Enterprise Linux (Amazon VPC)"),
            entry(ProductDescription="Windows"),
            entry(ProductDescription="Windows"),
            entry(ProductDescription="BeOS"),
        ]
        path = written(tmp_path / "spot.json", {"SpotPriceHistory": entries})
        found, account = read_all(IMPORTER, path)
        assert [price.operating_system for price in found] == ["rhel", "windows"]
        assert account.read == 4
        assert account.left_out == {
            "stated before, with the same amount": 1,
            "of an unknown operating system": 1,
        }
        assert account.examples["of an unknown operating system"] == "SpotPriceHistory[3]"

    @pytest.mark.parametrize(
        ("entries", "expected"),
        [
            ([entry(SpotPrice="-1")], "0 or more"),
            ([entry(SpotPrice="n/a")], "an amount"),
            ([entry(AvailabilityZone="use1-az1")], "a zone"),
            ([entry(Timestamp="yesterday")], "a time"),
            ([entry(), entry(SpotPrice="0.05")], "one amount"),
            ([{"InstanceType": "m5.large"}], "is missing"),
            (["m5.large"], "is missing"),
        ],
    )
    def test_refusals(self, tmp_path: Path, entries: list[object], expected: str) -> None:
        path = written(tmp_path / "spot.json", {"SpotPriceHistory": entries})
        with pytest.raises(InputError, match=r"SpotPriceHistory\[") as caught:
            read_all(IMPORTER, path)
        assert expected in str(caught.value)
