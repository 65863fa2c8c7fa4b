"""Machines by kind of work: their scores, and the ratio of two with its interval. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from perfanalysis.kinds import answers, shipped
from perfanalysis.kinds.answers import Answer, Score
from perfanalysis.kinds.machine import Machine as KindMachine
from reporter.asking.answers import Answers
from reporter.asking.kind_queries import KIND_BASIS, KIND_WORK
from reporter.asking.machines import Machine

Scores = Mapping[str, Mapping[str, Score]]


@dataclass(frozen=True)
class KindPlace:
    """A machine against another one in a kind; ``answer`` is of its work over the other's."""

    kind: str
    machine: Machine
    answer: Answer


def scores(found: Answers) -> Scores:
    """Each kind's scores by machine, in the order of ``kinds list``.

    What stands on two models at once (an exporter was updated within the range) has none.
    """
    machines = {machine.name: machine for machine in found.machines}
    basis: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for sample in found.samples.get(KIND_BASIS, ()):
        labels = sample.labels
        key = (labels.get("instance", ""), labels.get("kind", ""))
        basis[key].add((labels.get("model", ""), labels.get("reference", "")))
    made: dict[str, dict[str, Score]] = {name: {} for name in shipped.headlines()}
    for sample in found.samples.get(KIND_WORK, ()):
        name, kind = sample.labels.get("instance", ""), sample.labels.get("kind", "")
        own = basis.get((name, kind), set())
        if name not in machines or kind not in made or len(own) != 1 or not sample.value > 0:
            continue
        made[kind][name] = Score(_as_kinds(machines[name]), sample.value, *next(iter(own)))
    return {kind: by_machine for kind, by_machine in made.items() if by_machine}


def against(found: Scores, machines: Mapping[str, Machine], name: str) -> list[KindPlace]:
    """Every other machine against one, kind by kind, as far as that can be told."""
    made = []
    for kind, by_machine in found.items():
        for other, score in by_machine.items():
            if other == name or name not in by_machine:
                continue
            answer = answers.of_scores(shipped.kind(kind), score, by_machine[name])
            if isinstance(answer, Answer):
                made.append(KindPlace(kind, machines[other], answer))
    return made


def _as_kinds(machine: Machine) -> KindMachine:
    """A machine as kinds ask for it: its CPU model decides how wide an interval is."""
    architecture, cpu_model = machine.architecture, machine.cpu_model
    return KindMachine(machine.name, 1, 1, architecture, cpu_model, {})
