"""The kernel divide, beside stress-ng's div16."""

from __future__ import annotations

import os

from benchmarks import kernel_peers, kernel_rates
from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from perfanalysis import __version__

ROUNDS = 20
QUICK_ROUNDS = 2
SECONDS = 2
LEAST_RATIO, MOST_RATIO = 0.95, 1.05


def run(settings: Settings) -> Outcome:
    """Run both on one CPU and on all, in turns.

    Bogo operations are none of ours: what must agree is how much more all CPUs do than one.
    """
    kernel = kernel_rates.find_kernel("divide")
    everywhere = sorted(os.sched_getaffinity(0))
    ours: dict[int, list[float]] = {}
    peer: dict[int, list[float]] = {}
    for _ in range(QUICK_ROUNDS if settings.quick else ROUNDS):
        for cpus in ([everywhere[-1]], everywhere):
            with kernel_rates.pinned_to(cpus):
                found = kernel_rates.rate_of_all(kernel, cpus, SECONDS, wall=False)
                ours.setdefault(len(cpus), []).append(found)
                bogo = kernel_peers.stress_ng_div16(len(cpus), SECONDS)
                peer.setdefault(len(cpus), []).append(bogo)
    goal = Goal("0.95 to 1.05", MOST_RATIO, LEAST_RATIO)
    count = len(everywhere)
    figures = [
        Figure("units against bogo operations a second, one CPU", "1/s", ours[1], peer[1], "div16")
    ]
    if count > 1:
        shares = [
            [whole / alone for whole, alone in zip(found[count], found[1], strict=True)]
            for found in (ours, peer)
        ]
        name = f"{count} CPUs over one"
        figures.insert(0, Figure(name, "ratio", shares[0], shares[1], "stress-ng div16", goal))
    versions = {
        "perfanalysis": __version__,
        "stress-ng": kernel_peers.version("stress-ng", "--version"),
    }
    notes = [
        "CPU time on both sides. How many divisions a bogo operation is depends on stress-ng's "
        "version; no goal is set for it."
    ]
    return Outcome(versions, figures, {"kernel_version": kernel.version}, notes)


CASE = Case(
    name="kernel_divide",
    what="16-bit divisions by the kernel divide and by stress-ng --cpu-method div16, in turns, on "
    "one CPU and on all.",
    peer="stress-ng div16",
    goal="proportional: all CPUs over one, 0.95 to 1.05 of stress-ng's",
    run=run,
)
