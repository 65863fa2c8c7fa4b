"""What the reader must know of the data before trusting a figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from perfanalysis.promql import Floats, Sample
from reporter.analysis.observed import Observed
from reporter.asking.answers import Answers
from reporter.asking.machine_queries import LEVEL_STEAL
from reporter.asking.machines import LoadTest, Machine
from reporter.asking.query import InstantQuery
from reporter.asking.usage_queries import RESETS, RESTARTS, VIOLATIONS
from reporter.language import Language

STEAL_LIMIT = 0.01
BUSY_DISTANCE_LIMIT = 0.05
MOST_NAMED = 12


def remarks(  # noqa: PLR0913, PLR0917 - one for each source, and how it is said
    machines: Sequence[Machine],
    busy: Mapping[str, Observed | None],
    samples: Mapping[InstantQuery, Sequence[Sample]],
    times: tuple[float, float],
    language: Language,
    most_named: int = MOST_NAMED,
) -> list[str]:
    """Sentences on what is missing or doubtful, machine by machine; empty when all is well.

    Args:
        machines: the reported machines.
        busy: samples of CPU busy by machine.
        samples: answers to ``VIOLATIONS``, ``RESTARTS`` and ``RESETS``, as far as asked.
        times: start and end of the range in Unix seconds.
        language: of the sentences.
        most_named: of the machines of which the same is to be said; the others are counted.
    """
    extra = _counted(samples, language)
    # Machines of which the same is to be said share a sentence.
    found: dict[str, list[str]] = {}
    for machine in machines:
        texts = [*_of_test(machine, language), *_of_price(machine, language)]
        own = busy.get(machine.name)
        texts += (
            _of_gaps(own, times, language) if own else [language.say("no CPU time in the range.")]
        )
        texts += extra.get(machine.name, ())
        for text in texts:
            found.setdefault(text, []).append(machine.name)
    return [f"{_names(names, most_named, language)}: {text}" for text, names in found.items()]


def _of_gaps(own: Observed, times: tuple[float, float], language: Language) -> list[str]:
    """What is missing of a range, to the sample."""
    gaps = own.gaps(*times)
    if not gaps:
        return []
    say, told = language.say, language.seconds
    longest = max(gaps, key=lambda gap: gap[1] - gap[0])
    missing = told(sum(end - start for start, end in gaps))
    if len(gaps) == 1:
        start = language.moment(longest[0])
        return [
            say(
                "CPU time is missing for {missing} of the range, from {start} on.",
                missing=missing,
                start=start,
            )
        ]
    return [
        say(
            "CPU time is missing for {missing} of the range, in {count} gaps; the longest is"
            " {longest}, from {start} on.",
            missing=missing,
            count=language.number(len(gaps)),
            longest=told(longest[1] - longest[0]),
            start=language.moment(longest[0]),
        )
    ]


def nothing_missing(answers: Answers, language: Language) -> str:
    """What was looked at, where no remark had to be made.

    Args:
        answers: what the engine answered: what was not asked was not looked at.
        language: of the sentence.
    """
    say = language.say
    looked = [
        say("every machine has a price"),
        say("a valid load test with an interval at full load"),
    ]
    if LEVEL_STEAL in answers.samples:
        looked.append(say("less than 1 % of stolen time during each step of it"))
    looked.append(say("samples of CPU time over the whole range, with none missing in between"))
    if RESTARTS in answers.samples:
        looked.append(say("no restart"))
    if RESETS in answers.samples:
        looked.append(say("no counter that was reset"))
    if VIOLATIONS in answers.samples:
        looked.append(say("no numbers that broke a rule"))
    return say(
        "Nothing was missing or disturbed in what was looked at: {looked}.",
        looked=", ".join(looked),
    )


def _names(names: Sequence[str], most: int, language: Language) -> str:
    shown = ", ".join(names[:most])
    if len(names) <= most:
        return shown
    rest = language.number(len(names) - most)
    return language.say("{names} and {count} more", names=shown, count=rest)


def _counted(
    samples: Mapping[InstantQuery, Sequence[Sample]], language: Language
) -> dict[str, list[str]]:
    """Restarts, resets and broken rules, by machine."""
    say, found = language.say, dict[str, list[str]]()
    restarted = set()
    for sample in samples.get(RESTARTS, ()):
        if sample.value > 0:
            name = sample.labels.get("instance", "")
            restarted.add(name)
            text = say(
                "the machine was restarted {times} in the range.",
                times=_times(sample.value, language),
            )
            found.setdefault(name, []).append(text)
    for sample in samples.get(RESETS, ()):
        name = sample.labels.get("instance", "")
        if sample.value > 0 and name not in restarted:
            text = say(
                "CPU counters were reset {times} without a restart: rates around these times may be"
                " too low.",
                times=_times(sample.value, language),
            )
            found.setdefault(name, []).append(text)
    for sample in samples.get(VIOLATIONS, ()):
        labels = sample.labels
        text = say(
            "the numbers of {collector} broke the rule {rule} about {times}: what they feed is in"
            " doubt.",
            times=_times(max(1.0, sample.value), language),
            collector=labels.get("collector", ""),
            rule=labels.get("rule", ""),
        )
        found.setdefault(labels.get("instance", ""), []).append(text)
    return found


def _times(count: float, language: Language) -> str:
    if round(count) == 1:
        return language.say("once")
    return language.say("{count} times", count=language.number(count))


def _of_price(machine: Machine, language: Language) -> list[str]:
    if machine.price is None:
        return [language.say("no price is known, so no units per dollar.")]
    return [*_of_pricing(machine, language), *_of_rule(machine, language)]


def _of_pricing(machine: Machine, language: Language) -> list[str]:
    found = []
    if machine.pricing and machine.pricing.changed:
        found.append(
            language.say(
                "the price changed within the range; amounts of money are by its mean over the"
                " time."
            )
        )
    if machine.pricing and not machine.pricing.always:
        found.append(
            language.say(
                "the price is not known all the time; its mean is of {share} of the time in which"
                " the machine was seen.",
                share=language.ratio(machine.pricing.known, 0),
            )
        )
    return found


def _of_rule(machine: Machine, language: Language) -> list[str]:
    # The rule leaves disturbed runs out, which is no fault of it.
    undisturbed = machine.test is None or machine.test.valid is not False
    # It divides by the engine's price, and so says nothing where that has none.
    own = machine.pricing is None or not machine.pricing.source
    if machine.units_per_dollar and not machine.by_rule and undisturbed and own:
        return [
            language.say(
                "the recording rule instance_kernel:perf_loadtest_units:paid has no value in the"
                " range; the report divided the units of the load test by the price itself."
            )
        ]
    return []


def _of_test(machine: Machine, language: Language) -> list[str]:
    test, say = machine.test, language.say
    if test is None and machine.partial_runs:
        return [
            say("only load tests of a part of the machine in the range, which are not its own.")
        ]
    if test is None:
        return [say("no load test in the range.")]
    found = []
    if test.valid is False:
        found.append(
            say(
                "the load test says that it was disturbed (valid is 0), and so all that is said of"
                " its work is in doubt; the reasons stand in its result document."
            )
        )
    if test.full is False:
        found.append(
            say(
                "the load test had only a part of the machine (full_conditions is 0): its work is"
                " not the machine's, and there are no units per dollar."
            )
        )
    if test.max is None:
        found.append(say("the load test has no step at 100 % with an interval."))
    found += _of_steal(test, language)
    if test.speeds is not None:
        found.append(
            say(
                "the load test went to and fro between two speeds, the slow one {percent} below the"
                " quick one, for {share} of the time: units per second compare its more frequent"
                " speed, units per dollar are of the mean of both.",
                percent=language.ratio(1 - test.speeds[0], 0),
                share=language.ratio(test.speeds[1], 0),
            )
        )
    if len(test.curve.steal) > 1 and not np.isfinite(test.curve.steal).any():
        found.append(say("whether time was stolen during the load test is unknown."))
    distance = np.abs(test.curve.reached - test.curve.busy / 100)
    if np.isfinite(distance).any() and np.nanmax(distance) > BUSY_DISTANCE_LIMIT:
        worst = int(np.nanargmax(distance))
        found.append(
            say(
                "{reached} busy was reached where {asked} % was asked.",
                reached=language.ratio(float(test.curve.reached[worst]), 0),
                asked=language.number(float(test.curve.busy[worst])),
            )
        )
    return found


def _of_steal(test: LoadTest, language: Language) -> list[str]:
    steal, say = test.curve.steal, language.say
    levels = np.flatnonzero(steal > STEAL_LIMIT)
    if not len(levels):
        return []
    worst = levels[np.argmax(steal[levels])]
    values = {
        "steal": language.ratio(float(steal[worst])),
        "level": language.number(float(test.curve.busy[worst])),
    }
    if len(levels) == 1:
        return [say("{steal} of CPU time was stolen during the {level} % step.", **values)]
    return [
        say(
            "CPU time was stolen during {count} steps, the most during the {level} % step:"
            " {steal}.",
            count=language.number(len(levels)),
            **values,
        )
    ]


def with_gaps(times: Floats, values: Floats, step: float) -> tuple[Floats, Floats]:
    """The same points with a NaN in each gap, so that no line is drawn across it.

    Args:
        times: seconds, ascending.
        values: of the same length.
        step: seconds between points when none is missing.
    """
    holes = np.flatnonzero(np.diff(times) > 1.5 * step) + 1
    return (
        np.insert(times, holes, times[holes - 1] + step),
        np.insert(values, holes, np.nan),
    )
