"""Azure's price sheet of a Microsoft Customer Agreement, in its columns.

https://learn.microsoft.com/en-us/azure/cost-management-billing/dataset-schema/price-sheet-mca
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from perfanalysis.errors import InputError
from prices.importers.azure_price_sheet import IMPORTER, sizes_of
from prices.price import Payment, Purchase, Term
from tests.prices.importers.reading import read_all, written

ROW = {
    "basePrice": "0.096",
    "billingCurrency": "EUR",
    "currency": "EUR",
    "effectiveEndDate": "",
    "effectiveStartDate": "2026-11-01T00:00:00Z",
    "marketPrice": "0.1",
    "meterCategory": "Virtual Machines",
    "meterName": "D2 v3/D2s v3",
    "meterSubCategory": "Dv3/DSv3 Series",
    "meterRegion": "EU West",
    "priceType": "Consumption",
    "product": "Virtual Machines Dv3/DSv3 Series",
    "productOrderName": "Microsoft Azure Plan",
    "term": "",
    "tierMinimumUnits": "0",
    "unitOfMeasure": "100 Hours",
    "unitPrice": "9.6",
}


def sheet(*changes: dict[str, str]) -> str:
    rows = [",".join((ROW | changed).values()) for changed in changes]
    return "\ufeff" + "\n".join([",".join(ROW), *rows]) + "\n"


class TestPriceSheet:
    def test_an_hour_of_each_size_of_a_meter(self, tmp_path: Path) -> None:
        path = written(tmp_path / "sheet.csv", sheet({}))
        found, _ = read_all(IMPORTER, path)
        assert [price.instance_type for price in found] == ["Standard_D2_v3", "Standard_D2s_v3"]
        assert {price.amount for price in found} == {Decimal("0.096")}
        assert {(price.region, price.currency) for price in found} == {("westeurope", "EUR")}
        assert IMPORTER.detects(path.read_bytes())

    def test_terms(self, tmp_path: Path) -> None:
        single = {"meterName": "D2s v5", "unitOfMeasure": "1 Hour", "unitPrice": "876"}
        path = written(
            tmp_path / "sheet.csv",
            sheet(
                single | {"priceType": "ReservedInstance", "term": "P1Y"},
                single | {"priceType": "SavingsPlan", "term": "P3Y", "unitPrice": "0.05"},
                single | {"meterName": "D2s v5 Spot", "product": "Dsv5 Windows"},
                single | {"effectiveStartDate": "11/30/2026"},
            ),
        )
        reserved, planned, spot, dated = read_all(IMPORTER, path)[0]
        assert (reserved.amount, reserved.term) == (Decimal("0.1"), Term(12, Payment.ALL))
        assert (planned.amount, planned.term) == (Decimal("0.05"), Term(36, Payment.NONE))
        assert (spot.purchase, spot.operating_system) == (Purchase.SPOT, "windows")
        assert dated.valid_from.date().isoformat() == "2026-11-30"

    @pytest.mark.parametrize(
        ("changed", "reason"),
        [
            ({"meterCategory": "Storage"}, "of another service"),
            ({"priceType": "Marketplace"}, "of the type Marketplace"),
            ({"productOrderName": "Azure plan for Dev/Test"}, "for dev/test"),
            ({"unitOfMeasure": "1 GB/Month"}, "by the unit '1 GB/Month'"),
            ({"tierMinimumUnits": "10"}, "from a quantity on"),
        ],
    )
    def test_what_is_left_out(self, tmp_path: Path, changed: dict[str, str], reason: str) -> None:
        found, account = read_all(IMPORTER, written(tmp_path / "sheet.csv", sheet(changed)))
        assert not found
        assert account.left_out == {reason: 1}

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ([{"unitPrice": "-1"}], "line 2: expected an amount of 0"),
            ([{"currency": "euro"}], "line 2: expected a currency"),
            ([{}, {"unitPrice": "9.7"}], "line 3: expected one amount"),
            ([{"effectiveStartDate": ""}], "line 2: .*valid_from"),
            ([{"unitOfMeasure": "0 Hours"}], "line 2: expected a unit"),
        ],
    )
    def test_refusals(self, tmp_path: Path, changes: list[dict[str, str]], expected: str) -> None:
        with pytest.raises(InputError, match=expected):
            read_all(IMPORTER, written(tmp_path / "sheet.csv", sheet(*changes)))


def test_sizes_of_a_meter() -> None:
    assert sizes_of("D2 v3/D2s v3 Spot") == ["Standard_D2_v3", "Standard_D2s_v3"]
    assert sizes_of("F4") == ["Standard_F4"]
