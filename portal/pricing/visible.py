"""Which prices of the book a tenant may see.

The book knows sources, and no tenants. A provider's public price list is for all. Whatever else is
in the book (bills, negotiated price sheets, files of one's own, and any price of one machine) is
of whose book it is, the operator's tenant, and of tenants that the operator gave a source to:
a machine's name proves nothing, since every tenant names its machines as it likes.
"""

from __future__ import annotations

from collections.abc import Collection

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


def rows_for(
    connection: Connection, *, whole: bool, own: Collection[str]
) -> ColumnElement[bool] | None:
    """The rows of ``PriceRow`` that a tenant may see; None: all.

    Args:
        connection: of the book.
        whole: whether the book is the tenant's own.
        own: sources that it was given.
    """
    if whole:
        return None
    sources = connection.execute(select(SourceRow.id, SourceRow.name)).all()
    public = [id_ for id_, name in sources if is_public(name)]
    given = [id_ for id_, name in sources if name in own]
    listed = and_(
        PriceRow.machine == "",
        PriceRow.purchase.in_([str(one) for one in LISTED]),
        PriceRow.source_id.in_(public),
    )
    return or_(listed, PriceRow.source_id.in_(given))
