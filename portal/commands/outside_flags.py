"""The flags of `portal serve` for what stands beside its database: price book and PromQL engine."""

from __future__ import annotations

import importlib.util
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from perfanalysis.delivery.flags import EndpointFlags, endpoint_flags
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.extras import missing
from perfanalysis.flag_groups import grouped
from perfanalysis.results.state import default_state_directory
from portal.api.outside import Outside, SharedEngine
from portal.pricing.shelf import PriceShelf
from prices.book.opening import FILE, Book, named
from prices.currencies import read_rates

PROMETHEUS = EndpointFlags(
    "prometheus",
    "--prometheus",
    variable="PERFANALYSIS_PORTAL_PROMETHEUS_KEY",
    old_url_flags=("--prometheus-url",),
)


@dataclass(frozen=True)
class OutsideFlags:
    """What was given on the command line; see the help of each flag."""

    price_book: Book | None = None
    price_sources: tuple[str, ...] = ()
    exchange_rates: Path | None = None
    prometheus_tenant_label: str = ""
    prometheus: EndpointFlags = PROMETHEUS

    def outside(self) -> Outside:
        """The same, opened.

        Raises:
            InputError: a flag is unusable, or stands alone.
            PerfAnalysisError: what asks an engine is not installed.
        """
        self.prometheus.check()
        return Outside(self._shelf(), self._engine())

    def _shelf(self) -> PriceShelf:
        rates = read_rates(self.exchange_rates) if self.exchange_rates else None
        book = self.price_book or default_state_directory() / FILE
        return PriceShelf(book, _given(self.price_sources), rates)

    def _engine(self) -> SharedEngine | None:
        label = self.prometheus_tenant_label
        if label and (not label.isidentifier() or not label.isascii()):
            raise InputError("--prometheus-tenant-label", "", "the name of a label", label)
        if not self.prometheus.url:
            if label:
                raise InputError("--prometheus-tenant-label", "", "--prometheus beside it")
            return None
        if importlib.util.find_spec("numpy") is None:
            raise PerfAnalysisError(missing("--prometheus", "numpy", "loadtest"))
        endpoint = self.prometheus.endpoint()
        endpoint.check()
        return SharedEngine(endpoint, label)


def _given(words: Sequence[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for word in words:
        tenant, equals, source = word.partition("=")
        if not (tenant and equals and source):
            raise InputError("--price-source", "", "TENANT=SOURCE", word)
        found[tenant].add(source)
    return dict(found)


def _book(said: str) -> Book:
    try:
        return named(said)
    except InputError as error:
        raise InputError("--price-book", "", error.expected) from None


OPTIONS = (
    click.option(
        "--price-book",
        type=_book,
        metavar="BOOK",
        help=f"A file, or postgresql://USER@HOST/DATABASE; default: {FILE} in the state folder.",
    ),
    click.option(
        "--price-source",
        "price_sources",
        multiple=True,
        metavar="TENANT=SOURCE",
        help="A source of the price book that a tenant sees beside public lists, by its name in "
        "`perfanalysis prices list --sources`; the operator's tenant sees all. May be given again.",
    ),
    click.option(
        "--exchange-rates",
        type=click.Path(dir_okay=False, path_type=Path),
        help="A file of rates, as `perfanalysis prices convert` reads it, for who asks for them.",
    ),
    click.option(
        "--prometheus-tenant-label",
        default="",
        help="The label that has the tenant's name in each series; without it the engine answers "
        "the operator's tenant alone.",
    ),
    endpoint_flags(
        "prometheus",
        PROMETHEUS,
        help="An engine of PromQL that old clients' questions for time series are put to.",
    ),
)

# A command gets them together as ``beside``.
options = grouped("beside", OutsideFlags, OPTIONS)
