"""A page as HTML, and HTML as PDF. Nothing is fetched: all that a report shows is inside it."""

from __future__ import annotations

from datetime import UTC, datetime

import jinja2
import weasyprint
from weasyprint.urls import URLFetcher

from perfanalysis import __version__
from reporter.page import Page

UNKNOWN = "\N{EN DASH}"


def number(value: float | None, digits: int = 0) -> str:
    """A number with thousands separated; a dash when unknown."""
    return UNKNOWN if value is None else f"{value:,.{digits}f}"


def ratio(value: float | None) -> str:
    """A ratio 0..1 in percent with one decimal; a dash when unknown."""
    return UNKNOWN if value is None else f"{value * 100:.1f} %"


def dollars(value: float | None) -> str:
    """A price; a dash when unknown."""
    return UNKNOWN if value is None else f"${value:,.4f}"


def gibibytes(value: float | None) -> str:
    """Bytes in GiB; a dash when unknown."""
    return UNKNOWN if value is None else f"{value / 2**30:,.1f} GiB"


def moment(value: float | None) -> str:
    """Unix seconds as a date and time in UTC; a dash when unknown."""
    if value is None:
        return UNKNOWN
    return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def html(page: Page) -> str:
    """The report as one HTML document that needs no other file."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("reporter"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for filter_ in (number, ratio, dollars, gibibytes, moment):
        environment.filters[filter_.__name__] = filter_
    return environment.get_template("report.html.j2").render(page=page, version=__version__)


def pdf(page: Page) -> tuple[bytes, int]:
    """The report as PDF, and its count of pages.

    Only ``data:`` URIs are opened: a label's value must never make the reporter fetch anything.
    """
    fetcher = URLFetcher(allowed_protocols=("data",))
    document = weasyprint.HTML(string=html(page), url_fetcher=fetcher).render()
    content: bytes = document.write_pdf()
    return content, len(document.pages)
