"""The price book: what comes back is what was written, whatever the order of imports."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from perfanalysis.errors import InputError, MalformedError
from prices.book import writing
from prices.book.amounts import spelled
from prices.book.listing import prices_of, remove_source, sources
from prices.book.look_up import WantedPrice, look_up
from prices.book.models import Base
from prices.book.opening import opened
from prices.book.writing import ContradictionError, Written, write
from prices.price import Payment, Price, Purchase, Term

NOW = datetime(2026, 6, 1, tzinfo=UTC)
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
PRICE = Price("aws", "eu-central-1", "m7i.large", Decimal("0.1197"), "USD", BEGIN, "list")


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return tmp_path / "state" / "prices.sqlite"


def written(book: Path, *prices: Price) -> Written:
    with opened(book, make=True) as connection:
        return write(connection, prices, NOW)


def found(book: Path, **asked: object) -> str | None:
    wanted = WantedPrice("aws", NOW, "eu-central-1", "eu-central-1a", "m7i.large")
    with opened(book) as connection:
        price = look_up(connection, replace(wanted, **asked))  # type: ignore[arg-type]
    return str(price.price.amount) if price else None


class TestAmountsOfTheBook:
    @pytest.mark.parametrize(
        ("amount", "text"),
        [
            ("0.1", "0.1"),
            ("0.10", "0.1"),
            ("100", "100"),
            ("1E+2", "100"),
            ("1E-7", "0.0000001"),
            ("0E-9", "0"),
            ("-0", "0"),
            ("0.1234567890123456789012345678901234567", "0.1234567890123456789012345678901234567"),
        ],
    )
    def test_each_has_one_spelling(self, amount: str, text: str) -> None:
        assert spelled(Decimal(amount)) == text

    @pytest.mark.parametrize("amount", ["1e20", "1e999999", "1e-41", "NaN", "Infinity"])
    def test_what_is_no_price_is_refused(self, amount: str) -> None:
        with pytest.raises(MalformedError, match="expected"):
            spelled(Decimal(amount))

    @given(st.decimals(min_value=0, max_value=10**15, allow_nan=False, places=20))
    @settings(max_examples=30)
    def test_nothing_is_lost(self, amount: Decimal) -> None:
        assert Decimal(spelled(amount)) == amount


class TestWritingPrices:
    def test_the_same_twice_changes_nothing(self, book: Path) -> None:
        assert written(book, PRICE) == Written(1, 0)
        before = book.read_bytes()
        assert written(book, PRICE, replace(PRICE, amount=Decimal("0.11970"))) == Written(0, 2)
        with opened(book) as connection:
            assert [stored.imported_at for stored in prices_of(connection, {})] == [NOW]
        assert len(before) == len(book.read_bytes())

    def test_all_of_a_price_comes_back(self, book: Path) -> None:
        term = Term(36, Payment.PARTIAL)
        full = Price(
            provider="gcp",
            region="europe-west3",
            instance_type="n2-standard-2",
            amount=Decimal("0.000000000000000000000000000123"),
            currency="EUR",
            valid_from=BEGIN + timedelta(microseconds=1),
            source="a list",
            zone="europe-west3-a",
            machine="web-1",
            operating_system="windows",
            tenancy="host",
            purchase=Purchase.RESERVED,
            term=term,
        )
        written(book, full)
        with opened(book) as connection:
            assert [stored.price for stored in prices_of(connection, {})] == [full]

    def test_another_amount_of_the_same_source_is_refused_and_nothing_kept(
        self, book: Path
    ) -> None:
        written(book, PRICE)
        other = replace(PRICE, amount=Decimal("0.12"))
        with pytest.raises(MalformedError, match=r"m7i\.large.*already, 0\.1197 .*found 0\.12$"):
            written(book, replace(PRICE, instance_type="m7i.xlarge"), other)
        with opened(book) as connection:
            assert [stored.price for stored in prices_of(connection, {})] == [PRICE]

    def test_another_amount_in_one_file_is_refused(self, book: Path) -> None:
        with pytest.raises(MalformedError, match=r"already, 0\.1197 .*found 0\.12$"):
            written(book, PRICE, replace(PRICE, amount=Decimal("0.12")))

    def test_chunks_are_one_transaction_and_see_each_other(
        self, book: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(writing, "CHUNK", 2)
        types = [replace(PRICE, instance_type=f"type-{number % 5}") for number in range(9)]
        assert written(book, *types) == Written(5, 4)
        more = [replace(PRICE, region=f"region-{number}") for number in range(7)]
        other = replace(more[0], amount=Decimal(3))
        with pytest.raises(ContradictionError):
            written(book, *more, other)

        def broken() -> Iterator[Price]:
            yield from more
            raise InputError("file", "row 8", "more")

        with pytest.raises(InputError), opened(book, make=True) as connection:
            write(connection, broken(), NOW)
        with opened(book) as connection:
            assert len(list(prices_of(connection, {}))) == 5

    def test_the_tables_are_postgresqls_too(self) -> None:
        for table in Base.metadata.sorted_tables:
            CreateTable(table).compile(dialect=postgresql.dialect())
            for index in table.indexes:
                CreateIndex(index).compile(dialect=postgresql.dialect())

    def test_a_source_can_be_removed(self, book: Path) -> None:
        written(book, PRICE, replace(PRICE, source="bill"))
        with opened(book) as connection:
            assert remove_source(connection, "list") == 1
            assert remove_source(connection, "list") == 0
            assert [source.name for source in sources(connection)] == ["bill"]

    def test_what_is_no_book_is_said_to_be_none(self, tmp_path: Path) -> None:
        path = tmp_path / "other"
        path.write_bytes(b"no database at all" * 100)
        with pytest.raises(InputError, match="a price book"), opened(path, make=True):
            pass

    def test_a_missing_book_is_not_made_by_reading(self, book: Path) -> None:
        with pytest.raises(InputError, match="prices import"), opened(book):
            pass
        assert not book.exists()


class TestLookingUpPrices:
    EVERYWHERE = replace(PRICE, region="", amount=Decimal(1))
    REGION = replace(PRICE, amount=Decimal(2))
    ZONE = replace(PRICE, zone="eu-central-1a", amount=Decimal(3))
    MACHINE = replace(PRICE, machine="i-1", amount=Decimal(4))

    @pytest.mark.parametrize(
        ("prices", "machines", "expected"),
        [
            ([], (), None),
            ([EVERYWHERE], (), "1"),
            ([REGION, EVERYWHERE], (), "2"),
            ([EVERYWHERE, ZONE, REGION], (), "3"),
            ([EVERYWHERE, ZONE, REGION, MACHINE], (), "3"),
            ([EVERYWHERE, ZONE, REGION, MACHINE], ("web-1", "i-1"), "4"),
            # It was of another type once.
            ([REGION, replace(MACHINE, instance_type="m5.large")], ("i-1",), "2"),
            ([REGION, replace(MACHINE, instance_type="", region="")], ("i-1",), "4"),
            # Specific before new.
            ([replace(REGION, valid_from=NOW), ZONE], (), "3"),
            # What is valid later does not count yet.
            ([replace(ZONE, valid_from=NOW + timedelta(seconds=1)), REGION], (), "2"),
            ([replace(REGION, valid_from=NOW, amount=Decimal(5)), REGION], (), "5"),
            ([replace(REGION, zone="eu-central-1b")], (), None),
            ([replace(REGION, operating_system="windows")], (), None),
            ([replace(REGION, tenancy="dedicated")], (), None),
            ([replace(REGION, purchase=Purchase.SPOT)], (), None),
            ([replace(REGION, source="z", amount=Decimal(6)), REGION], (), "2"),
        ],
    )
    def test_the_most_specific_and_then_the_newest_counts(
        self, book: Path, prices: list[Price], machines: tuple[str, ...], expected: str | None
    ) -> None:
        written(book, *prices)
        assert found(book, machines=machines) == expected

    def test_currency_and_term_are_asked_for(self, book: Path) -> None:
        term = Term(12, Payment.NONE)
        reserved = replace(PRICE, purchase=Purchase.RESERVED, term=term, currency="EUR")
        written(book, reserved)
        assert found(book, purchase=Purchase.RESERVED, term=term) == "0.1197"
        assert found(book, purchase=Purchase.RESERVED, term=term, currency="USD") is None
        assert found(book, purchase=Purchase.RESERVED, term=Term(36, Payment.NONE)) is None


_SOME = st.builds(
    Price,
    provider=st.just("aws"),
    region=st.sampled_from(["", "eu-central-1"]),
    instance_type=st.just("m7i.large"),
    amount=st.integers(0, 9).map(Decimal),
    currency=st.just("USD"),
    valid_from=st.integers(0, 3).map(lambda days: BEGIN + timedelta(days=days)),
    source=st.sampled_from(["a", "b"]),
    zone=st.sampled_from(["", "eu-central-1a"]),
)


def _without_contradictions(prices: Sequence[Price]) -> list[Price]:
    return list({replace(price, amount=Decimal(0)): price for price in prices}.values())


SOME_PRICES = st.lists(_SOME, max_size=12).map(_without_contradictions)


@given(SOME_PRICES, st.randoms(use_true_random=False))
@settings(max_examples=10)
def test_the_order_of_imports_does_not_matter(prices: list[Price], random: object) -> None:
    shuffled = list(prices)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    with tempfile.TemporaryDirectory() as folder:
        books = [Path(folder) / "one", Path(folder) / "two"]
        for book, order in zip(books, (prices, shuffled), strict=True):
            half = len(order) // 2
            written(book, *order[:half])
            written(book, *order[half:])
        assert found(books[0]) == found(books[1])
        kept = []
        for book in books:
            with opened(book) as connection:
                kept.append({stored.price for stored in prices_of(connection, {})})
        assert kept[0] == kept[1] == set(prices)
