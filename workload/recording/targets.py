"""Which scraped target a machine of a history is, by the labels that its series have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfanalysis.errors import InputError
from perfanalysis.promql import Engine, string

# Each page of an exporter of hosts has one series of it.
_ONE_A_TARGET = "node_memory_MemTotal_bytes"
_NAME = "__name__"


def find_target(
    engine: Engine, machine: str, matchers: Mapping[str, str], start: float, end: float
) -> dict[str, str]:
    """The labels that all series of a machine have.

    Args:
        engine: holds the history.
        machine: its name, label ``instance``, with or without the port that was scraped.
        matchers: other labels that it has.
        start, end: Unix seconds.

    Raises:
        InputError: there is no such machine in that time, or there are several.
        QueryError: the engine gives no answer.
    """
    port = rf"{_quoted(machine)}(:[0-9]+)?"
    parts = [f"instance=~{string(port)}", *(f"{k}={string(v)}" for k, v in matchers.items())]
    seconds = max(1, round(end - start))
    expression = f"last_over_time({_ONE_A_TARGET}{{{','.join(parts)}}}[{seconds}s])"
    found = [
        {label: value for label, value in sample.labels.items() if label != _NAME}
        for sample in engine.query(expression, end)
    ]
    if not found:
        expected = f"a machine of which there is {_ONE_A_TARGET} in that time"
        raise InputError("--machine", "", expected, machine)
    if len(found) > 1:
        expected = f"one machine: --matcher {_difference(found)} tells which"
        raise InputError("--machine", "", expected, machine)
    return found[0]


def _quoted(text: str) -> str:
    # What has a meaning in RE2; other escapes are errors there.
    return "".join(f"\\{one}" if one in r"\.+*?()|[]{}^$" else one for one in text)


def _difference(found: Sequence[Mapping[str, str]]) -> str:
    """A label in which the targets differ, with its values."""
    labels = sorted({label for one in found for label in one})
    for label in labels:
        values = {one.get(label, "") for one in found}
        if len(values) > 1:
            return " or ".join(f"{label}={value}" for value in sorted(values)[:5])
    return "LABEL=VALUE"
