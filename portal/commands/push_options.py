"""Options of Web Push, and the queue that they describe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click
from sqlalchemy import Engine

from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.errors import InputError
from perfanalysis.results.state import default_state_directory
from portal.pushing import vapid_key
from portal.pushing.addresses import AddressRules
from portal.pushing.posting import Poster
from portal.pushing.queue import PushQueue
from portal.pushing.vapid_key import VapidKey
from portal.serving.portal_metrics import PortalMetrics

_Command = TypeVar("_Command", bound=Callable[..., Any])
_STOP_SECONDS = 5.0


@dataclass(frozen=True)
class PushFlags:
    """What flags said of Web Push."""

    contact: str | None
    key_file: Path | None
    anywhere: bool
    ca_file: str | None


def push(command: _Command) -> _Command:
    """Add the options of Web Push."""
    contact = click.option(
        "--push-contact",
        metavar="mailto:ADDRESS",
        help="Push alerts to browsers; this is whom push services may write to.",
    )
    key = click.option(
        "--push-key-file",
        type=click.Path(dir_okay=False, path_type=Path),
        help="PEM of a key of curve P-256, the same for all portals of a database; else "
        f"{vapid_key.FILE} in the state folder, which is made.",
    )
    anywhere = click.option(
        "--push-anywhere",
        is_flag=True,
        help="Push to private addresses, other ports and http, too: whoever has a key of any "
        "tenant can then have requests sent within your network.",
    )
    authorities = click.option(
        "--push-ca-file",
        type=click.Path(dir_okay=False),
        help="Certificates (PEM) that those of push services are checked against.",
    )
    return contact(key(anywhere(authorities(command))))


@contextmanager
def pushing(flags: PushFlags, engine: Engine, metrics: PortalMetrics) -> Iterator[PushQueue | None]:
    """The queue while a portal serves; None: it pushes nothing.

    Raises:
        InputError, PerfAnalysisError: a file is unusable, or the contact is none.
    """
    if flags.contact is None:
        if flags.key_file is not None:
            raise InputError("--push-key-file", "", "--push-contact beside it")
        yield None
        return
    file = flags.key_file
    if file is None:
        file = default_state_directory() / vapid_key.FILE
        vapid_key.make(file)
    if fault := Endpoint("", ca_file=flags.ca_file or "").fault_of_files():
        raise InputError("--push-ca-file", "", fault[1], flags.ca_file)
    poster = Poster(
        VapidKey(file, flags.contact), AddressRules(flags.anywhere), flags.ca_file or ""
    )
    queue = PushQueue(engine, poster, metrics.count_push)
    metrics.show_waiting(lambda: queue.waiting)
    queue.start()
    try:
        yield queue
    finally:
        queue.stop(_STOP_SECONDS)
