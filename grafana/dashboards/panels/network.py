"""Network: how much, who dropped what, and what had to be sent again."""

from __future__ import annotations

from grafana.dashboards.panels.shapes import both_ways
from grafana.dashboards.variables import MOST, highest, rate
from grafana.dashboards.words import Panel, Query

_DEVICE = "{{instance}} {{device}}"
_REAL = 'device!="lo"'


def _most(expression: str) -> str:
    return highest(f"max by (instance, device) ({expression})", "instance, device", MOST)


def throughput() -> Panel:
    """Bits received and sent."""
    return both_ways(
        "Network throughput",
        f"Bits received per second (above) and sent (below), of the {MOST} interfaces with most; "
        "the loopback interface is left out. Good: follows the work. Bad: a flat top at the "
        "instance type's limit.",
        "bps",
        _received(f"8 * {rate('node_network_receive_bytes_total', _REAL)}"),
        _sent(f"8 * {rate('node_network_transmit_bytes_total', _REAL)}"),
        may_be_empty=True,
    )


def packets() -> Panel:
    """Packets received and sent."""
    return both_ways(
        "Packets",
        f"Packets received per second (above) and sent (below), of the {MOST} interfaces with "
        "most. Cloud machines have a limit of packets as well as of bits. Good: follows the work. "
        "Bad: a flat top below the limit of bits: packets are small, and their limit is reached.",
        "pps",
        _received(rate("node_network_receive_packets_total", _REAL)),
        _sent(rate("node_network_transmit_packets_total", _REAL)),
        may_be_empty=True,
    )


def _received(expression: str) -> Query:
    return Query(_most(expression), f"{_DEVICE} received")


def _sent(expression: str) -> Query:
    return Query(_most(expression), f"{_DEVICE} sent")


def retransmitted() -> Panel:
    """Share of TCP segments that were sent again."""
    again = f"max by (instance) ({rate('node_netstat_Tcp_RetransSegs')})"
    sent = f"max by (instance) ({rate('node_netstat_Tcp_OutSegs')})"
    return Panel(
        title="TCP segments sent again",
        description=(
            "Share of TCP segments that had to be sent again; a machine that sends nothing shows "
            "nothing. Good: below 0.1 %. Bad: above 1 %: packets are lost on the way, or a limit "
            "of the network is reached."
        ),
        kind="timeseries",
        unit="percentunit",
        queries=[Query(f"{again} / ({sent} > 0)", "{{instance}}")],
        width=8,
        minimum=0,
    )


def squeezed() -> Panel:
    """How often the kernel had no time for more packets."""
    squeezes = f"sum by (instance) ({rate('node_softnet_times_squeezed_total')})"
    dropped = f"sum by (instance) ({rate('node_softnet_dropped_total')})"
    return Panel(
        title="Packets waiting for a CPU",
        description=(
            "How often per second the kernel stopped with packets left to handle (squeezed), and "
            "packets that it dropped because the queue was full. Good: 0. Bad: any drops, or "
            "squeezes that grow with traffic: too few CPUs serve the network card."
        ),
        kind="timeseries",
        unit="count:events/s",
        queries=[
            Query(squeezes, "{{instance}} squeezed"),
            Query(dropped, "{{instance}} dropped"),
        ],
        width=8,
        minimum=0,
    )


def errors() -> Panel:
    """Packets that were damaged or dropped."""
    queries = []
    for word, kind in (("errors", "errs"), ("drops", "drop")):
        received = rate(f"node_network_receive_{kind}_total", _REAL)
        sent = rate(f"node_network_transmit_{kind}_total", _REAL)
        expression = f"sum by (instance) ({received}) + sum by (instance) ({sent})"
        queries.append(Query(expression, f"{{{{instance}}}} {word}"))
    return Panel(
        title="Network errors and drops",
        description=(
            "Packets per second that were damaged (errors) or thrown away (drops), received and "
            "sent, all interfaces together. Good: 0. Bad: any errors; drops that grow with traffic."
        ),
        kind="timeseries",
        unit="pps",
        queries=queries,
        width=8,
        minimum=0,
        may_be_empty=True,
    )
