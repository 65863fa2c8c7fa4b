"""What is true of every importer of a provider's list."""

from __future__ import annotations

import ast
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perfanalysis.errors import InputError, MalformedError
from prices.importers import (
    aws_offer,
    aws_offer_csv,
    aws_savings_plan,
    aws_spot,
    azure_price_sheet,
    azure_retail,
    gcp_catalogue,
    oci_list,
    service_capacity,
    spare_cores,
)
from prices.importers.importer import PriceImporter
from prices.reading.amounts import decimal_of, moment, per_hour, product, total
from tests.conftest import REPOSITORY
from tests.prices.importers.reading import read_all, written

MODULES = (
    *(aws_offer, aws_offer_csv, aws_spot, aws_savings_plan, azure_retail, azure_price_sheet),
    *(gcp_catalogue, oci_list, service_capacity, spare_cores),
)
IMPORTERS = [module.IMPORTER for module in MODULES]
AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=12)


@pytest.mark.parametrize("importer", IMPORTERS, ids=lambda importer: importer.name)
class TestEveryList:
    OPTIONS = ("machine_types", "shapes")

    def options(self, tmp_path: Path) -> dict[str, str]:
        return {name: str(written(tmp_path / name, "[]")) for name in self.OPTIONS}

    @pytest.mark.parametrize(
        "text",
        ["", "\n", "<html>Forbidden</html>", '{"error": {"code": 403}}', "[]", "{}", "a,b\n1,2\n"],
    )
    def test_refuses_other_documents(
        self, tmp_path: Path, importer: PriceImporter, text: str
    ) -> None:
        path = written(tmp_path / "other", text)
        assert not importer.detects(text.encode())
        with pytest.raises(InputError, match="other"):
            read_all(importer, path, self.options(tmp_path))

    def test_refuses_a_file_that_is_not_there(
        self, tmp_path: Path, importer: PriceImporter
    ) -> None:
        with pytest.raises(InputError, match="gone"):
            read_all(importer, tmp_path / "gone", self.options(tmp_path))

    def test_says_what_it_is(self, importer: PriceImporter) -> None:
        assert importer.documented.startswith("https://")
        assert importer.title
        assert [one for one in IMPORTERS if one.name == importer.name] == [importer]


def test_no_amount_is_ever_a_float() -> None:
    """Neither a call of ``float`` nor a number with a point is in the room."""
    found = [
        f"{path}:{node.lineno}"
        for folder in ("importers", "reading", "types")
        for path in sorted((REPOSITORY / "prices" / folder).glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "float")
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
    ]
    assert not found


class TestAmounts:
    @settings(max_examples=50)
    @given(amount=AMOUNTS)
    def test_text_is_kept_to_its_last_digit(self, amount: Decimal) -> None:
        assert f"{decimal_of(f'{amount:f}'):f}" == f"{amount:f}"

    @settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(first=AMOUNTS, second=AMOUNTS, hours=st.integers(1, 43800))
    def test_sums_and_products_are_exact_and_hours_to_ten_places(
        self, first: Decimal, second: Decimal, hours: int
    ) -> None:
        ones, others = int(first.scaleb(12)), int(second.scaleb(12))
        assert int(total(first, second).scaleb(12)) == ones + others
        assert product(first, second) == Decimal(f"{ones * others}e-24")
        share = per_hour(first, hours)
        # Half of the tenth place at most, in whole numbers.
        assert abs(int(share.scaleb(10)) * hours * 100 - ones) <= 50 * hours
        assert -share.as_tuple().exponent == 10  # type: ignore[operator]

    @pytest.mark.parametrize(
        "value", ["", "-1", "NaN", "Infinity", "1,5", "1e999", "0x1", True, None]
    )
    def test_what_is_no_amount(self, value: object) -> None:
        with pytest.raises(MalformedError):
            decimal_of(value)

    def test_times_are_of_utc(self) -> None:
        assert moment("2026-03-01").isoformat() == "2026-03-01T00:00:00+00:00"
        assert moment("2026-03-01T02:00:00+02:00").isoformat() == "2026-03-01T00:00:00+00:00"
        with pytest.raises(MalformedError):
            moment("0001-01-01T00:00:00+23:00")
