"""``perfanalysis loadtest deliveries``: what waits, and what was refused."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from loadtest.commands import options
from loadtest.outputs.outbox import folders, spool_of
from loadtest.presentation import console
from perfanalysis.delivery.entry import Entry
from perfanalysis.delivery.spool import Spool


@click.command()
@options.STATE_DIRECTORY
@options.AS_JSON
def deliveries(state_directory: Path | None, as_json: bool) -> None:
    """Show which results wait for a receiver, and which one has refused, with its answer.

    `perfanalysis loadtest deliver --retry-dead` tries those again.
    """
    found = [facts(folder) for folder in folders(options.state_directory(state_directory))]
    if as_json:
        options.print_json(found)
    else:
        show(found, console())


def facts(folder: Path) -> dict[str, Any]:
    """What one spool holds.

    Raises:
        PerfAnalysisError: it is unusable.
    """
    spool, destination = spool_of(folder)
    waiting = spool.waiting()
    result: dict[str, Any] = {
        "kind": destination.kind,
        "url": destination.shown,
        "folder": str(folder),
        "waiting": len(waiting),
        "waiting_bytes": sum(entry.size for entry in waiting),
        "refused": [refusal(spool, entry) for entry in spool.dead()],
    }
    if waiting:
        result["oldest_seconds"] = waiting[0].sequence / 1e9
    return result


def refusal(spool: Spool, entry: Entry) -> dict[str, Any]:
    """A refused result and the answer to it; what is unknown is absent."""
    answer = spool.answer(entry)
    kept = ("status", "text", "answered_seconds")
    found: dict[str, Any] = {key: answer[key] for key in kept if key in answer}
    try:
        found["test_id"] = spool.read(entry).idempotency_key
    except (OSError, ValueError):
        found["file"] = str(entry.path)
    return found


def show(found: list[dict[str, Any]], where: Console) -> None:
    """Print the spools as a table, and each refusal as a line."""
    if not found:
        where.print("no receivers: no run has had any yet")
        return
    table = Table()
    for heading in ("kind", "receiver", "waiting", "oldest", "refused"):
        table.add_column(heading, overflow="fold")
    for one in found:
        oldest = moment(one["oldest_seconds"]) if "oldest_seconds" in one else ""
        row = (one["kind"], one["url"], str(one["waiting"]), oldest, str(len(one["refused"])))
        table.add_row(*row)
    where.print(table)
    for one in found:
        for refused in one["refused"]:
            name = refused.get("test_id") or refused.get("file", "")
            said = f"status {refused.get('status', 'unknown')}: {refused.get('text', '')}"
            where.print(f"refused by {one['url']}: {name}: {said}", highlight=False)


def moment(seconds: float) -> str:
    """A time for people, UTC."""
    return f"{datetime.datetime.fromtimestamp(seconds, datetime.UTC):%Y-%m-%d %H:%M:%SZ}"
