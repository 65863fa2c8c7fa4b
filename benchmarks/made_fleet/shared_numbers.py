"""What machines of a made fleet share: all that moves as it moved while it was recorded. Pure."""

from __future__ import annotations

import random
from collections.abc import Sequence

from benchmarks.made_fleet.machines import machine
from benchmarks.made_fleet.recorded_page import Number, RecordedFamily

# What is recorded counts as the work of a machine that is half busy.
USUALLY_BUSY = 0.5


class SharedNumbers:
    """Families whose numbers several machines have alike.

    Args:
        families: as recorded.
        seconds: between the two recordings.
        seed: of the fleet.
    """

    def __init__(self, families: Sequence[RecordedFamily], seconds: float, seed: int) -> None:
        self._seed, self._seconds = seed, seconds
        self._moving: list[tuple[Number, bool]] = []
        text = []
        for family in families:
            text.append(family.head.replace("%", "%%"))
            for series, number in family.samples:
                name = series.replace("%", "%%")
                moves = number.moved > 0 if family.counter else number.moved != 0
                text.append(f"{name} %s\n" if moves else f"{name} {number.text(number.steps)}\n")
                if moves:
                    self._moving.append((number, family.counter))
        self._text = "".join(text)

    def text(self, variant: int, elapsed: float) -> bytes:
        """The families' text of a variant.

        A counter has gone on at its recorded pace, times how busy the variant was; a gauge is
        somewhere between its two recorded values.

        Args:
            variant: any whole number.
            elapsed: seconds since the fleet started.
        """
        work = machine(self._seed, variant).busy_seconds(elapsed) / USUALLY_BUSY / self._seconds
        chance = random.Random(f"{self._seed}/{variant}/{elapsed}")  # noqa: S311 - no secret
        numbers = (
            number.text(
                number.steps + int(number.moved * work)
                if counter
                else number.steps - int(number.moved * chance.random())
            )
            for number, counter in self._moving
        )
        return (self._text % tuple(numbers)).encode()
