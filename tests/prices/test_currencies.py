"""Exchange rates: of the day or the last before it, directly, the other way, or by the euro."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from perfanalysis.errors import InputError, PerfAnalysisError
from prices.currencies import read_rates

ECB_CSV = "Date,USD,JPY,CYP,\n2026-01-05,1.20,160,N/A,\n2026-01-02,1.25,150,0.58,\n"
ECB_DAY = "Date, USD, JPY, \n02 January 2026, 1.25, 150, \n"
ECB_XML = (
    '<?xml version="1.0"?><gesmes:Envelope xmlns:gesmes="http://g" xmlns="http://e"><Cube>'
    "<Cube time='2026-01-05'><Cube currency='USD' rate='1.20'/><Cube currency='JPY' rate='160'/>"
    "</Cube><Cube time='2026-01-02'><Cube currency='USD' rate='1.25'/>"
    "<Cube currency='JPY' rate='150'/></Cube></Cube></gesmes:Envelope>"
)
OWN = "date,from,to,rate\n2026-01-02,EUR,USD,1.25\n2026-01-02,EUR,JPY,150\n"


def converted(
    folder: Path, text: str, pair: tuple[str, str], day: str, amount: str = "10"
) -> tuple[str, list[str]]:
    path = folder / "rates"
    path.write_text(text)
    found = read_rates(path).converted(Decimal(amount), *pair, date.fromisoformat(day))
    return str(found.amount.normalize()), [str(one) for one in found.days]


class TestConverting:
    @pytest.mark.parametrize("text", [ECB_CSV, ECB_DAY, ECB_XML, OWN])
    @pytest.mark.parametrize(
        ("base", "other", "amount"),
        [("EUR", "USD", "12.5"), ("USD", "EUR", "8"), ("USD", "JPY", "1.2E+3")],
    )
    def test_each_format(
        self, tmp_path: Path, text: str, base: str, other: str, amount: str
    ) -> None:
        # A Saturday: the rates of Friday count.
        assert converted(tmp_path, text, (base, other), "2026-01-03") == (amount, ["2026-01-02"])

    def test_the_newest_that_is_not_later_counts(self, tmp_path: Path) -> None:
        assert converted(tmp_path, ECB_CSV, ("EUR", "USD"), "2026-01-05")[0] == "12"
        assert converted(tmp_path, ECB_XML, ("EUR", "USD"), "2026-01-04")[0] == "12.5"

    def test_the_same_currency_needs_no_rate(self, tmp_path: Path) -> None:
        assert converted(tmp_path, OWN, ("CHF", "CHF"), "2000-01-01", "0.1") == ("0.1", [])

    @pytest.mark.parametrize(
        ("base", "other", "day"),
        [
            ("EUR", "USD", "2026-01-01"),
            ("EUR", "USD", "2026-01-13"),
            ("EUR", "CHF", "2026-01-02"),
            ("CHF", "USD", "2026-01-02"),
        ],
    )
    def test_a_rate_that_is_not_there_is_not_guessed(
        self, tmp_path: Path, base: str, other: str, day: str
    ) -> None:
        with pytest.raises(PerfAnalysisError, match=f"no rate from {base} to {other} of {day}"):
            converted(tmp_path, OWN, (base, other), day)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "header: expected the ECB's reference rates"),
        ("a,b\n", "header: expected the ECB's reference rates"),
        ("date,from,to,rate\n2026-01-02,EUR,USD\n", "row 2: expected date, from, to and rate"),
        ("date,from,to,rate\n2026-01-02,EUR,USD,0\n", "row 2: expected a rate above 0"),
        ("date,from,to,rate\n2026-01-02,EUR,USD,1e5\n", "row 2: expected a rate above 0"),
        ("date,from,to,rate\n2026-01-02,EUR,us,1\n", "row 2: expected a currency such as USD"),
        ("date,from,to,rate\n2.1.26,EUR,USD,1\n", "row 2: expected a day such as 2026-01-31"),
        (OWN + "2026-01-02,EUR,USD,1.26\n", "row 4: expected one rate a day from EUR to USD"),
        ("Date,USD,\n2026-01-02,1.2\n", "row 2: expected 3 fields"),
        ("<a/>", "the ECB's reference rates"),
        (ECB_XML[:-30], "whole XML"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a/>', "which has no DOCTYPE"),
    ],
)
def test_unusable_rates_are_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "rates"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_rates(path)
