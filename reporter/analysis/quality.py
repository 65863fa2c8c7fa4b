"""What the reader must know of the data before trusting a figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from perfanalysis.promql import Floats, Sample, Series
from reporter.asking.machines import LoadTest, Machine
from reporter.asking.query import InstantQuery
from reporter.asking.usage_queries import RESETS, RESTARTS, VIOLATIONS
from reporter.language import Language

STEAL_LIMIT = 0.01
BUSY_DISTANCE_LIMIT = 0.05
MOST_NAMED = 12


def remarks(  # noqa: PLR0913, PLR0917 - one for each source, and how it is said
    machines: Sequence[Machine],
    busy: Mapping[str, Sequence[Series]],
    samples: Mapping[InstantQuery, Sequence[Sample]],
    times: tuple[float, float, float, float],
    language: Language,
    most_named: int = MOST_NAMED,
) -> list[str]:
    """Sentences on what is missing or doubtful, machine by machine; empty when all is well.

    Args:
        machines: the reported machines.
        busy: CPU busy series by machine.
        samples: answers to ``VIOLATIONS``, ``RESTARTS`` and ``RESETS``, as far as asked.
        times: start and end of the range in Unix seconds, seconds between points, and seconds that
            the window of a rate is long.
        language: of the sentences.
        most_named: of the machines of which the same is to be said; the others are counted.
    """
    start, end, step, window = times
    extra = _counted(samples, language)
    # Machines of which the same is to be said share a sentence.
    found: dict[str, list[str]] = {}
    for machine in machines:
        texts = [*_of_test(machine, language), *_of_price(machine, language)]
        series = busy.get(machine.name, ())
        if not series:
            texts.append(language.say("no CPU time in the range."))
        else:
            missing = missing_seconds(series[0].times, start, end, step, window)
            if missing > 2 * step:
                seconds = language.number(missing)
                text = language.say(
                    "CPU time is missing for {seconds} s of the range.", seconds=seconds
                )
                texts.append(text)
        texts += extra.get(machine.name, ())
        for text in texts:
            found.setdefault(text, []).append(machine.name)
    return [f"{_names(names, most_named, language)}: {text}" for text, names in found.items()]


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
    if machine.units_per_dollar and not machine.by_rule and undisturbed:
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


def missing_seconds(
    times: Floats, start: float, end: float, step: float, window: float = 0.0
) -> float:
    """Seconds of a range without points, the lead of a rate's first window left out.

    Args:
        times: points in Unix seconds, ascending.
        start: of the range.
        end: of the range.
        step: seconds between points when none is missing.
        window: seconds of a rate's window, which no point needs to precede.
    """
    if not len(times):
        return end - start
    inside = np.diff(times) - step
    lead = max(0.0, times[0] - start - window - step)
    return float(lead + inside[inside > step / 2].sum() + max(0.0, end - times[-1] - step))


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
