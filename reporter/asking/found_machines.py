"""Which machines a report is of: those that the settings name, or that have certain labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from perfanalysis.errors import InputError
from perfanalysis.promql import Engine, QueryError, Sample, string
from reporter.asking import latest_series, placeholders
from reporter.asking.machine_queries import MACHINES
from reporter.settings.devices import place
from reporter.settings.report import Config

# What a machine costs something else with.
_KIND = ("provider", "region", "instance_type")


def find_machines(
    engine: Engine, config: Config, start: float, end: float, where: str
) -> tuple[list[str], tuple[str, list[Sample]]]:
    """The machines of a report in their order; the query that found them, and its answer.

    A machine whose labels changed within the range has those that it had last.

    Args:
        engine: where to ask.
        config: names of machines and labels.
        start: Unix seconds.
        end: Unix seconds.
        where: the file or command line that names the machines, for messages.

    Raises:
        QueryError: the engine cannot be reached, or has no such machine in the range.
        InputError: a machine that the settings name is not known to the engine.
    """

    def filled(machines: Sequence[str], labels: Sequence[tuple[str, str]]) -> str:
        return placeholders.fill(
            MACHINES.expression,
            machines=machines,
            kernel=config.kernel,
            purchase=config.purchases.options,
            seconds=end - start,
            labels=labels,
        )

    expression = filled(config.machines, config.labels)
    samples = latest_series.query(engine, expression, end)
    if config.labels and samples:
        # Of those that had the labels once, all that they were: the newest counts.
        names = sorted({sample.labels["instance"] for sample in samples})
        samples = latest_series.query(engine, filled(names, ()), end)
        samples = [s for name in names for s in _fitting(name, samples, config.labels)]
    known = sorted({sample.labels["instance"] for sample in samples})
    missing = [name for name in config.machines if name not in known]
    if missing:
        every = engine.query(filled((), config.labels), end)
        others = ", ".join(sorted({sample.labels["instance"] for sample in every}))
        if others:
            having = f" with {labels_said(config.labels)}" if config.labels else ""
            expected = f"machines{having} that {engine.url} knows in the range ({others})"
            raise InputError(where, "machines", expected, ", ".join(missing))
    if not known:
        having = f" with {labels_said(config.labels)}" if config.labels else ""
        raise QueryError(
            f"{engine.url}: no machine{having} in the range, {_moment(start)} to {_moment(end)}: "
            "take another one (--from, --to), or look whether the engine scrapes an exporter; the "
            f"query was: {expression}"
        )
    return list(config.machines) or known, (expression, samples)


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def newest_labels(samples: Sequence[Sample]) -> dict[str, Mapping[str, str]]:
    """Each machine's labels as it had them last, by its name."""
    newest: dict[str, Sample] = {}
    for sample in samples:
        name = sample.labels["instance"]
        if name not in newest or newest[name].time < sample.time:
            newest[name] = sample
    return {name: sample.labels for name, sample in newest.items()}


def changed_types(samples: Sequence[Sample]) -> dict[str, list[str]]:
    """Machines that were of another type or in another region before, by what they are now.

    Args:
        samples: of the query "Machines".

    Returns:
        By PromQL matchers of what they are now, their names.
    """
    found: dict[str, list[str]] = {}
    kinds: dict[str, set[tuple[str, ...]]] = {}
    for sample in samples:
        kind = tuple(sample.labels.get(label, "") for label in _KIND)
        kinds.setdefault(sample.labels["instance"], set()).add(kind)
    for name, labels in newest_labels(samples).items():
        if len(kinds[name]) > 1:
            now = ",".join(f"{label}={string(labels.get(label, ''))}" for label in _KIND)
            found.setdefault(now, []).append(name)
    return found


def labels_said(labels: Sequence[tuple[str, str]]) -> str:
    """Labels as a person writes them."""
    return ", ".join(f"{label}={value}" for label, value in labels)


def _fitting(
    name: str, samples: Sequence[Sample], labels: Sequence[tuple[str, str]]
) -> list[Sample]:
    """A machine's samples, if it has the labels in the newest of them."""
    own = [sample for sample in samples if sample.labels["instance"] == name]
    last = newest_labels(own)[name]
    fits = all(place(last.get(label, ""), [value]) == 0 for label, value in labels)
    return own if fits else []
