"""All that is said of the quality of one range's data. Pure."""

from __future__ import annotations

from reporter.analysis import lost_time
from reporter.analysis.quality import remarks
from reporter.analysis.samples_by_machine import SamplesByMachine
from reporter.asking.answers import Answers
from reporter.asking.usage_queries import CPU_BUSY
from reporter.language import Language


def all_remarks(
    answers: Answers, samples: SamplesByMachine, language: Language, most_named: int
) -> list[str]:
    """What machines lost, then what is missing or doubtful, with so many names in each at most."""
    own = remarks(
        answers.machines,
        {m.name: samples.observed(CPU_BUSY, m.name) for m in answers.machines},
        answers.samples,
        (answers.start, answers.end),
        language,
        most_named,
    )
    return [*lost_time.sentences(answers.samples, answers.machines, language), *own]
