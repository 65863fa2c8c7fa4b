"""Which prices of the book a tenant may see.

The book knows sources, and no tenants. A provider's public price list is for all. Whatever else is
in the book (bills, negotiated price sheets, files of one's own, and any price of one machine) is
of whose book it is, the operator's tenant, and of tenants that the operator gave a source to:
a machine's name proves nothing, since every tenant names its machines as it likes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from prices.book.models import PriceRow, SourceRow
from prices.importers import (
    aws_offer,
    aws_offer_csv,
    aws_savings_plan,
    aws_spot,
    azure_retail,
    gcp_catalogue,
    oci_list,
    service_capacity,
    spare_cores,
)
from prices.price import Purchase

PUBLIC = tuple(
    importer.NAME
    for importer in (
        aws_offer,
        aws_offer_csv,
        aws_savings_plan,
        aws_spot,
        azure_retail,
        gcp_catalogue,
        oci_list,
        service_capacity,
        spare_cores,
    )
)
LISTED = (Purchase.ON_DEMAND, Purchase.SPOT, Purchase.RESERVED, Purchase.SAVINGS_PLAN)


def is_public(source: str) -> bool:
    """Whether a source is a provider's public list: its name begins with that importer's."""
    return any(source == name or source.startswith((f"{name} ", f"{name}:")) for name in PUBLIC)


@dataclass(frozen=True)
class SeenSources:
    """What a tenant sees of the book.

    Attributes:
        whole: whether the book is the tenant's own.
        public, given: ids of sources with their names.
        sqlite: whether the book is a file.
    """

    whole: bool
    public: Mapping[int, str]
    given: Mapping[int, str]
    sqlite: bool = True

    @property
    def names(self) -> dict[int, str]:
        """The sources that the tenant sees something of."""
        return {**self.public, **self.given}

    def source_of(self, table: type[PriceRow] = PriceRow) -> Any:
        """A row's source, to be held against some.

        SQLite would read by the index of sources, find most of the book there, and sort it: a sum
        keeps it from that. PostgreSQL knows how many rows are of a source.
        """
        return table.source_id + 0 if self.sqlite else table.source_id

    def rows(self, table: type[PriceRow] = PriceRow) -> ColumnElement[bool] | None:
        """The rows of ``PriceRow``, or of an alias of it, that the tenant may see; None: all."""
        if self.whole:
            return None
        listed = and_(
            table.machine == "",
            table.purchase.in_([str(one) for one in LISTED]),
            self.source_of(table).in_(self.public),
        )
        return or_(listed, self.source_of(table).in_(self.given))


def seen_of(connection: Connection, *, whole: bool, own: Collection[str]) -> SeenSources:
    """What a tenant sees.

    Args:
        connection: of the book.
        whole: whether the book is the tenant's own.
        own: sources that it was given.
    """
    sources = connection.execute(select(SourceRow.id, SourceRow.name)).all()
    public = {id_: name for id_, name in sources if is_public(name)}
    given = {id_: name for id_, name in sources if whole or name in own}
    return SeenSources(whole, public, given, connection.dialect.name == "sqlite")
