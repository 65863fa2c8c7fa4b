"""The load test on all machines: some at a time, each for itself, none stopped by another."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from loadtest.fleet.conversation import MOST_BYTES, Ending, Live, converse, one_line
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.results import reading
from perfanalysis.results.document import Document

# What ssh itself ends with when it could not connect or log in.
SSH_FAILED = 255
_MEMORY_NOTE = "load test: kernel "


@dataclass(frozen=True)
class Task:
    """What is done on one machine.

    Attributes:
        name: of the machine.
        words: the ssh command.
        told: what it gets on standard input.
    """

    name: str
    words: tuple[str, ...]
    told: bytes


@dataclass(frozen=True)
class Outcome:
    """What came of one machine.

    Attributes:
        name: of the machine.
        documents: checked, one a kernel; there may be some although the run failed.
        reason: why it failed, one line; empty: it did not.
    """

    name: str
    documents: tuple[Document, ...]
    reason: str = ""


class Watcher(Protocol):
    """Whoever shows how the machines stand."""

    def started(self, name: str) -> None:
        """A machine's turn has begun."""

    def live(self, name: str, live: Live) -> None:
        """A machine says how far it is."""

    def ended(self, outcome: Outcome) -> None:
        """A machine is done."""


async def run_all(
    tasks: Sequence[Task],
    parallel: int,
    seconds: float,
    watcher: Watcher,
    keep: Callable[[Outcome], None],
) -> list[Outcome]:
    """Run all tasks; when this is cancelled, all are ended.

    Args:
        tasks: in the order in which they begin.
        parallel: how many at a time.
        seconds: how long each may take from its turn on.
        watcher: told of all changes.
        keep: called with each outcome at once, so that what is done stays when others are stopped;
            what it raises ends all.

    Returns:
        The outcomes, in the order of the tasks.
    """
    turn = asyncio.Semaphore(parallel)

    async def one(task: Task) -> Outcome:
        async with turn:
            watcher.started(task.name)
            ending = await converse(
                task.words, task.told, seconds, lambda live: watcher.live(task.name, live)
            )
            outcome = judge(task.name, ending, seconds)
            keep(outcome)
            watcher.ended(outcome)
            return outcome

    running = [asyncio.create_task(one(task)) for task in tasks]
    try:
        return await asyncio.gather(*running)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def judge(name: str, ending: Ending, seconds: float) -> Outcome:
    """What a command's end says of the machine.

    Args:
        name: of the machine.
        ending: of its ssh command.
        seconds: that it had.
    """
    if ending.status is None:
        return Outcome(name, (), f"no result within {seconds:g} s; the run was ended")
    # What the run said of its memory explains no failure.
    said = [line for line in ending.errors if not line.startswith(_MEMORY_NOTE)]
    last = said[-1] if said else "no reason was given"
    try:
        found = documents(ending.output, f"the answer of {name}")
    except PerfAnalysisError as error:
        if ending.status == 0:
            return Outcome(name, (), one_line(str(error)))
        found = ()
    if ending.status == 0:
        return Outcome(name, found)
    if ending.status == SSH_FAILED:
        return Outcome(name, found, last)
    return Outcome(name, found, f"exit status {ending.status}: {last}")


def documents(output: bytes, where: str) -> tuple[Document, ...]:
    """The documents that a run with ``--json`` has printed, checked.

    Raises:
        InputError: it printed something else.
    """
    if len(output) > MOST_BYTES:
        raise InputError(where, "", f"at most {MOST_BYTES} bytes")
    try:
        content = json.loads(output)
    except (ValueError, RecursionError) as error:
        expected = "a result document, and nothing that the login shell prints"
        raise InputError(where, "", expected, one_line(output[:100])) from error
    found = content if isinstance(content, list) else [content]
    if not found:
        raise InputError(where, "", "a result document", content)
    return tuple(reading.from_json(one, where) for one in found)
