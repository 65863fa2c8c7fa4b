"""The kernel membw, beside a plain C triad over arrays of the same size."""

from __future__ import annotations

from pathlib import Path

from benchmarks import kernel_rates, plain_c_programs
from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from cffi_burn.kernel import compiler, compiler_flags
from perfanalysis import __version__

ROUNDS = 40
QUICK_ROUNDS = 3
SECONDS = 0.4
LEAST_RATIO = 0.95
# What a person would give who wants the most of the plain loop.
BEST_FLAGS = "-O3 -march=native"


def run(settings: Settings) -> Outcome:
    """Run the kernel and both builds of the plain triad in turns, on one CPU."""
    kernel = kernel_rates.find_kernel("membw")
    same = plain_c_programs.build("triad", compiler_flags(), settings.folder)
    best = plain_c_programs.build("triad", BEST_FLAGS, settings.folder)
    rates: tuple[list[float], list[float], list[float]] = ([], [], [])
    with kernel_rates.pinned() as cpu, kernel_rates.working(kernel, cpu) as worker:
        for _ in range(QUICK_ROUNDS if settings.quick else ROUNDS):
            rates[0].append(kernel_rates.rate(worker, SECONDS) * kernel.bytes_per_unit)
            for program, found in ((same, rates[1]), (best, rates[2])):
                found.append(_plain(program, kernel.memory_bytes))
    goal = Goal(">= 0.95", float("inf"), LEAST_RATIO)
    figures = [
        Figure("bytes a second, one CPU", "B", rates[0], rates[1], "plain C, our flags", goal),
        Figure("the same", "B", rates[0], rates[2], f"plain C, {BEST_FLAGS}", goal),
    ]
    facts: dict[str, object] = {
        "instruction_set": kernel.instruction_sets[0],
        "kernel_version": kernel.version,
        "memory_bytes": kernel.memory_bytes,
        "compiler": compiler(),
        "flags": compiler_flags(),
    }
    notes = [
        f"Three arrays of together {kernel.memory_bytes:,} bytes, in 2 MiB pages, on each side."
    ]
    return Outcome({"perfanalysis": __version__}, figures, facts, notes)


def _plain(program: Path, memory_bytes: int) -> float:
    return plain_c_programs.rate(program, SECONDS, memory_bytes)


CASE = Case(
    name="kernel_membw",
    what="The kernel membw and a plain C triad over arrays of the same size, in turns on one CPU; "
    "bytes as STREAM counts them, 24 an element.",
    peer="a plain C triad",
    goal="rate >= 0.95",
    run=run,
)
