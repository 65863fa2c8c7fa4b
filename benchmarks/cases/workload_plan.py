"""Packing 300 workloads of a week onto 20 types of machine."""

from __future__ import annotations

import os
import resource
import time
from importlib import metadata

from benchmarks import made_workloads
from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from perfanalysis import __version__
from workload.planning.demand import PackingRules
from workload.planning.planning import make_plan
from workload.planning.solving import PackingProgress

WORKLOADS, QUICK_WORKLOADS = 300, 30
SECONDS, QUICK_SECONDS = 60.0, 5.0
SEEDS = (1, 2, 3)


def run(settings: Settings) -> Outcome:
    """Plan three fleets, one after the other."""
    workloads = QUICK_WORKLOADS if settings.quick else WORKLOADS
    limit = QUICK_SECONDS if settings.quick else SECONDS
    gaps, seconds, work, costs, first_fits = [], [], [], [], []
    load = os.getloadavg()[0]
    for seed in SEEDS[:1] if settings.quick else SEEDS:
        demand = made_workloads.demand(workloads, seed)
        kinds = made_workloads.kinds(seed)

        def say(now: PackingProgress) -> None:
            settings.say(f"{now.done:.0%}: {now.cost / 1e6:.4f}, bound {now.bound / 1e6:.4f}")

        began, used = time.monotonic(), time.process_time()
        plan = make_plan(demand, kinds, PackingRules(), limit, say)
        seconds.append(time.monotonic() - began)
        work.append(time.process_time() - used)
        gaps.append(plan.gap)
        costs.append(float(plan.cost))
        assert plan.first_fit is not None
        first_fits.append(float(plan.first_fit))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Outcome(
        {"perfanalysis": __version__, "HiGHS": metadata.version("highspy")},
        [
            Figure("gap to the proven bound", "1", gaps, goal=Goal("<= 5 %", 0.05)),
            Figure(
                "cost of the plan",
                "dollars an hour",
                costs,
                first_fits,
                "first-fit-decreasing, its cheapest type",
                Goal("< 1", 0.9999),
            ),
            Figure("time to plan", "s", seconds, goal=Goal("<= 63 s", 63.0)),
            Figure("CPU time to plan", "s", work),
            Figure("memory of the process at its peak", "B", [float(memory)]),
        ],
        {"workloads": workloads, "steps": made_workloads.STEPS, "types": 20, "load before": load},
        [f"The machine's load average was {load:.1f} when it began."],
    )


CASE = Case(
    name="workload_plan",
    what="Packing 300 made workloads of a week at 5 min onto 20 types of machine; three fleets.",
    peer="first-fit-decreasing with joint peaks, by its cheapest type",
    goal="at most 5 % dearer than the best possible, in 60 s; cheaper than first-fit-decreasing",
    run=run,
)
