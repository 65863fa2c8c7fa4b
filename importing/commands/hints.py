"""The flags that say what files of other monitors do not say of themselves."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from importing.monitors.cloudwatch import STATISTICS
from importing.monitors.file import Hints
from perfanalysis.errors import InputError
from perfanalysis.flag_groups import grouped
from perfanalysis.renamed_option import RenamedOption


@dataclass(frozen=True)
class HintFlags:
    """What was given on the command line; see the help of each flag."""

    timezone: str = ""
    year: int | None = None
    statistic: str | None = None
    memory_bytes: int | None = None

    def hints(self) -> Hints:
        """The same, read.

        Raises:
            InputError: there is no such time zone.
        """
        return Hints(self._zone(), self.year, self.statistic or "", self.memory_bytes)

    def _zone(self) -> ZoneInfo | None:
        if not self.timezone:
            return None
        try:
            return ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            expected = "a time zone such as UTC or Europe/Berlin"
            raise InputError("--time-zone", "", expected, self.timezone) from None


OPTIONS = (
    click.option(
        "--time-zone",
        "hint_timezone",
        cls=RenamedOption,
        old_names=("--timezone",),
        default="",
        help="Where times without an offset are local (sadf -t and -T, vmstat, dool, PCP), such as "
        "Europe/Berlin or UTC.",
    ),
    click.option(
        "--year",
        "hint_year",
        type=click.IntRange(min=1970, max=9999),
        help="The year of the first row of a dool or dstat CSV whose heading has no date.",
    ),
    click.option(
        "--statistic",
        "hint_statistic",
        type=click.Choice(STATISTICS),
        help="What CloudWatch's values are, where their labels do not say it.",
    ),
    click.option(
        "--memory-bytes",
        "hint_memory_bytes",
        type=click.IntRange(min=1),
        help="How much memory the machine has, for monitors that do not say it.",
    ),
)

# A command gets them together as ``hint``.
options = grouped("hint", HintFlags, OPTIONS, prefix="hint_")
