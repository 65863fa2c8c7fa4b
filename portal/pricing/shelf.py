"""The price book as a running portal has it: opened once, and asked for one tenant at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, Engine
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from portal.access.caller import Caller
from portal.pricing import visible
from portal.pricing.visible import SeenSources
from portal.records.faults import NotNowError, NotSetUpError
from prices.book.opening import Book, engine_of
from prices.currencies import ExchangeRates


@dataclass(frozen=True)
class OpenedBook:
    """A connection of the book, and what is seen of it."""

    connection: Connection
    seen: SeenSources

    @property
    def only(self) -> ColumnElement[bool] | None:
        """Which rows of ``PriceRow`` count; None: all."""
        return self.seen.rows()


class PriceShelf:
    """A price book, and who sees what of it.

    Args:
        book: where it is; a file may come later.
        given: by tenant's name, the sources that it sees beside public lists.
        rates: for who asks for another currency; None: there are none.
    """

    def __init__(
        self,
        book: Book,
        given: Mapping[str, Collection[str]] | None = None,
        rates: ExchangeRates | None = None,
    ) -> None:
        self.book = book
        self.rates = rates
        self._given = given or {}
        self._engine: Engine | None = None

    @contextmanager
    def opened(self, caller: Caller) -> Iterator[OpenedBook]:
        """The book for a caller, for looking.

        Raises:
            NotSetUpError: there is no such file.
            NotNowError: it does not answer, or is no book.
        """
        if isinstance(self.book, Path) and not self.book.is_file():
            raise NotSetUpError(
                "this portal has no price book: `perfanalysis prices import` makes one, and "
                "`portal serve --price-book` names it"
            )
        if self._engine is None:
            self._engine = engine_of(self.book)
        own = self._given.get(caller.tenant_name, ())
        try:
            with self._engine.connect() as connection:
                seen = visible.seen_of(connection, whole=caller.is_operator, own=own)
                yield OpenedBook(connection, seen)
        except (DatabaseError, OperationalError, PoolTimeoutError) as error:
            raise NotNowError("the price book cannot be read now") from error
