"""Oracle Cloud's price list, as its API writes it, with shapes as the command line lists them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from perfanalysis.errors import InputError
from prices.importers.oci_list import IMPORTER
from tests.prices.importers.reading import read_all, written


def item(name: str, metric: str, *values: float, currency: str = "USD") -> dict[str, Any]:
    prices = [{"model": "PAY_AS_YOU_GO", "value": value} for value in values]
    return {
        "partNumber": "B93113",
        "displayName": name,
        "metricName": metric,
        "serviceCategory": "Compute - Virtual Machine",
        "currencyCodeLocalizations": [{"currencyCode": currency, "prices": prices}],
    }


ITEMS = [
    item("Compute - Standard - E4 - OCPU", "OCPU Per Hour", 0.025),
    item("Compute - Standard - E4  - Memory", "Gigabyte Per Hour", 0.0015),
    item("OCI - Compute - Standard - A1 - OCPU", "OCPU Per Hour", 0, 0.01),
    item("OCI - Compute - Standard - A1 - Memory", "Gigabyte Per Hour", 0, 0.0015),
    item("Compute - Standard - X9 - OCPU", "OCPU Per Hour", 0.04),
    item("Compute - Standard - X9 - Memory", "Gigabyte Per Hour", 0.0015),
    item("Storage - Block Volume - Storage", "Gigabyte Storage Capacity Per Month", 0.0255),
]
SHAPES = {
    "data": [
        {"shape": "VM.Standard.E4.Flex", "ocpus": 1.0, "memory-in-gbs": 16.0},
        {"shape": "BM.Standard.E4.128", "ocpus": 128.0, "memory-in-gbs": 2048.0},
        {"shape": "VM.Standard.A1.Flex", "ocpus": 1.0, "memory-in-gbs": 6.0},
        {"shape": "VM.Standard3.Flex", "ocpus": 1.0, "memory-in-gbs": 16.0},
        {"shape": "BM.GPU4.8", "ocpus": 64.0, "memory-in-gbs": 2048.0, "gpus": 8},
    ]
}


def listed(*items: Any) -> dict[str, Any]:
    return {"lastUpdated": "2026-09-01T14:26:53.943Z", "items": list(items)}


class TestListPrices:
    def amounts(self, tmp_path: Path, value: Any, **options: str) -> dict[str, Decimal]:
        shapes = str(written(tmp_path / "shapes.json", SHAPES))
        path = written(tmp_path / "list.json", value)
        found, self.account = read_all(IMPORTER, path, {"shapes": shapes, **options})
        assert {price.region for price in found} <= {""}
        return {price.instance_type: price.amount for price in found}

    @pytest.mark.parametrize("turned", [False, True])
    def test_parts_put_together(self, tmp_path: Path, turned: bool) -> None:
        items = ITEMS[::-1] if turned else ITEMS
        assert self.amounts(tmp_path, listed(*items)) == {
            "VM.Standard.E4.Flex.1.16": Decimal("0.049"),
            "BM.Standard.E4.128": Decimal("6.272"),
            "VM.Standard.A1.Flex.1.6": Decimal("0.019"),
            "VM.Standard3.Flex.1.16": Decimal("0.064"),
        }
        assert self.account.left_out == {
            "no part of a machine's shape": 1,
            "a shape without prices of its parts": 1,
        }

    def test_sizes_of_flexible_shapes(self, tmp_path: Path) -> None:
        found = self.amounts(tmp_path, listed(*ITEMS[:2]), sizes="2:16, 4:64")
        assert found == {
            "VM.Standard.E4.Flex.2.16": Decimal("0.074"),
            "VM.Standard.E4.Flex.4.64": Decimal("0.196"),
            "BM.Standard.E4.128": Decimal("6.272"),
        }

    def test_what_is_free_without_end_has_no_price(self, tmp_path: Path) -> None:
        free = item("Compute - Standard - A1 - OCPU", "OCPU Per Hour", 0)
        assert not self.amounts(tmp_path, listed(free))
        assert self.account.left_out["a part without a price beyond what is free"] == 1

    @pytest.mark.parametrize(
        ("value", "options", "expected"),
        [
            (listed(ITEMS[0]), {"currency": "EUR"}, "a price in EUR, found USD"),
            (listed(item(ITEMS[0]["displayName"], "OCPU Per Hour", -1)), {}, "0 or more"),
            (
                listed(ITEMS[0], item(ITEMS[0]["displayName"], "OCPU Per Hour", 1)),
                {},
                "one price of Standard E4",
            ),
            ({"items": [ITEMS[-1]]}, {}, "lastUpdated"),
            (listed({"partNumber": "B1"}), {}, "metricName"),
            (listed(ITEMS[0]), {"sizes": "two"}, "--set: sizes"),
        ],
    )
    def test_refusals(
        self, tmp_path: Path, value: Any, options: dict[str, str], expected: str
    ) -> None:
        with pytest.raises(InputError, match=expected):
            self.amounts(tmp_path, value, **options)

    def test_needs_the_shapes(self, tmp_path: Path) -> None:
        path = written(tmp_path / "list.json", listed(*ITEMS))
        assert IMPORTER.detects(path.read_bytes())
        with pytest.raises(InputError, match="oci compute shape list"):
            read_all(IMPORTER, path)
