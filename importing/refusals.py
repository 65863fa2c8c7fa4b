"""What was left out of an import: counted by kind, and said with file and line."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

from perfanalysis.errors import InputError
from perfanalysis.future_times import refuse_ahead

MALFORMED = "malformed"
OUT_OF_ORDER = "out of order"
DUPLICATE = "a time that was there already"
NOT_KNOWN = "not known"
MOST_SHOWN = 20
ALLOW_FUTURE_TIMES = "--allow-future-times"
_REMEDY = (
    "Prometheus would count its retention from it, delete what is older, and refuse new samples: "
    f"correct the times of the file, or this machine's clock; {ALLOW_FUTURE_TIMES} insists"
)


class Refusals:
    """The lines that were left out.

    Args:
        say: prints a line; only the first ``MOST_SHOWN`` of each kind are printed.
        strict: whether the first one ends the import.
        allow_future_times: whether times ahead of now are imported, too.
    """

    def __init__(
        self, say: Callable[[str], None], *, strict: bool, allow_future_times: bool = False
    ) -> None:
        self.counts: Counter[str] = Counter()
        self.allow_future_times = allow_future_times
        self._say = say
        self._strict = strict
        self._last = ""

    def add(self, kind: str, error: InputError) -> None:
        """Leave out what the error names; a line that several readers refuse counts once.

        Raises:
            InputError: one is too many.
        """
        if self._strict:
            raise error
        if error.where == self._last:
            return
        self._last = error.where
        self.counts[kind] += 1
        if self.counts[kind] <= MOST_SHOWN:
            self._say(f"left out ({kind}): {error}")
        if self.counts[kind] == MOST_SHOWN:
            self._say(f"left out ({kind}): more of these are counted, and not shown")

    def note(self, text: str) -> None:
        """Say what people should know, though nothing is wrong."""
        self._say(text)

    def malformed(self, error: InputError) -> None:
        """Leave out a line that is no record.

        Raises:
            InputError: see ``add``.
        """
        self.add(MALFORMED, error)

    def check_time(self, when: float, where: str) -> None:
        """See that a time is not ahead of now, unless such are allowed.

        Raises:
            InputError: it is ahead; nothing of the import may be published then.
        """
        if not self.allow_future_times:
            refuse_ahead(when, time.time(), where, _REMEDY)

    def summary(self) -> str:
        """All that was left out, in words; "" when nothing was."""
        return ", ".join(f"{count} {kind}" for kind, count in sorted(self.counts.items()))
