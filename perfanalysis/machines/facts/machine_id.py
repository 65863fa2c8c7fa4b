"""An id that tells machines of one name apart, and nothing of the one that it is made from.

``/etc/machine-id`` is to be kept confidential (machine-id(5)); what programs show is a hash of it
with a key of their own, as sd_id128_get_machine_app_specific(3) of systemd makes it: HMAC-SHA256 of
the application's id, keyed by the machine's, cut to 128 bits and marked as a UUID of version 4. So

    systemd-id128 --app-specific=f82de40179384576809d2a87e4f29505 machine-id

prints the same on the machine itself.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from pathlib import Path

from perfanalysis.machines.facts.files import text

# Made once by chance for this program; another value would give every machine another id.
APPLICATION = "f82de40179384576809d2a87e4f29505"
_ID = re.compile(r"[0-9a-f]{32}")
# What images are delivered with, to be filled at the first boot, is no machine's.
_NONE = "0" * 32


def read(root: Path = Path("/"), *, contained: bool = False) -> str:
    """The machine's id, 32 hexadecimal digits; empty when it has none.

    A container's file came with its image or was made for the container: it is not the machine's.

    Args:
        root: holds etc.
        contained: whether this is a container.
    """
    found = "" if contained else text(root / "etc/machine-id")
    return hashed(found) if _ID.fullmatch(found) and found != _NONE else ""


def hashed(machine_id: str, application: str = APPLICATION) -> str:
    """The id of a machine for one application.

    Args:
        machine_id: 32 hexadecimal digits.
        application: the same of the application.
    """
    key, message = bytes.fromhex(machine_id), bytes.fromhex(application)
    found = bytearray(hmac.digest(key, message, hashlib.sha256)[:16])
    # RFC 9562: version 4, and the variant that it describes.
    found[6] = found[6] & 0x0F | 0x40
    found[8] = found[8] & 0x3F | 0x80
    return found.hex()
