"""The kernel rmw, beside a plain C loop of the same work."""

from __future__ import annotations

from benchmarks import kernel_rates, plain_c_programs
from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from cffi_burn.kernel import compiler, compiler_flags
from perfanalysis import __version__

ROUNDS = 60
QUICK_ROUNDS = 3
SECONDS = 0.4
LEAST_RATIO = 0.95


def run(settings: Settings) -> Outcome:
    """Run the kernel and the plain loop in turns, on one CPU."""
    kernel = kernel_rates.find_kernel("rmw")
    program = plain_c_programs.build("rmw", compiler_flags(), settings.folder)
    ours: list[float] = []
    peer: list[float] = []
    with kernel_rates.pinned() as cpu, kernel_rates.working(kernel, cpu) as worker:
        for _ in range(QUICK_ROUNDS if settings.quick else ROUNDS):
            ours.append(kernel_rates.rate(worker, SECONDS))
            peer.append(plain_c_programs.rate(program, SECONDS))
    goal = Goal(">= 0.95", float("inf"), LEAST_RATIO)
    figures = [Figure("units a second, one CPU", "1/s", ours, peer, "plain C, our flags", goal)]
    facts: dict[str, object] = {
        "kernel_version": kernel.version,
        "compiler": compiler(),
        "flags": compiler_flags(),
    }
    notes = ["The plain loop's spin is unrolled as well, and kept from being computed only once."]
    return Outcome({"perfanalysis": __version__}, figures, facts, notes)


CASE = Case(
    name="kernel_rmw",
    what="The kernel rmw and a plain C loop of the same work, compiled with the same flags, in "
    "turns on one CPU.",
    peer="a plain C loop",
    goal="rate >= 0.95",
    run=run,
)
