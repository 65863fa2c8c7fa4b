"""Captures of a day of many machines, as an import night brings them in."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path

from tests.exporter.conftest import FIXTURES

HOST = "firecracker-6.18"
FILES = ("stat", "meminfo", "vmstat", "loadavg", "diskstats", "net/dev")
STEP_SECONDS = 60
_NUMBER = re.compile(rb"(?<![\w.])\d{4,15}(?![\w.])")


def captures(folder: Path, machines: int, begin: int, snapshots: int) -> list[Path]:
    """Write flat captures, one a machine, and return them.

    Every number of four digits and more of the host's files goes on from snapshot to snapshot, each
    at a speed of its own; all machines do the same.

    Args:
        folder: for the files, which are called ``night-00.jsonl`` and so on.
        machines: how many.
        begin: time of the first snapshot, Unix seconds.
        snapshots: of each, one a minute.

    Raises:
        OSError: the folder cannot be written.
    """
    texts = {f"/proc/{name}": (FIXTURES / HOST / "proc" / name).read_bytes() for name in FILES}
    lines = []
    for number in range(snapshots):
        for subsystem, text in texts.items():
            moved = _NUMBER.sub(partial(_later, number), text)
            line = {
                "timestamp": begin + number * STEP_SECONDS,
                "subsystem": subsystem,
                "measurement": moved.decode(),
            }
            lines.append(json.dumps(line))
    whole = "\n".join(lines) + "\n"
    paths = [folder / f"night-{number:02}.jsonl" for number in range(machines)]
    for path in paths:
        path.write_text(whole, encoding="utf-8")
    return paths


def inventory(paths: list[Path]) -> str:
    """An inventory with the machines of these captures."""
    machines = "".join(f"  - {{name: {path.stem}, provider: made}}\n" for path in paths)
    return f"machines:\n{machines}"


def _later(number: int, found: re.Match[bytes]) -> bytes:
    return b"%d" % (int(found[0]) + number * (found.start() % 97 + 1))
