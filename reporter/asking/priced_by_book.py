"""Puts a price book's prices beside an engine's, and in their place where the engine has none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from perfanalysis.promql import Sample
from reporter.asking.answers import Answers
from reporter.asking.book_prices import BookAnswers, HeldPrices
from reporter.asking.machine_assembly import per_dollar
from reporter.asking.machines import Machine
from reporter.asking.price_book import read_book
from reporter.asking.price_queries import STARTED_AS
from reporter.asking.prices import Pricing, started_as
from reporter.asking.usage_queries import CPU_BUSY
from reporter.settings.report import Config


def with_book(config: Config, answers: Answers) -> Answers:
    """The answers with what the settings' book says; as they are where these name none.

    A price that the engine has for a machine counts before the book's: somebody may have said it
    for this machine, and it is what was shown at the time.

    Args:
        config: which book, and which price of which machine counts.
        answers: of the engine.

    Raises:
        InputError: see ``read_book``.
        PerfAnalysisError: see ``read_book``.
    """
    started: dict[str, list[Sample]] = defaultdict(list)
    for sample in answers.samples.get(STARTED_AS, ()):
        started[sample.labels.get("instance", "")].append(sample)
    options = {
        machine.name: config.purchases.of(
            machine.name, started_as({STARTED_AS: started[machine.name]})
        )
        for machine in answers.machines
    }
    book = read_book(config, answers, options)
    if book is None:
        return answers
    there = times_there(answers)
    machines = [
        machine
        if machine.price is not None
        else priced(machine, book, options[machine.name], there.get(machine.name))
        for machine in answers.machines
    ]
    return replace(answers, machines=machines, book=book)


def times_there(answers: Answers) -> Mapping[str, tuple[float, float]]:
    """By machine, its first and its last sample of CPU time in the range, in Unix seconds."""
    found: dict[str, tuple[float, float]] = {}
    for one in answers.sampled.get(CPU_BUSY, ()):
        times, name = one.samples.times, one.labels.get("instance", "")
        if len(times):
            first, last = max(answers.start, float(times[0])), float(times[-1])
            before = found.get(name, (first, last))
            found[name] = min(before[0], first), max(before[1], last)
    return found


def priced(
    machine: Machine, book: BookAnswers, option: str, there: tuple[float, float] | None
) -> Machine:
    """A machine without a price, with that of the book; as it is where that has none either."""
    held = book.of(machine.name, option)
    pricing = None
    if there and held and (own := held.within(*there)):
        ended = machine.test.ended if machine.test else None
        # What stands in tables as the price at the test is that of a test in the range.
        tested = ended is not None and there[0] <= ended <= there[1]
        pricing = _pricing(own if tested else replace(own, at_test=None), option, there)
    if pricing is None:
        return machine
    estimate, bare = per_dollar(machine.test, pricing.mean, None)
    return replace(
        machine,
        price=pricing.mean,
        pricing=pricing,
        units_per_dollar=estimate,
        bare_units_per_dollar=bare,
        by_rule=False,
    )


def _pricing(held: HeldPrices, option: str, there: tuple[float, float]) -> Pricing | None:
    start, end = there
    mean, bounds = held.mean(start, end), held.bounds
    if not mean or bounds is None:
        return None
    seconds = max(end - start, 1.0)
    return Pricing(
        option,
        mean,
        *bounds,
        held.at_test.dollars if held.at_test else None,
        min(1.0, held.over(start, end).hours * 3600 / seconds),
        source=", ".join(held.sources),
    )


def repriced(machines: Sequence[Machine], prices: Mapping[str, float]) -> list[Machine]:
    """The same machines at other prices; one without has none, and no units per dollar.

    Args:
        machines: of the report.
        prices: dollars an hour, by machine.
    """
    found = []
    for machine in machines:
        price = prices.get(machine.name)
        estimate, bare = per_dollar(machine.test, price, None)
        found.append(
            replace(
                machine,
                price=price,
                pricing=None,
                units_per_dollar=estimate,
                bare_units_per_dollar=bare,
            )
        )
    return found
