"""Load tests in a control group with a CPU quota, beside the whole machine: valid, and true?"""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from benchmarks import control_groups
from benchmarks.case import Case, Figure, Goal, Outcome, PeerMissingError, Settings
from benchmarks.loadtest_runs import MeasuredRun, load_test
from benchmarks.quietness import measured_quietly
from perfanalysis import __version__
from perfanalysis.errors import PerfAnalysisError

ROUNDS = 5
QUOTAS = (0.5, 1.5)
NOTES = [
    "Each run is the default one. The group is made for it, with a period of 0.1 s.",
    "The work is held against that of as many whole CPUs as the quota needs (0.5: one, 1.5: two), "
    "times the quota's share of them: 1 is what the quota leaves. What watches the workers runs in "
    "the group.",
    "On both sides a run waits for a quiet machine, and is repeated when other tasks took above "
    "3 % of the CPU time meanwhile.",
]


@dataclass
class _Runs:
    """The runs in one group, and those of the CPUs that it needs, in turns."""

    inside: list[MeasuredRun] = field(default_factory=list)
    outside: list[MeasuredRun] = field(default_factory=list)
    others: list[float] = field(default_factory=list)

    @property
    def valid(self) -> float:
        """The share of runs in the group that are valid."""
        return sum(bool(one.document["valid"]) for one in self.inside) / len(self.inside)


def run(settings: Settings) -> Outcome:
    """Run the default test in each group and on as many CPUs, in turns."""
    usable = sorted(os.sched_getaffinity(0))
    quotas = [quota for quota in QUOTAS if quota <= len(usable)]
    if not quotas:
        raise PeerMissingError("no CPU may be used")
    done = {quota: _Runs() for quota in quotas}
    rounds = 1 if settings.quick else ROUNDS
    for number in range(rounds):
        for quota, runs in done.items():
            settings.say(f"round {number + 1} of {rounds}, {quota:g} CPUs")
            _round(settings, quota, usable, runs)
    figures = [figure for quota, runs in done.items() for figure in _figures(quota, runs)]
    facts: dict[str, object] = {
        f"{quota:g} CPUs": {
            "invalid_reasons": [one.document["invalid_reasons"] for one in runs.inside],
            "others_ratio": runs.others,
        }
        for quota, runs in done.items()
    }
    return Outcome({"perfanalysis": __version__}, figures, facts, NOTES)


def _round(settings: Settings, quota: float, usable: list[int], runs: _Runs) -> None:
    needed = usable[: -int(-quota // 1)]
    whole = ",".join(str(cpu) for cpu in needed)
    with control_groups.with_quota(quota) as folder:
        # The group keeps its processes, and so the command's own children are counted as ours.
        own = measured_quietly(
            settings,
            lambda: load_test(settings.folder, "--force", within=folder),
        )
    if list(own.value.document["machine"]["used_cpus"]) != needed:
        raise PerfAnalysisError(f"a quota of {quota:g} CPUs did not use the CPUs {whole}")
    beside = measured_quietly(
        settings, lambda: load_test(settings.folder, "--force", "--cpus", whole)
    )
    runs.inside.append(own.value)
    runs.outside.append(beside.value)
    runs.others += [own.others, beside.others]


def _figures(quota: float, runs: _Runs) -> list[Figure]:
    share = quota / -int(-quota // 1)
    return [
        Figure(
            f"valid runs, {quota:g} CPUs",
            "",
            [runs.valid],
            goal=Goal("some", 1.0, 1 / ROUNDS),
        ),
        Figure(
            f"work at full load, {quota:g} CPUs",
            "units/s",
            [_work(one) for one in runs.inside],
            [_work(one) * share for one in runs.outside],
            "the quota's share of whole CPUs",
            Goal("0.93 to 1.02", 1.02, 0.93),
        ),
    ]


def _work(done: MeasuredRun) -> float:
    return float(done.document["levels"][-1]["mean_units_per_second"])


CASE = Case(
    name="loadtest_container",
    what="The default load test in a control group with a quota of 0.5 and of 1.5 CPUs.",
    peer="the same test on whole CPUs",
    goal="valid runs, and the work that the quota leaves",
    run=run,
)
