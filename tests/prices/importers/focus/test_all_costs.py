"""All four costs of a bill in one import: each as it would be alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfanalysis.errors import InputError
from prices.price import Purchase
from tests.prices.importers.focus.exports import HOUR, export, read


class TestAllCostsOfABill:
    def test_each_is_a_price_of_its_own(self, tmp_path: Path) -> None:
        path = export(tmp_path / "a.csv", {"ContractedCost": "0.36"}, {"EffectiveCost": "0.2"})
        prices, account = read(path, cost="all")
        assert {str(p.purchase): str(p.amount.normalize()) for p in prices} == {
            "effective": "0.27", "billed": "0.34", "contracted": "0.35", "on_demand": "0.4"
        }  # fmt: skip
        assert {p.source for p in prices if p.purchase is Purchase.EFFECTIVE} == {
            "focus-csv: a.csv (EffectiveCost)"
        }
        assert (account.read, account.total, account.left_out) == (2, {}, {})
        assert [str(one.total["USD"]) for one in account.costs.values()] == [
            "0.54", "0.68", "0.70", "0.80"
        ]  # fmt: skip

    @pytest.mark.parametrize("row", [{}, {"EffectiveCost": "0"}, {"ServiceName": "x"}])
    @pytest.mark.parametrize("cost", ["EffectiveCost", "BilledCost", "ContractedCost", "ListCost"])
    def test_each_is_what_it_is_alone(self, tmp_path: Path, row: dict[str, str], cost: str) -> None:
        alike = dict.fromkeys(("EffectiveCost", "BilledCost", "ContractedCost", "ListCost"), "0.5")
        tax = {"ChargeCategory": "Tax", **alike}
        spot = {"PricingCategory": "Dynamic"}
        path = export(tmp_path / "a.csv", {}, row, alike, {**alike, **row}, tax, spot)
        together, account = read(path, cost="all")
        one = {"ListCost": "list"}.get(cost, cost.removesuffix("Cost").lower())
        alone, account_alone = read(path, cost=one)
        assert [p for p in together if cost in p.source] == alone
        assert account.costs[cost] == account_alone

    def test_a_cost_that_is_not_there_is_left_out_and_said(self, tmp_path: Path) -> None:
        header = {name: name for name in HOUR if name != "ListCost"}
        prices, account = read(export(tmp_path / "a.csv", {}, header=header), cost="all")
        assert {p.purchase for p in prices} == {
            Purchase.EFFECTIVE, Purchase.BILLED, Purchase.CONTRACTED
        }  # fmt: skip
        assert account.costs["ListCost"].left_out == {"ListCost is absent, or no number": 1}
        with pytest.raises(InputError, match="header: expected a column ListCost"):
            read(tmp_path / "a.csv", cost="list")

    def test_what_spot_costs_is_no_price_on_demand(self, tmp_path: Path) -> None:
        spot = {"PricingCategory": "Dynamic", "ResourceId": "i-0aaaaaaaaaaaaaaaa"}
        prices, account = read(export(tmp_path / "a.csv", {}, spot), cost="all")
        listed = {p.machine for p in prices if p.purchase is Purchase.ON_DEMAND}
        assert listed == {"i-081360af1f266f589", ""}
        (reason,) = account.costs["ListCost"].left_out
        assert reason.startswith("priced as the market goes (spot)")
