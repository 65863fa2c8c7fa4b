"""Keys for receivers: read when they are used, and shown nowhere."""

from __future__ import annotations

import base64
import binascii
import contextlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from perfanalysis.errors import InputError


@dataclass(frozen=True)
class Credentials:
    """Where a key stands; the key itself is never kept.

    Attributes:
        file: the file that holds it; "" for none.
        variable: else the environment variable that holds it; "" for none.
        username: with one, HTTP basic authentication is used, else a bearer key.
    """

    file: str = ""
    variable: str = ""
    username: str = ""

    @property
    def _where(self) -> str:
        return self.file or f"${self.variable}"

    def key(self) -> str:
        """The key of now, or "" when there is none to use.

        Raises:
            InputError: the file or variable holds no usable key; the message does not show it.
        """
        if not self.file and not self.variable:
            return ""
        try:
            data = (
                Path(self.file).read_bytes()
                if self.file
                else os.environ.get(self.variable, "").encode()
            )
        except OSError as error:
            raise InputError(self._where, "", f"a readable key file ({error.strerror})") from error
        key = data.strip()
        # More would be a header of its own, or no header at all.
        if not key or not all(32 <= byte < 127 for byte in key):
            raise InputError(self._where, "", "a key: one line of printable ASCII characters")
        return key.decode()

    def header(self, key: str) -> dict[str, str]:
        """The header that carries a key; none when the key is empty."""
        if not key:
            return {}
        if self.username:
            pair = base64.b64encode(f"{self.username}:{key}".encode()).decode()
            return {"Authorization": f"Basic {pair}"}
        return {"Authorization": f"Bearer {key}"}


def redacted(text: str, headers: Mapping[str, str]) -> str:
    """What a server said, without what it may echo of our keys.

    Args:
        text: of the server.
        headers: those that carried secrets, as they were sent.
    """
    for value in headers.values():
        scheme, _, behind = value.partition(" ")
        secrets = {behind if scheme in {"Basic", "Bearer"} else value}
        if scheme == "Basic":
            with contextlib.suppress(binascii.Error, UnicodeDecodeError):
                secrets.add(base64.b64decode(behind, validate=True).decode().partition(":")[2])
        # The longest first: a part of it would else leave the rest.
        for secret in sorted(secrets - {""}, key=len, reverse=True):
            text = text.replace(secret, "***")
    return text
