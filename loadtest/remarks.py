"""What must be known beside a comparison: its basis, pairs, conditions, invalid runs. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from loadtest import smt_check
from loadtest.comparison import Comparison, spreads
from loadtest.sides import Side
from perfanalysis.results import conditions, lasting, machine_identity
from perfanalysis.results.conditions import LIBRARIES, shown
from perfanalysis.results.document import Build, Document
from perfanalysis.results.machine import Machine

# Facts that explain a difference when they differ.
_MACHINE = (
    "provider",
    "instance_type",
    "cpu_model",
    "microcode",
    "architecture",
    "logical_cpus",
    "used_cpus",
    "cores",
    "threads_per_core",
    "governor",
    "clock_limit_hertz",
    "boost",
    "mitigations",
    "transparent_huge_pages",
    "hypervisor",
    "kernel_release",
    "container",
    "cgroup_quota_cpus",
    "price_dollars_per_hour",
)
_PARTS = (
    ("build", ("compiler", "flags", "instruction_set")),
    ("memory", ("huge_page_bytes",)),
    ("settings", ("spread", "nice")),
    ("software", ("perfanalysis", *LIBRARIES)),
)
BASIS = {
    "slices": "one run of each side: the intervals are of these two runs only, and there is no "
    "verdict, because they know what varies within a run, not what varies from run to run; three "
    "runs of each side know it, and so do other valid runs of the machine under the same "
    "conditions (--spread-from)",
    "known": "one run of each side: the intervals are made of the spread of {count} other runs of "
    "the same {machines} under the same conditions",
    "runs": "the intervals are made of the spread of the runs",
    "machines": "the intervals are made of the spread of the machines of a side",
    "pairs": "paired: {count} machines stand on both sides, and the intervals are made of the "
    "spread of their differences",
}


def remarks(found: Comparison) -> list[str]:
    """Sentences that a reader of the comparison must know."""
    said = [_basis(found), *found.bridges]
    for machine, name in found.matched.left_out:
        said.append(f"{machine} stands only in {name}: it is left out of the pairs")
    said += _conditions(found)
    for side, against in ((found.baseline, found.other), (found.other, found.baseline)):
        said += _of_side(side, against, found)
    if len(spreads(found.matched.documents)) > 1:
        said.append("load was spread in different ways: levels below 100 % are not compared")
    return said


def _basis(found: Comparison) -> str:
    count = sum(earlier.count for earlier in found.earlier)
    if found.basis == "pairs":
        count = len(found.matched.baseline)
    machines = "machine" if len(found.earlier) == 1 else "two machines"
    return BASIS[found.basis].format(count=count, machines=machines)


def _conditions(found: Comparison) -> list[str]:
    said = [
        f"no verdict, the conditions differ: {_label(name)} {shown(one)} -> {shown(other)}"
        for name, one, other in found.unlike
    ]
    differing = {difference.name for difference in found.unlike}
    unknown = {name for run in found.matched.documents for name in conditions.unknown(run)}
    if left := sorted(unknown - differing):
        names = ", ".join(_label(name) for name in left)
        said.append(f"conditions unknown, taken for alike: {names}")
    return said


def _label(name: str) -> str:
    return name.replace("_", " ")


def _of_side(side: Side, against: Side, found: Comparison) -> list[str]:
    said, basis = [], found.basis
    count = len(side.machines) if basis == "machines" else len(side.documents)
    if basis in {"machines", "runs"} and count == 1:
        what = "machine" if basis == "machines" else "run"
        said.append(f"{side.name} has one {what}: the spread of {against.name} is taken for it")
    if (basis == "runs" and len(side.documents) > 1) or (
        basis == "known" and not found.matched.one_machine
    ):
        said.append(f"{side.name} is one machine: what machines of its type differ by is unknown")
    for machine_id in machine_identity.clones(side.machines):
        names = ", ".join(m.label for m in side.machines if m.machine_id == machine_id)
        said.append(f"{names} have one machine id, as clones of an image: taken for several")
    if any(map(lasting.baseline, side.documents)):
        said.append(f"{side.name} is burstable: its units per dollar are those of its baseline")
    for document in side.documents:
        if reasons := document.invalid_reasons:
            rest = f" and {len(reasons) - 1} more" if len(reasons) > 1 else ""
            said.append(f"{document.test_id} is not valid: {reasons[0]}{rest}")
        elif document.valid is None:
            said.append(f"{document.test_id} was imported: what spoiled it is unknown")
        if odd := smt_check.remark(document):
            said.append(f"{document.test_id}: {odd}")
        if document.noise is not None and (modes := document.noise.bimodal) is not None:
            said.append(
                f"{document.test_id} was at two speeds, {1 - modes.slow_ratio:.0%} slower for "
                f"{modes.slow_share:.0%} of the time: its rates are medians, those of the more "
                "frequent speed; its units per dollar are of the mean"
            )
    return said


def differences(baseline: Side, other: Side) -> list[tuple[str, str, str]]:
    """Facts of machines and programs whose values differ, and the values of both sides."""
    found = []
    for part, names in (("machine", _MACHINE), *_PARTS):
        for name in names:
            first = _values(baseline.documents, part, name)
            second = _values(other.documents, part, name)
            if first != second:
                label = name if part == "machine" else f"{part} {name}"
                found.append((label.replace("_", " "), ", ".join(first), ", ".join(second)))
    return found


def _values(documents: Sequence[Document], part: str, name: str) -> list[str]:
    known = [_value(getattr(document, part), name) for document in documents]
    return sorted({"unknown" if value is None else _word(value) for value in known})


def _value(part: Machine | Build | dict[str, object] | None, name: str) -> object:
    return part.get(name) if isinstance(part, dict) else getattr(part, name, None)


def _word(value: object) -> str:
    if isinstance(value, list | tuple):
        return " ".join(_word(entry) for entry in value)
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_word(entry)}" for key, entry in value.items())
    return f"{value:.6g}" if isinstance(value, float) else str(value)
