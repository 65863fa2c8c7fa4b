"""Prices of one's own, in CSV and YAML: exact, and refused by name where they cannot be."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perfanalysis.errors import InputError
from prices.importers.importer import ImportAccount, PriceImporter
from prices.importers.own_csv import OWN_CSV
from prices.importers.own_fields import FIELDS, texts_of
from prices.importers.own_yaml import OWN_YAML
from prices.importers.registered import importer_of
from prices.importers.templates import BY_FORMAT
from prices.price import Payment, Price, Purchase, Term

HEAD = "provider,region,instance_type,amount,currency,valid_from"
ROW = "aws,eu-central-1,m7i.large,0.1197,USD,2026-01-01"
PRICE = Price(
    "aws",
    "eu-central-1",
    "m7i.large",
    Decimal("0.1197"),
    "USD",
    datetime(2026, 1, 1, tzinfo=UTC),
    "csv: a.csv",
)


def read(importer: PriceImporter, path: Path, text: str, **said: str) -> list[Price]:
    path.write_text(text)
    told = {name.replace("_", "-"): value for name, value in said.items()}
    return list(importer.read(path, told, ImportAccount()))


def read_csv(folder: Path, text: str, **said: str) -> list[Price]:
    return read(OWN_CSV, folder / "a.csv", text, **said)


def read_yaml(folder: Path, text: str, **said: str) -> list[Price]:
    return read(OWN_YAML, folder / "a.yaml", text, **said)


class TestOwnCsv:
    def test_a_price(self, tmp_path: Path) -> None:
        assert read_csv(tmp_path, f"{HEAD}\n{ROW}\n") == [PRICE]

    def test_the_source_can_be_said(self, tmp_path: Path) -> None:
        assert read_csv(tmp_path, f"{HEAD}\n{ROW}\n", source="mine")[0].source == "mine"

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "header: expected a column provider"),
            (f"{HEAD},colour\n", "header: expected each once, some of provider"),
            (f"{HEAD},region\n", "header: expected each once"),
            (f"{HEAD}\n{ROW},more\n", "row 2: expected 6 fields, as in the header, found 7"),
            (f"{HEAD}\n{ROW}\naws,eu-central-1,m7", "row 3: expected 6 fields"),
            (f'{HEAD}\n{ROW}\naws,"eu-central-1', "row 3: expected a row of CSV"),
            (f"{HEAD}\n{ROW.replace('0.1197', '-0.1')}\n", "an amount of 0 or more, found -0.1"),
            (f"{HEAD}\n{ROW.replace('0.1197', '0_1')}\n", "row 2, amount: expected a number such"),
            (f"{HEAD}\n{ROW.replace('0.1197', 'nan')}\n", "row 2, amount: expected a number such"),
            (f"{HEAD}\n{ROW.replace('0.1197', '')}\n", "row 2, amount: expected a value"),
            (f"{HEAD}\n{ROW.replace('USD', 'usd')}\n", "row 2: expected a currency such as USD"),
            (f"{HEAD}\n{ROW.replace('2026', 'MMXX')}\n", "row 2, valid_from: expected a day"),
            (f"{HEAD}\n{ROW.replace('m7i.large', '')}\n", "expected a type of machine, or a mach"),
            (f"{HEAD}\n{ROW.replace('m7i', chr(27))}\n", "text of printable characters"),
            (f"{HEAD},unit\n{ROW},month\n", "row 2, unit: expected hour"),
            (f"{HEAD},tenancy\n{ROW},mine\n", "tenancy: expected one of shared, dedicated, host"),
            (f"{HEAD},purchase\n{ROW},gift\n", "purchase: expected one of on_demand, spot"),
            (f"{HEAD},purchase\n{ROW},reserved\n", "term_months: expected the months"),
            (f"{HEAD},term_months\n{ROW},12\n", "term_months: expected nothing: on_demand has no"),
        ],
    )
    def test_what_cannot_be_is_refused(self, tmp_path: Path, text: str, message: str) -> None:
        with pytest.raises(InputError, match=message.replace(".", r"\.")):
            read_csv(tmp_path, text)

    @pytest.mark.parametrize(
        ("time", "expected"),
        [
            ("2026-01-01", "2025-12-31T23:00Z"),
            ("2026-07-01T00:00:00", "2026-06-30T22:00Z"),
            ("2026-07-01T00:00:00Z", "2026-07-01T00:00Z"),
            ("2026-10-25T02:30:00+01:00", "2026-10-25T01:30Z"),
        ],
    )
    def test_times_of_a_zone(self, tmp_path: Path, time: str, expected: str) -> None:
        text = f"{HEAD}\n{ROW.replace('2026-01-01', time)}\n"
        (price,) = read_csv(tmp_path, text, time_zone="Europe/Berlin")
        assert price.valid_from == datetime.fromisoformat(expected)

    @pytest.mark.parametrize("time", ["2026-03-29T02:30:00", "2026-10-25T02:30:00"])
    def test_a_time_that_was_not_or_twice_is_refused(self, tmp_path: Path, time: str) -> None:
        text = f"{HEAD}\n{ROW.replace('2026-01-01', time)}\n"
        with pytest.raises(InputError, match="a time that Europe/Berlin had once"):
            read_csv(tmp_path, text, time_zone="Europe/Berlin")

    def test_an_unknown_zone_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="--set time-zone: expected a time zone such as"):
            read_csv(tmp_path, f"{HEAD}\n{ROW}\n", time_zone="Mars")


class TestOwnYaml:
    def test_an_amount_never_becomes_a_float(self, tmp_path: Path) -> None:
        text = (
            "provider: aws\ncurrency: USD\nvalid_from: 2026-01-01\nprices:\n"
            "- {instance_type: a, amount: 0.1000000000000000055511151231257827}\n"
            "- {instance_type: b, amount: 0.30, currency: EUR}\n"
        )
        first, second = read_yaml(tmp_path, text)
        assert str(first.amount) == "0.1000000000000000055511151231257827"
        assert (str(second.amount), second.currency, first.currency) == ("0.30", "EUR", "USD")

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("prices: {}", "prices: expected a list of prices"),
            ("[]", "prices: expected a list of prices"),
            ("prices:\n- 3\n", r"prices\[0\]: expected a mapping"),
            ("colour: red\nprices: []\n", "colour: expected one of provider"),
            ("prices:\n- {amount: [1]}\n", r"prices\[0\].amount: expected a value"),
            ("prices:\n- {amount: !!float 0.1}\n", r"prices\[0\].amount: expected a value"),
            ("prices:\n- {amount: 1}\n", r"prices\[0\], provider: expected a value"),
            ("prices: [", "line 1: expected valid YAML"),
            ("a: 1\na: 2\n", "comes twice"),
        ],
    )
    def test_what_cannot_be_is_refused(self, tmp_path: Path, text: str, message: str) -> None:
        with pytest.raises(InputError, match=message):
            read_yaml(tmp_path, text)


def test_the_templates_are_examples_of_the_formats_and_of_each_other(tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    path.write_text(BY_FORMAT["csv"])
    assert importer_of(path, None) is OWN_CSV
    from_csv = read_csv(tmp_path, BY_FORMAT["csv"])
    path.write_text(BY_FORMAT["yaml"])
    assert importer_of(path, None) is OWN_YAML
    from_yaml = read_yaml(tmp_path, BY_FORMAT["yaml"])
    assert from_csv[0] == from_yaml[0]
    assert from_yaml[1].term == Term(12, Payment.NONE)


def test_what_begins_in_no_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("hello")
    with pytest.raises(InputError, match="the begin of a known format"):
        importer_of(path, None)
    assert importer_of(path, "csv") is OWN_CSV


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TEXT = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), max_size=5)
_PURCHASES = st.sampled_from(
    [
        (Purchase.SPOT, None),
        (Purchase.EFFECTIVE, None),
        (Purchase.RESERVED, Term(12, Payment.ALL)),
        (Purchase.SAVINGS_PLAN, Term(36, Payment.PARTIAL)),
    ]
)


@given(
    st.decimals(0, 10**9, places=18, allow_nan=False),
    _TEXT,
    _PURCHASES,
    st.integers(0, 4 * 10**15).map(lambda n: EPOCH + timedelta(microseconds=n)),
)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_exported_comes_back(
    tmp_path: Path,
    amount: Decimal,
    text: str,
    terms: tuple[Purchase, Term | None],
    valid_from: datetime,
) -> None:
    price = Price(
        provider="aws",
        region=text,
        instance_type="m7i.large",
        amount=amount,
        currency="USD",
        valid_from=valid_from,
        source="s",
        machine=text,
        purchase=terms[0],
        term=terms[1],
    )
    out = io.StringIO()
    writer = csv.DictWriter(out, FIELDS)
    writer.writeheader()
    writer.writerow(texts_of(price))
    assert read_csv(tmp_path, out.getvalue()) == [price]
