"""The web configuration in force: read anew when its file or a certificate has changed."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from exporter.serving.audit import Audit
from exporter.serving.audit_families import FAILURE, SUCCESS
from exporter.serving.configuration import WebConfiguration, read_configuration
from perfanalysis.errors import InputError

if TYPE_CHECKING:
    import ssl

LOG = logging.getLogger("exporter")

# How often the files are looked at, at most; nothing looks at them while nobody asks.
LOOK_SECONDS = 1.0

Stamp = tuple[int, ...]


class Security(NamedTuple):
    """A configuration, its TLS context if it has TLS, and until when its certificates are valid."""

    configuration: WebConfiguration
    context: ssl.SSLContext | None
    expiries: dict[str, float]


def stamp_of(path: Path) -> Stamp:
    """What changes when a file does, links followed; empty when it is not there."""
    try:
        found = os.stat(path)  # noqa: PTH116 - without the cost of a second Path
    except OSError:
        return ()
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


class WatchedConfiguration:
    """Reads the configuration at once, and again whenever it has changed.

    A broken new one is logged once, and the old one stays in force. TLS itself is not switched on
    or off.

    Args:
        path: the file.
        audit: is told of each attempt.

    Raises:
        InputError: the first one is unusable.
    """

    def __init__(self, path: Path, audit: Audit) -> None:
        self.path = path
        self._audit = audit
        self._files: tuple[Path, ...] = ()
        self._stamps: tuple[Stamp, ...] = ()
        self._next_look = monotonic() + LOOK_SECONDS
        self._security = self._read()
        audit.expiry = self._security.expiries
        if self._security.configuration.http2:
            LOG.info("%s: http_server_config.http2: clients are served HTTP/1.1 only", path)

    def now(self) -> Security:
        """The configuration in force."""
        time = monotonic()
        if time >= self._next_look:
            self._next_look = time + LOOK_SECONDS
            self._look()
        return self._security

    def _look(self) -> None:
        if self._stamps == tuple(map(stamp_of, (self.path, *self._files))):
            return
        try:
            read = self._read()
            if (read.context is None) != (self._security.context is None):
                expected = "TLS as before: a restart is needed to switch it on or off"
                raise InputError(str(self.path), "tls_server_config", expected)
        except InputError as error:
            LOG.error("%s; the configuration from before stays in force", error)
            self._audit.reloaded(FAILURE)
            return
        self._security = read
        self._audit.expiry = read.expiries
        self._audit.reloaded(SUCCESS)
        LOG.info("%s has changed and is in force", self.path)

    def _read(self) -> Security:
        # Stamps are taken before the files are read, so that a change meanwhile is seen later.
        self._stamps = tuple(map(stamp_of, (self.path, *self._files)))
        configuration = read_configuration(self.path)
        tls = configuration.tls
        self._files = tls.files if tls is not None else ()
        self._stamps = (self._stamps[0], *map(stamp_of, self._files))
        if tls is None:
            return Security(configuration, None, {})
        from exporter.serving.tls import expiries, make_context

        return Security(configuration, make_context(tls, self.path), expiries(tls, self.path))
