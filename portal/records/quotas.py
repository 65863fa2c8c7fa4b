"""What a tenant may have at most, and what it has used of it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer
from sqlalchemy.orm import Mapped, mapped_column

from portal.records.base import PortalBase, TenantOwned


class QuotaRow(TenantOwned, PortalBase):
    """Limits of a tenant, NULL for none; a tenant without a row has none.

    ``tests_today`` counts those taken on ``day`` (days since 1970, UTC), ``bytes_now`` the
    documents as they came: both are counted from when the row was made on, by whoever holds it.
    """

    __tablename__ = "tenant_quotas"

    tests_per_day: Mapped[int | None] = mapped_column(Integer)
    machines: Mapped[int | None] = mapped_column(Integer)
    stored_bytes: Mapped[int | None] = mapped_column(BigInteger)
    keys: Mapped[int | None] = mapped_column(Integer)
    day: Mapped[int] = mapped_column(Integer, default=0)
    tests_today: Mapped[int] = mapped_column(Integer, default=0)
    bytes_now: Mapped[int] = mapped_column(BigInteger, default=0)
