"""What is missing or doubtful of a price book's prices, in words. Pure."""

from __future__ import annotations

from reporter.analysis.wording import names
from reporter.asking.answers import Answers
from reporter.asking.machines import Machine
from reporter.language import Language
from reporter.settings.purchases import ON_DEMAND

# A price that differs by less, as a ratio, is the same: means over looks are not exact.
_SAME = 0.005


def sentences(answers: Answers, language: Language, most_named: int) -> list[str]:
    """Machines without a price in the book, or with no other; prices that differ from the engine's;
    currencies without a rate.

    Args:
        answers: of one range.
        language: of the sentences.
        most_named: so many names of machines in each at most.
    """
    book, say = answers.book, language.say
    if book is None:
        return []
    found = []
    if missing := [m.name for m in answers.machines if not book.prices.get(m.name)]:
        found.append(
            say(
                "{machines}: the price book {file} has no price of its provider, region and type.",
                machines=names(missing, most_named, language),
                file=book.file,
            )
        )
    found += _priced(answers, language, most_named)
    found += _otherwise(answers, language, most_named)
    if book.without_rate:
        found.append(
            say(
                "Nobody gave a rate from {currencies} to US dollars for the end of the range: such"
                " prices are shown, and part of no sum (setting exchange_rates).",
                currencies=", ".join(book.without_rate),
            )
        )
    return found


def _priced(answers: Answers, language: Language, most_named: int) -> list[str]:
    """Whose price is the book's, source by source."""
    by_source: dict[str, list[str]] = {}
    for machine in answers.machines:
        if machine.pricing and machine.pricing.source:
            by_source.setdefault(machine.pricing.source, []).append(machine.name)
    return [
        language.say(
            "{machines}: the engine has no price; that of the price book counts ({source}).",
            machines=names(own, most_named, language),
            source=source,
        )
        for source, own in by_source.items()
    ]


def _otherwise(answers: Answers, language: Language, most_named: int) -> list[str]:
    """Whose list price of the book is not the engine's."""
    found = []
    differing = [one for machine in answers.machines if (one := _differing(machine, answers))]
    for engine, list_price in dict.fromkeys((one[1], one[2]) for one in differing):
        own = [name for name, *prices in differing if prices == [engine, list_price]]
        found.append(
            language.say(
                "{machines}: the engine has {engine} an hour on demand and the price book"
                " {book}; amounts elsewhere in the report are by the engine's.",
                machines=names(own, most_named, language),
                engine=language.dollars(engine),
                book=language.dollars(list_price),
            )
        )
    return found


def _differing(machine: Machine, answers: Answers) -> tuple[str, float, float] | None:
    """A machine whose price of the engine is not the book's; its name and both."""
    pricing, book = machine.pricing, answers.book
    held = book.of(machine.name, ON_DEMAND) if book and pricing else None
    if held is None or pricing is None or pricing.source or pricing.purchase != ON_DEMAND:
        return None
    mean = held.mean(answers.start, answers.end)
    if mean is None or abs(mean - pricing.mean) <= _SAME * pricing.mean:
        return None
    return machine.name, round(pricing.mean, 4), round(mean, 4)
