"""What metrics of an engine's machines tell of kinds of work, by candidate. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from perfanalysis.kinds.answers import Score
from perfanalysis.kinds.machine import Machine
from perfanalysis.promql import Sample

WORK = "last_over_time(perf_kind_work_ratio[{range}])"
BASIS = "last_over_time(perf_kind_info[{range}])"


def scores_of(
    work: Iterable[Sample],
    basis: Iterable[Sample],
    info: Iterable[Sample],
    of_machine: Mapping[str, str],
) -> dict[str, dict[str, tuple[Score, ...]]]:
    """Scores by candidate and kind, one for each of its machines.

    What stands on two models at once (an exporter was updated in these days) has none.

    Args:
        work, basis: answers of the queries above.
        info: of ``perf_machine_info``: architecture and CPU model say how wide an interval is.
        of_machine: by the name of a machine its candidate's.
    """
    machines = {one.labels.get("instance", ""): dict(one.labels) for one in info}
    models: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for one in basis:
        model = one.labels.get("model", ""), one.labels.get("reference", "")
        models[_key(one)].add(model)
    found: dict[str, dict[str, tuple[Score, ...]]] = {}
    for one in work:
        (name, kind), on = _key(one), models[_key(one)]
        if name in of_machine and len(on) == 1 and one.value > 0:
            of_kinds = found.setdefault(of_machine[name], {})
            score = Score(_as_kinds(name, machines.get(name, {})), one.value, *next(iter(on)))
            of_kinds[kind] = (*of_kinds.get(kind, ()), score)
    return found


def _key(sample: Sample) -> tuple[str, str]:
    return sample.labels.get("instance", ""), sample.labels.get("kind", "")


def _as_kinds(name: str, labels: Mapping[str, str]) -> Machine:
    return Machine(name, 1, 1, labels.get("architecture", ""), labels.get("cpu_model", ""), {})
