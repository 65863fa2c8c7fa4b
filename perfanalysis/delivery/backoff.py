"""Trying again: how long to wait after failures, and when to give up."""

from __future__ import annotations

import datetime
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from math import inf
from typing import TypeVar

from perfanalysis.printable import printable

LONGEST_RETRY_AFTER_SECONDS = 3600.0
Result = TypeVar("Result")


class PassingFailure(Exception):  # noqa: N818 - it may end well
    """A failure after which the same may succeed.

    Args:
        reason: why, in words.
        wait: seconds that the other side asked for.
        remedy: what a person can look at next, where that is known.
    """

    def __init__(self, reason: str, wait: float = 0.0, remedy: str = "") -> None:
        super().__init__(reason)
        self.wait = wait
        self.remedy = remedy


class GaveUpError(Exception):
    """No attempt succeeded.

    Attributes:
        last: the last failure.
        failures: how many attempts there were.
    """

    def __init__(self, last: PassingFailure, failures: int) -> None:
        super().__init__(str(last))
        self.last = last
        self.failures = failures

    @property
    def said(self) -> str:
        """The last failure, how often it failed, how long to wait, and what to look at next."""
        often = f" {self.failures} times" if self.failures > 1 else ""
        wait = f"it asks to come back in {self.last.wait:.0f} s" if self.last.wait else ""
        return "; ".join(filter(None, (f"{self}{often}", wait, self.last.remedy)))


@dataclass(frozen=True)
class Backoff:
    """How long to wait after failures: doubled each time, and half of it by chance, seconds."""

    first: float = 1.0
    longest: float = 300.0

    def seconds(self, failures: int, chance: float) -> float:
        """The wait after that many failures in a row (at least 1); ``chance`` is from 0 to 1."""
        whole = min(self.longest, self.first * 2.0 ** min(failures - 1, 60))
        return whole * (0.5 + chance / 2)

    def wait(self, failures: int, asked: float = 0.0) -> float:
        """The same by chance, and not less than the other side asked for."""
        # S311: spreads load, guards nothing.
        return max(self.seconds(failures, random.random()), asked)  # noqa: S311


@dataclass(frozen=True)
class Patience:
    """When to give up.

    Attributes:
        attempts: how many there are at most.
        longest_wait: seconds; who asks for more patience is not waited for.
        until: no attempt begins later, by ``time.monotonic``.
    """

    attempts: float = inf
    longest_wait: float = inf
    until: float = inf


def keep_trying(
    attempt: Callable[[], Result],
    backoff: Backoff,
    patience: Patience,
    failed: Callable[[PassingFailure, int], None] | None = None,
) -> Result:
    """Call ``attempt`` until it raises no ``PassingFailure``; its other exceptions go through.

    Args:
        attempt: what is tried.
        backoff: the waits between attempts.
        patience: when to give up.
        failed: told of each failure after which there is another attempt, and its number from 1.

    Raises:
        GaveUpError: there is no further attempt.
    """
    failures = 0
    while True:
        try:
            return attempt()
        except PassingFailure as error:
            failures += 1
            wait = backoff.wait(failures, error.wait)
            over = failures >= patience.attempts or error.wait > patience.longest_wait
            if over or time.monotonic() + wait > patience.until:
                raise GaveUpError(error, failures) from error
            if failed:
                failed(error, failures)
        time.sleep(wait)


class SaysThatItWaits:
    """Tells people once, on standard error, that it is tried again: a wait looks like a hang."""

    def __init__(self) -> None:
        self._said = False

    def __call__(self, where: str, failure: PassingFailure) -> None:
        """Say it, unless it was said.

        Args:
            where: the address, without any key.
            failure: the one after which there is another attempt.
        """
        if not self._said:
            self._said = True
            print(printable(f"perfanalysis: {where}: {failure}; trying again"), file=sys.stderr)


def retry_after(value: str | None, now: float) -> float:
    """Seconds of a Retry-After header (RFC 9110, 10.2.3), at most an hour; 0 when unusable."""
    if not value:
        return 0.0
    if value.strip().isascii() and value.strip().isdigit():
        seconds = float(value.strip()[:12])
    else:
        try:
            when = parsedate_to_datetime(value)
        except ValueError:
            return 0.0
        seconds = when.replace(tzinfo=when.tzinfo or datetime.UTC).timestamp() - now
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER_SECONDS)
