"""The book in a real PostgreSQL: the same as in SQLite, by all commands; its password unseen."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import create_engine, text

from perfanalysis.cli import run
from perfanalysis.errors import InputError, PerfAnalysisError
from prices.book.listing import prices_of
from prices.book.look_up import WantedPrice, look_up
from prices.book.models import Base
from prices.book.opening import DatabaseBook, engine_of, exists, named, opened
from prices.book.writing import ContradictionError, Written, write
from prices.importers.templates import BY_FORMAT
from prices.price import Price
from tests.prices.book.test_book import PRICE, SOME_PRICES
from tests.prices.importers.focus.exports import export
from tests.prices.postgresql import PASSWORD, USER, database

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with database() as url:
        yield url


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    monkeypatch.setenv("PERFANALYSIS_STATE_DIRECTORY", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def book(server: str) -> Iterator[DatabaseBook]:
    """A database without tables."""
    found = named(server)
    assert isinstance(found, DatabaseBook)
    yield found
    engine = engine_of(found)
    Base.metadata.drop_all(engine)
    engine.dispose()


def kept(book: DatabaseBook | Path) -> list[Price]:
    with opened(book) as connection:
        return [stored.price for stored in prices_of(connection, {})]


class TestBookInPostgresql:
    def test_what_is_written_comes_back_and_the_same_twice_changes_nothing(
        self, book: DatabaseBook
    ) -> None:
        small = Price(
            **{**PRICE.__dict__, "amount": Decimal("0." + "0" * 39 + "1"), "zone": "eu-central-1b"}
        )
        for expected in (Written(2, 0), Written(0, 2)):
            with opened(book, make=True) as connection:
                assert write(connection, [PRICE, small], NOW) == expected
        assert set(kept(book)) == {PRICE, small}

    def test_a_contradiction_is_refused_and_nothing_is_kept(self, book: DatabaseBook) -> None:
        with opened(book, make=True) as connection:
            write(connection, [PRICE], NOW)
        other = Price(**{**PRICE.__dict__, "amount": Decimal("0.12")})
        new = Price(**{**PRICE.__dict__, "region": "eu-west-1"})
        with pytest.raises(ContradictionError), opened(book) as connection:
            write(connection, [new, other], NOW)
        assert kept(book) == [PRICE]

    @given(prices=SOME_PRICES)
    @settings(
        max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    def test_it_answers_as_sqlite_does(self, book: DatabaseBook, prices: list[Price]) -> None:
        wanted = WantedPrice("aws", NOW, "eu-central-1", "eu-central-1a", "m7i.large")
        answers = []
        for engine in (engine_of(book), create_engine("sqlite://")):
            with engine.connect() as connection:
                Base.metadata.create_all(connection)
                write(connection, prices, NOW)
                found = look_up(connection, wanted)
                answers.append((list(prices_of(connection, {})), found))
                connection.rollback()
            engine.dispose()
        assert answers[0] == answers[1]

    def test_the_first_source_by_its_bytes_counts_whatever_the_locale(
        self, book: DatabaseBook
    ) -> None:
        sources = ["ä", "Z", "a", "_"]
        prices = [
            Price(**{**PRICE.__dict__, "source": name, "amount": Decimal(number)})
            for number, name in enumerate(sources)
        ]
        with opened(book, make=True) as connection:
            write(connection, prices, NOW)
            wanted = WantedPrice("aws", NOW, "eu-central-1", instance_type="m7i.large")
            found = look_up(connection, wanted)
            collations = connection.execute(
                text(
                    "SELECT DISTINCT collation_name FROM information_schema.columns "
                    "WHERE table_name IN ('prices', 'price_sources') AND data_type LIKE 'char%'"
                )
            )
            assert collations.scalars().all() == ["C"]
        assert found is not None
        assert found.price.source == "Z"

    def test_two_imports_at_once_wait_for_each_other(self, book: DatabaseBook) -> None:
        begun, done = threading.Event(), threading.Event()
        found: list[Written] = []

        def second() -> None:
            begun.wait(10)
            with opened(book, make=True) as connection:
                found.append(write(connection, [PRICE], NOW))
            done.set()

        thread = threading.Thread(target=second)
        thread.start()
        with opened(book, make=True) as connection:
            write(connection, [PRICE], NOW)
            begun.set()
            assert not done.wait(0.3)
        thread.join(10)
        assert found == [Written(0, 1)]

    def test_a_database_without_a_book_is_said_to_have_none(self, book: DatabaseBook) -> None:
        assert not exists(book)
        with pytest.raises(InputError, match=r'expected a price book \(relation "price_sources"'):
            kept(book)


class TestCommandsOnPostgresql:
    def test_all_of_them(
        self, server: str, book: DatabaseBook, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        own = tmp_path / "own.csv"
        own.write_text(BY_FORMAT["csv"])
        bill = export(tmp_path / "bill.csv", {})
        rates = tmp_path / "rates.csv"
        rates.write_text("date,from,to,rate\n2026-01-01,EUR,USD,1.25\n")
        inventory = tmp_path / "inventory.yaml"
        inventory.write_text("machines: [{name: web-1, provider: our-cloud}]")
        of_type = ["--provider=aws", "--region=eu-central-1", "--instance-type=m7i.large"]

        def prices(*words: str, status: int = 0) -> str:
            done = run(["prices", *words, f"--price-book={server}"])
            said = capsys.readouterr()
            assert done == status, said.err
            assert PASSWORD not in said.out + said.err
            return said.err if status else said.out

        assert "3 prices imported" in prices("check", str(own))
        assert not exists(book)
        assert "3 prices imported" in prices("import", "--cloud=off", str(own), str(bill))
        assert "0 prices imported, 8 unchanged" in prices("import", "--cloud=off", str(bill))
        assert "all 11 prices are sound; sources: 5" in prices("check")
        assert "0.1197 USD" in prices("show", *of_type)
        assert "m7i.large" in prices("list", *of_type)
        assert "examples" in prices("list", "--sources")
        assert "0.1197 USD" in prices("history", *of_type)
        assert "0.4375 USD" in prices(
            "convert", "--to=USD", f"--exchange-rates={rates}", "--currency=EUR"
        )
        exported = prices("export")
        with opened(tmp_path / "other.sqlite", make=True):
            pass
        again = tmp_path / "again.csv"
        again.write_text(exported)
        done = run(
            ["prices", "import", "--cloud=off", f"--price-book={tmp_path / 'b'}", str(again)]
        )
        assert done == 0
        capsys.readouterr()
        assert run(["prices", "export", f"--price-book={tmp_path / 'b'}"]) == 0
        assert capsys.readouterr().out == exported
        prices("import", "--cloud=off", f"--inventory={inventory}", str(own))
        written = json.loads((tmp_path / "state" / "prices.json").read_text())
        assert [one["name"] for one in written["machines"]] == ["web-1"]
        assert "3 prices of 'examples' removed" in prices("remove-source", "examples")

    def test_a_program_of_its_own_takes_the_password_from_a_file(
        self, server: str, book: DatabaseBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("PGPASSWORD")
        with pytest.raises(PerfAnalysisError, match="no password supplied"), opened(book):
            pass
        file = tmp_path / "pgpass"
        file.write_text(f"*:*:*:{USER}:{PASSWORD}\n")
        file.chmod(0o600)
        command = [sys.executable, "-m", "perfanalysis", "prices", "import", "--cloud=off"]
        own = tmp_path / "own.csv"
        own.write_text(BY_FORMAT["csv"])
        done = subprocess.run(
            [*command, f"--price-book={server}?passfile={file}", str(own)],
            check=False,
            capture_output=True,
            text=True,
        )
        monkeypatch.setenv("PGPASSWORD", PASSWORD)
        assert done.returncode == 0, done.stderr
        assert "3 prices imported" in done.stdout

    @pytest.mark.parametrize(
        "said",
        [
            "postgresql://me:{secret}@127.0.0.1/x",
            "postgresql://127.0.0.1/x?password={secret}",
            "mysql://me:{secret}@127.0.0.1/x",
            "postgresql://me:{secret}@127.0.0.1:port/x",
        ],
    )
    def test_a_password_in_the_url_is_refused_and_never_shown(
        self, said: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(["prices", "list", f"--price-book={said.format(secret='hush-hush')}"]) == 2
        shown = capsys.readouterr()
        assert "--price-book: expected a" in shown.err
        assert "hush" not in shown.err + shown.out

    def test_a_wrong_password_is_not_shown(
        self, server: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("PGPASSWORD", "hush-hush")
        assert run(["prices", "list", f"--price-book={server}"]) == 1
        shown = capsys.readouterr().err
        assert "password authentication failed" in shown
        assert "hush" not in shown
