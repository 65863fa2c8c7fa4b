"""From the flags ``--push.*`` to a pusher; each is checked here, before anything is served."""

from __future__ import annotations

import os
from pathlib import Path

from exporter.collecting import Flags
from exporter.pushing import settings
from exporter.pushing.encoding import Encoder
from exporter.pushing.pusher import Pusher
from perfanalysis.delivery.credentials import Credentials
from perfanalysis.delivery.destinations import Destination, check_url, parse_headers, parse_labels
from perfanalysis.delivery.spool import Limits, Spool
from perfanalysis.errors import InputError
from perfanalysis.results import state

FOLDER = "push"
MOST_DOCUMENTS = 50_000


def credentials_of(flags: Flags) -> Credentials:
    """Where the key stands, by the flags.

    Raises:
        InputError: they contradict each other.
    """
    username = flags[settings.USERNAME.variable] or ""
    password = flags[settings.PASSWORD_FILE.variable] or ""
    token = flags[settings.TOKEN_FILE.variable] or ""
    if bool(username) != bool(password):
        given, missing = settings.USERNAME, settings.PASSWORD_FILE
        if password:
            given, missing = missing, given
        raise InputError(f"--{given.name}", "", f"--{missing.name} beside it")
    if token and username:
        raise InputError(
            f"--{settings.TOKEN_FILE.name}", "", f"this or --{settings.USERNAME.name}, not both"
        )
    return Credentials(file=password or token, username=username)


def make_pusher(flags: Flags, machine: str) -> Pusher:
    """The pusher that the flags ask for.

    Args:
        flags: of the command.
        machine: its name in the inventory; empty: the host name.

    Raises:
        InputError: a flag is unusable.
        SpoolError: the queue's folder cannot be used.
    """
    url = check_url(flags[settings.URL.variable], f"--{settings.URL.name}")
    headers = parse_headers(flags[settings.HEADER.variable], f"--{settings.HEADER.name}")
    given = parse_labels(flags[settings.LABEL.variable], f"--{settings.LABEL.name}")
    labels = {"job": "node", "instance": machine or os.uname().nodename} | given
    credentials = credentials_of(flags)
    credentials.key()
    ca_file = flags[settings.CA_FILE.variable] or ""
    if ca_file and not Path(ca_file).is_file():
        raise InputError(f"--{settings.CA_FILE.name}", "", "a file of certificates", ca_file)
    interval = settings.parse_interval(flags[settings.INTERVAL.variable])
    most = flags[settings.MAX_BYTES.variable]
    if most < 1 << 16:
        raise InputError(f"--{settings.MAX_BYTES.name}", "", "at least 65536", most)
    named = flags[settings.DIRECTORY.variable]
    folder = Path(named) if named else state.default_state_directory() / FOLDER
    spool = Spool(folder, Limits(MOST_DOCUMENTS, most))
    destination = Destination("remote-write", url, credentials, headers, ca_file)
    return Pusher(spool, destination, Encoder(labels), interval)
