"""What a figure says besides its caption: that it does not show all, and what was disturbed."""

from __future__ import annotations

from collections.abc import Iterable

from reporter.analysis.report_data import ReportData
from reporter.asking.machines import Machine

# Bars of a chart that has one for each machine: more would not leave room for anything else.
MOST_BARS = 20
# Series of one machine in a figure's CSV file: all there are, but for a machine gone wild.
MOST_IN_CSV = 1000


def foremost_only(data: ReportData, shown: int, count: int) -> tuple[str, ...]:
    """That a chart of lines shows the foremost machines alone; nothing where it shows all."""
    if shown >= count:
        return ()
    number, say = data.language.number, data.language.say
    return (
        say(
            "{shown} of {count} machines are shown: the baseline, those of the Pareto front, then"
            " by rank. The CSV file has all.",
            shown=number(shown),
            count=number(count),
        ),
    )


def first_only(data: ReportData, shown: int, count: int) -> tuple[str, ...]:
    """That only the first are shown, and the CSV file has all; nothing where all are shown."""
    if shown >= count:
        return ()
    number, say = data.language.number, data.language.say
    return (
        say(
            "{shown} of {count} are shown; the CSV file has all.",
            shown=number(shown),
            count=number(count),
        ),
    )


def disturbed(data: ReportData, machines: Iterable[Machine]) -> tuple[str, ...]:
    """That hollow means disturbed, where one of these machines' load tests was."""
    if not any(machine.test and machine.test.valid is False for machine in machines):
        return ()
    return (data.language.say("Hollow: the load test was disturbed."),)


def said(sentence: str) -> tuple[str, ...]:
    """A sentence that there may be: none where it is empty."""
    return (sentence,) if sentence else ()
