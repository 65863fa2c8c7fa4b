"""All kernels of our own, built by gcc and by clang: one machine code must have one rate."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from benchmarks import built_kernels, kernel_rates
from benchmarks.case import Case, Figure, Goal, Outcome, PeerMissingError, Settings
from cffi_burn.kernel import Kernel
from perfanalysis import __version__

OURS = "gcc"
# The newest that is there.
PEERS = ("clang-19", "clang-16", "clang-15", "clang-14", "clang-13", "clang")
# What lies in memory lies elsewhere after each start, and its rate differs by that.
STARTS = 5
ROUNDS_A_START = 16
QUICK_ROUNDS = 2
SECONDS = 0.05
LEAST_RATIO, MOST_RATIO = 0.98, 1.02


def run(settings: Settings) -> Outcome:
    """Run each kernel and instruction set of both builds in turns, on one CPU."""
    peer = next((name for name in PEERS if shutil.which(name)), None)
    if peer is None:
        raise PeerMissingError(f"none of {', '.join(PEERS)} is on PATH")
    programs = [built_kernels.build(name, settings.folder) for name in (OURS, peer)]
    found = kernel_rates.find_kernels()
    kernels = {name: kernel for name, kernel in found.items() if not kernel.library}
    figures = []
    with kernel_rates.pinned():
        for kernel in kernels.values():
            for instruction_set in kernel.instruction_sets:
                settings.say(f"{kernel.name} with {instruction_set}")
                figures.append(_figure(programs, kernel, instruction_set, settings.quick))
    facts: dict[str, object] = {
        "kernel_versions": {kernel.name: kernel.version for kernel in kernels.values()},
        "memory_bytes": {kernel.name: kernel.memory_bytes for kernel in kernels.values()},
        "starts": STARTS,
        "rounds_a_start": ROUNDS_A_START,
    }
    versions = {"perfanalysis": __version__}
    versions |= {name: built_kernels.version(name) for name in (OURS, peer)}
    notes = ["No compiler makes a kernel's machine code; a test compares it byte by byte."]
    return Outcome(versions, figures, facts, notes)


def _figure(programs: Sequence[Path], kernel: Kernel, instruction_set: str, quick: bool) -> Figure:
    samples: tuple[list[float], list[float]] = ([], [])
    for _ in range(1 if quick else STARTS):
        asked = (kernel.name, instruction_set, kernel.memory_bytes)
        with (
            built_kernels.asked(programs[0], *asked) as ours,
            built_kernels.asked(programs[1], *asked) as peer,
        ):
            for number in range(QUICK_ROUNDS if quick else ROUNDS_A_START):
                both = [(ours, samples[0]), (peer, samples[1])]
                # Who comes first changes, so that a clock that falls or rises favours nobody.
                for side, found in both if number % 2 else reversed(both):
                    found.append(side.rate(SECONDS))
    goal = Goal("0.98 to 1.02", MOST_RATIO, LEAST_RATIO)
    name = f"{kernel.name}, {instruction_set}"
    return Figure(name, "1/s", *samples, f"by {programs[1].name.removeprefix('rate-')}", goal)


CASE = Case(
    name="kernel_compilers",
    what="All kernels of our own with all instruction sets, built by gcc and by clang from the "
    "same files, in turns on one CPU; units a second of CPU time.",
    peer="the same kernels, built by clang",
    goal="ratio 0.98 to 1.02",
    run=run,
)
