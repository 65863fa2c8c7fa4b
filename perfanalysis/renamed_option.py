"""Options that had another name: the older one is taken, and shown nowhere."""

from __future__ import annotations

from typing import Any

import click


class RenamedOption(click.Option):
    """An option whose older names are still taken.

    Args:
        old_names: the older names, such as ``("--timezone",)``.
    """

    def __init__(self, *args: Any, old_names: tuple[str, ...], **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.old_names = old_names

    def add_to_parser(self, parser: Any, ctx: click.Context) -> None:
        """Let the parser know all names; help, errors and completion show the new ones."""
        shown = self.opts
        self.opts = [*shown, *self.old_names]
        try:
            super().add_to_parser(parser, ctx)
        finally:
            self.opts = shown
