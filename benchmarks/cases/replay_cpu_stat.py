"""The same as ``replay_cpu`` by /proc/stat: on a machine with nothing else on it."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.case import Case, Outcome, Settings
from benchmarks.cases.replay_cpu import outcome, shapes

NOTES = [
    "Parts of two recordings at 5 times their speed: ticks of 1 s, on one CPU and on all of them. "
    "Both sides are read from /proc/stat at the ends of their own ticks, where whatever else runs "
    "counts, too: `others_ratio` says how much that was.",
]


def run(settings: Settings) -> Outcome:
    """Follow each trace on CPUs of the machine, with ours and with the other in turns."""
    wanted = [replace(shape, grouped=False) for shape in shapes() if shape.quota is None]
    return outcome(settings, wanted, NOTES)


CASE = Case(
    name="replay_cpu_stat",
    what="Recorded CPU time followed on one CPU and all CPUs, by /proc/stat.",
    peer="stress-ng --cpu-load tick by tick",
    goal="<= 1 point a tick, and 1/3 of its distance",
    run=run,
)
