"""The kernel vector, beside what this CPU's units for fused multiply-add can do at its clock."""

from __future__ import annotations

from pathlib import Path

from benchmarks import kernel_rates, plain_c_programs
from benchmarks.case import Case, Figure, Goal, Outcome, PeerMissingError, Settings
from benchmarks.fma_peak import multiply_adds_per_cycle
from cffi_burn.kernel import compiler, compiler_flags
from perfanalysis import __version__

ROUNDS = 40
QUICK_ROUNDS = 3
SECONDS = 0.25
CLOCK_SECONDS = 0.1
LEAST_SHARE = 0.9


def run(settings: Settings) -> Outcome:
    """Measure the clock, the kernel, and the clock again, on one CPU, in every round."""
    kernel = kernel_rates.find_kernel("vector")
    instruction_set = kernel.instruction_sets[0]
    cpuinfo = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    per_cycle = multiply_adds_per_cycle(cpuinfo, instruction_set)
    if per_cycle is None:
        raise PeerMissingError(f"the peak of this CPU with {instruction_set} is not known")
    clock = plain_c_programs.build("clock", compiler_flags(), settings.folder)
    ours: list[float] = []
    peak: list[float] = []
    clocks: list[float] = []
    with kernel_rates.pinned() as cpu, kernel_rates.working(kernel, cpu) as worker:
        for _ in range(QUICK_ROUNDS if settings.quick else ROUNDS):
            before = plain_c_programs.rate(clock, CLOCK_SECONDS)
            ours.append(kernel_rates.rate(worker, SECONDS) * kernel.operations_per_unit / 2)
            clocks.append((before + plain_c_programs.rate(clock, CLOCK_SECONDS)) / 2)
            peak.append(clocks[-1] * per_cycle)
    figures = [
        Figure(
            "fused multiply-adds of doubles, one CPU",
            "1/s",
            ours,
            peak,
            "theoretical peak at the measured clock",
            Goal(">= 0.9", 1.0, LEAST_SHARE),
        ),
        Figure("clock, by a chain of additions", "Hz", clocks),
    ]
    facts: dict[str, object] = {
        "instruction_set": instruction_set,
        "kernel_version": kernel.version,
        "peak_multiply_adds_per_cycle": per_cycle,
        "compiler": compiler(),
        "flags": compiler_flags(),
    }
    notes = [
        f"With {instruction_set} this CPU can do {per_cycle} multiply-adds a cycle.",
        "What the core's other thread does, a neighbour's perhaps, takes units but not the clock.",
    ]
    return Outcome({"perfanalysis": __version__}, figures, facts, notes)


CASE = Case(
    name="kernel_vector",
    what="The kernel vector as a share of the theoretical peak of this CPU's units for fused "
    "multiply-add, at the clock measured right before and after.",
    peer="the CPU's peak",
    goal="share >= 0.9",
    run=run,
)
