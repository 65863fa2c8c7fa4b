"""The flags that name a receiver of remote write, and the receiver that they make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from importing.sending import RemoteWrite
from perfanalysis.delivery.destinations import Destination
from perfanalysis.delivery.flags import EndpointFlags, endpoint_flags
from perfanalysis.flag_groups import grouped
from perfanalysis.number_range import NumberRange
from perfanalysis.results.state import default_state_directory

REMOTE_WRITE = EndpointFlags(
    "remote-write", "--remote-write", variable="PERFANALYSIS_REMOTE_WRITE_KEY"
)


@dataclass(frozen=True)
class Receiver:
    """What was given on the command line; see the help of each flag."""

    endpoint: EndpointFlags = REMOTE_WRITE
    give_up: float = 300.0
    state_directory: Path | None = None

    @property
    def url(self) -> str | None:
        """The receiver's address; None when there is none."""
        return self.endpoint.url

    def check(self) -> None:
        """See that no flag stands alone.

        Raises:
            InputError: one describes a receiver that is not named.
        """
        self.endpoint.check()


OPTIONS = (
    endpoint_flags(
        "receiver_endpoint",
        REMOTE_WRITE,
        help="Send all by Prometheus remote write, such as https://mimir.example/api/v1/push.",
        old=("key_file", "username", "ca_file"),
    ),
    click.option(
        "--give-up",
        "receiver_give_up",
        type=NumberRange(min=0),
        default=300.0,
        show_default=True,
        help="Seconds after which a receiver that takes nothing ends the import.",
    ),
    click.option(
        "--state-directory",
        "receiver_state_directory",
        type=click.Path(file_okay=False, path_type=Path),
        help="Where it is kept what --remote-write has sent; default: as of the load test.",
    ),
)

# A command gets them together as ``remote_write``.
options = grouped("remote_write", Receiver, OPTIONS, prefix="receiver_")


def open_receiver(
    receiver: Receiver, name: str, say: Callable[[str], None], *, again: bool
) -> RemoteWrite | None:
    """The receiver of an import; None when it has all of it already.

    Raises:
        InputError: a flag is unusable.
        PerfAnalysisError: the same import is running.
    """
    destination = Destination("remote-write", receiver.endpoint.endpoint())
    state = receiver.state_directory or default_state_directory()
    sink = RemoteWrite(destination, name, state, receiver.give_up, say)
    if again:
        sink.begin_anew()
    if sink.done:
        click.echo(f"{destination.shown}: has these files already (--again sends them anew)")
        sink.close()
        return None
    if sink.taken:
        say(f"going on behind the {sink.taken} requests that were taken already")
    return sink
