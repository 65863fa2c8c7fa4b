"""Many figures of one comparison: which differences may be told, at 5 % for all together. Pure.

With 12 figures, each tested at 5 %, one of two equal sides is called different in one of four
comparisons. So there is one primary figure, tested first and at the full 5 %, which costs it
nothing. The others are tested only where the primary one differs (a fixed sequence: Maurer, Hothorn
and Lehmacher, "Multiple comparisons in drug clinical trials and preclinical assays", 1995), by Holm
("A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics
1979), so that the chance of *any* false difference is 5 % at most, however figures depend on each
other.

Figures that are the primary one times something that is known (a price) need no test of their own:
whenever the primary interval holds the truth, so do theirs. But then all of these must differ
before the others are tested.
"""

from __future__ import annotations

from collections.abc import Sequence


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's adjusted p-values, in the order given."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    adjusted, least = [1.0] * len(p_values), 0.0
    for rank, i in enumerate(order):
        least = max(least, min(1.0, (len(p_values) - rank) * p_values[i]))
        adjusted[i] = least
    return adjusted


def behind(primary: Sequence[float], others: Sequence[float]) -> list[float]:
    """Adjusted p-values of figures that are tested behind the primary ones, in the order given.

    Args:
        primary: of the primary figure, and of those that share its interval; at least one.
        others: of the other figures.
    """
    gate = max(primary)
    return [max(gate, p) for p in holm(others)]
