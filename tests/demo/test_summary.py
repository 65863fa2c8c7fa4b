"""The demonstration's table, from what Prometheus knows of each machine."""

from __future__ import annotations

import io

from rich.console import Console

from demo.summary import SummaryRow, chosen, say_disturbed, say_next, show
from perfanalysis.machines.inventory import InventoryMachine

PRICED, UNPRICED = (
    InventoryMachine("priced", prices={"on_demand": 0.05}),
    InventoryMachine("unpriced", prices={"spot": 0.01}),
)
KNOWN = {
    "max": {"priced": 500.0, "unpriced": 1234.5},
    "lower": {"priced": 490.0},
    "upper": {"priced": 520.0},
    "valid": {"priced": 1.0, "unpriced": 0.0},
    "full": {"priced": 1.0, "unpriced": 1.0},
    "price": {"priced": 0.05},
    "units_per_dollar": {"priced": 10_000.0},
}


def test_a_machine_is_shown_with_what_can_be_known_of_it() -> None:
    assert chosen(KNOWN, [PRICED, UNPRICED]) == [
        SummaryRow("priced", 500.0, 490.0, 520.0, True, 0.05, 10_000.0),
        SummaryRow("unpriced", 1234.5, None, None, False, None, None),
    ]


def test_what_must_come_is_waited_for() -> None:
    for name in ("max", "valid", "full", "price", "units_per_dollar"):
        assert chosen({**KNOWN, name: {}}, [PRICED]) == []
    assert chosen({**KNOWN, "max": {}}, [PRICED, UNPRICED]) == []


def test_what_never_comes_is_not_waited_for() -> None:
    for name in ("valid", "full"):
        (row,) = chosen({**KNOWN, name: {"priced": 0.0}, "units_per_dollar": {}}, [PRICED])
        assert (row.max, row.price, row.units_per_dollar) == (500.0, 0.05, None)


def test_the_table_says_what_is_unknown() -> None:
    out = io.StringIO()
    show(Console(file=out, width=120), chosen(KNOWN, [PRICED, UNPRICED]))
    first, second = (line for line in out.getvalue().splitlines() if "priced" in line)
    assert "500.0" in first
    assert "490.0 to 520.0" in first
    assert "10,000" in first
    assert "valid" in first
    assert "1,234.5" in second
    assert second.count("unknown") == 3
    assert "disturbed" in second


def said_of(*rows: SummaryRow) -> str:
    output = io.StringIO()
    say_disturbed(Console(file=output, width=200), rows)
    return output.getvalue()


def test_a_disturbed_run_is_explained_with_what_helps() -> None:
    valid, disturbed = chosen(KNOWN, [PRICED, UNPRICED])
    assert said_of(valid) == ""
    assert "gets no units per dollar" in said_of(valid, disturbed)
    assert "`top` shows it" in said_of(disturbed)


def test_what_to_look_at_next_is_said() -> None:
    for full in (False, True):
        output = io.StringIO()
        say_next(Console(file=output, width=100), full=full)
        assert "docs/quick-start.md" in output.getvalue()
        assert ("FULL=1" in output.getvalue()) is not full
