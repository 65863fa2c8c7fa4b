"""The sides of a comparison by kind of work: what figures of several kernels say of them. Pure."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from loadtest.gate import Outcome
from loadtest.sides import Side
from perfanalysis.kinds import answers
from perfanalysis.kinds.answers import Answer, Refusal
from perfanalysis.kinds.machine import BY_NAME, Machine
from perfanalysis.kinds.model import Learned
from perfanalysis.results import conditions, machine_identity
from perfanalysis.results.conditions import shown
from perfanalysis.results.document import Document
from perfanalysis.results.kernel_figures import cpus_of, joined, kernel_of, of_document

# Levels below 100 and the course of a run do not change what it does at full load by much: the
# intervals of kinds are far wider.
_NO_MATTER = {"levels", "profile"}
KERNELS = tuple(dict.fromkeys(map(kernel_of, BY_NAME)))
HOW = "perfanalysis loadtest run --profile kinds"


@dataclass(frozen=True)
class AskedKinds:
    """Which kinds are asked for.

    Attributes:
        kinds: the kinds that are shown, by name.
        mix: shares of some of them, by name, whose mix is shown too.
        gated: the names of those that a person named, so that a gate is on them; a gate is on the
            mix, too.
    """

    kinds: Mapping[str, Learned]
    mix: Mapping[str, float] = field(default_factory=dict)
    gated: tuple[str, ...] = ()

    @property
    def asked(self) -> bool:
        """Whether a person asked for kinds, or for a mix."""
        return bool(self.gated or self.mix)


@dataclass(frozen=True)
class ByKind:
    """What the kinds say of a side against the baseline.

    Attributes:
        baseline, other: the sides' names.
        answers: one a kind that can be told; ratios are of the other side's work over the
            baseline's.
        refusals: one a kind that cannot.
        remarks: what was left out, and why.
        gated: the kinds that a gate is on.
    """

    baseline: str
    other: str
    answers: tuple[Answer, ...]
    refusals: tuple[Refusal, ...]
    remarks: tuple[str, ...] = ()
    gated: tuple[str, ...] = ()


def compare(baseline: Side, other: Side, wanted: AskedKinds) -> ByKind:
    """Hold a side against the baseline, kind by kind.

    A figure of a side is the geometric mean of its machines', and a machine's that of its runs.
    Runs that are not valid take no part, nor kernels whose conditions differ between the sides.

    Args:
        baseline, other: with the results of all kernels that there are.
        wanted: the kinds.
    """
    used, remarks = _comparable(baseline, other)
    first, second = (_machine(side, used) for side in (baseline, other))
    if isinstance(first, str) or isinstance(second, str):
        why = next(one for one in (first, second) if isinstance(one, str))
        found: dict[str, Answer | Refusal] = {kind: Refusal(kind, (), why) for kind in wanted.kinds}
    else:
        found = answers.compare_all(wanted.kinds, second, first)
    mixed = _mixed(wanted, found)
    every = [*found.values(), *mixed]
    return ByKind(
        baseline.name,
        other.name,
        tuple(one for one in every if isinstance(one, Answer)),
        tuple(one for one in every if isinstance(one, Refusal)),
        tuple(remarks),
        (*wanted.gated, *(one.kind for one in mixed)),
    )


def outcome(found: ByKind, percent: float) -> Outcome:
    """The gate of the kinds: slower in one of those it is on, unsure in one, or in none slower.

    Args:
        found: what the kinds say.
        percent: the limit, 0 to 100.
    """
    limit = 1 - percent / 100
    held = [answer for answer in found.answers if answer.kind in found.gated]
    if any(answer.upper < limit for answer in held):
        return Outcome.SLOWER
    if len(held) < len(found.gated) or any(answer.lower < limit for answer in held):
        return Outcome.UNSURE
    return Outcome.NO_SLOWER


def _comparable(baseline: Side, other: Side) -> tuple[list[Document], list[str]]:
    """The results that kinds may stand on, and what else is to be said."""
    used: list[Document] = []
    remarks: list[str] = []
    for kernel in KERNELS:
        first, second = (_runs(side, kernel) for side in (baseline, other))
        if not first or not second:
            continue
        if apart := _apart(first, second):
            remarks.append(f"kernel {kernel} takes no part in kinds of work: {apart}")
        else:
            used += [*first, *second]
    spoiled = [
        run.test_id
        for side in (baseline, other)
        for run in side.documents
        if run.kernel in KERNELS and run.valid is False
    ]
    if spoiled:
        rest = f" and {len(spoiled) - 1} more" if len(spoiled) > 1 else ""
        remarks.append(f"{spoiled[0]}{rest} not valid: no part of kinds of work")
    return used, remarks


def _runs(side: Side, kernel: str) -> list[Document]:
    return [run for run in side.documents if run.kernel == kernel and run.valid is not False]


def _apart(first: Sequence[Document], second: Sequence[Document]) -> str:
    """Which conditions keep results of one kernel from being held together; "": none."""
    one = first[0]
    machines = machine_identity.machines([*first, *second])
    own = next(ids for m in machines if id(one) in (ids := set(map(id, m.documents))))
    for run in (*first[1:], *second):
        for difference in conditions.unlike(one, run, one_machine=id(run) in own):
            if difference.name not in _NO_MATTER:
                name = difference.name.replace("_", " ")
                return f"{name} {shown(difference.one)} -> {shown(difference.other)}"
    return ""


def _machine(side: Side, used: Sequence[Document]) -> Machine | str:
    """The side as one machine, or why it is none."""
    every = [_of_runs(machine.documents, used) for machine in side.machines]
    machines = [machine for machine in every if machine is not None]
    if not machines:
        return f"no kernel that tells kinds of work was measured on both sides: {HOW}"
    if len({cpus_of(machine) for machine in machines}) > 1:
        return f"{side.name} holds machines of several CPU models or sizes: --group-by machine"
    return _mean(machines)


def _of_runs(documents: Sequence[Document], used: Sequence[Document]) -> Machine | None:
    """One machine's figures, each the mean of its runs; None: it has none."""
    known = set(map(id, used))
    taken = [run for run in documents if id(run) in known]
    by_kernel = itertools.groupby(sorted(taken, key=lambda r: r.kernel), lambda r: r.kernel)
    parts = []
    for _, runs in by_kernel:
        machines = [part for run in runs if (part := of_document(run)) is not None]
        if machines:
            parts.append(_mean(machines))
    return joined(parts) if parts else None


def _mean(machines: Sequence[Machine]) -> Machine:
    """The geometric means of the figures that all of them have."""
    first = machines[0]
    common = [name for name in first.figures if all(name in m.figures for m in machines)]
    return Machine(
        first.name,
        first.cpus,
        first.threads_per_core,
        first.architecture,
        first.cpu_model,
        {name: _geometric_mean(m.figures[name] for m in machines) for name in common},
    )


def _geometric_mean(values: Iterable[float]) -> float:
    logarithms = [math.log(value) for value in values]
    return math.exp(math.fsum(logarithms) / len(logarithms))


def _mixed(wanted: AskedKinds, found: Mapping[str, Answer | Refusal]) -> list[Answer | Refusal]:
    """The answer for the mix, where one is asked for."""
    if not wanted.mix:
        return []
    parts = [found[name] for name in wanted.mix]
    told = [part for part in parts if isinstance(part, Answer)]
    if len(told) == len(parts):
        return [answers.of_mix(told, list(wanted.mix.values()))]
    refused = [part for part in parts if isinstance(part, Refusal)]
    missing = tuple(dict.fromkeys(name for part in refused for name in part.missing))
    why = f"{', '.join(part.kind for part in refused)} of it cannot be told"
    return [Refusal("the mix", missing, why)]
