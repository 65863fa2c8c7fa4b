"""The first sentences of a report, made from the numbers: value for money, speed, and doubt.

They speak of types where several machines of a type were measured, of single machines otherwise,
and say which. Pure.
"""

from __future__ import annotations

from reporter.analysis.doubt import doubts
from reporter.analysis.money import money
from reporter.analysis.ranking import Ranking
from reporter.analysis.speed import speed
from reporter.language import Language


def verdict(ranking: Ranking, language: Language) -> list[str]:
    """Value for money, speed, and how certain both are; what cannot be said is left out.

    What single machines are held against each other by is the newest run of each: by what its
    earlier runs vary by, or, where that is not known of both, one run each cannot tell which
    machine is the better one. Types are told apart by what their machines differ by.
    """
    sentences = [money(ranking, language), speed(ranking, language)]
    return [sentence for sentence in (*sentences, *doubts(ranking, language)) if sentence]
