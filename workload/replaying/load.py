"""What every load is: one resource or some, driven tick by tick, each tick judged at its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from workload.replaying.replay_tick import ReplayTick

# Whether somebody wants the replay to end.
Stopped = Callable[[], bool]


class ResourceTick(NamedTuple):
    """What became of one resource in one tick.

    Attributes:
        resource: its name.
        target: what was wanted, in the resource's unit.
        actual: what the counters say.
        limit: the most that this target can give; infinite: unknown.
    """

    resource: str
    target: float
    actual: float
    limit: float = float("inf")


class Load(Protocol):
    """Drives one kind of resource; a context manager that gives everything back."""

    def __enter__(self) -> Load: ...

    def __exit__(self, *error: object) -> None: ...

    def prepare(self, tick: ReplayTick, stopped: Stopped) -> None:
        """Come to where the first tick begins, or near it; ends early when it is stopped."""

    def begin(self, tick: ReplayTick, at: float) -> None:
        """A tick begins (CLOCK_MONOTONIC, seconds)."""

    def steer(self, at: float, until: float) -> None:
        """Read the counters, and see to what is owed until the next look."""

    def finish(self, at: float) -> list[ResourceTick]:
        """The tick has ended: what came of it."""
