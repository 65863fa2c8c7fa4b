"""What a portal may have started on this machine: closed lists, and a window of the day. Pure.

The portal checks what it is asked for against what the agent offers; here it is checked once more,
for the portal might be another one's by now. Nothing of an order is a word of a command line that
was not known before.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from loadtest.driving.settings import DEFAULT_LEVELS, KINDS_OF_WORK
from loadtest.kernel_choice import DEFAULT
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.portal_client.jobs import WantedJob

PROFILES = ("default", "quick", "precise", KINDS_OF_WORK)
_WINDOW = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


class NotAllowedError(PerfAnalysisError):
    """The portal wants what may not be started here."""


@dataclass(frozen=True)
class DayWindow:
    """A part of the day, in the machine's own time: minutes since midnight; it may reach over it.

    Attributes:
        begin: when it begins.
        end: when it is over.
    """

    begin: int
    end: int

    def holds(self, at: datetime.time) -> bool:
        """Whether a time of day is in it."""
        minute = at.hour * 60 + at.minute
        if self.begin < self.end:
            return self.begin <= minute < self.end
        return minute >= self.begin or minute < self.end

    @property
    def shown(self) -> str:
        """As it is written."""
        return f"{self.begin // 60:02}:{self.begin % 60:02}-{self.end // 60:02}:{self.end % 60:02}"


def parse_window(text: str, flag: str) -> DayWindow:
    """Read a window such as ``22:00-05:00``.

    Raises:
        InputError: it is none.
    """
    found = _WINDOW.fullmatch(text)
    if found is None or found[1] + found[2] == found[3] + found[4]:
        raise InputError(flag, "", "a part of the day, such as 22:00-05:00", text)
    begin, begin_minute, end, end_minute = map(int, found.groups())
    return DayWindow(begin * 60 + begin_minute, end * 60 + end_minute)


@dataclass(frozen=True)
class AllowedTests:
    """What may be started.

    Attributes:
        kernels: by name.
        profiles: by name.
        most_seconds: the longest time limit.
        window: when; None: at any time.
    """

    kernels: Sequence[str]
    profiles: Sequence[str]
    most_seconds: int
    window: DayWindow | None = None

    @property
    def offers(self) -> dict[str, Any]:
        """The same for the portal."""
        found: dict[str, Any] = {
            "kernels": list(self.kernels),
            "profiles": list(self.profiles),
            "most_seconds": self.most_seconds,
        }
        return found if self.window is None else {**found, "window": self.window.shown}

    def is_open(self, at: datetime.time) -> bool:
        """Whether tests may start at that time of day."""
        return self.window is None or self.window.holds(at)

    def words(self, job: WantedJob) -> list[str]:
        """The flags of `loadtest run` for a job.

        Raises:
            NotAllowedError: something of it may not be started.
        """
        if job.profile not in self.profiles:
            raise NotAllowedError(f"the profile {job.profile!r} may not be started here")
        if not 1 <= job.limit_seconds <= self.most_seconds:
            raise NotAllowedError(f"no test of more than {self.most_seconds} s may be started here")
        words = ["--profile", job.profile]
        if job.profile != KINDS_OF_WORK:
            words += ["--kernel", ",".join(self._kernels(job))]
        elif job.kernels or job.levels:
            raise NotAllowedError(f"{KINDS_OF_WORK} has its own kernels and levels")
        if job.levels:
            known = {str(level) for level in DEFAULT_LEVELS}
            if not set(job.levels) <= known:
                raise NotAllowedError(f"levels are some of {', '.join(map(str, DEFAULT_LEVELS))}")
            words += ["--levels", ",".join(job.levels)]
        return words

    def _kernels(self, job: WantedJob) -> list[str]:
        wanted = job.kernels or [DEFAULT]
        for kernel in wanted:
            if kernel not in self.kernels:
                raise NotAllowedError(f"the kernel {kernel!r} may not be started here")
        return wanted
