"""The console on which tables for people are printed."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from perfanalysis.printable import printable


class Terminal(Console):
    """A console of rich that writes control characters out, in cells, titles and lines.

    Text that is styled already (``rich.text.Text``) is taken as it is.
    """

    def render_str(self, text: str, **options: Any) -> Text:
        """Of rich: every text that is printed comes by here."""
        return super().render_str(printable(text), **options)
