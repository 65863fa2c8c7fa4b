"""The flags that name a receiver of remote write, and the receiver that they make."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from importing.sending import RemoteWrite
from perfanalysis.delivery.credentials import Credentials
from perfanalysis.delivery.destinations import Destination, check_url, parse_headers
from perfanalysis.errors import InputError
from perfanalysis.flag_groups import grouped
from perfanalysis.number_range import NumberRange
from perfanalysis.results.state import default_state_directory

FLAG = "--remote-write"
KEY_VARIABLE = "PERFANALYSIS_REMOTE_WRITE_KEY"


@dataclass(frozen=True)
class Receiver:
    """What was given on the command line; see the help of each flag."""

    url: str | None = None
    key_file: str | None = None
    username: str | None = None
    header: tuple[str, ...] = ()
    ca_file: str | None = None
    give_up: float = 300.0
    state_directory: Path | None = None

    def check(self) -> None:
        """See that no flag stands alone.

        Raises:
            InputError: one describes a receiver that is not named.
        """
        for name in ("key_file", "username", "header", "ca_file"):
            if getattr(self, name) and not self.url:
                raise InputError(f"{FLAG}-{name.replace('_', '-')}", "", f"{FLAG} beside it")


_FILE = click.Path(dir_okay=False)
OPTIONS = (
    click.option(
        FLAG,
        "receiver_url",
        metavar="URL",
        help="Send all by Prometheus remote write, such as https://mimir.example/api/v1/push.",
    ),
    click.option(
        f"{FLAG}-key-file",
        "receiver_key_file",
        type=_FILE,
        help=f"File that holds a bearer key, or the password of {FLAG}-username; default: "
        f"${KEY_VARIABLE}.",
    ),
    click.option(f"{FLAG}-username", "receiver_username", help="Basic authentication's user."),
    click.option(
        f"{FLAG}-header",
        "receiver_header",
        multiple=True,
        help="Header such as 'X-Scope-OrgID: team-a'; may be given again.",
    ),
    click.option(
        f"{FLAG}-ca-file",
        "receiver_ca_file",
        type=_FILE,
        help="Certificates that the receiver's is checked against.",
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
        help=f"Where it is kept what {FLAG} has sent; default: as of the load test.",
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
    variable = KEY_VARIABLE if KEY_VARIABLE in os.environ and not receiver.key_file else ""
    credentials = Credentials(receiver.key_file or "", variable, receiver.username or "")
    destination = Destination(
        "remote-write",
        check_url(receiver.url or "", FLAG),
        credentials,
        parse_headers(receiver.header, f"{FLAG}-header"),
        receiver.ca_file or "",
    )
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
