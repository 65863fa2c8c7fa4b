"""Candidates from a PromQL engine: every machine, or type of machine, that it has results of."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

import numpy as np

from perfanalysis.machines.facts.burstable import baseline_ratio
from perfanalysis.promql import Engine, QueryError, Sample
from workload.candidates import engine_kinds
from workload.candidates.reading import KnownCandidates
from workload.prediction.candidate import Candidate, WorkCurve
from workload.prediction.curves import is_readable

RANGE = "30d"
_KERNEL = ("instance", "kernel")
_QUERIES = {
    "info": "last_over_time(perf_machine_info[{range}])",
    "price": "last_over_time(perf_machine_price_dollars_per_hour[{range}])",
    "cpus": 'count by (instance) (last_over_time(node_cpu_seconds_total{{mode="idle"}}[{range}]))',
    "memory": "last_over_time(node_memory_MemTotal_bytes[{range}])",
    "units": "last_over_time(perf_loadtest_units_per_second[{range}])",
    "lower": "last_over_time(perf_loadtest_units_per_second_lower[{range}])",
    "upper": "last_over_time(perf_loadtest_units_per_second_upper[{range}])",
    "busy": "last_over_time(perf_loadtest_busy_ratio[{range}])",
    "single": "last_over_time(perf_loadtest_single_units_per_second[{range}])",
    "ladder": "last_over_time(perf_loadtest_ladder_units_per_second[{range}])",
    "valid": "last_over_time(perf_loadtest_valid[{range}])",
    "full": "last_over_time(perf_loadtest_full_conditions[{range}])",
    "test": "perf_loadtest_info",
    "kind_work": engine_kinds.WORK,
    "kind_basis": engine_kinds.BASIS,
}
Answers = dict[str, list[Sample]]


def read(engine: Engine, at: float) -> KnownCandidates:
    """All machines with results of 30 days; those of one type, region and purchase are one.

    Args:
        engine: to ask.
        at: Unix seconds at which it is asked.

    Raises:
        QueryError: it could not be asked, or has no result.
    """
    answers = {
        name: engine.query(query.format(range=RANGE), at) for name, query in _QUERIES.items()
    }
    found = from_answers(answers)
    if not found.candidates:
        # Two of them tell what is wrong; a fleet's would fill screens.
        others = f", and {len(found.left_out) - 2} more" if len(found.left_out) > 2 else ""
        why = f" ({'; '.join(found.left_out[:2])}{others})" if found.left_out else ""
        raise QueryError(
            f"{engine.url}: has no machine with a load test that counts, CPUs and memory in the "
            f"last {RANGE}{why}"
        )
    return found


@dataclass
class _Machine:
    """One machine as its samples tell it."""

    labels: dict[str, str] = field(default_factory=dict)
    price: Decimal | None = None
    cpus: int | None = None
    memory: float | None = None
    curves: dict[str, WorkCurve] = field(default_factory=dict)


def from_answers(answers: Answers) -> KnownCandidates:
    """What samples say, by the names of the queries above. Pure."""
    machines: dict[str, _Machine] = defaultdict(_Machine)
    for sample in answers["info"]:
        machines[_instance(sample)].labels = dict(sample.labels)
    for sample in answers["price"]:
        if sample.labels.get("purchase", "on_demand") != "spot" and sample.value > 0:
            machines[_instance(sample)].price = Decimal(repr(sample.value))
    for sample in answers["cpus"]:
        machines[_instance(sample)].cpus = int(sample.value)
    for sample in answers["memory"]:
        machines[_instance(sample)].memory = sample.value
    left_out = []
    for (name, kernel), curve in _curves(answers).items():
        if is_readable(curve):
            machines[name].curves[kernel] = curve
        else:
            left_out.append(f"{name}: {kernel}: its levels cannot be told from each other")
    for why, which in _unusable(answers).items():
        for name, kernel in sorted(which):
            if machines[name].curves.pop(kernel, None) is not None:
                left_out.append(f"{name}: {kernel}: {why}")
    grouped = _grouped(machines, tuple(left_out))
    scores = engine_kinds.scores_of(
        answers["kind_work"], answers["kind_basis"], answers["info"], grouped.of_machine
    )
    return replace(grouped, scores=scores)


def _grouped(machines: dict[str, _Machine], left_out: tuple[str, ...]) -> KnownCandidates:
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for name, machine in sorted(machines.items()):
        if machine.curves and machine.cpus and machine.memory:
            words = ("provider", "region", "instance_type")
            kind = tuple(machine.labels.get(word, "") for word in words)
            groups[(*kind, str(machine.cpus)) if kind[2] else (name,)].append(name)
    candidates: list[Candidate] = []
    of_machine: dict[str, str] = {}
    for key, names in groups.items():
        candidate = _candidate(key, names, machines)
        candidates.append(candidate)
        of_machine |= dict.fromkeys(names, candidate.name)
    return KnownCandidates(tuple(candidates), of_machine, left_out)


def _candidate(
    key: Sequence[str], names: Sequence[str], machines: dict[str, _Machine]
) -> Candidate:
    every = [machines[name] for name in names]
    first = every[0]
    kernels = sorted({kernel for machine in every for kernel in machine.curves})
    prices = [machine.price for machine in every if machine.price is not None]
    instance_type = first.labels.get("instance_type", "")
    name = " ".join(part for part in key[:3] if part) if instance_type else names[0]
    return Candidate(
        name,
        int(first.cpus or 0),
        min(machine.memory or 0.0 for machine in every),
        {k: tuple(m.curves[k] for m in every if k in m.curves) for k in kernels},
        first.labels.get("provider", ""),
        first.labels.get("region", ""),
        instance_type,
        first.labels.get("architecture", ""),
        # The dearest: what a type costs is no less than what one of it does.
        max(prices, default=None),
        cpu_baseline=baseline_ratio(instance_type),
        measured=tuple(names),
    )


def _curves(answers: Answers) -> dict[tuple[str, str], WorkCurve]:
    levels: dict[tuple[str, str], dict[str, dict[int, float]]] = {}
    for column in ("units", "lower", "upper", "busy"):
        for sample in answers[column]:
            of_kernel = levels.setdefault(_key(sample), {})
            of_kernel.setdefault(column, {})[int(sample.labels.get("busy", "0"))] = sample.value
    single = {_key(sample): sample.value for sample in answers["single"]}
    ladder: dict[tuple[str, str], dict[int, float]] = defaultdict(dict)
    for sample in answers["ladder"]:
        ladder[_key(sample)][int(sample.labels.get("workers", "0"))] = sample.value
    return {
        key: _curve(columns, single.get(key), ladder.get(key, {}))
        for key, columns in levels.items()
        if columns.get("units")
    }


def _curve(
    columns: dict[str, dict[int, float]], single: float | None, ladder: dict[int, float]
) -> WorkCurve:
    asked = sorted(columns["units"])
    reached = columns.get("busy", {})
    busy = [reached.get(level, level / 100) for level in asked]
    units, lower, upper = (
        [columns.get(name, {}).get(level, np.nan) for level in asked]
        for name in ("units", "lower", "upper")
    )
    return WorkCurve(
        np.array(busy), np.array(units), np.array(lower), np.array(upper), single, ladder
    )


def _key(sample: Sample) -> tuple[str, str]:
    instance, kernel = (sample.labels.get(name, "") for name in _KERNEL)
    return instance, kernel


def _instance(sample: Sample) -> str:
    return sample.labels.get("instance", "")


def _unusable(answers: Answers) -> dict[str, set[tuple[str, str]]]:
    """Machines and kernels whose results cannot speak for a machine, by why."""
    return {
        "disturbed": {_key(one) for one in answers["valid"] if one.value == 0},
        "of a part of the machine": {_key(one) for one in answers["full"] if one.value == 0},
        "of another version than on most machines": _of_other_versions(answers["test"]),
    }


def _of_other_versions(samples: Iterable[Sample]) -> set[tuple[str, str]]:
    """Machines and kernels whose units are not the work of those of most other machines."""
    versions = {_key(sample): sample.labels.get("kernel_version", "") for sample in samples}
    counts = Counter((kernel, version) for (_, kernel), version in versions.items())
    usual: dict[str, str] = {}
    for (kernel, version), _ in sorted(counts.items(), key=lambda pair: (pair[1], pair[0])):
        usual[kernel] = version
    return {key for key, version in versions.items() if usual[key[1]] != version}
