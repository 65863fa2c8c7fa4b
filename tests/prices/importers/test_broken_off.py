"""Files that break off, in any format: refused by name, or nothing of them is other than it was."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest

from perfanalysis.errors import InputError
from prices.importers import aws_offer_csv, azure_price_sheet
from prices.importers.importer import PriceImporter
from prices.importers.own_csv import OWN_CSV
from prices.importers.own_yaml import OWN_YAML
from prices.importers.templates import CSV, YAML
from prices.price import Price
from prices.reading.opened import ends_with_its_line
from tests.prices.importers import test_aws_offer, test_azure_price_sheet, test_gcp_catalogue
from tests.prices.importers import test_oci_list as oci
from tests.prices.importers.reading import read_all, written
from tests.prices.importers.test_any_input import LISTS

CUTS = 60


def options(folder: Path) -> dict[str, str]:
    return {
        "machine_types": str(written(folder / "types.json", test_gcp_catalogue.MACHINES)),
        "shapes": str(written(folder / "shapes.json", oci.SHAPES)),
    }


@pytest.mark.parametrize(("importer", "value"), LISTS, ids=lambda one: getattr(one, "name", ""))
@pytest.mark.parametrize("indent", [None, 1])
def test_json_is_refused_wherever_it_breaks_off(
    tmp_path: Path, importer: PriceImporter, value: Any, indent: int | None
) -> None:
    text = json.dumps(value, indent=indent)
    said = options(tmp_path)
    assert read_all(importer, written(tmp_path / "list.json", text), said)[0]
    for cut in range(1, len(text), max(1, len(text) // CUTS)):
        path = written(tmp_path / "list.json", text[:cut])
        with pytest.raises(InputError, match=r"list\.json"):
            read_all(importer, path, said)


@pytest.mark.parametrize(
    ("importer", "text"),
    [
        (OWN_CSV, CSV),
        (aws_offer_csv.IMPORTER, test_aws_offer.csv_text(test_aws_offer.ROWS) + "\n"),
        (azure_price_sheet.IMPORTER, test_azure_price_sheet.sheet({}, {"meterName": "D4 v3"})),
    ],
    ids=lambda one: getattr(one, "name", ""),
)
def test_of_lines_that_break_off_nothing_is_taken_or_all_that_is_whole(
    tmp_path: Path, importer: PriceImporter, text: str
) -> None:
    whole = {_said(price) for price in read_all(importer, written(tmp_path / "a", text))[0]}
    refused = 0
    for cut in range(1, len(text), 3):
        path = written(tmp_path / "a", text[:cut])
        try:
            found, _ = read_all(importer, path)
        except InputError as error:
            assert str(path) in str(error)
            refused += 1
            continue
        # What breaks off in its last field is said to have no end of its line.
        if ends_with_its_line(path):
            assert {_said(price) for price in found} <= whole
    assert refused


def test_yaml_that_breaks_off_gives_no_other_price(tmp_path: Path) -> None:
    whole = {_said(price) for price in read_all(OWN_YAML, written(tmp_path / "a", YAML))[0]}
    for cut in range(len(YAML)):
        if YAML[cut - 1 : cut] != "\n":
            continue
        with contextlib.suppress(InputError):
            found, _ = read_all(OWN_YAML, written(tmp_path / "a", YAML[:cut]))
            # A price that lost its last lines is one with fewer words, but never another amount.
            assert {said[-2:] for said in map(_said, found)} <= {said[-2:] for said in whole}


def _said(price: Price) -> tuple[str, ...]:
    """All but the source, which may be the last field."""
    return (
        *(price.provider, price.region, price.instance_type, price.machine, price.purchase),
        *(price.valid_from.isoformat(), str(price.term), price.currency, str(price.amount)),
    )


@pytest.mark.parametrize(
    ("data", "whole"),
    [(b"", True), (b"a\n", True), (b"a\r", True), (b"a", False), (b"a\n0.11", False)],
)
def test_the_end_of_the_last_line(tmp_path: Path, data: bytes, whole: bool) -> None:
    (tmp_path / "a").write_bytes(data)
    assert ends_with_its_line(tmp_path / "a") is whole
