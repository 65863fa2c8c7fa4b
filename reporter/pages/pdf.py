"""HTML as PDF. Nothing is fetched: all that a report shows is inside it."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from reporter.pages.order import Drawn
from reporter.pages.sonames import without_search

with without_search():
    import weasyprint

from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from reporter.pages.whole_texts import keep_whole

# Layout makes millions of objects that live to the end: looking for garbage among them as often as
# Python does by itself is a tenth of the time, and finds next to none.
_OBJECTS_BETWEEN_COLLECTIONS = 50_000


def pdf(drawn: Drawn, generated: float) -> tuple[bytes, int]:
    """Tagged PDF (PDF/UA-1) with the figures' data attached, and its count of pages.

    Only ``data:`` URIs are opened: a label's value must never make the reporter fetch anything.

    Args:
        drawn: the report.
        generated: when it was made, in Unix seconds.
    """
    keep_whole()
    fetcher = URLFetcher(allowed_protocols=("data",))
    made = datetime.fromtimestamp(generated, UTC)
    with _few_collections():
        source = weasyprint.HTML(string=drawn.html, url_fetcher=fetcher)
        document = source.render(font_config=FontConfiguration())
        document.metadata.attachments = [
            weasyprint.Attachment(
                string=one.content,
                name=one.name,
                description=one.title,
                created=made,
                modified=made,
                relationship="Data",
            )
            for one in drawn.data
        ]
        content: bytes = document.write_pdf(
            pdf_variant="pdf/ua-1",
            pdf_identifier=hashlib.sha256(drawn.html.encode()).digest()[:16],
        )
    return content, len(document.pages)


@contextmanager
def _few_collections() -> Iterator[None]:
    usual = gc.get_threshold()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
