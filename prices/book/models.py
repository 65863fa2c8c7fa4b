"""The tables of the price book, for SQLite here and PostgreSQL in the portal.

An amount is text, in the one spelling of ``amounts.spelled``: SQLite has no decimals, and what it
takes for a number becomes a float. A time is whole microseconds since 1970 in UTC, which both
databases compare exactly. What is not said is "" or 0 and never NULL, for no two NULLs are the same
to a unique constraint, and the same import twice must change nothing.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

_ID = BigInteger().with_variant(Integer, "sqlite")
# In the order of its bytes, as SQLite has it: the locale of a database must not change which price
# counts.
_TEXT = String().with_variant(String(collation="C"), "postgresql")


class Base(DeclarativeBase):
    """What all tables of the book derive from."""


class SourceRow(Base):
    """Where prices are from, in the words of ``Price.source``."""

    __tablename__ = "price_sources"

    id: Mapped[int] = mapped_column(_ID, primary_key=True)
    name: Mapped[str] = mapped_column(_TEXT, unique=True)


class PriceRow(Base):
    """A price, as ``prices.price.Price`` has it, and when it was imported.

    ``months`` is 0 and ``payment`` "" where there is no term.
    """

    __tablename__ = "prices"

    id: Mapped[int] = mapped_column(_ID, primary_key=True)
    provider: Mapped[str] = mapped_column(_TEXT)
    instance_type: Mapped[str] = mapped_column(_TEXT)
    region: Mapped[str] = mapped_column(_TEXT)
    zone: Mapped[str] = mapped_column(_TEXT)
    machine: Mapped[str] = mapped_column(_TEXT)
    operating_system: Mapped[str] = mapped_column(_TEXT)
    tenancy: Mapped[str] = mapped_column(_TEXT)
    purchase: Mapped[str] = mapped_column(_TEXT)
    months: Mapped[int] = mapped_column(Integer)
    payment: Mapped[str] = mapped_column(_TEXT)
    valid_from: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(_TEXT)
    source_id: Mapped[int] = mapped_column(ForeignKey(SourceRow.id))
    amount: Mapped[str] = mapped_column(_TEXT)
    imported_at: Mapped[int] = mapped_column(BigInteger)


# What a price is told apart by, in the order in which look-ups ask: the index below serves them.
KEY = (
    "provider",
    "instance_type",
    "region",
    "zone",
    "machine",
    "operating_system",
    "tenancy",
    "purchase",
    "months",
    "payment",
    "valid_from",
    "currency",
    "source_id",
)
_columns = PriceRow.__table__.columns
PriceRow.__table__.append_constraint(  # type: ignore[attr-defined]
    UniqueConstraint(*(_columns[name] for name in KEY), name="prices_told_apart")
)
Index(
    "prices_of_machines",
    PriceRow.provider,
    PriceRow.machine,
    PriceRow.purchase,
    PriceRow.valid_from,
    sqlite_where=PriceRow.machine != "",
    postgresql_where=PriceRow.machine != "",
)
# Behind each source the moments, so that the newest import is found at once.
IMPORTS = Index("prices_by_import", PriceRow.source_id, PriceRow.imported_at)
