"""The flags that name a receiver of remote write, and the receiver that they make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import click

from importing.asking_back import Proof, query_endpoint
from importing.sending import RemoteWrite, unproven
from perfanalysis.delivery.destinations import Destination
from perfanalysis.delivery.endpoint import Endpoint, origin
from perfanalysis.delivery.flags import EndpointFlags, endpoint_flags
from perfanalysis.duration_range import DurationRange
from perfanalysis.errors import InputError
from perfanalysis.flag_groups import grouped
from perfanalysis.printable import printable
from perfanalysis.results.state import default_state_directory

REMOTE_WRITE = EndpointFlags(
    "remote-write", "--remote-write", variable="PERFANALYSIS_REMOTE_WRITE_KEY"
)


QUERY = EndpointFlags("query", "--query-url")


@dataclass(frozen=True)
class Receiver:
    """What was given on the command line; see the help of each flag."""

    endpoint: EndpointFlags = REMOTE_WRITE
    query: EndpointFlags = QUERY
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
        self.query.check()
        if self.query.url and not self.url:
            raise InputError(self.query.url_flag, "", f"{self.endpoint.url_flag} beside it")

    def asked(self) -> Endpoint | None:
        """Where the receiver is asked what it has: with its own keys where it is the same origin.

        Raises:
            InputError: a flag is unusable.
        """
        write = self.endpoint.endpoint()
        if not self.query.url:
            return query_endpoint(write)
        query = self.query.endpoint()
        if self.query.said or origin(query.url) != origin(write.url):
            return query
        return replace(write, url=query.url)


OPTIONS = (
    endpoint_flags(
        "receiver_endpoint",
        REMOTE_WRITE,
        help="Send all by Prometheus remote write, such as https://mimir.example/api/v1/push.",
        old=("key_file", "username", "ca_file"),
    ),
    endpoint_flags(
        "receiver_query",
        QUERY,
        help="Where the receiver of --remote-write answers PromQL, to which /api/v1/query_range is "
        "added: it is asked what it has stored. Default: worked out from --remote-write. Keys of "
        "--remote-write are used where scheme, host and port are the same.",
    ),
    click.option(
        "--give-up",
        "receiver_give_up",
        type=DurationRange(min=0),
        default="300s",
        show_default=True,
        help="Time after which a receiver that takes nothing ends the import.",
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
    receiver: Receiver,
    name: str,
    say: Callable[[str], None],
    *,
    again: bool,
    allow_future_times: bool,
) -> RemoteWrite | None:
    """The receiver of an import; None when it has all of it already.

    Raises:
        InputError: a flag is unusable.
        PerfAnalysisError: the same import is running.
    """
    destination = Destination("remote-write", receiver.endpoint.endpoint())
    state = receiver.state_directory or default_state_directory()
    sink = RemoteWrite(
        destination,
        receiver.asked(),
        name,
        state,
        give_up=receiver.give_up,
        allow_future_times=allow_future_times,
        say=say,
    )
    if again:
        sink.begin_anew()
    if sink.done:
        proof = sink.proof()
        if proof.whole or proof.found is None:
            click.echo(printable(f"{destination.shown}: {_had(proof)} (--again sends them anew)"))
            sink.close()
            return None
        say(f"it took these files, and does not have all of them: missing are {proof.said}")
        sink.begin_anew()
    if sink.taken:
        say(f"going on behind the {sink.taken} requests that were taken already")
    return sink


def _had(proof: Proof) -> str:
    if proof.whole:
        return "has these files already" + (f"; {proof.doomed}" if proof.doomed else "")
    return f"took these files already; {unproven(proof)}"
