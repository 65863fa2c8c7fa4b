"""Nothing that a terminal would obey is printed."""

from __future__ import annotations

import io

import pytest
from rich.table import Table

from perfanalysis.printable import printable
from perfanalysis.terminal import Terminal

EVIL = "web\x1b[31m\x1b]0;title\x07\x9b5n\r"
SHOWN = r"web\x1b[31m\x1b]0;title\x07\x9b5n\r"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("db[primary] § 95 %", "db[primary] § 95 %"),
        ("two\nlines", "two\nlines"),
        (EVIL, SHOWN),
        # The order of letters turned round, and half of a pair.
        ("a\u202eb\ud800", r"a\u202eb\ud800"),
    ],
)
def test_control_characters_are_written_out(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_cells_titles_and_lines_of_a_table_are_plain() -> None:
    out = io.StringIO()
    console = Terminal(file=out, width=200, markup=False)
    table = Table(EVIL, title=EVIL, caption=EVIL)
    table.add_row(EVIL)
    console.print(table)
    console.print(EVIL, style="yellow", highlight=False)
    assert out.getvalue().count(SHOWN) == 5
    assert out.getvalue().replace("\n", "").isprintable()
