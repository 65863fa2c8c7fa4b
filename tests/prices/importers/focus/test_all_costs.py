"""All four costs of a bill in one import: each as it would be alone."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perfanalysis.errors import InputError
from prices.importers.focus import importer, left_out_rows
from prices.importers.focus.values import number
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
        assert [one.total["USD"] for one in account.costs.values()] == [
            Decimal("0.54"), Decimal("0.68"), Decimal("0.70"), Decimal("0.80")
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


COST_TEXTS = st.one_of(
    st.decimals("-100", "1000", places=12, allow_nan=False).map(str),
    st.integers(-3, 9).map(str),
    st.sampled_from(["", "NULL", "1\n2", "1e-5", "+.5", "7.", "1e999", "0,5", " 1", "٣"]),
)
ROWS = st.tuples(
    COST_TEXTS,
    COST_TEXTS,
    st.sampled_from([{}, {"ServiceName": "x"}, {"ChargeCategory": "Tax"}, {"ConsumedUnit": "GB"}]),
    st.sampled_from(["AWS", "Microsoft", "Oracle"]),
    st.sampled_from(["USD", "EUR", "?"]),
)


@given(st.lists(ROWS, max_size=12))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_sums_of_thousands_are_those_of_each_row(
    tmp_path: Path, rows: list[tuple[str, str, dict[str, str], str, str]]
) -> None:
    """Rows that are left out anyway are summed together; each alone says the same."""
    path = export(
        tmp_path / "a.csv",
        *(
            {**row, "EffectiveCost": one, "BilledCost": two, "ProviderName": name,
             "BillingCurrency": currency, "PricingUnit": row.get("ConsumedUnit", "Hours")}
            for one, two, row, name, currency in rows
        ),
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        # By row, as without pyarrow.
        patch.setattr(importer, "find_spec", lambda _: None)
        _, account = read(path, cost="all")
        # Nothing is plain: each cost goes its way by itself.
        patch.setattr(left_out_rows, "_LONGEST", -1)
        _, expected = read(path, cost="all")
    assert account == expected
    for cost, at in (("EffectiveCost", 0), ("BilledCost", 1)):
        found = account.costs[cost]
        numbers = [number(row[at]) for row in rows]
        known = [value for value in numbers if value is not None]
        assert sum(found.total.values()) == sum(known)
        absent = found.left_out[f"{cost} is absent, or no number"]
        assert absent == len(rows) - len(known)
