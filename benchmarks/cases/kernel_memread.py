"""The kernels memread, beside lmbench's loop as plain C over blocks of the same sizes."""

from __future__ import annotations

from benchmarks import kernel_rates, plain_c_programs
from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from cffi_burn.kernel import compiler, compiler_flags
from perfanalysis import __version__

SIZES = ("16k", "1m", "8m", "64m", "256m")
ROUNDS = 20
QUICK_ROUNDS = 2
SECONDS = 0.3
LEAST_RATIO, MOST_RATIO = 0.95, 1.05


def run(settings: Settings) -> Outcome:
    """Run the kernel and the plain loop in turns, on one CPU, size by size."""
    program = plain_c_programs.build("read_block", compiler_flags(), settings.folder)
    figures = []
    goal = Goal("0.95 to 1.05", MOST_RATIO, LEAST_RATIO)
    with kernel_rates.pinned() as cpu:
        for size in SIZES:
            settings.say(f"memread_{size}")
            kernel = kernel_rates.find_kernel(f"memread_{size}")
            ours: list[float] = []
            peer: list[float] = []
            for _ in range(QUICK_ROUNDS if settings.quick else ROUNDS):
                # Anew each round, as the program is: where a block lies moves its rate.
                with kernel_rates.working(kernel, cpu) as worker:
                    ours.append(kernel_rates.rate(worker, SECONDS) * kernel.bytes_per_unit)
                peer.append(plain_c_programs.rate(program, SECONDS, kernel.memory_bytes))
            name = f"bytes a second of {kernel.name}, one CPU"
            figures.append(Figure(name, "B", ours, peer, "plain C, our flags", goal))
    facts: dict[str, object] = {
        "kernel_version": kernel.version,
        "compiler": compiler(),
        "flags": compiler_flags(),
    }
    notes = [
        "lmbench is no package of Debian: its loop stands here as plain C. Both sides have the "
        "pages that the system gives to who asks for none."
    ]
    return Outcome({"perfanalysis": __version__}, figures, facts, notes)


CASE = Case(
    name="kernel_memread",
    what="The kernels memread and the loop of lmbench's bw_mem rd as plain C, in turns on one CPU, "
    "over blocks of the same sizes; CPU time.",
    peer="lmbench's loop",
    goal="rate 0.95 to 1.05",
    run=run,
)
