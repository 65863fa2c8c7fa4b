"""Which characters of a report no font of this machine has, as fontconfig knows them.

WeasyPrint takes any font that fontconfig has. Where there is none for a character, a box stands in
its place, and that is said. Without fontconfig's program nothing is known, and nothing said.
"""

from __future__ import annotations

import subprocess
import unicodedata
from collections.abc import Iterable, Iterator

from reporter.analysis.report_data import ReportData
from reporter.language import Language

SECONDS = 10
MOST_NAMED = 8
# Debian's packages, by what they are for.
EMOJI, EAST_ASIA, OTHERS = "fonts-noto-color-emoji", "fonts-noto-cjk", "fonts-noto-core"
# What Inter and DejaVu Sans are sure to have: Latin, Greek, Cyrillic; punctuation and arrows.
_USUAL = (range(0x0530), range(0x1E00, 0x2300))


def names_in(data: ReportData) -> Iterator[str]:
    """Every text of a report that comes from its data or settings."""
    config, every = data.config, (data.answers, data.before)
    yield from (config.title, config.notes)
    for answers in every:
        if answers is None:
            continue
        yield from (machine.name for machine in answers.machines)
        for query in answers.series:
            of_query = answers.sampled.get(query) or answers.series[query]
            yield from (text for one in of_query for text in one.labels.values())
        for samples in answers.samples.values():
            yield from (text for one in samples for text in one.labels.values())


def without_font(texts: Iterable[str]) -> str:
    """The characters of these texts that no font has, each once, in order."""
    left = {
        one
        for text in texts
        if not text.isascii()
        for one in text
        if not any(ord(one) in usual for usual in _USUAL)
        and unicodedata.category(one) not in {"Cc", "Cf", "Mn", "Cn", "Co", "Cs"}
    }
    missing = set()
    while left:
        one = min(left)
        had = _had_with(one)
        if had is None:
            return ""
        if not had:
            missing.add(one)
        # What one font has need not be looked for again.
        left = {other for other in left if ord(other) not in had and other != one}
    return "".join(sorted(missing))


def _had_with(one: str) -> set[int] | None:
    """The code points of a font that has this character; empty: none has it; None: not known."""
    command = ["fc-list", "--format", "%{charset}\\n", f":charset={ord(one):x}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=SECONDS)
    except (OSError, subprocess.SubprocessError):
        return None
    first = done.stdout.partition("\n")[0].split()
    ends = [(one.partition("-")[0], one.rpartition("-")[2]) for one in first]
    return {code for low, high in ends for code in range(int(low, 16), int(high, 16) + 1)}


def remark(missing: str, language: Language) -> str:
    """The sentence that says so; "" when nothing is missing."""
    if not missing:
        return ""
    named = ", ".join(f"{one} (U+{ord(one):04X})" for one in missing[:MOST_NAMED])
    more = len(missing) - MOST_NAMED
    if more > 0:
        named += language.say(" and {count} more", count=more)
    return language.say(
        "No font of the machine that made this report has {characters}: boxes stand in their place."
        " Debian's package {packages} has them.",
        characters=named,
        packages=", ".join(sorted({_package(one) for one in missing})),
    )


def _package(one: str) -> str:
    if unicodedata.east_asian_width(one) not in {"W", "F"}:
        return OTHERS
    return EMOJI if unicodedata.category(one) == "So" else EAST_ASIA
