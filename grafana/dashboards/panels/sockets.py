"""Sockets: how many, which connections found no room, and which datagrams were lost."""

from __future__ import annotations

from grafana.dashboards.panels.shapes import by_machine, of_machines
from grafana.dashboards.thresholds import CONNTRACK_ALMOST_FULL_USED
from grafana.dashboards.variables import machines, rate
from grafana.dashboards.words import Panel, Step


def tcp() -> Panel:
    """TCP sockets by what they are for."""
    return of_machines(
        "TCP sockets",
        "TCP sockets that are in use, or wait for late packets (time wait). Good: follows the "
        "work. Bad: a climb without end: connections are not closed, or made anew for each "
        "request.",
        "short",
        [
            by_machine(machines(f"node_sockstat_TCP_{field}"), word)
            for field, word in (("inuse", "in use"), ("tw", "time wait"))
        ],
    )


def listening() -> Panel:
    """Connections that a full queue turned away."""
    return of_machines(
        "Connections turned away",
        "Connections a second that came to a program whose queue was full (overflows), and all "
        "that were dropped before they were accepted (drops). Good: 0. Bad: any: clients wait for "
        "seconds and try again.",
        "count:connections/s",
        [
            by_machine(rate(f"node_netstat_TcpExt_Listen{field}"), field.lower())
            for field in ("Overflows", "Drops")
        ],
    )


def udp() -> Panel:
    """Datagrams that were lost on this machine."""
    return of_machines(
        "UDP errors",
        "Datagrams a second that came and were not delivered (lost), and those of them that found "
        "the program's buffer full (no buffer). Good: 0. Bad: no buffer: the program is too slow, "
        "or its buffer too small; others lost: they were damaged.",
        "count:datagrams/s",
        [
            by_machine(rate(f"node_netstat_Udp_{field}"), word)
            for field, word in (
                ("InErrors", "lost"),
                ("RcvbufErrors", "no buffer"),
            )
        ],
    )


def connection_table() -> Panel:
    """How full the kernel's table of connections is."""
    entries = machines("node_nf_conntrack_entries")
    limit = machines("node_nf_conntrack_entries_limit")
    return of_machines(
        "Connection table used",
        "Share of the kernel's table of tracked connections in use; empty where no firewall tracks "
        f"them. Good: below 50 %. Bad: above {CONNTRACK_ALMOST_FULL_USED}: when it is full, new "
        "connections are dropped.",
        "percentunit",
        [by_machine(f"{entries} / ({limit} > 0)")],
        steps=[Step(None, "green"), Step(CONNTRACK_ALMOST_FULL_USED.value, "red")],
    )
