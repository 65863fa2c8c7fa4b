"""Prices for people: a table that fits a terminal of 80 columns, or all of it.

What all rows have in common is said once above the table, so that what differs has room.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click
from rich import box
from rich.table import Table
from rich.text import Text

from perfanalysis.printable import printable
from perfanalysis.terminal import Terminal
from prices.book.rows import StoredPrice
from prices.commands.options import digits

WIDE = click.option(
    "--wide", is_flag=True, help="All columns, unfolded, however wide the terminal is."
)
_MACHINE = "machine"
_SOURCE = "source"
# Ids of Azure's machines are paths of 150 characters: their end tells most.
_LONGEST_NAME = 32
# So wide a column stays, where its texts are; all others are folded before. Beside names of
# machines there is no room for it.
_WHOLE = {"type": 16, "bought": 9}
# Wider than any table of prices, and so no table is folded.
_UNFOLDED = 100_000


def print_prices(
    found: Sequence[StoredPrice], more: Mapping[str, list[str]] | None = None, *, wide: bool = False
) -> None:
    """Print prices, and further columns behind their amounts.

    Args:
        found: the prices.
        more: by heading, a text for each price.
        wide: all columns, unfolded.
    """
    further = more or {}
    rows = [_told(stored) for stored in found]
    terminal = Terminal(width=_UNFOLDED) if wide else Terminal()
    if not rows:
        terminal.print("no such prices")
        return
    if wide:
        terminal.print(_table(found, rows, list(rows[0]), further))
        return
    if len(found) == 1:
        terminal.print(_one(found[0], rows[0], further))
        return
    columns = [name for name in rows[0] if len({row[name] for row in rows}) > 1]
    same = [said for name, said in rows[0].items() if name not in columns and said]
    if same:
        terminal.print(_plain(f"all: {', '.join(same)}"))
    shown = [name for name in columns if name != _SOURCE]
    terminal.print(_table(found, [_shortened(row) for row in rows], shown, further))
    if _SOURCE in columns:
        sources = len({row[_SOURCE] for row in rows})
        terminal.print(_plain(f"from {sources} sources: --wide shows them"))


def _told(stored: StoredPrice) -> dict[str, str]:
    """What a price is told apart by, in words."""
    price = stored.price
    bought = str(price.purchase)
    if price.term:
        bought += f" {price.term.months} months {price.term.payment}"
    return {
        "provider": price.provider,
        "where": price.zone or price.region or "everywhere",
        "type": price.instance_type,
        _MACHINE: price.machine,
        "system": price.operating_system,
        "tenancy": price.tenancy,
        "bought": bought,
        _SOURCE: price.source,
    }


def _shortened(row: Mapping[str, str]) -> dict[str, str]:
    name = row[_MACHINE]
    short = name if len(name) <= _LONGEST_NAME else "…" + name[1 - _LONGEST_NAME :]
    return {**row, _MACHINE: short}


def _table(
    found: Sequence[StoredPrice],
    rows: Sequence[Mapping[str, str]],
    columns: Sequence[str],
    more: Mapping[str, list[str]],
) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        # What is looked for is not folded: where there is no room, other columns give it.
        longest = max(len(row[name]) for row in rows)
        whole = 1 if _MACHINE in columns else _WHOLE.get(name, 1)
        table.add_column(name, overflow="fold", min_width=min(longest, whole))
    for name in ("an hour", *more):
        table.add_column(name, justify="right", no_wrap=name == "an hour")
    table.add_column("from (UTC)", no_wrap=True)
    for index, (stored, row) in enumerate(zip(found, rows, strict=True)):
        table.add_row(
            *(_plain(row[name]) for name in columns),
            _amount(stored),
            *(column[index] for column in more.values()),
            _from(stored),
        )
    return table


def _one(stored: StoredPrice, row: Mapping[str, str], more: Mapping[str, list[str]]) -> Table:
    """A price alone, a line for each thing that is known of it."""
    lines = {
        **row,
        "an hour": _amount(stored),
        **{name: column[0] for name, column in more.items()},
        "from (UTC)": _from(stored),
        "imported (UTC)": f"{stored.imported_at:%Y-%m-%d %H:%M}",
    }
    table = Table.grid(padding=(0, 2))
    for name, said in lines.items():
        if said:
            table.add_row(name, _plain(said))
    return table


def _amount(stored: StoredPrice) -> str:
    return f"{digits(stored.price.amount)} {stored.price.currency}"


def _from(stored: StoredPrice) -> str:
    """The day; the time, too, where it does not begin with the day."""
    begin = stored.price.valid_from
    text = begin.isoformat(" ", "seconds" if begin.second else "minutes")
    return text.removesuffix("+00:00").removesuffix(" 00:00")


def _plain(text: str) -> Text:
    """What a file says, without what rich or a terminal would obey."""
    return Text(printable(text))
