"""``perf_kind_*``: what a machine's kernel results foretell of kinds of work, as series. Pure.

An exporter cannot hold its machine against another one's results, so all hold theirs against one
machine whose figures come with the program (``perfanalysis.kinds.reference``). A ratio of two
machines is that of their values; its interval is not that of theirs: ``answers.of_scores`` has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import format_value
from perfanalysis.results import state

if TYPE_CHECKING:
    # The exporter's process loads what these need only where there are load tests.
    from perfanalysis.kinds.machine import Machine
    from perfanalysis.results.document import Document
    from perfanalysis.results.families import Sample


def _family(name: str, text: str, *labels: str) -> Family:
    unit = "seconds" if name.endswith("_seconds") else ""
    source = f"STATE/{state.RESULTS}/TEST_ID.json of several kernels"
    return Family(f"perf_kind_{name}", "gauge", text, ("kind", *labels), unit, source)


WORK = _family(
    "work_ratio",
    "Work of that kind over the reference machine's, foretold from kernels; docs/kinds.md.",
)
LOWER = _family(
    "work_ratio_lower", "Lower bound of its 90 % interval, against the reference machine."
)
UPPER = _family(
    "work_ratio_upper", "Upper bound of its 90 % interval, against the reference machine."
)
OUTSIDE = _family(
    "outside_learned",
    "Whether a kernel figure lies outside of all that was learned from: trust it less.",
)
ENDED = _family("timestamp_seconds", "When the oldest run that it stands on ended, in unixtime.")
INFO = _family(
    "info",
    "What it stands on: of two machines of one model and reference the ratio has an interval.",
    "kernels",
    "model",
    "reference",
)
FAMILIES = (WORK, LOWER, UPPER, OUTSIDE, ENDED, INFO)


class KernelResult(NamedTuple):
    """A kernel's result as kinds see it: its figures, and when its run ended (UTC seconds)."""

    machine: Machine
    ended: float


def of_result(document: Document) -> KernelResult | None:
    """What a result says for kinds; None: nothing, or it is not the machine's own.

    A run that something spoiled, or that had a part of the machine, tells no kind.
    """
    # The exporter's process loads them only where there are load tests.
    from perfanalysis.results import conditions, kernel_figures

    if document.valid is not True or conditions.full(document) is not True:
        return None
    machine = kernel_figures.of_document(document)
    if machine is None or not machine.figures:
        return None
    return KernelResult(machine, document.timestamp_seconds)


def samples_of_kinds(results: Mapping[str, KernelResult]) -> list[Sample]:
    """What is shown of the kinds: nothing of those whose kernels were not measured.

    Args:
        results: by kernel, of one machine; those on other CPUs than the newest take no part.
    """
    if not results:
        return []
    from perfanalysis.kinds import answers, shipped
    from perfanalysis.kinds.answers import Answer
    from perfanalysis.kinds.reference import reference
    from perfanalysis.results.kernel_figures import joined, kernel_of

    newest_first = sorted(results.values(), key=lambda one: -one.ended)
    machine, base = joined([one.machine for one in newest_first]), reference()
    shown: list[tuple[Family, tuple[str, ...], float]] = []
    for kind, learned in shipped.headlines().items():
        answer = answers.compare(learned, machine, base)
        model = learned.model_for(dict.fromkeys(machine.figures))
        if not isinstance(answer, Answer) or model is None:
            continue
        ended = min(results[kernel_of(name)].ended for name in answer.used)
        kernels = ",".join(dict.fromkeys(map(kernel_of, answer.used)))
        shown += [
            (WORK, (kind,), answer.ratio),
            (LOWER, (kind,), answer.lower),
            (UPPER, (kind,), answer.upper),
            (OUTSIDE, (kind,), float(bool(model.outside(machine)))),
            (ENDED, (kind,), ended),
            (INFO, (kind, kernels, model.mark, base.name), 1.0),
        ]
    return [
        (Series(family, labels), format_value(value))
        for each in FAMILIES
        for family, labels, value in shown
        if family is each
    ]
