"""``perfanalysis prices``: finds the sub-command, each of which is a file of ``commands``."""

from __future__ import annotations

import click

from perfanalysis.lazy_commands import Entry, LazyGroup


def _import() -> click.Command:
    from prices.commands.importing import importing

    return importing


def _list() -> click.Command:
    from prices.commands.listing import listing

    return listing


def _show() -> click.Command:
    from prices.commands.show import show

    return show


def _history() -> click.Command:
    from prices.commands.history import history

    return history


def _convert() -> click.Command:
    from prices.commands.convert import convert

    return convert


def _check() -> click.Command:
    from prices.commands.check import check

    return check


def _export() -> click.Command:
    from prices.commands.export import export

    return export


def _remove_source() -> click.Command:
    from prices.commands.remove_source import remove_source

    return remove_source


def _template() -> click.Command:
    from prices.commands.template import template

    return template


COMMANDS = {
    "import": Entry(_import, "Bring prices of lists, bills and files of your own into the book."),
    "list": Entry(_list, "List prices, or where they are from."),
    "show": Entry(_show, "Show the price that counts."),
    "history": Entry(_history, "Show how prices changed."),
    "convert": Entry(_convert, "Show prices in another currency, beside their own."),
    "check": Entry(_check, "Check files before an import, or the book."),
    "export": Entry(_export, "Write prices as CSV, which can be imported."),
    "remove-source": Entry(_remove_source, "Remove all prices of a source."),
    "template": Entry(_template, "Write a file to fill in with prices of your own."),
}


@click.group(cls=LazyGroup, entries=COMMANDS)
def prices() -> None:
    """Keep what machines cost in a book: lists, contracts, commitments and bills."""
