"""Servers that ``make demo KEEP=1`` left up: remembered in a file, stopped by the next run."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from pathlib import Path

import psutil

from demo.servers import STOP_SECONDS, DemoServer
from perfanalysis.atomic_write import write_atomically

FILE = "kept-servers.json"


def remember(folder: Path, servers: Sequence[DemoServer]) -> None:
    """Write down which processes were left up.

    Raises:
        OSError: the file cannot be written.
    """
    entries = [
        {"name": s.name, "pid": s.pid, "created": psutil.Process(s.pid).create_time()}
        for s in servers
    ]
    write_atomically(folder / FILE, json.dumps(entries, indent=1).encode() + b"\n")


def stop_kept(folder: Path) -> int:
    """Stop what an earlier run left up in ``folder``.

    A process id that has meanwhile been given to another process is left alone.

    Returns:
        How many processes were stopped.
    """
    path = folder / FILE
    try:
        entries = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return 0
    found = [process for entry in entries if (process := _same_process(entry))]
    for process in found:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    _, alive = psutil.wait_procs(found, timeout=STOP_SECONDS)
    for process in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    path.unlink(missing_ok=True)
    return len(found)


def _same_process(entry: dict[str, object]) -> psutil.Process | None:
    try:
        process = psutil.Process(int(str(entry["pid"])))
        same = abs(process.create_time() - float(str(entry["created"]))) < 1.0
    except (psutil.Error, KeyError, ValueError, TypeError):
        return None
    return process if same else None
