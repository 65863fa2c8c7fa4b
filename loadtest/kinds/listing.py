"""``perfanalysis kinds list``: the kinds of work, and how far each can be trusted."""

from __future__ import annotations

import math

import click
from rich.table import Table

from loadtest import presentation
from loadtest.commands import options
from perfanalysis.kinds import shipped
from perfanalysis.kinds.catalogue import KINDS
from perfanalysis.kinds.model import Learned


@click.command("list")
@click.option("--all", "every", is_flag=True, help="Single programs too.")
@options.AS_JSON
def listing(every: bool, as_json: bool) -> None:
    """List the kinds of work, and how far each can be trusted."""
    learned = [shipped.kind(kind.name) for kind in KINDS if every or kind.headline]
    if as_json:
        options.print_json([_as_json(kind) for kind in learned])
        return
    table = Table(caption=f"{shipped.ATTRIBUTION}.", caption_justify="left")
    for heading in ("kind", "work"):
        table.add_column(heading, overflow="fold")
    for heading in ("between CPU models", "Arm with another", "of one CPU model"):
        table.add_column(f"90 % interval {heading}", justify="right")
    for kind in learned:
        best = kind.models[0]
        widths = (best.between, best.across, best.within)
        table.add_row(kind.kind, kind.title, *(_factor(width.get("0.9")) for width in widths))
    presentation.console().print(table)


def _factor(half: float | None) -> str:
    return "unknown" if half is None else f"x/÷ {math.exp(half):.2f}"


def _as_json(learned: Learned) -> dict[str, object]:
    best = learned.models[0]
    return {
        "kind": learned.kind,
        "title": learned.title,
        "kernels": list(best.kernels),
        "half_widths": {"between": best.between, "across": best.across, "within": best.within},
        "cpu_models": best.cpu_models,
        "machines": best.machines,
        "source": learned.source,
    }
