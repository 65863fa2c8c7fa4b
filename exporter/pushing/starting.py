"""From the flags ``--push.*`` to a pusher; each is checked here, before anything is served."""

from __future__ import annotations

import os
from pathlib import Path

from exporter.collecting import Flags
from exporter.pushing import settings
from exporter.pushing.encoding import Encoder
from exporter.pushing.pusher import Pusher
from perfanalysis.delivery.destinations import Destination, parse_labels
from perfanalysis.delivery.endpoint import Endpoint, check_url
from perfanalysis.delivery.endpoint_reading import Description, read_endpoint
from perfanalysis.delivery.spool import Limits, Spool
from perfanalysis.endpoint_settings import flag_of
from perfanalysis.errors import InputError
from perfanalysis.results import state

FOLDER = "push"
MOST_DOCUMENTS = 50_000


def endpoint_of(flags: Flags) -> Endpoint:
    """The receiver, by the flags.

    Raises:
        InputError: one is unusable, or they contradict each other.
    """
    url = check_url(flags[settings.URL.variable], f"--{settings.URL.name}")
    said = {
        path: flags[flag.variable]
        for path, flag in settings.ENDPOINT.items()
        if flags[flag.variable] not in {None, ()}
    }
    return read_endpoint(url, Description(said, lambda path: f"--{flag_of(path, 'push', '.')}"))


def make_pusher(flags: Flags, machine: str) -> Pusher:
    """The pusher that the flags ask for.

    Args:
        flags: of the command.
        machine: its name in the inventory; empty: the host name.

    Raises:
        InputError: a flag is unusable.
        SpoolError: the queue's folder cannot be used.
    """
    endpoint = endpoint_of(flags)
    given = parse_labels(flags[settings.LABEL.variable], f"--{settings.LABEL.name}")
    labels = {"job": "node", "instance": machine or os.uname().nodename} | given
    interval = settings.parse_interval(flags[settings.INTERVAL.variable])
    most = flags[settings.MAX_BYTES.variable]
    if most < 1 << 16:
        raise InputError(f"--{settings.MAX_BYTES.name}", "", "at least 65536", most)
    named = flags[settings.DIRECTORY.variable]
    folder = Path(named) if named else state.default_state_directory() / FOLDER
    # Of a long outage, what is newest is worth most; vmagent does the same.
    spool = Spool(folder, Limits(MOST_DOCUMENTS, most, drops_oldest=True))
    destination = Destination("remote-write", endpoint)
    return Pusher(spool, destination, Encoder(labels), interval)
