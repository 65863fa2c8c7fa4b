"""One ssh command from its start to its end: what it is told, what it says, how it is stopped."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from loadtest.fleet.tether import tethered

# The documents of all kernels in the longest runs are a tenth of this.
MOST_BYTES = 64 << 20
LONGEST_LINE = 1 << 16
KEPT_LINES = 20
END_SECONDS = 5.0


@dataclass(frozen=True)
class Live:
    """How far a run is: kernel, phase, share done (0..1), units per second (None: unknown)."""

    kernel: str
    phase: str
    ratio: float
    units_per_second: float | None


@dataclass(frozen=True)
class Ending:
    """How a command ended.

    Attributes:
        status: its exit status, below 0 for a signal; None: it was stopped, its time was over.
        output: what it wrote to standard output.
        errors: the last lines of its standard error that are no progress.
    """

    status: int | None
    output: bytes
    errors: tuple[str, ...]


def parse_live(line: bytes) -> Live | None:
    """A line of progress (``--progress json``); None when it is something else."""
    try:
        found = json.loads(line)
        rate = found.get("live_units_per_second")
        return Live(
            kernel=one_line(str(found["kernel"])),
            phase=one_line(str(found["phase"])),
            ratio=min(1.0, max(0.0, float(found["progress_ratio"]))),
            units_per_second=None if rate is None else float(rate),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def one_line(line: bytes | str) -> str:
    """A line of another machine as it may be shown here: no control characters, not too long."""
    text = (line if isinstance(line, str) else line.decode(errors="replace")).strip()
    return "".join(c if c.isprintable() else " " for c in text)[:500]


async def converse(
    words: Sequence[str], told: bytes, seconds: float, report: Callable[[Live], None]
) -> Ending:
    """Run a command; it outlives neither this call, however that ends, nor this process.

    Args:
        words: the command.
        told: what it gets on standard input.
        seconds: after which it is stopped.
        report: called with each line of progress.

    Raises:
        OSError: it cannot be started.
    """
    process = await asyncio.create_subprocess_exec(
        *tethered(words),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        # A Ctrl-C of the terminal is ours to pass on.
        start_new_session=True,
    )
    assert process.stdin and process.stdout and process.stderr
    errors: deque[str] = deque(maxlen=KEPT_LINES)
    output = bytearray()
    try:
        async with asyncio.timeout(seconds):
            await asyncio.gather(
                _tell(process.stdin, told),
                _collect(process.stdout, output),
                _follow(process.stderr, errors, report),
            )
            status: int | None = await process.wait()
    except TimeoutError:
        status = None
    finally:
        await _end(process)
    return Ending(status, bytes(output), tuple(errors))


async def _tell(stream: asyncio.StreamWriter, told: bytes) -> None:
    # A command that has ended already says why in its own words.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        stream.write(told)
        await stream.drain()
        stream.close()
        await stream.wait_closed()


async def _collect(stream: asyncio.StreamReader, output: bytearray) -> None:
    while part := await stream.read(1 << 16):
        # What is too long is read to its end all the same, and is no document then.
        if len(output) <= MOST_BYTES:
            output += part


async def _follow(
    stream: asyncio.StreamReader, errors: deque[str], report: Callable[[Live], None]
) -> None:
    rest = b""
    while part := await stream.read(1 << 16):
        *lines, rest = (rest + part).split(b"\n")
        rest = rest[-LONGEST_LINE:]
        for line in lines:
            _heed(line, errors, report)
    _heed(rest, errors, report)


def _heed(line: bytes, errors: deque[str], report: Callable[[Live], None]) -> None:
    live = parse_live(line)
    if live is not None:
        report(live)
    elif text := one_line(line):
        errors.append(text)


async def _end(process: asyncio.subprocess.Process) -> None:
    for stop in (process.terminate, process.kill):
        if process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            stop()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), END_SECONDS)
