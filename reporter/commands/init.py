"""``perfanalysis report init``: a commented YAML file, from what the engine has."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from perfanalysis.moments import parse_time
from perfanalysis.promql import Engine, QueryError, Sample, one_of
from reporter.asking import latest_series
from reporter.commands.init_prices import BookProposal, lines_of, purchase_of
from reporter.settings.devices import DISKS, INTERFACES

DAY = 86400.0
_RANGES = (DAY, 7 * DAY, 30 * DAY, 365 * DAY)
# A machine that was seen so lately, in seconds, is one that is still there.
_LATELY = 900.0


@dataclass(frozen=True)
class Found:
    """What an engine has of the machines in a range (Unix seconds).

    ``details`` has, by machine, what was detected in words; ``seen`` are the machines' labels.
    """

    machines: Sequence[str]
    start: float
    end: float
    kernels: Sequence[str]
    purchases: Sequence[str]
    details: Mapping[str, Sequence[str]]
    seen: Sequence[Sample] = ()


def look(engine: Engine, now: float) -> Found:
    """Look back in widening ranges until there are machines.

    Raises:
        QueryError: the engine cannot be reached, or has no machine within a year.
    """
    for length in _RANGES:
        span = f"[{length:.0f}s]"
        seen = latest_series.query(
            engine, f'last_over_time(perf_machine_info{{instance!=""}}{span})', now
        )
        if machines := _labels(seen, "instance"):
            break
    else:
        raise QueryError(f"{engine.url}: no machine (perf_machine_info) within a year before now")
    first, last = _edges(engine, length, now)
    us = one_of("instance", machines)
    kernels = engine.query(
        f"count by (kernel) (last_over_time(perf_loadtest_max_units_per_second{{{us}}}{span}))", now
    )
    prices = engine.query(
        f"count by (purchase) (last_over_time(perf_machine_price_dollars_per_hour{{{us}}}{span}))",
        now,
    )
    details = {name: _details(engine, name, span, now) for name in machines}
    known = _labels(kernels, "kernel"), _labels(prices, "purchase")
    return Found(machines, first, last, *known, details, seen)


def _edges(engine: Engine, length: float, now: float) -> tuple[float, float]:
    """When machines were seen first and last, in Unix seconds: in steps, then in steps of a step.

    All of ``length`` where they were seen for so short a time that no step met them.
    """
    step = length // 100

    def ask(of: str, span: float, at: float) -> list[float]:
        times = f"timestamp(perf_machine_info)[{span:.0f}s:{max(1.0, span // 100):.0f}s]"
        return [s.value for s in engine.query(f"{of}({of}_over_time({times}))", at)]

    # A Prometheus that is younger than a step is met by the fine steps before now alone.
    first = min(ask("min", length, now), default=now)
    last = max(ask("max", length, now), default=now)
    first = min([*ask("min", step, first), *ask("min", step, min(now, first + 1)), first])
    end = min(now, last + step)
    newest = [s.value for s in engine.query("max(timestamp(perf_machine_info))", end)]
    last = max([*ask("max", step, end), *newest], default=last)
    return (first, math.ceil(last)) if first < last else (now - length, now)


def _labels(samples: Sequence[Sample], name: str) -> list[str]:
    return sorted({sample.labels.get(name, "") for sample in samples} - {""})


def _details(engine: Engine, machine: str, span: str, now: float) -> list[str]:
    us = one_of("instance", [machine])
    told = []
    for what, expression in (
        (
            "busiest disk",
            f"topk(1, rate(node_disk_io_time_seconds_total{{{us},{DISKS}}}{span}))",
        ),
        (
            "busiest interface",
            "topk(1, sum by (device) (rate(node_network_receive_bytes_total"
            f"{{{us},{INTERFACES}}}{span})"
            f" + rate(node_network_transmit_bytes_total{{{us}}}{span})))",
        ),
    ):
        if devices := _labels(engine.query(expression, now), "device"):
            told.append(f"{what} {', '.join(devices)}")
    routes = f"count by (device) (last_over_time(perf_network_default_route_info{{{us}}}{span}))"
    if devices := _labels(engine.query(routes, now), "device"):
        told.append(f"default route's interface {', '.join(devices)}")
    systems = f"count by (mountpoint) (last_over_time(node_filesystem_size_bytes{{{us}}}{span}))"
    if mounts := _labels(engine.query(systems, now), "mountpoint"):
        told.append(f"file systems {', '.join(mounts)}")
    return told


def times_of(found: Found, now: float, zone: tzinfo) -> tuple[str, str]:
    """The range to write: relative to now where machines are still seen, so that a schedule works.

    It is the last seven whole days where there is data for them, else the last 24 hours; of
    machines that are gone, all the time for which there is data.

    Args:
        found: what the engine has.
        now: Unix seconds.
        zone: whose days are meant.
    """
    if now - found.end > _LATELY:
        return _moment(found.start), _moment(found.end)
    week = ("now-7d/d", "now/d")
    begins = parse_time(week[0], "", now=now, zone=zone)
    return week if found.start <= begins else ("now-24h", "now")


def text_of(
    found: Found,
    url: str,
    times: tuple[str, str],
    time_zone: str,
    book: BookProposal | None = None,
) -> str:
    """The YAML file. Names are written as JSON strings, which YAML reads as they are.

    Args:
        found: what the engine has.
        url: of the engine.
        times: the range to write.
        time_zone: its name.
        book: what a price book has of the machines; None: there is none.
    """
    start, end = times
    moving = start.startswith("now")
    why = (
        "relative to now, so that each run of a schedule has its own"
        if moving
        else "fixed, since no machine is seen any more; now-7d/d and now/d would be the last week"
    )
    before = "{from: now-14d/d, to: now-7d/d}" if moving else f"{{from: {start}, to: {end}}}"
    machines = "\n".join(_listed(name, found.details.get(name, ())) for name in found.machines)
    return f"""\
# Settings of `perfanalysis report`; every one of them is in docs/report.md.
prometheus:
  url: {_word(url)}
  # tls: {{ca_file: ca.pem}}
  # basic_auth: {{username: report, password_file: password}}
  # headers: {{X-Scope-OrgID: team-a}}

title: Price-performance report
template: {"fleet" if len(found.machines) > 8 else "comparison"}

# In this order; without the list, all that the engine knows in the range.
machines:
{machines}
# baseline: {_word(found.machines[0])}

# There is data from {_moment(found.start)} to {_moment(found.end)}. The range is
# {why}.
from: {start}
to: {end}
# Days and weeks begin by this zone's clocks, which the pages show, too.
time_zone: {_word(time_zone)}

# Load tests of the kernels: {_comment(", ".join(found.kernels)) or "none in the range"}
kernel: {_word(_usual("rmw", found.kernels))}
# Prices that the engine knows: {_comment(", ".join(found.purchases)) or "none in the range"}
purchase: {_word(purchase_of(found.purchases, book))}
{lines_of(book)}

# Statistics are of every sample, from one scrape to the next; for means over longer:
# window: 5m

# Shown are the busiest disks, the interface of the default route and the busiest others, and all
# file systems; to name them:
# disks: [nvme*, sda]
# interfaces: [eth0, ens*]
# filesystems: [/, /data*]

# The template regression compares with the range before, or with this one:
# before: {before}

# Machines with a label alone; added up by one; a report for each of its values:
# labels: {{team: web}}
# group_by: team
# report_per: team

# deliver:
#   - folder: {{path: reports}}
"""


def _listed(name: str, details: Sequence[str]) -> str:
    said = f"  # {_comment('; '.join(details))}" if details else ""
    return f"  - {_word(name)}{said}"


def _usual(usual: str, found: Sequence[str]) -> str:
    return usual if usual in found or not found else found[0]


def _word(text: str) -> str:
    return json.dumps(text)


def _comment(text: str) -> str:
    return json.dumps(text)[1:-1] if text else ""


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
