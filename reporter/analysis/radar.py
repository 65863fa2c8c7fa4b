"""Figures of different units brought onto axes from 0 to 1. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from reporter.asking.machines import Machine


def alike(machines: Sequence[Machine]) -> dict[str, dict[str, float]]:
    """By machine and kernel, the rates that may be held against each other.

    Of each kernel these are the ones of that version and profile that most machines have; of as
    many, of the one that is met first.
    """
    counts: dict[str, Counter[str]] = {}
    for machine in machines:
        for kernel in machine.kernels:
            told = machine.kernel_versions.get(kernel, "")
            counts.setdefault(kernel, Counter())[told] += 1
    most = {kernel: found.most_common(1)[0][0] for kernel, found in counts.items()}
    return {
        machine.name: {
            kernel: rate
            for kernel, rate in machine.kernels.items()
            if machine.kernel_versions.get(kernel, "") == most[kernel]
        }
        for machine in machines
        if machine.kernels
    }


def shares(
    values: Mapping[str, Mapping[str, float]],
) -> tuple[list[str], dict[str, list[float | None]]]:
    """Each value as a share of the greatest of its axis, so that the best machine has 1.

    Args:
        values: by machine and axis, above 0; unknown is absent.

    Returns:
        the axes that at least two machines have (all, when there is only one machine), in
        alphabetical order, and for each machine its share on each; None: unknown.
    """
    least = min(2, len(values))
    every = sorted({axis for own in values.values() for axis in own})
    axes = [axis for axis in every if sum(axis in own for own in values.values()) >= least]
    most = {axis: max(own[axis] for own in values.values() if axis in own) for axis in axes}
    found = {
        name: [own[axis] / most[axis] if axis in own else None for axis in axes]
        for name, own in values.items()
    }
    return axes, found
