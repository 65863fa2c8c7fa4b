"""The offer file of Amazon EC2, as JSON and as CSV.

The layout is that of the published format:
https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file-for-services.html
"""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.made_offer import write_offer
from perfanalysis.errors import InputError
from prices.importers.aws_offer import IMPORTER
from prices.importers.aws_offer_csv import IMPORTER as CSV_IMPORTER
from prices.price import Payment, Purchase, Term
from tests.prices.importers.reading import read_all, written

SKU = "2GCTBU78G22TGEXZ"
ATTRIBUTES = {
    "servicecode": "AmazonEC2",
    "location": "US East (N. Virginia)",
    "locationType": "AWS Region",
    "instanceType": "m1.small",
    "vcpu": "1",
    "memory": "1.7 GiB",
    "tenancy": "Shared",
    "operatingSystem": "Linux",
    "licenseModel": "No License required",
    "capacitystatus": "Used",
    "preInstalledSw": "NA",
    "marketoption": "OnDemand",
    "regionCode": "us-east-1",
}


def dimension(rate: str, unit: str, amount: str, currency: str = "USD") -> dict[str, Any]:
    return {rate: {"rateCode": rate, "unit": unit, "pricePerUnit": {currency: amount}}}


def offer(**changed: str) -> dict[str, Any]:
    """A file of one product, on demand and reserved."""
    on_demand = {
        "offerTermCode": "JRTCKXETXF",
        "sku": SKU,
        "effectiveDate": "2026-10-01T00:00:00Z",
        "priceDimensions": dimension(f"{SKU}.JRTCKXETXF.6YS6EN2CT7", "Hrs", "0.0440000000"),
        "termAttributes": {},
    }
    reserved = {
        "offerTermCode": "HU7G6KETJZ",
        "sku": SKU,
        "effectiveDate": "2025-10-31T23:59:59Z",
        "priceDimensions": {
            **dimension(f"{SKU}.HU7G6KETJZ.2TG2D8R56U", "Quantity", "100"),
            **dimension(f"{SKU}.HU7G6KETJZ.6YS6EN2CT7", "Hrs", "0.0100000000"),
        },
        "termAttributes": {
            "LeaseContractLength": "1yr",
            "OfferingClass": "standard",
            "PurchaseOption": "Partial Upfront",
        },
    }
    attributes = ATTRIBUTES | changed
    return {
        "formatVersion": "v1.0",
        "offerCode": "AmazonEC2",
        "publicationDate": "2026-11-01T00:00:00Z",
        "products": {
            SKU: {"sku": SKU, "productFamily": "Compute Instance", "attributes": attributes}
        },
        "terms": {
            "OnDemand": {SKU: {f"{SKU}.JRTCKXETXF": on_demand}},
            "Reserved": {SKU: {f"{SKU}.HU7G6KETJZ": reserved}},
        },
    }


class TestOfferFile:
    def test_has_an_hour_on_demand_and_reserved(self, tmp_path: Path) -> None:
        path = written(tmp_path / "offer.json", offer())
        (on_demand, reserved), account = read_all(IMPORTER, path)
        assert on_demand.amount == Decimal("0.0440000000")
        assert (on_demand.region, on_demand.instance_type) == ("us-east-1", "m1.small")
        assert on_demand.purchase is Purchase.ON_DEMAND
        assert on_demand.valid_from.isoformat() == "2026-10-01T00:00:00+00:00"
        # 100 / 8760 = 0.01141552511..., to ten places, and 0.01 beside it.
        assert reserved.amount == Decimal("0.0214155251")
        assert reserved.term == Term(12, Payment.PARTIAL)
        assert account.read == 1

    def test_prices_before_products_are_the_same(self, tmp_path: Path) -> None:
        value = offer()
        turned = {key: value[key] for key in reversed(value)}
        assert next(iter(turned)) == "terms"
        found, _ = read_all(IMPORTER, written(tmp_path / "turned.json", turned))
        same, _ = read_all(IMPORTER, written(tmp_path / "offer.json", value))
        assert [price.amount for price in found] == [price.amount for price in same]

    @pytest.mark.parametrize(
        ("attribute", "value", "reason"),
        [
            ("capacitystatus", "UnusedCapacityReservation", "a reservation of capacity"),
            ("preInstalledSw", "SQL Std", "with software beside the system"),
            ("locationType", "AWS Local Zone", "in a local or wavelength zone"),
            ("licenseModel", "Bring your own license", "with a licence of one's own"),
            ("tenancy", "Host", "paid for by its host"),
            ("operatingSystem", "NA", "of an unknown operating system"),
            ("marketoption", "CapacityBlock", "in a capacity block"),
            ("instanceType", "", "no machine"),
        ],
    )
    def test_leaves_out_what_is_no_machine_that_runs(
        self, tmp_path: Path, attribute: str, value: str, reason: str
    ) -> None:
        path = written(tmp_path / "offer.json", offer(**{attribute: value}))
        found, account = read_all(IMPORTER, path)
        assert not found
        assert account.left_out == {reason: 1}
        assert account.examples == {reason: f"products.{SKU}"}

    def test_a_made_file_of_the_real_shape(self, tmp_path: Path) -> None:
        path = tmp_path / "offer.json"
        write_offer(path, 300)
        found, account = read_all(IMPORTER, path)
        assert account.read == 300
        machines = 300 - sum(account.left_out.values())
        # On demand, and two lengths in three ways of paying.
        assert len(found) == machines * 7
        assert {price.operating_system for price in found} == {"linux", "rhel", "suse", "windows"}
        assert {price.tenancy for price in found} == {"shared", "dedicated"}

    def test_is_known_by_its_beginning(self) -> None:
        head = json.dumps(offer()).encode()
        assert IMPORTER.detects(head)
        assert not IMPORTER.detects(head.replace(b"AmazonEC2", b"AmazonRDS"))
        assert not CSV_IMPORTER.detects(head)


def terms(value: dict[str, Any], kind: str) -> Any:
    return next(iter(value["terms"][kind][SKU].values()))


class TestOfferFileRefusals:
    def refusal(self, tmp_path: Path, text: Any) -> InputError:
        path = written(tmp_path / "offer.json", text)
        with pytest.raises(InputError) as caught:
            read_all(IMPORTER, path)
        assert str(path) in str(caught.value)
        return caught.value

    def test_breaks_off_anywhere(self, tmp_path: Path) -> None:
        text = json.dumps(offer())
        for end in range(1, len(text) - 1, 97):
            assert self.refusal(tmp_path, text[:end])

    @pytest.mark.parametrize("amount", ["-0.1", "free", "NaN", "", "1e400"])
    def test_amounts_that_are_none(self, tmp_path: Path, amount: str) -> None:
        value = offer()
        term = terms(value, "OnDemand")
        term["priceDimensions"] = dimension("rate", "Hrs", amount)
        error = self.refusal(tmp_path, value)
        assert error.field == f"terms.OnDemand.{SKU}.JRTCKXETXF"
        assert "amount" in error.expected

    def test_a_currency_that_is_none(self, tmp_path: Path) -> None:
        value = offer()
        terms(value, "OnDemand")["priceDimensions"] = dimension("rate", "Hrs", "1", "dollars")
        assert "a currency such as USD" in self.refusal(tmp_path, value).expected

    def test_fee_and_hours_in_two_currencies(self, tmp_path: Path) -> None:
        value = offer()
        terms(value, "Reserved")["priceDimensions"] |= dimension("other", "Hrs", "1", "CNY")
        assert "one currency" in self.refusal(tmp_path, value).expected

    def test_the_same_machine_with_another_amount(self, tmp_path: Path) -> None:
        value = offer()
        other = "ZZCTBU78G22TGEXZ"
        value["products"][other] = value["products"][SKU]
        twice = copy.deepcopy(value["terms"]["OnDemand"][SKU])
        value["terms"]["OnDemand"][other] = twice
        found, account = read_all(IMPORTER, written(tmp_path / "same.json", value))
        assert len(found) == 2
        assert account.left_out["stated before, with the same amount"] == 1
        next(iter(twice.values()))["priceDimensions"] = dimension("rate", "Hrs", "0.05")
        assert "one amount for m1.small" in self.refusal(tmp_path, value).expected


NAMES = [
    *("SKU", "OfferTermCode", "TermType", "EffectiveDate", "Unit", "PricePerUnit", "Currency"),
    *("LeaseContractLength", "PurchaseOption", "OfferingClass"),
]
COLUMNS = {
    "Product Family": "Compute Instance",
    "Location Type": "AWS Region",
    "Instance Type": "m1.small",
    "Tenancy": "Shared",
    "Operating System": "Linux",
    "License Model": "No License required",
    "Pre Installed S/W": "NA",
    "CapacityStatus": "Used",
    "Region Code": "us-east-1",
}
ROWS = [
    f"{SKU},JRTCKXETXF,OnDemand,2026-10-01,Hrs,0.0440000000,USD,,,",
    f"{SKU},HU7G6KETJZ,Reserved,2025-10-31,Quantity,100,USD,1yr,Partial Upfront,standard",
    f"{SKU},HU7G6KETJZ,Reserved,2025-10-31,Hrs,0.0100000000,USD,1yr,Partial Upfront,standard",
    f"{SKU},4NA7Y494T4,Reserved,2025-10-31,Hrs,0.03,USD,1yr,No Upfront,standard",
    f"{SKU},6QCMYABX3D,Reserved,2025-10-31,Quantity,876,USD,3yr,All Upfront,standard",
    f"{SKU},CONVERTIBL,Reserved,2025-10-31,Hrs,0.04,USD,1yr,No Upfront,convertible",
]


def csv_text(rows: list[str]) -> str:
    preamble = '"FormatVersion","v1.0"\n"Disclaimer","none"\n"Publication Date","2026-11-01"\n'
    preamble += '"Version","20261101"\n"OfferCode","AmazonEC2"\n'
    names = ",".join([*NAMES, *COLUMNS])
    return preamble + "\n".join([names, *(f"{row},{','.join(COLUMNS.values())}" for row in rows)])


class TestOfferCsv:
    @settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(order=st.permutations(ROWS))
    def test_rows_in_any_order(self, tmp_path: Path, order: list[str]) -> None:
        path = written(tmp_path / "offer.csv", csv_text(order))
        found, account = read_all(CSV_IMPORTER, path)
        assert sorted(price.amount for price in found) == [
            Decimal("0.0214155251"),
            Decimal("0.03"),
            # 876 / 26280
            Decimal("0.0333333333"),
            Decimal("0.0440000000"),
        ]
        assert account.left_out == {"of the class convertible": 1}

    def test_is_known_by_its_beginning(self) -> None:
        assert CSV_IMPORTER.detects(csv_text(ROWS).encode())
        assert not IMPORTER.detects(csv_text(ROWS).encode())

    @pytest.mark.parametrize(
        ("rows", "expected"),
        [
            ([ROWS[0].replace("0.044", "-0.044")], "an amount of 0 or more"),
            ([ROWS[1]], "a fee and hours"),
            ([ROWS[0], ROWS[0].replace("0.044", "0.045")], "one amount for m1.small"),
            ([ROWS[3].replace("1yr", "2yr")], "LeaseContractLength"),
            ([ROWS[0] + ",more"], "fields"),
        ],
    )
    def test_refusals_name_the_line(self, tmp_path: Path, rows: list[str], expected: str) -> None:
        path = written(tmp_path / "offer.csv", csv_text(rows))
        with pytest.raises(InputError, match="line") as caught:
            read_all(CSV_IMPORTER, path)
        assert expected in caught.value.expected

    def test_without_its_line_of_names(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="a line with the columns"):
            read_all(CSV_IMPORTER, written(tmp_path / "offer.csv", "a,b\n1,2\n"))
