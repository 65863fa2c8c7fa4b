"""Packing 300 workloads of a week onto 20 types of machine."""

from __future__ import annotations

import os
import resource
import time
from dataclasses import dataclass, field
from importlib import metadata

from benchmarks import made_workloads
from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from perfanalysis import __version__
from workload.planning.demand import PackingRules
from workload.planning.planning import make_plan
from workload.planning.solving import PackingProgress

WORKLOADS, QUICK_WORKLOADS = 300, 30
SECONDS, QUICK_SECONDS = 60.0, 5.0
SEEDS = (1, 2)
_FLEETS = {"usual": made_workloads.USUAL, "busy": made_workloads.BUSY}
_KIB = 1024


@dataclass
class _Measured:
    """Of one fleet, one value a seed."""

    gaps: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    first_fits: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    work: list[float] = field(default_factory=list)


def run(settings: Settings) -> Outcome:
    """Plan usual and busy fleets, one after the other."""
    load = os.getloadavg()[0]
    measured = {name: _Measured() for name in _FLEETS}
    for name, found in measured.items():
        for seed in SEEDS[:1] if settings.quick else SEEDS:
            _measure(found, name, seed, settings)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIB
    return Outcome(
        {"perfanalysis": __version__, "HiGHS": metadata.version("highspy")},
        [
            *(figure for name, found in measured.items() for figure in _figures(name, found)),
            Figure("memory of the process at its peak", "B", [float(memory)]),
        ],
        {
            "workloads": QUICK_WORKLOADS if settings.quick else WORKLOADS,
            "steps": made_workloads.STEPS,
            "types": 20,
            "load average before": load,
        },
        [
            "Usual: machines are busy by 15 to 60 % at their weekly peak, and memory is short. "
            "Busy: by 50 to 100 %, and CPU time is.",
            f"The machine's load average was {load:.1f} when it began.",
        ],
    )


def _measure(found: _Measured, name: str, seed: int, settings: Settings) -> None:
    workloads = QUICK_WORKLOADS if settings.quick else WORKLOADS
    demand = made_workloads.demand(workloads, seed, _FLEETS[name])
    kinds = made_workloads.kinds(seed)

    def say(now: PackingProgress) -> None:
        cost, bound = now.cost / 1e6, now.bound / 1e6
        settings.say(f"{name}, {seed}: {now.done:.0%}: {cost:.4f}, bound {bound:.4f}")

    began, used = time.monotonic(), time.process_time()
    limit = QUICK_SECONDS if settings.quick else SECONDS
    plan = make_plan(demand, kinds, PackingRules(), limit, say)
    found.seconds.append(time.monotonic() - began)
    found.work.append(time.process_time() - used)
    found.gaps.append(plan.gap)
    found.costs.append(float(plan.cost))
    assert plan.first_fit is not None
    found.first_fits.append(float(plan.first_fit))


def _figures(name: str, found: _Measured) -> list[Figure]:
    peer = "first-fit-decreasing, its cheapest type"
    return [
        Figure(f"{name}: gap to the proven bound", "", found.gaps, goal=Goal("<= 0.05", 0.05)),
        Figure(
            f"{name}: cost",
            "USD/h",
            found.costs,
            found.first_fits,
            peer,
            Goal("< 1", 0.9999),
        ),
        Figure(f"{name}: time to plan", "s", found.seconds, goal=Goal("<= 63 s", 63.0)),
        Figure(f"{name}: CPU time to plan", "s", found.work),
    ]


CASE = Case(
    name="workload_plan",
    what="Packing 300 made workloads of a week at 5 min onto 20 types of machine.",
    peer="first-fit-decreasing with joint peaks, by its cheapest type",
    goal="at most 5 % dearer than the best possible, in 60 s; cheaper than first-fit-decreasing",
    run=run,
)
