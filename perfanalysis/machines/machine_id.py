"""An identifier of this machine that outlives its names, and does not give /etc/machine-id away.

machine-id(5) asks that the id itself stay on the machine; what leaves it is a keyed hash, as
sd_id128_get_machine_app_specific(3) makes it: HMAC-SHA256 of the application's id, under the
machine's as key, its first 128 bits marked as a UUID of version 4.

Clones of one disk that were booted before have one id, until it is set anew.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from pathlib import Path

# PerfAnalysis' own: another application's ids of the same machine are others.
APPLICATION = "99e4680909de4fdab5d74fc7f08981de"
_ID = re.compile(r"[0-9a-f]{32}")
_UNSET = "0" * 32
# The second is D-Bus' own, where systemd is not.
_FILES = ("etc/machine-id", "var/lib/dbus/machine-id")


def app_specific_id(machine_id: str, application: str = APPLICATION) -> str:
    """The machine's id for one application, in 32 hexadecimal digits.

    Args:
        machine_id: the machine's own, likewise.
        application: the application's, likewise.
    """
    key, message = bytes.fromhex(machine_id), bytes.fromhex(application)
    digest = bytearray(hmac.digest(key, message, hashlib.sha256)[:16])
    digest[6] = digest[6] & 0x0F | 0x40
    digest[8] = digest[8] & 0x3F | 0x80
    return digest.hex()


def parse_machine_id(content: str) -> str | None:
    """The id in a file of machine-id(5); None: not set (empty, ``uninitialized``, zeros, other)."""
    found = content.strip()
    return found if _ID.fullmatch(found) and found != _UNSET else None


def read_machine_id(root: Path = Path("/")) -> str | None:
    """This machine's id for PerfAnalysis; None: it has none.

    Not for containers: there the file is the image's, and all machines that run it would be one.

    Args:
        root: holds etc and var.
    """
    for name in _FILES:
        try:
            content = (root / name).read_text(encoding="ascii", errors="replace")
        except OSError:
            continue
        if found := parse_machine_id(content):
            return app_specific_id(found)
    return None
