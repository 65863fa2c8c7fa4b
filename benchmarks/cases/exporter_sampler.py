"""What the exporter's sampler costs: CPU time of a process that nobody scrapes."""

from __future__ import annotations

import sys
import time

from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from benchmarks.process import cpu_seconds
from demo.servers import start_exporter
from perfanalysis import __version__

ROUNDS = 6
ROUND_SECONDS = 10.0
QUICK_SECONDS = 1.0
FREQUENCY = 10
GOAL = Goal("<= 0.5 % of a CPU", 0.005, float("-inf"))


def run(settings: Settings) -> Outcome:
    """Measure an exporter with the sampler and one without it, at the same time.

    Both run all default collectors, and neither is scraped, so what differs is the sampler.
    """
    seconds = QUICK_SECONDS if settings.quick else ROUND_SECONDS
    command = [sys.executable, "-m", "perfanalysis"]
    flags = ("--collector.sampler", f"--collector.sampler.frequency={FREQUENCY}")
    with_it, _ = start_exporter(flags, settings.folder / "with.log", perfanalysis=command)
    try:
        without, _ = start_exporter((), settings.folder / "without.log", perfanalysis=command)
        try:
            shares = []
            time.sleep(1.0)
            for number in range(ROUNDS):
                settings.say(f"round {number + 1} of {ROUNDS}")
                shares.append(_share(with_it.pid, without.pid, seconds))
        finally:
            without.stop()
    finally:
        with_it.stop()
    facts: dict[str, object] = {"looks_per_second": FREQUENCY, "seconds_per_round": seconds}
    return Outcome(
        {"perfanalysis": __version__},
        [Figure("CPU time a second, with the sampler less without it", "s", shares, goal=GOAL)],
        facts,
    )


def _share(with_it: int, without: int, seconds: float) -> float:
    begin = time.monotonic()
    before = cpu_seconds(with_it) - cpu_seconds(without)
    time.sleep(seconds)
    after = cpu_seconds(with_it) - cpu_seconds(without)
    return (after - before) / (time.monotonic() - begin)


CASE = Case(
    name="exporter_sampler",
    what="CPU time of the sampler at 10 looks a second, which reads /proc/stat and pressure.",
    peer="itself without the sampler",
    goal="<= 0.5 % of one CPU",
    run=run,
)
