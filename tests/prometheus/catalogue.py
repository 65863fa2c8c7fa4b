"""The catalogue of incidents and quiet situations as one unit test of promtool.

Each entry of ``prometheus/catalogue`` is a cluster of its own, so that one evaluation of all rules
over one set of series answers for all: which alerts fired at any time, by entry.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from perfanalysis.strict_yaml import load_yaml
from tests.prometheus.conftest import PROMETHEUS, Run

MINUTES = 260
ABSENT = "_"
CPUS = 4
_SERIES = re.compile(r"(?P<name>[a-zA-Z_]\w*)(\{(?P<labels>.*)\})?")
_SEGMENT = re.compile(r"(-?[\d.]+(?:e[+-]?\d+)?|_)([+-][\d.]+(?:e[+-]?\d+)?)?(?:x(\d+))?")

Values = list["float | None"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One situation: an alert of ``fires`` must, and warnings of ``may`` are right."""

    name: str
    story: str
    series: Mapping[str, str]
    fires: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()
    machines: int = 1
    more: int = 0
    ours: bool = False
    starts: Mapping[str, float] = field(default_factory=dict)


def entries(kind: str) -> list[Entry]:
    """The entries of ``incidents`` or ``quiet``."""
    path = PROMETHEUS / "catalogue" / f"{kind}.yml"
    made = []
    for entry in load_yaml(path.read_bytes(), str(path)):
        own = {key: value for key, value in entry.items() if key not in ("from", "fires", "may")}
        own["series"] = {key: str(value) for key, value in own.get("series", {}).items()}
        fires, may = frozenset(entry.get("fires", ())), frozenset(entry.get("may", ()))
        made.append(Entry(**own, fires=fires, may=may, starts=entry.get("from", {})))
    return made


def values(text: str) -> Values:
    """A gauge for each minute: segments one after another, the last of which goes on.

    Raises:
        ValueError: a segment is not understood.
    """
    made: Values = []
    before, looping, after = text.partition("loop ")
    for word in before.split():
        found = _SEGMENT.fullmatch(word)
        if found is None:
            raise ValueError(
                f"{text}: expected VALUE, VALUExMINUTES or VALUE-SLOPExMINUTES: {word}"
            )
        minutes = int(found[3]) if found[3] else MINUTES + 1
        first = None if found[1] == ABSENT else float(found[1])
        slope = float(found[2] or 0)
        made += [None if first is None else first + slope * i for i in range(minutes)]
    again = [float(word) for word in after.split()] if looping else []
    while looping and len(made) <= MINUTES:
        made += again
    made += [made[-1]] * (MINUTES + 1 - len(made))
    return made[: MINUTES + 1]


def counter(rates: Values, start: float) -> Values:
    """What a counter of these rates a second shows each minute."""
    made: Values = []
    total = start
    for rate in rates:
        total += 60 * (rate or 0)
        made.append(None if rate is None else total)
    return made


def _well() -> dict[str, str]:
    """The series of a machine that is well, as entries write them."""
    path = PROMETHEUS / "catalogue" / "machine.yml"
    content: dict[str, Any] = load_yaml(path.read_bytes(), str(path))
    return {key: str(value) for key, value in content.items()}


WELL = _well()
_CPU = ("cpu_busy", "cpu_iowait", "cpu_steal")
# Words of an entry that are no series.
_EVENTS = ("all", "born", "gap", "reboot")


def machine(entry: Entry, number: int, *, well: bool) -> dict[str, Values]:
    """The series of one machine of an entry."""
    own = {} if well else dict(entry.series)
    events = {word: own.pop(word) for word in _EVENTS if word in entry.series and word in own}
    if "gap" in entry.series:
        events["gap"] = entry.series["gap"]
    # Of machines that only stand beside others, or only come and go, nothing more is needed.
    beside = well or (number and entry.series.keys() == {"up"})
    written = {**({"up": WELL["up"]} if beside else WELL), **own}
    for key in own:
        other = key.removeprefix("rate ") if key.startswith("rate ") else f"rate {key}"
        if other in WELL:
            del written[other]
    cpu = {name: values(written.pop(name)) for name in _CPU if name in written}
    made = {}
    for key, text in written.items():
        name = key.removeprefix("rate ")
        staggered = text.split(" stagger ")
        if len(staggered) == 2:
            step, _, rest = staggered[1].partition(" ")
            points = values(f"1x{60 + int(step) * number} {rest}")
        else:
            points = values(text)
        made[name] = counter(points, entry.starts.get(name, 0)) if key != name else points
    made |= _cpu(cpu) if cpu else {}
    _happen(made, events)
    return made


def _cpu(shares: Mapping[str, Values]) -> dict[str, Values]:
    busy, iowait, steal = (shares[name] for name in _CPU)
    modes: dict[str, Values] = {"user": busy, "iowait": iowait, "steal": steal}
    modes["idle"] = [
        max(0.0, 1 - sum(v or 0 for v in at)) for at in zip(busy, iowait, steal, strict=True)
    ]
    return {
        f'node_cpu_seconds_total{{cpu="{cpu}",mode="{mode}"}}': counter(points, 0)
        for cpu in range(CPUS)
        for mode, points in modes.items()
    }


def _happen(made: dict[str, Values], events: Mapping[str, str]) -> None:
    """What happens to all series of a machine at once."""
    for word, text in events.items():
        numbers = [int(each.strip("_")) for each in text.split()]
        for name, points in made.items():
            if word == "born":
                made[name] = [None] * numbers[0] + points[numbers[0] :]
            elif word == "all":
                made[name] = points[: numbers[0]] + [None] * (len(points) - numbers[0])
            elif word == "gap" or name != "up":
                made[name] = _without(points, *numbers, anew=word == "reboot" and _counts(name))


def _without(points: Values, begin: int, minutes: int, *, anew: bool) -> Values:
    """Series that are away for some minutes; counters may begin anew after it."""
    end = begin + minutes
    offset = (points[end] or 0) if anew else 0
    after = [None if value is None else value - offset for value in points[end:]]
    return [*points[:begin], *[None] * minutes, *after]


def _counts(name: str) -> bool:
    return name.partition("{")[0].endswith("_total") or name.startswith("node_vmstat_")


def _notation(points: Values) -> str:
    """As promtool writes it; runs of equal steps in one word."""
    words = []
    i = 0
    while i < len(points):
        first = points[i]
        if first is None:
            end = next((j for j in range(i, len(points)) if points[j] is not None), len(points))
            words.append(f"_x{end - i}")
            i = end
            continue
        j, step = i, None
        while j + 1 < len(points) and (following := points[j + 1]) is not None:
            change = following - (points[j] or 0)
            if step is None:
                step = change
            if abs(change - step) > 1e-9 * max(1.0, abs(step)):
                break
            j += 1
        step = step or 0.0
        words.append(f"{first!r}{step:+.17g}x{j - i}" if j > i else f"{first!r}")
        i = j + 1
    # A series that leaves the discovery is marked as stale.
    return " ".join(words)


def _stale(text: str) -> str:
    head, blank, tail = text.rpartition(" _x")
    return (
        f"{head} stale{blank}{int(tail) - 1}"
        if blank and tail.isdigit() and int(tail) > 1
        else text
    )


def labelled_points(all_entries: Sequence[Entry]) -> Iterator[tuple[dict[str, str], Values]]:
    """All series: labels with the name, and a value or nothing for each minute."""
    for entry in all_entries:
        for number in range(entry.machines + entry.more):
            well = number >= entry.machines
            for series, points in machine(entry, number, well=well).items():
                found = _SERIES.fullmatch(series)
                assert found is not None, series
                if any(value is not None for value in points):
                    own = dict(re.findall(r'(\w+)="([^"]*)"', found["labels"] or ""))
                    whose = {"cluster": entry.name, "job": "node", "instance": f"m{number}"}
                    yield {"__name__": found["name"], **whose, **own}, points


def _input(all_entries: Sequence[Entry]) -> Iterator[dict[str, str]]:
    for labels, points in labelled_points(all_entries):
        own = ",".join(f'{k}="{v}"' for k, v in labels.items() if k != "__name__")
        yield {
            "series": f"{labels['__name__']}{{{own}}}",
            "values": _stale(_notation(points)),
        }


FIRED = (
    'count by (cluster, alertname, severity) (count_over_time(ALERTS{alertstate="firing"}[10h]))'
)


def fired(
    promtool: Run, rules: Sequence[Path], all_entries: Sequence[Entry], folder: Path
) -> dict[str, dict[str, str]]:
    """By entry: each alert that fired at any time, with its severity.

    promtool says what it found where something else was expected: so nothing is.
    """
    case = {"expr": FIRED, "eval_time": f"{MINUTES}m", "exp_samples": []}
    test = {"interval": "1m", "input_series": list(_input(all_entries))}
    test |= {"promql_expr_test": [case]}
    files = [str(path) for path in rules]
    content = {"rule_files": files, "evaluation_interval": "2m", "tests": [test]}
    made = folder / "catalogue.test.yml"
    made.write_text(json.dumps(content))  # JSON is YAML
    done = promtool("test", "rules", made)
    if "got:" not in done.stdout:
        raise AssertionError(f"promtool found nothing: {done.stdout[:2000]}")
    found: dict[str, dict[str, str]] = defaultdict(dict)
    pattern = r'\{alertname="(\w+)", cluster="([\w-]+)", severity="(\w+)"\}'
    for alert, cluster, severity in re.findall(pattern, done.stdout.partition("got:")[2]):
        found[cluster][alert] = severity
    return dict(found)
