"""What each template asks for, and what of it is asked in two steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reporter.asking.queries import AT_THE_END, INSTANT, RANGE

# Seconds before the range's end in which every series that is still there has a sample: as long as
# Prometheus takes a sample for the newest.
LATELY = 300
# What has one value a machine: of these, the report takes what was seen last. A fleet that is there
# at the range's end is asked for its last minutes, and not for the day before them.
NEWEST = frozenset(
    {
        "Price",
        "Memory",
        "Max units per second",
        "Units per second of one worker",
        "Units per second by busy level",
        "Units per second, lower bound",
        "Units per second, upper bound",
        "Run valid",
        "End of the run",
        "Units per dollar",
    }
)

POINTS = 400
_CORE = ("CPU busy", "Memory used", "Disk busy", "Network bytes")
_CONTAINERS = ("Container CPUs", "Container memory", "Container throttled")
_NOT_OF_FLEETS = (
    "Violations",
    "Work of every kernel",
    "Link speed",
    "Default route",
    "File systems",
    "Run",
    "Busy ratio reached",
    "Steal ratio",
)


@dataclass(frozen=True)
class Asked:
    """What one template asks for.

    Attributes:
        instant: expressions at the range's end, by name.
        range: expressions over the range, by name.
        points: at most so many a series.
        needs_load_test: without one there is nothing to report.
        full_load_only: of the load test, only the level of 100 % is asked for.
        lately_first: what has one value a machine is asked of the range's last minutes first.
    """

    instant: Mapping[str, str]
    range: Mapping[str, str]
    points: int = POINTS
    needs_load_test: bool = False
    full_load_only: bool = False
    lately_first: bool = False


def asked_by(template: str) -> Asked:
    """What a template asks for; one that is not ours gets all."""
    own = {
        "executive": Asked(INSTANT, _only(RANGE, _CORE), needs_load_test=True),
        "comparison": Asked(
            INSTANT, _only(RANGE, (*_CORE, "CPU by mode")), points=240, needs_load_test=True
        ),
        "fleet": Asked(
            {name: INSTANT[name] for name in INSTANT if name not in _NOT_OF_FLEETS},
            _only(RANGE, ("CPU busy", "Memory used")),
            points=144,
            full_load_only=True,
            lately_first=True,
        ),
        "regression": Asked(INSTANT, _only(RANGE, (*_CORE, "Load per CPU"))),
        "capacity": Asked(INSTANT, _only(RANGE, _CORE), points=1000),
        "container": Asked(INSTANT, _only(RANGE, ("CPU busy", "Memory used", *_CONTAINERS))),
    }
    return own.get(template, Asked(INSTANT, RANGE))


def first_part(name: str, seconds: float, lately: bool) -> str | None:
    """The cheap part of an instant expression that is asked before the whole of it, if any.

    Args:
        name: of ``INSTANT``.
        seconds: length of the report's range.
        lately: whether the range's last minutes are such a part.
    """
    if name in AT_THE_END:
        return AT_THE_END[name]
    if lately and name in NEWEST and seconds > LATELY:
        return INSTANT[name].replace("{range}", f"{LATELY}s")
    return None


def _only(expressions: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    return {name: expressions[name] for name in names}
