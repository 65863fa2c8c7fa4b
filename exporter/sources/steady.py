"""What a collector may say of itself when only the numbers in its files change.

As long as that is so, C reads its files, looks at its values and writes them into the page, and
``collect`` is not called (``exporter/page/steady_plan.py``). Any other difference leads back to it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from time import monotonic
from typing import Any, NamedTuple, Protocol, runtime_checkable

from exporter.sources.files import KeptFile
from perfanalysis.exposition.rendering import Block

# The collector that reads the file of the totals, too (``TotalsRule``).
TOTALS_BESIDE = "cpu"
LOOK_AGAIN_SECONDS = 60.0


class NumberPicks(NamedTuple):
    """How C finds a block's values in a text; all of it is C's, and kept alive by ``owner``.

    Args:
        words: the words of the text (``struct word[]``), and how many.
        spelled: the text that they were made of.
        wanted: how many numbers are found.
        picks: of each value: which of the numbers it is the sum of, and what is taken from that.
        may_fall: whether a value may be below what it was; else Python judges that.
        owner: what knows the words.
    """

    words: tuple[object, int]
    spelled: bytes
    wanted: int
    picks: Sequence[tuple[Sequence[int], int]]
    may_fall: bool
    owner: Resumed


class Resumed(Protocol):
    """What goes on in Python where C has stopped."""

    def resume(self, values: Sequence[bytes]) -> None:
        """These are the values that were shown last."""
        ...


class SteadyPart(NamedTuple):
    """What the values of a block depend on.

    Args:
        files: whose texts it is made of; none where nothing changes it.
        numbers: where its values stand; None where the texts have to be the same.
    """

    files: tuple[KeptFile, ...] = ()
    numbers: NumberPicks | None = None

    @property
    def text(self) -> bytes:
        """All of the texts, as this scrape has read them.

        Raises:
            OSError: one cannot be read.
        """
        return b"\n".join([file.read() for file in self.files])

    def is_like(self, other: SteadyPart) -> bool:
        """Whether both have the same files, and values in the same words."""
        if self.files != other.files or (self.numbers is None) != (other.numbers is None):
            return False
        if self.numbers is None or other.numbers is None:
            return True
        return (
            self.numbers.words[0] is other.numbers.words[0]
            and self.numbers.picks is other.numbers.picks
        )


class Steadiness(NamedTuple):
    """What the blocks depend on that a collector has handed over last.

    Args:
        parts: of each block, in their order.
        until: seconds on the monotonic clock when the collector has to be asked again.
    """

    parts: Sequence[SteadyPart]
    until: float = math.inf


def steadiness(
    parts: Sequence[SteadyPart | None], lasting: Steadiness | None = None
) -> Steadiness | None:
    """These parts, and those of ``lasting`` behind them; None where one of them is None.

    Args:
        parts: see ``Steadiness``.
        lasting: what is behind them; by default nothing.
    """
    present = [part for part in parts if part is not None]
    if len(present) < len(parts):
        return None
    if lasting is None:
        return Steadiness(present)
    return Steadiness([*present, *lasting.parts], lasting.until)


def for_now_unless(whole: bool, part: SteadyPart | None) -> Steadiness | None:
    """One part; where not all files were there, they are looked for again after a while."""
    if part is None:
        return None
    return Steadiness([part], math.inf if whole else monotonic() + LOOK_AGAIN_SECONDS)


class Look(NamedTuple):
    """What was seen of a collector's values last, and the rules about them.

    Args:
        written: the values, each with a newline behind it.
        seconds: when that was, by the monotonic clock.
        checks: the rules as C has them (``struct checks *``); None where there are none.
        owner: what ``checks`` belongs to.
    """

    written: bytes
    seconds: float
    checks: Any = None
    owner: object = None


def written_of(blocks: Sequence[Block]) -> bytes:
    """The values of blocks, each with a newline behind it."""
    return b"".join([value + b"\n" for block in blocks for value in block.values])


class TotalsRule(NamedTuple):
    """Rows of numbers, of which the first grows as the others do together.

    Args:
        part: where they stand.
        columns: of each row.
        compared: so many columns are, from the first on.
        slack: by which they may differ.
        look: what was seen last.
    """

    part: SteadyPart
    columns: int
    compared: int
    slack: int
    look: Look


@runtime_checkable
class SteadyCollector(Protocol):
    """A collector that may be left to C until something but numbers changes."""

    def steady(self) -> Steadiness | None:
        """What the collector has just handed over depends on; None: ask it at each scrape."""
        ...
