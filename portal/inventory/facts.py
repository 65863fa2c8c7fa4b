"""What is said of a machine. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from perfanalysis.errors import InputError
from portal.records.fitting import check_fits
from portal.records.machines import MachineEntryRow

# In the order in which they are shown.
FIELDS = (
    "provider",
    "region",
    "zone",
    "instance_type",
    "logical_cpus",
    "memory_bytes",
    "architecture",
    "address",
    "owner",
    "labels",
)
MOST_LABELS, MOST_LABEL = 50, 200


@dataclass(frozen=True)
class MachineFacts:
    """A machine as somebody describes it.

    Attributes:
        name: which it is.
        known: by field of ``FIELDS``; a field that is missing stays as it is, and one that is
            None becomes unknown.
    """

    name: str
    known: Mapping[str, object] = field(default_factory=dict)


def check(facts: MachineFacts, where: str) -> None:
    """See that facts can be kept.

    Raises:
        InputError: a field is unknown, too long, empty, or not of its kind.
    """
    if not facts.name:
        raise InputError(where, "name", "a name", facts.name)
    for name, value in facts.known.items():
        if name not in FIELDS:
            raise InputError(where, name, f"one of {', '.join(FIELDS)}")
        if value == "":
            raise InputError(where, name, "text (leave out what is unknown)", value)
        if name in {"logical_cpus", "memory_bytes"} and isinstance(value, int) and value < 1:
            raise InputError(where, name, "a whole number above 0", value)
    check_fits(MachineEntryRow, {"name": facts.name, **facts.known}, where)
    labels = facts.known.get("labels")
    if labels is not None:
        _check_labels(labels, where)


def _check_labels(labels: object, where: str) -> None:
    if not isinstance(labels, Mapping):
        raise InputError(where, "labels", "a mapping of name to text", labels)
    if len(labels) > MOST_LABELS:
        raise InputError(where, "labels", f"at most {MOST_LABELS} labels", len(labels))
    for name, value in labels.items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise InputError(where, f"labels.{name}", "text", value)
        if not name or not name.isascii() or not name.replace("_", "a").isalnum():
            raise InputError(where, "labels", "names of letters, digits and _", name)
        if name[0].isdigit() or name.startswith("__"):
            raise InputError(where, "labels", "names that start with a letter or one _", name)
        if len(name) > MOST_LABEL or len(value) > MOST_LABEL:
            raise InputError(where, f"labels.{name}", f"at most {MOST_LABEL} characters")
        # Of the length and characters of an owner's name.
        check_fits(MachineEntryRow, {"owner": value}, where, {"owner": f"labels.{name}"})
