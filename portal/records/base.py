"""What all tables share: names of constraints, moments, and whose a row is.

A moment is whole microseconds since 1970 in UTC, as in the price book: Oracle's
``DateTime(timezone=True)`` is a DATE without zone and fraction, SQLite has no times at all, and
whole numbers sort and compare the same everywhere. What is not known is NULL and never "", which
Oracle takes for NULL. A row's id is a random UUID: numbers in a row would tell a tenant how much
the others store.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, BigInteger, Dialect, ForeignKey, MetaData, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


class Instant(TypeDecorator[datetime]):
    """A moment with its zone in Python, microseconds since 1970 in the database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Of SQLAlchemy: from Python to the database."""
        del dialect
        return None if value is None else microseconds(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Of SQLAlchemy: from the database to Python."""
        del dialect
        return None if value is None else moment(int(value))


def microseconds(value: datetime) -> int:
    """Since 1970 in UTC; the value has a zone."""
    return (value - EPOCH) // _MICROSECOND


def moment(value: int) -> datetime:
    """From microseconds since 1970.

    Raises:
        OverflowError: it is beyond the years that Python knows.
    """
    return EPOCH + value * _MICROSECOND


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


class PortalBase(DeclarativeBase):
    """What all tables of the portal derive from."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        datetime: Instant(),
        dict[str, Any]: JSON(none_as_null=True).with_variant(
            JSONB(none_as_null=True), "postgresql"
        ),
        uuid.UUID: Uuid(),
    }


class TenantOwned:
    """A row of one tenant: the first part of its key, so that no reference leads to another's."""

    tenant_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("tenants.id"), primary_key=True, sort_order=-2
    )


class Identified(TenantOwned):
    """A row that is known by an id of its own within its tenant."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4, sort_order=-1)
