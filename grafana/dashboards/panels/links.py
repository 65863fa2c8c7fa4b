"""Network links: what they can carry, and whether they hold."""

from __future__ import annotations

from grafana.dashboards.panels.shapes import of_machines
from grafana.dashboards.variables import MOST, highest, machines
from grafana.dashboards.words import Panel, Query, Step

_REAL = 'device!~"lo|veth.+|cali.+|docker.+|br-.+"'
_BY = "by (instance, device)"
_DEVICE = "{{instance}} {{device}}"


def speed() -> Panel:
    """What each link can carry."""
    bits = f"max {_BY} (8 * {machines('node_network_speed_bytes', _REAL)} > 0)"
    return of_machines(
        "Speed of links",
        f"What the {MOST} fastest links can carry, by their drivers; many virtual ones do not say. "
        "Good: what was bought. Bad: a tenth of it: a cable, a port or its other end is bad.",
        "bps",
        [Query(highest(bits, "instance, device"), _DEVICE)],
    )


def bonds() -> Panel:
    """Links that bonds lack."""
    legs, active = (
        f"max by (instance, master) ({machines(f'node_bonding_{what}')})"
        for what in ("slaves", "active")
    )
    return of_machines(
        "Links that bonds lack",
        "Interfaces of bonds that are down, while others carry their traffic. Good: 0. Bad: any: "
        "the next failure may cut the machine off. Empty where there is no bond.",
        "short",
        [Query(highest(f"{legs} - {active}", "instance, master"), "{{instance}} {{master}}")],
        decimals=0,
        steps=[Step(None, "green"), Step(1, "red")],
    )


def carrier() -> Panel:
    """Whether links are up, and how often that changed."""
    changes = machines("node_network_carrier_changes_total", _REAL)
    changed = f"max {_BY} ({changes} - min_over_time({changes}[$__rate_interval]))"
    lost = f"max {_BY} (1 - {machines('node_network_carrier', _REAL)})"
    return of_machines(
        "Links lost",
        "Links without a carrier (1), and how often that changed within a step of the chart, of "
        f"the {MOST} worst each. Good: 0 for all that have a cable. Bad: changes: a link that "
        "comes and goes.",
        "none",
        [
            Query(highest(lost, "instance, device", MOST), f"{_DEVICE} without carrier"),
            Query(highest(changed, "instance, device", MOST), f"{_DEVICE} changes"),
        ],
        decimals=0,
    )
