"""Prices out of Spare Cores' database."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from perfanalysis.errors import InputError
from prices.importers.spare_cores import IMPORTER
from prices.price import Purchase
from prices.reading.installed import INSTALLED
from prices.reading.spare_cores import OWN_FILE
from tests.prices.importers.reading import read_all
from tests.prices.spare_cores_file import PRICE, SEEN, database

ROW = (*PRICE, "ACTIVE", SEEN)


def changed(**values: object) -> tuple[object, ...]:
    names = (
        *("vendor", "region", "zone", "server", "system", "allocation", "unit", "price"),
        *("fee", "tiers", "currency", "status", "seen"),
    )
    return tuple(values.get(name, value) for name, value in zip(names, ROW, strict=True))


class TestSpareCores:
    def test_prices_by_the_names_of_the_providers(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = database(
            tmp_path / "sc.db",
            ROW,
            changed(allocation="SPOT", price=0.1),
            changed(vendor="hcloud", unit="MONTH", price=73),
        )
        found, account = read_all(IMPORTER, path)
        assert account.read == 3
        first, spot, monthly = found
        assert (first.region, first.zone) == ("us-central1", "us-central1-a")
        assert first.instance_type == "n2-standard-4"
        # The digits that were put in, not those of the nearest float.
        assert str(first.amount) == "0.1942"
        assert (spot.purchase, str(spot.amount)) == (Purchase.SPOT, "0.1")
        assert (monthly.provider, str(monthly.amount)) == ("hcloud", "0.1000000000")
        monkeypatch.setenv(OWN_FILE, str(path))
        assert len(read_all(IMPORTER, Path(INSTALLED))[0]) == 3
        assert IMPORTER.detects(path.read_bytes()[: 64 << 10])

    def test_what_is_left_out(self, tmp_path: Path) -> None:
        path = database(
            tmp_path / "sc.db",
            changed(status="INACTIVE"),
            changed(allocation="RESERVED"),
            changed(unit="GB"),
        )
        found, account = read_all(IMPORTER, path)
        assert not found
        assert account.left_out == {
            "no longer sold": 1,
            "by the allocation reserved": 1,
            "by the unit gb": 1,
        }

    @pytest.mark.parametrize(
        ("row", "expected"),
        [
            (changed(price=-1), "row 1: expected an amount of 0"),
            (changed(price="free"), "row 1: expected an amount"),
            (changed(currency=""), "row 1: expected a currency"),
            (changed(currency="dollars"), "row 1: expected a currency"),
            (changed(seen="soon"), "row 1: expected a time"),
        ],
    )
    def test_refusals(self, tmp_path: Path, row: tuple[object, ...], expected: str) -> None:
        with pytest.raises(InputError, match=expected):
            read_all(IMPORTER, database(tmp_path / "sc.db", row))

    def test_another_amount(self, tmp_path: Path) -> None:
        path = database(tmp_path / "sc.db", ROW, changed(price=2))
        with pytest.raises(InputError, match="row 2: expected one amount"):
            read_all(IMPORTER, path)

    def test_files_that_are_none(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = tmp_path / "sc.db"
        with pytest.raises(InputError, match="SQLite"):
            read_all(IMPORTER, path)
        path.write_bytes(database(tmp_path / "whole.db", ROW).read_bytes()[:9000])
        with pytest.raises(InputError, match=r"sc\.db"):
            read_all(IMPORTER, path)
        path.write_bytes(b"no database at all" * 99)
        with pytest.raises(InputError, match="SQLite"):
            read_all(IMPORTER, path)
        other = tmp_path / "other.db"
        with closing(sqlite3.connect(other)) as connection:
            connection.execute("CREATE TABLE server_price (price FLOAT)")
        with pytest.raises(InputError, match="server_price: expected a table with the columns"):
            read_all(IMPORTER, other)
        monkeypatch.setenv(OWN_FILE, str(tmp_path / "gone.db"))
        with pytest.raises(InputError, match=OWN_FILE):
            read_all(IMPORTER, Path(INSTALLED))
