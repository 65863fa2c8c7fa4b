"""Azure's retail prices, in the layout that the API documents.

https://learn.microsoft.com/en-us/rest/api/cost-management/retail-prices/azure-retail-prices
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perfanalysis.errors import InputError
from prices.importers.azure_retail import IMPORTER
from prices.price import Payment, Purchase, Term
from tests.prices.importers.reading import read_all, written


def item(**changed: Any) -> dict[str, Any]:
    return {
        "currencyCode": "USD",
        "tierMinimumUnits": 0.0,
        "retailPrice": 0.096,
        "unitPrice": 0.096,
        "armRegionName": "westus",
        "location": "US West",
        "effectiveStartDate": "2026-08-01T00:00:00Z",
        "meterId": "000a794b-bdb0-58be-a0cd-0c3a0f222923",
        "meterName": "D2s v5",
        "productId": "DZH318Z0BQPS",
        "skuId": "DZH318Z0BQPS/00TG",
        "productName": "Virtual Machines Dsv5 Series",
        "skuName": "D2s v5",
        "serviceName": "Virtual Machines",
        "serviceFamily": "Compute",
        "unitOfMeasure": "1 Hour",
        "type": "Consumption",
        "isPrimaryMeterRegion": True,
        "armSkuName": "Standard_D2s_v5",
    } | changed


RESERVED = item(type="Reservation", reservationTerm="3 Years", retailPrice=1000)
PLANNED = item(
    armSkuName="Standard_D4s_v5",
    savingsPlan=[
        {"unitPrice": 0.05, "retailPrice": 0.05, "term": "3 Years"},
        {"unitPrice": 0.07, "retailPrice": 0.07, "term": "1 Year"},
    ],
)


def page(*items: Any) -> dict[str, Any]:
    return {"BillingCurrency": "USD", "Items": list(items), "NextPageLink": None, "Count": 1}


class TestRetailPrices:
    def test_an_hour_on_demand(self, tmp_path: Path) -> None:
        path = written(tmp_path / "page.json", page(item()))
        (price,), _ = read_all(IMPORTER, path)
        assert (price.region, price.instance_type) == ("westus", "Standard_D2s_v5")
        # Out of JSON's 0.096, of which a float would be 0.09600000000000000199...
        assert str(price.amount) == "0.096"
        assert price.purchase is Purchase.ON_DEMAND
        assert IMPORTER.detects(path.read_bytes())

    def test_a_reservation_is_of_its_whole_term(self, tmp_path: Path) -> None:
        (price,), _ = read_all(IMPORTER, written(tmp_path / "page.json", page(RESERVED)))
        # 1000 / 26280 = 0.038051750380...
        assert price.amount == Decimal("0.0380517504")
        assert (price.purchase, price.term) == (Purchase.RESERVED, Term(36, Payment.ALL))

    def test_savings_plans_beside_a_price(self, tmp_path: Path) -> None:
        found, _ = read_all(IMPORTER, written(tmp_path / "page.json", page(PLANNED)))
        assert [(str(price.amount), price.term) for price in found] == [
            ("0.096", None),
            ("0.05", Term(36, Payment.NONE)),
            ("0.07", Term(12, Payment.NONE)),
        ]

    def test_spot_and_windows(self, tmp_path: Path) -> None:
        spot = item(meterName="D2s v5 Spot", productName="Virtual Machines Dsv5 Series Windows")
        (price,), _ = read_all(IMPORTER, written(tmp_path / "page.json", page(spot)))
        assert (price.purchase, price.operating_system) == (Purchase.SPOT, "windows")

    @pytest.mark.parametrize(
        ("changed", "reason"),
        [
            ({"serviceName": "Storage"}, "of another service"),
            ({"type": "DevTestConsumption"}, "of the type DevTestConsumption"),
            ({"armSkuName": ""}, "without a size or a region"),
            ({"isPrimaryMeterRegion": False}, "of a meter that is not the region's first"),
            ({"tierMinimumUnits": 100}, "from a quantity on"),
            ({"meterName": "D2 Low Priority"}, "of low priority, which spot has replaced"),
            ({"productName": "Dsv5 Series Dedicated Host"}, "a dedicated host"),
            ({"unitOfMeasure": "1 GB"}, "by the unit '1 GB'"),
        ],
    )
    def test_what_is_left_out(self, tmp_path: Path, changed: Any, reason: str) -> None:
        path = written(tmp_path / "page.json", page(item(**changed)))
        found, account = read_all(IMPORTER, path)
        assert not found
        assert account.left_out == {reason: 1}

    @settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(order=st.permutations([item(), RESERVED, PLANNED]), cut=st.integers(0, 3))
    def test_pages_in_any_order(self, tmp_path: Path, order: list[Any], cut: int) -> None:
        text = "\n".join(json.dumps(page(*part)) for part in (order[:cut], order[cut:]))
        found, _ = read_all(IMPORTER, written(tmp_path / "pages.jsonl", text))
        assert sorted(str(price.amount) for price in found) == [
            "0.0380517504",
            "0.05",
            "0.07",
            "0.096",
            "0.096",
        ]

    def test_a_list_of_items_alone(self, tmp_path: Path) -> None:
        path = written(tmp_path / "items.json", [item(), RESERVED])
        found, account = read_all(IMPORTER, path)
        assert (len(found), account.read) == (2, 2)
        assert IMPORTER.detects(path.read_bytes())

    @pytest.mark.parametrize(
        ("items", "expected"),
        [
            ([item(retailPrice=-1)], "an amount of 0 or more"),
            ([item(retailPrice="x")], "an amount"),
            ([item(retailPrice=True)], "an amount"),
            ([item(currencyCode="Dollar")], "a currency"),
            ([item(effectiveStartDate="soon")], "a time"),
            ([item() | {"type": "Reservation"}], "reservationTerm"),
            ([item(type="Reservation", reservationTerm="2 Years")], "a term"),
            ([item(), item(retailPrice=0.1)], "one amount for Standard_D2s_v5 in westus"),
            ([7], "an item"),
        ],
    )
    def test_refusals(self, tmp_path: Path, items: list[Any], expected: str) -> None:
        path = written(tmp_path / "page.json", page(*items))
        with pytest.raises(InputError, match=r"Items\[") as caught:
            read_all(IMPORTER, path)
        assert expected in str(caught.value)

    def test_breaks_off(self, tmp_path: Path) -> None:
        path = written(tmp_path / "page.json", json.dumps(page(item()))[:-9])
        with pytest.raises(InputError, match="breaks off"):
            read_all(IMPORTER, path)
