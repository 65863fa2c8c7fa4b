"""Whether sending a run's progress once a second changes what the run finds."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import requests

from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from benchmarks.live_receiver import receiving
from benchmarks.loadtest_runs import load_test
from benchmarks.quietness import measured_quietly
from demo.servers import start_prometheus
from perfanalysis import __version__
from perfanalysis.errors import PerfAnalysisError

PAIRS = 5
ARGUMENTS = ("--force", "--levels", "50,100", "--seconds-per-level", "3")
QUICK_ARGUMENTS = ("--force", "--levels", "50,100", "--seconds-per-level", "1")
SAMPLES = "sum(count_over_time(perf_loadtest_live_units_per_second[1h]))"
WITHOUT = "the same without"
NOTES = [
    "Prometheus and the server that stands in for Grafana run on the measured machine, on both "
    "sides; what they do with the samples is other load there.",
    "On both sides a run waits for a quiet machine, and is repeated when other tasks took above "
    "3 % of the CPU time meanwhile.",
]

Document = dict[str, Any]


def run(settings: Settings) -> Outcome:
    """Measure with and without outputs, sent to servers that run all the while."""
    configuration = settings.folder / "prometheus.yml"
    configuration.write_text("global: {scrape_interval: 15s}\n")
    data, log = settings.folder / "data", settings.folder / "prometheus.log"
    prometheus, url = start_prometheus(configuration, data, log)
    try:
        with receiving() as grafana:
            flags = ("--remote-write-url", f"{url}/api/v1/write", "--grafana-live-url", grafana.url)
            sending, without = _pairs(settings, flags)
            arrived = {"samples": _samples(url), "pushes": grafana.pushes}
    finally:
        prometheus.stop()
    if not all(arrived.values()):
        raise PerfAnalysisError(f"no progress arrived: {arrived}")
    facts: dict[str, object] = {
        **arrived,
        "reasons_sending": [document["invalid_reasons"] for document in sending],
        "reasons_without": [document["invalid_reasons"] for document in without],
    }
    return Outcome({"perfanalysis": __version__}, _figures(sending, without), facts, NOTES)


def _pairs(settings: Settings, flags: Sequence[str]) -> tuple[list[Document], list[Document]]:
    """Runs that send and runs that do not; which of them is first changes from pair to pair."""
    arguments = QUICK_ARGUMENTS if settings.quick else ARGUMENTS
    pairs = 1 if settings.quick else PAIRS
    sending: list[Document] = []
    without: list[Document] = []
    sides = ((sending, (*arguments, *flags)), (without, arguments))
    for number in range(pairs):
        settings.say(f"pair {number + 1} of {pairs}")
        for side, words in sides if number % 2 == 0 else reversed(sides):
            measure = partial(load_test, settings.folder / "state", *words)
            side.append(measured_quietly(settings, measure).value.document)
    return sending, without


def _samples(url: str) -> int:
    """How many samples of a run's rate Prometheus has."""
    answer = requests.get(f"{url}/api/v1/query", params={"query": SAMPLES}, timeout=10)
    result = answer.json()["data"]["result"]
    return int(result[0]["value"][1]) if result else 0


def _figures(sending: Sequence[Document], without: Sequence[Document]) -> list[Figure]:
    goal = Goal("0.99 .. 1.01", 1.01, 0.99)
    more = [_left_out(one) - _left_out(other) for one, other in zip(sending, without, strict=True)]
    return [
        *(
            Figure(
                f"rate at {sending[0]['levels'][index]['busy']} %",
                "1/s",
                _rates(sending, index),
                _rates(without, index),
                WITHOUT,
                goal,
            )
            for index in (1, 0)
        ),
        Figure("share of all slices left out, sending less without", "", more),
    ]


def _rates(documents: Sequence[Document], index: int) -> list[float]:
    return [document["levels"][index]["units_per_second"] for document in documents]


def _left_out(document: Document) -> float:
    levels = document["levels"]
    excluded = sum(level["slices_excluded"] for level in levels)
    return float(excluded / sum(len(level["slices"]) for level in levels))


CASE = Case(
    name="loadtest_outputs",
    what="The load test while it sends its progress once a second by remote write to Prometheus "
    "and to Grafana Live, and without, in turns; 3 s a level.",
    peer="the load test without outputs",
    goal="the rates stay within 1 %",
    run=run,
)
