"""What must be known beside a comparison: its basis, invalid runs, differing facts. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from loadtest.comparison import Side
from loadtest.document import Document

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
    ("software", ("perfanalysis",)),
)
BASIS = {
    "slices": "one run of each side: the intervals know what varies within a run, not what varies "
    "from run to run, so that a small difference may be gone in the next run",
    "runs": "the intervals are made of the spread of the runs",
    "machines": "the intervals are made of the spread of the machines of a side",
}


def remarks(baseline: Side, other: Side, basis: str) -> list[str]:
    """Sentences that a reader of the comparison must know."""
    found = [BASIS[basis]]
    for side, against in ((baseline, other), (other, baseline)):
        count = len(side.machines) if basis == "machines" else len(side.documents)
        if basis != "slices" and count == 1:
            what = "machine" if basis == "machines" else "run"
            found.append(
                f"{side.name} has one {what}: the spread of {against.name} is taken for it"
            )
        if basis == "runs" and len(side.documents) > 1:
            found.append(
                f"{side.name} is one machine: what machines of its type differ by is unknown"
            )
        for document in side.documents:
            if reasons := document.get("invalid_reasons"):
                rest = f" and {len(reasons) - 1} more" if len(reasons) > 1 else ""
                found.append(f"{document['test_id']} is not valid: {reasons[0]}{rest}")
            elif "valid" not in document:
                found.append(f"{document['test_id']} was imported: what spoiled it is unknown")
    spreads = {fact for fact, _, _ in differences(baseline, other) if fact == "settings spread"}
    if spreads:
        found.append("load was spread in different ways: levels below 100 % are not compared")
    return found


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
    known = [document.get(part, {}).get(name) for document in documents]
    return sorted({"unknown" if value is None else _word(value) for value in known})


def _word(value: object) -> str:
    if isinstance(value, list):
        return " ".join(_word(entry) for entry in value)
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_word(entry)}" for key, entry in value.items())
    return f"{value:.6g}" if isinstance(value, float) else str(value)
