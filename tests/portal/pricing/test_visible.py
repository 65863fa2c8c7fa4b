"""Which sources are for all."""

from __future__ import annotations

from portal.pricing.visible import is_public
from prices.importers import own_csv
from prices.importers.registered import names


def test_each_importer_is_public_or_private() -> None:
    """A new one is to be thought of here: what it brings is shown to all, or to the operator."""
    private = {"csv", "yaml", "focus-csv", "focus-parquet", "azure-price-sheet"}
    assert {name for name in names() if not is_public(f"{name} file.json")} == private


def test_a_file_is_not_public_by_its_name() -> None:
    assert is_public("aws-offer index.json")
    assert not is_public(f"{own_csv.NAME}: aws-offer x.csv")
    assert not is_public("aws-offers mine.csv")
