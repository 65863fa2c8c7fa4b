"""AWS's savings plans, in the published layout.

https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file-for-savings-plans.html
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from perfanalysis.errors import InputError
from prices.importers.aws_savings_plan import IMPORTER
from prices.price import Payment, Purchase, Term
from tests.prices.importers.reading import read_all, written


def rate(usage: str, price: str = "0.361", **changed: Any) -> dict[str, Any]:
    return {
        "discountedSku": "JTQKHD7ZTEEM4DC5",
        "discountedUsageType": usage,
        "discountedOperation": "RunInstances",
        "discountedServiceCode": "AmazonEC2",
        "rateCode": "BB7BKBSC6NZW7P5B.JTQKHD7ZTEEM4DC5",
        "unit": "Hrs",
        "discountedRate": {"price": price, "currency": "USD"},
    } | changed


def plans(*rates: Any, region: str = "ap-northeast-1") -> dict[str, Any]:
    families = {"BB7BKBSC6NZW7P5B": "ComputeSavingsPlans", "CCCC": "EC2InstanceSavingsPlans"}
    return {
        "version": "20261101000000",
        "publicationDate": "2026-11-01T00:00:00Z",
        "regionCode": region,
        "products": [
            {
                "sku": sku,
                "productFamily": family,
                "serviceCode": "ComputeSavingsPlans",
                "attributes": {"purchaseOption": "Partial Upfront", "purchaseTerm": "3yr"},
            }
            for sku, family in families.items()
        ],
        "terms": {
            "savingsPlan": [
                {
                    "rates": list(rates),
                    "sku": sku,
                    "description": "3 year",
                    "effectiveDate": "2026-10-01T00:00:00Z",
                    "leaseContractLength": {"duration": 3, "unit": "year"},
                }
                for sku in families
            ]
        },
    }


class TestSavingsPlans:
    def test_a_rate(self, tmp_path: Path) -> None:
        path = written(tmp_path / "plans.json", plans(rate("APN1-BoxUsage:c5.xlarge")))
        (price,), account = read_all(IMPORTER, path)
        assert (price.region, price.instance_type) == ("ap-northeast-1", "c5.xlarge")
        assert (price.amount, price.purchase) == (Decimal("0.361"), Purchase.SAVINGS_PLAN)
        assert price.term == Term(36, Payment.PARTIAL)
        assert account.left_out == {"of another kind of plan": 1}
        assert IMPORTER.detects(path.read_bytes())
        (other,), _ = read_all(IMPORTER, path, {"plan": "ec2-instance"})
        assert other.amount == price.amount

    @pytest.mark.parametrize(
        ("given", "reason"),
        [
            (rate("APN1-UnusedBox:c5.xlarge"), "no machine that runs"),
            (rate("APN1-Lambda-GB-Second"), "no machine that runs"),
            (rate("APN1-X", discountedServiceCode="AWSLambda"), "of another service"),
            (rate("TPE1-BoxUsage:c5.xlarge"), "in a local or wavelength zone"),
            (
                rate("APN1-BoxUsage:c5.xlarge", discountedOperation="RunInstances:0006"),
                "with software beside the system, or a licence of one's own",
            ),
            (rate("APN1-BoxUsage:c5.xlarge", unit="Days"), "by the unit 'Days'"),
        ],
    )
    def test_what_is_left_out(self, tmp_path: Path, given: Any, reason: str) -> None:
        found, account = read_all(IMPORTER, written(tmp_path / "plans.json", plans(given)))
        assert not found
        assert account.left_out[reason] == 1

    def test_systems_and_tenancies(self, tmp_path: Path) -> None:
        path = written(
            tmp_path / "plans.json",
            plans(
                rate("BoxUsage:m5.large", discountedOperation="RunInstances:0002"),
                rate("DedicatedUsage:u-6tb1.metal"),
                region="us-east-1",
            ),
        )
        found, _ = read_all(IMPORTER, path)
        assert [(p.instance_type, p.operating_system, p.tenancy) for p in found] == [
            ("m5.large", "windows", "shared"),
            ("u-6tb1.metal", "linux", "dedicated"),
        ]

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (plans(rate("APN1-BoxUsage:a.b", "-1")), r"rates\[0\]: expected an amount of 0"),
            (
                plans(rate("APN1-BoxUsage:a.b"), rate("APN1-BoxUsage:a.b", "2")),
                r"rates\[1\]: expected one amount",
            ),
            (
                plans(rate("APN1-BoxUsage:a.b", discountedRate={"price": "1", "currency": "usd"})),
                r"rates\[0\]: expected a currency such as USD",
            ),
            (plans({"unit": "Hrs"}), "is missing"),
            ({"regionCode": ""}, "regionCode"),
        ],
    )
    def test_refusals(self, tmp_path: Path, value: Any, expected: str) -> None:
        with pytest.raises(InputError, match=expected):
            read_all(IMPORTER, written(tmp_path / "plans.json", value))

    def test_a_kind_that_is_none(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="--set: plan"):
            read_all(IMPORTER, written(tmp_path / "plans.json", plans()), {"plan": "database"})
