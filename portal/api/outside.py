"""What a portal was given beside its own database: a price book, and an engine of PromQL."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from perfanalysis.delivery.endpoint import Endpoint
from portal.access.caller import Caller
from portal.pricing.shelf import PriceShelf
from portal.records.faults import NotSetUpError

if TYPE_CHECKING:
    from perfanalysis.promql.engine import Engine

# Who waits for an answer of the portal does not wait longer for the engine.
ENGINE_SECONDS = 20.0


@dataclass(frozen=True)
class SharedEngine:
    """An engine whose series may be of several tenants.

    Attributes:
        endpoint: its base URL, and how to log in.
        tenant_label: the label that has the tenant's name in each series; "": all series are the
            operator's, and nobody else is answered.
    """

    endpoint: Endpoint
    tenant_label: str = ""

    @cached_property
    def engine(self) -> Engine:
        """To ask with; loaded when it is first used, for it brings numpy."""
        from perfanalysis.promql.access import Access
        from perfanalysis.promql.engine import Engine

        return Engine(Access(self.endpoint, timeout_seconds=ENGINE_SECONDS, retries=0))

    def matchers_of(self, caller: Caller) -> dict[str, str]:
        """The labels that a caller's series have beside the machine's name.

        Raises:
            NotSetUpError: no series can be told to be theirs.
        """
        if self.tenant_label:
            return {self.tenant_label: caller.tenant_name}
        if caller.is_operator:
            return {}
        raise NotSetUpError(
            "the engine that this portal asks tells no tenants apart, and answers the operator's "
            "alone (`perfanalysis portal serve --prometheus-tenant-label`)"
        )


@dataclass(frozen=True)
class Outside:
    """What there is; None: it was not given."""

    prices: PriceShelf | None = None
    series: SharedEngine | None = None

    @property
    def shelf(self) -> PriceShelf:
        """The price book.

        Raises:
            NotSetUpError: there is none.
        """
        if self.prices is None:
            raise NotSetUpError("this portal has no price book (`portal serve --price-book`)")
        return self.prices

    @property
    def shared_engine(self) -> SharedEngine:
        """The engine.

        Raises:
            NotSetUpError: there is none.
        """
        if self.series is None:
            raise NotSetUpError(
                "this portal asks no Prometheus, in which time series are "
                "(`perfanalysis portal serve --prometheus`)"
            )
        return self.series
