"""Google Cloud's catalogue, in the layout of services.skus.list.

https://docs.cloud.google.com/billing/docs/reference/rest/v1/services.skus/list
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perfanalysis.errors import InputError
from prices.importers.gcp_catalogue import IMPORTER, family_and_part
from prices.price import Payment, Purchase, Term
from tests.prices.importers.reading import read_all, written


def _in(currency: str) -> dict[str, Any]:
    """An hour of a core, in a currency."""
    made = sku("N2 Instance Core running in Iowa", 1)
    rates = made["pricingInfo"][0]["pricingExpression"]["tieredRates"]
    rates[0]["unitPrice"]["currencyCode"] = currency
    return made


def sku(description: str, nanos: int, use: str = "OnDemand", **changed: Any) -> dict[str, Any]:
    unit = changed.pop("unit", "GiBy.h" if " Ram " in description else "h")
    price = {"currencyCode": "USD", "units": changed.pop("units", "0"), "nanos": nanos}
    return {
        "name": "services/6F81-5844-456A/skus/0013-863C-A2FF",
        "skuId": "0013-863C-A2FF",
        "description": description,
        "category": {
            "serviceDisplayName": "Compute Engine",
            "resourceFamily": "Compute",
            "resourceGroup": "CPU",
            "usageType": use,
        },
        "serviceRegions": ["us-central1", "us-east1"],
        "pricingInfo": [
            {
                "summary": "",
                "pricingExpression": {
                    "usageUnit": unit,
                    "displayQuantity": 1,
                    "tieredRates": [{"startUsageAmount": 0, "unitPrice": price}],
                },
                "currencyConversionRate": 1,
                "effectiveTime": "2026-11-01T10:11:12.123456Z",
            }
        ],
        "serviceProviderName": "Google",
    } | changed


def machine(name: str, vcpus: int, memory: int, zone: str = "us-central1-a") -> dict[str, Any]:
    return {"name": name, "guestCpus": vcpus, "memoryMb": memory, "zone": zone}


SKUS = [
    sku("N2 Instance Core running in Americas", 31611000),
    sku("N2 Instance Ram running in Americas", 4237000),
    sku("N2 Custom Instance Core running in Americas", 33174000),
    sku("Spot Preemptible N2 Instance Core running in Americas", 7650000, "Preemptible"),
    sku("Spot Preemptible N2 Instance Ram running in Americas", 1030000, "Preemptible"),
    sku("Commitment v1: N2 Cpu in Americas for 1 Year", 19915000, "Commit1Yr"),
    sku("Commitment v1: N2 Ram in Americas for 1 Year", 2669000, "Commit1Yr"),
    sku("E2 Instance Core running in Americas", 21811590),
    sku("E2 Instance Ram running in Americas", 2923530),
]
MACHINES = [
    machine("n2-standard-4", 4, 16384),
    machine("n2-standard-4", 4, 16384, "us-central1-b"),
    machine("e2-micro", 2, 1024),
]


def options(tmp_path: Path, machines: list[dict[str, Any]]) -> dict[str, str]:
    return {"machine_types": str(written(tmp_path / "types.json", machines))}


class TestCatalogue:
    @settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(order=st.permutations(SKUS))
    def test_parts_put_together(self, tmp_path: Path, order: list[Any]) -> None:
        path = written(tmp_path / "skus.json", {"skus": order, "nextPageToken": ""})
        found, account = read_all(IMPORTER, path, options(tmp_path, MACHINES))
        assert [(p.instance_type, p.purchase, str(p.amount), p.term) for p in found] == [
            # 4 * 0.031611 + 16 * 0.004237, and so on: exact.
            ("n2-standard-4", Purchase.ON_DEMAND, "0.194236000", None),
            ("n2-standard-4", Purchase.SPOT, "0.047080000", None),
            ("n2-standard-4", Purchase.RESERVED, "0.122364000", Term(12, Payment.NONE)),
            # A quarter of a vCPU is paid for: 0.25 * 0.02181159 + 1 * 0.00292353
            ("e2-micro", Purchase.ON_DEMAND, "0.00837642750", None),
        ]
        assert {price.region for price in found} == {"us-central1"}
        assert account.read == len(SKUS)
        assert account.left_out == {"of no predefined machine type": 1}
        assert IMPORTER.detects(path.read_bytes())

    def test_whole_units_and_billionths(self, tmp_path: Path) -> None:
        skus = [
            sku("M3 Instance Core running in Iowa", 500000000, units="2"),
            sku("M3 Instance Ram running in Iowa", 1, units="0"),
        ]
        path = written(tmp_path / "skus.json", {"skus": skus})
        machines = options(tmp_path, [machine("m3-ultramem-1", 1, 1024)])
        (price,), _ = read_all(IMPORTER, path, machines)
        assert price.amount == Decimal("2.500000001")
        assert price.valid_from.year == 2026

    @pytest.mark.parametrize(
        ("description", "expected"),
        [
            ("N1 Predefined Instance Core running in Americas", ("n1", "core")),
            ("Compute optimized Core running in Americas", ("c2", "core")),
            ("Memory-optimized Instance Ram running in EMEA", ("m1", "ram")),
            ("N2D AMD Instance Core running in Virginia", ("n2d", "core")),
            ("Spot Preemptible T2A Arm Instance Ram running in Iowa", ("t2a", "ram")),
            ("Preemptible E2 Instance Core running in Iowa", ("e2", "core")),
            ("Commitment v1: Cpu in Americas for 1 Year", ("n1", "core")),
            ("Commitment v1: T2D AMD Ram in Iowa for 3 Year", ("t2d", "ram")),
            ("N2 Custom Instance Core running in Americas", None),
            ("N2D AMD Custom Extended Instance Ram running in Americas", None),
            ("N2 Sole Tenancy Instance Core running in Americas", None),
            ("Nvidia L4 GPU running in Americas", None),
        ],
    )
    def test_families(self, description: str, expected: tuple[str, str] | None) -> None:
        assert family_and_part(description) == expected

    def test_what_is_left_out(self, tmp_path: Path) -> None:
        other = sku("x", 1)
        other["category"] = other["category"] | {"resourceFamily": "Storage"}
        skus = [
            other,
            sku("N2 Instance Core running in Iowa", 1, "OnDemand", unit="mo"),
            sku("N2 Instance Core running in Iowa", 1, "CommitFuture"),
        ]
        machines = [
            machine("n2-standard-4", 4, 16384),
            machine("c3-standard-4-lssd", 4, 16384),
            machine("f1-micro", 1, 614),
            machine("g2-standard-4", 4, 16384)
            | {"accelerators": [{"guestAcceleratorCount": 1, "guestAcceleratorType": "nvidia-l4"}]},
        ]
        path = written(tmp_path / "skus.json", {"skus": skus})
        found, account = read_all(IMPORTER, path, options(tmp_path, machines))
        assert not found
        assert account.left_out == {
            "no part of a machine": 1,
            "by the unit 'mo'": 1,
            "of the use CommitFuture": 1,
            "a machine type without prices of its parts": 1,
            "a machine type with local disks, priced apart": 1,
            "a machine type with a price of its own": 1,
            "a machine type with accelerators, priced apart": 1,
        }

    @pytest.mark.parametrize(
        ("skus", "expected"),
        [
            ([sku("N2 Instance Core running in Iowa", -1)], "0 or more"),
            ([SKUS[0], sku("N2 Instance Core running in Iowa", 7)], "found two"),
            ([_in("EUR"), *SKUS[1:2]], "its parts in one currency, found EUR and USD"),
            ([{"skuId": "X", "category": {"resourceFamily": "Compute"}}], r"skus\[0\] \(X\)"),
        ],
    )
    def test_refusals(self, tmp_path: Path, skus: list[Any], expected: str) -> None:
        path = written(tmp_path / "skus.json", {"skus": skus})
        with pytest.raises(InputError, match=expected):
            read_all(IMPORTER, path, options(tmp_path, MACHINES))

    def test_needs_the_machine_types(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="gcloud compute machine-types list"):
            read_all(IMPORTER, written(tmp_path / "skus.json", {"skus": SKUS}))
