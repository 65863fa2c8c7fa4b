"""Prices in service-capacity-modeling: files of our own in its layout, and the package itself."""

from __future__ import annotations

import importlib.util
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from perfanalysis.errors import InputError
from prices.importers.service_capacity import IMPORTER
from prices.price import Payment, Term
from prices.reading.installed import INSTALLED
from tests.prices.importers.reading import read_all, written

IS_INSTALLED = importlib.util.find_spec("service_capacity_modeling") is not None


def region(**yearly: float) -> dict[str, Any]:
    costs = {name.replace("_", "."): {"annual_cost": cost} for name, cost in yearly.items()}
    return {"us-east-1": {"drives": {}, "instances": costs}}


class TestServiceCapacity:
    def test_an_hour_is_the_year_by_its_hours(self, tmp_path: Path) -> None:
        path = written(tmp_path / "ec2.json", region(m5_xlarge=632.33, db_r5=1.0))
        (price,), account = read_all(IMPORTER, path, {"valid_from": "2026-10-01"})
        # 632.33 / 8760 = 0.072183789954...
        assert price.amount == Decimal("0.0721837900")
        assert (price.instance_type, price.region) == ("m5.xlarge", "us-east-1")
        assert price.term == Term(36, Payment.ALL)
        assert price.valid_from.isoformat() == "2026-10-01T00:00:00+00:00"
        assert account.left_out == {"of another service": 1}
        assert IMPORTER.detects(path.read_bytes())

    def test_later_files_take_the_place_of_earlier(self, tmp_path: Path) -> None:
        written(tmp_path / "3yr_ec2.json", region(m5_xlarge=8760, m5_large=876))
        written(tmp_path / "3yr_zz-overrides.json", region(m5_xlarge=87.6, f5_deprecated=1))
        found, account = read_all(IMPORTER, tmp_path)
        assert account.left_out["stated again by a later file"] == 1
        assert {price.instance_type: str(price.amount) for price in found} == {
            "m5.xlarge": "0.0100000000",
            "m5.large": "0.1000000000",
        }

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (region(m5=-1), r"us-east-1\.instances\.m5: expected an amount of 0"),
            ({"us-east-1": {"instances": {"m5": {}}}}, "annual_cost"),
            ('{"us-east-1": {"instances": {"m5": ', "breaks off"),
        ],
    )
    def test_refusals(self, tmp_path: Path, value: Any, expected: str) -> None:
        with pytest.raises(InputError, match=expected):
            read_all(IMPORTER, written(tmp_path / "ec2.json", value))

    def test_a_folder_without_files(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="files of prices"):
            read_all(IMPORTER, tmp_path)

    @pytest.mark.skipif(not IS_INSTALLED, reason="service-capacity-modeling is not installed")
    def test_the_package_itself(self) -> None:
        found, account = read_all(IMPORTER, Path(INSTALLED))
        assert account.read > 1000
        assert {(price.provider, price.region) for price in found} == {("aws", "us-east-1")}
        assert len({price.instance_type for price in found}) == len(found) > 1000
        # A quarter of a vCPU of the oldest to a machine with 24 TB: nothing else costs an hour.
        assert all(Decimal("0.0005") < price.amount < 200 for price in found)
        assert all(price.source.startswith("service-capacity-modeling 0.") for price in found)

    @pytest.mark.skipif(IS_INSTALLED, reason="service-capacity-modeling is installed")
    def test_without_the_package(self) -> None:
        with pytest.raises(InputError, match="pip install --no-deps service-capacity-modeling"):
            read_all(IMPORTER, Path(INSTALLED))
