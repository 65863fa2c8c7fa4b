"""A certificate that is renewed while the portal serves: new connections get it at once."""

from __future__ import annotations

import logging
import ssl
from pathlib import Path

_LOG = logging.getLogger(__name__)
_State = tuple[tuple[int, int, int], ...]


class RenewedCertificate:
    """Looks whether the files of a certificate have changed, and has a context take them.

    Args:
        context: of the server, which has taken them once.
        certificate, key: the files.
    """

    def __init__(self, context: ssl.SSLContext, certificate: str, key: str) -> None:
        self._context = context
        self._files = certificate, key
        self._seen = self._state()

    def look(self) -> None:
        """Take what is new; a pair that is of no use is told once, and changes nothing."""
        found = self._state()
        if found == self._seen:
            return
        self._seen = found
        try:
            # The server's own context would be left with half of a pair that does not match.
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(*self._files)
            self._context.load_cert_chain(*self._files)
        except (OSError, ssl.SSLError) as error:
            _LOG.error("%s: the certificate from before stays: %s", self._files[0], error)
        else:
            _LOG.warning("%s: a new certificate is in force", self._files[0])

    def _state(self) -> _State | None:
        """What tells a file from the one before; None while one is missing."""
        try:
            found = [Path(file).stat() for file in self._files]
        except OSError:
            return None
        return tuple((one.st_ino, one.st_mtime_ns, one.st_size) for one in found)
