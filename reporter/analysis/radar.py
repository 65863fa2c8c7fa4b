"""Figures of different units brought onto axes from 0 to 1. Pure."""

from __future__ import annotations

from collections.abc import Mapping


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
