"""``perfanalysis loadtest network``: what the network to a peer can carry, by iperf3."""

from __future__ import annotations

import click

from loadtest.commands.limit_output import LimitOutput, limit_output
from loadtest.limits import network as limits
from perfanalysis.duration_range import DurationRange
from perfanalysis.errors import InputError
from perfanalysis.progress import say
from perfanalysis.renamed_option import RenamedOption


@click.command()
@click.argument("peer")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=5201, show_default=True, help="Of the peer."
)
@click.option(
    "--duration",
    "seconds",
    cls=RenamedOption,
    old_names=("--seconds",),
    type=DurationRange(1, 600, whole=True),
    default="10s",
    show_default=True,
    help="Of each way.",
)
@limit_output
def network(peer: str, port: int, seconds: int, output: LimitOutput) -> None:
    """Measure what TCP carries to PEER and back with iperf3, which must be installed.

    PEER is a machine of your own on which `iperf3 --server` runs. The link is full meanwhile, and
    traffic may cost money.
    """
    output.check()
    if not peer or peer.startswith("-"):
        raise InputError("PEER", "", "the name or address of a machine of your own", peer)
    say("loadtest network", f"{seconds} s to {peer} and {seconds} s back")
    output.write(limits.measured(peer, port, seconds, output.name))
