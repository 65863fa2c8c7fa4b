"""Draws a report: its charts, and the HTML around them."""

from __future__ import annotations

from reporter.pages.drawn import Data, Drawn, Order
from reporter.pages.page import Page
from reporter.pages.rendering import html


def draw(order: Order) -> Drawn:
    """The report as HTML.

    Raises:
        InputError: the template is not there, or is broken; file and line are named.
    """
    return of_page(Page(order.material, order.now))


def of_page(page: Page) -> Drawn:
    """A page as HTML.

    Raises:
        InputError: see ``draw``.
    """
    text = html(page)
    data = [Data(one.file_name, one.title, one.table.csv()) for one in page.drawings]
    return Drawn(text, data)
