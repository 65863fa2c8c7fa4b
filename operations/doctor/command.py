"""``perfanalysis doctor``."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from urllib.parse import urlsplit

import click

from operations.doctor.examination import examine
from operations.doctor.finding import Diagnosis, Health, Installation
from perfanalysis.delivery.flags import EndpointFlags, endpoint_flags
from perfanalysis.errors import InputError
from perfanalysis.printable import printable
from perfanalysis.promql.access import USUAL_URL, Access
from perfanalysis.promql.engine import Engine

ENGINE = EndpointFlags("prometheus", "--prometheus", variable="PERFANALYSIS_PROMETHEUS_KEY")
RULES = EndpointFlags("rules", "--rules", variable="PERFANALYSIS_RULES_KEY")
# Twice what a machine of 64 CPUs and the defaults brings.
BUDGET = 5000


@click.command()
@endpoint_flags(
    "engine",
    ENGINE,
    help=f"The engine that all ask. Default: {USUAL_URL}.",
    envvar="PERFANALYSIS_PROMETHEUS_URL",
)
@endpoint_flags(
    "evaluator",
    RULES,
    help="What evaluates the rules, where that is not the engine: vmalert. Default: the engine.",
    envvar="PERFANALYSIS_RULES_URL",
)
@click.option(
    "--job",
    default="node",
    show_default=True,
    metavar="REGEX",
    help="The jobs of the machines' exporters.",
)
@click.option(
    "--budget",
    type=click.IntRange(min=1),
    default=BUDGET,
    show_default=True,
    help="How many series a machine may bring.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and no table.")
def doctor(
    engine: EndpointFlags, evaluator: EndpointFlags, job: str, budget: int, as_json: bool
) -> int:
    """Look at an installation from end to end, and say what to do.

    Asks the engine about scrapes, labels, clocks, versions, cardinality, rules, load tests, prices
    and backups. What is not used (no price, no backup) is unknown and not wrong.

    Exit status: 0 when nothing is wrong, 1 when something is, 2 when a flag is unusable.
    """
    if '"' in job or "\\" in job:
        raise InputError("--job", "", "a regular expression without quotes and backslashes", job)
    asked = engine.endpoint() if engine.url else Access().endpoint
    evaluator.check()
    asking = Engine(Access(asked))
    rules = Engine(Access(evaluator.endpoint())) if evaluator.url else asking
    where = Installation(asking, rules, time.time(), job, budget)
    found = examine(where)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=1))
    else:
        _print(found, urlsplit(asked.url).netloc)
    return 1 if any(one.state is Health.WRONG for one in found) else 0


def _print(found: list[Diagnosis], host: str) -> None:
    width = max(len(one.check) for one in found)
    for one in found:
        click.echo(f"{one.state:<8} {one.check:<{width}}  {printable(one.said)}")
        if one.advice:
            click.echo(f"{'':<8} {'':<{width}}  -> {one.advice}")
    wrong = sum(one.state is Health.WRONG for one in found)
    warnings = sum(one.state is Health.WARNING for one in found)
    click.echo(f"{host}: {wrong} wrong, {warnings} warnings")
