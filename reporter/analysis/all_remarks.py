"""All that is said of the quality of a report's data. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from reporter.analysis import book_remarks, lost_time
from reporter.analysis.quality import remarks
from reporter.analysis.samples_by_machine import SamplesByMachine
from reporter.asking.answers import Answers
from reporter.asking.usage_queries import CPU_BUSY
from reporter.language import Language


def all_remarks(
    ranges: Sequence[tuple[Answers, SamplesByMachine]], language: Language, most_named: int
) -> list[str]:
    """What machines lost, what is missing or doubtful, and what the engine warned of.

    Args:
        ranges: the report's, and the one before where it compares two.
        language: of the sentences.
        most_named: so many names of machines in each at most.
    """
    found: list[str] = []
    for place, (answers, samples) in enumerate(ranges):
        own = _of_range(answers, samples, language, most_named)
        if place:
            own = [
                language.say("The range before: {remark}", remark=remark)
                for remark in own
                if remark not in found
            ]
        found += own
    warnings = dict.fromkeys(text for answers, _ in ranges for text in answers.warnings)
    return [*found, *(language.say("The engine warned: {text}", text=w) for w in warnings)]


def _of_range(
    answers: Answers, samples: SamplesByMachine, language: Language, most_named: int
) -> list[str]:
    own = remarks(
        answers.machines,
        {m.name: samples.observed(CPU_BUSY, m.name) for m in answers.machines},
        answers.samples,
        (answers.start, answers.end),
        language,
        most_named,
    )
    book = book_remarks.sentences(answers, language, most_named)
    return [*lost_time.sentences(answers.samples, answers.machines, language), *own, *book]
