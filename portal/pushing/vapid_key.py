"""The key by which push services know this portal (VAPID, RFC 8292): a file, its owner's alone."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from perfanalysis.errors import InputError, PerfAnalysisError

if TYPE_CHECKING:
    from py_vapid import Vapid02

FILE = "push-key.pem"
# Push services take no more than a day.
_SECONDS = 12 * 3600


class VapidKey:
    """The key, and whom a push service may write to.

    Args:
        file: PEM of a key of curve P-256.
        contact: ``mailto:`` or ``https:``.

    Raises:
        InputError: the file holds no such key, or the contact is none.
    """

    def __init__(self, file: Path, contact: str) -> None:
        if not contact.startswith(("mailto:", "https://")) or not contact.isprintable():
            expected = "mailto:ADDRESS or an https:// URL, for push services to write to"
            raise InputError("--push-contact", "", expected, contact)
        self._contact = contact
        self._key = _read(file)
        # A contact that the library refuses is to fail now, and not with the first alert.
        self.header("https://push.example")

    @property
    def public_text(self) -> str:
        """What a browser is told when it subscribes: base64url of the point, 65 bytes."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
        from py_vapid.utils import b64urlencode

        point = self._key.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return str(b64urlencode(point))

    def header(self, origin: str) -> str:
        """The value of ``Authorization`` for a push service, such as ``https://push.example``.

        Raises:
            InputError: the library does not take the contact.
        """
        from py_vapid import VapidException

        claims = {"sub": self._contact, "aud": origin, "exp": int(time.time()) + _SECONDS}
        try:
            return str(self._key.sign(claims)["Authorization"])
        except VapidException as error:
            raise InputError("--push-contact", "", "mailto:ADDRESS", self._contact) from error


def make(file: Path) -> None:
    """Make a key where there is none; of several that do it at once, one wins.

    Raises:
        PerfAnalysisError: the file cannot be written.
    """
    from py_vapid import Vapid02

    if file.exists():
        return
    key = Vapid02()
    key.generate_keys()
    try:
        # For its owner alone (0600).
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        own = Path(name)
        with os.fdopen(handle, "wb") as opened:
            opened.write(key.private_pem())
            opened.flush()
            os.fsync(handle)
        try:
            file.hardlink_to(own)
        except FileExistsError:
            pass
        finally:
            own.unlink()
    except OSError as error:
        raise PerfAnalysisError(f"{file}: cannot be written ({error.strerror})") from error
    # The name stands in the folder.
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _read(file: Path) -> Vapid02:
    from cryptography.hazmat.primitives.asymmetric import ec
    from py_vapid import Vapid02

    expected = "a private key of curve P-256 (PEM, without passphrase)"
    try:
        data = file.read_bytes()
    except OSError as error:
        raise InputError(str(file), "", f"{expected} ({error.strerror})") from error
    try:
        key = Vapid02.from_pem(data)
    except (ValueError, TypeError) as error:
        raise InputError(str(file), "", expected) from error
    private = key.private_key
    if not isinstance(private, ec.EllipticCurvePrivateKey) or private.curve.name != "secp256r1":
        raise InputError(str(file), "", expected)
    return key
