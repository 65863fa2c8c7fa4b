"""Files of every format into one book: in any order, and again, it is the same book."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine

from prices.book.listing import prices_of
from prices.book.models import Base
from prices.commands.importing import ImportedFile, take_in
from prices.importers.own_fields import texts_of
from prices.importers.templates import CSV, YAML
from tests.prices.importers import (
    test_aws_offer,
    test_azure_price_sheet,
    test_gcp_catalogue,
    test_oci_list,
    test_spare_cores,
)
from tests.prices.importers.focus.exports import export
from tests.prices.importers.test_any_input import LISTS
from tests.prices.spare_cores_file import database

Kept = set[tuple[tuple[str, str], ...]]
SETTINGS = {
    "gcp-catalogue": ("machine_types", test_gcp_catalogue.MACHINES),
    "oci-list": ("shapes", test_oci_list.SHAPES),
}


def files_of(folder: Path) -> list[tuple[Path, str, dict[str, str]]]:
    """A file of each format, its format, and what is said beside it."""
    found = []
    for importer, value in LISTS:
        path = folder / f"{importer.name}.json"
        path.write_text(json.dumps(value))
        said = {}
        if importer.name in SETTINGS:
            name, beside = SETTINGS[importer.name]
            (folder / name).write_text(json.dumps(beside))
            said = {name: str(folder / name)}
        found.append((path, importer.name, said))
    for name, text in (
        ("csv", CSV),
        ("yaml", YAML.replace("examples", "others")),
        ("aws-offer-csv", test_aws_offer.csv_text(test_aws_offer.ROWS)),
        ("azure-price-sheet", test_azure_price_sheet.sheet({})),
    ):
        (folder / name).write_text(text)
        found.append((folder / name, name, {}))
    covered = {"CommitmentDiscountId": "x", "BilledCost": "0", "EffectiveCost": "0.2"}
    found.append((export(folder / "bill", {}, covered), "focus-csv", {}))
    found.append((database(folder / "sc.db", test_spare_cores.ROW), "spare-cores", {}))
    return found


def kept_of(order: Sequence[tuple[Path, str, dict[str, str]]]) -> tuple[Kept, list[ImportedFile]]:
    """What a new book has after imports, and the last import again."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        Base.metadata.create_all(connection)
        for path, name, said in order:
            assert list(take_in(connection, [path], name, said))
        path, name, said = order[0]
        again = list(take_in(connection, [path], name, said))
        kept = {tuple(texts_of(one.price).items()) for one in prices_of(connection, {})}
    engine.dispose()
    return kept, again


@given(data=st.data())
@settings(max_examples=8, deadline=None)
def test_any_order_makes_the_same_book_and_again_changes_nothing(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = files_of(Path(folder))
        shuffled = data.draw(st.permutations(files))
        one, _ = kept_of(files)
        other, again = kept_of(shuffled)
        assert one == other
        assert len(one) >= len(files)
        assert [imported.written.imported for imported in again] == [0]
        assert again[0].written.unchanged > 0


@given(
    amounts=st.lists(
        st.decimals(0, 10**15, allow_nan=False, places=30), min_size=1, max_size=5, unique=True
    )
)
@settings(max_examples=20, deadline=None)
def test_every_digit_of_ones_own_prices_comes_out_again(amounts: list[Decimal]) -> None:
    head = "provider,instance_type,amount,currency,valid_from,source\n"
    rows = [f"x,t-{at},{amount:f},EUR,2026-01-01,s" for at, amount in enumerate(amounts)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "own.csv"
        path.write_text(head + "\n".join(rows) + "\n")
        kept, _ = kept_of([(path, "csv", {})])
    assert {Decimal(dict(one)["amount"]) for one in kept} == set(amounts)
