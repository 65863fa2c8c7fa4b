"""The text of a key: ``perf_PREFIX_SECRETCHECKSUM``. Pure, but for what is random.

The prefix (10 letters and digits) is public: lists, logs and the audit log show it. The secret has
36 letters and digits (over 180 bits, so that its SHA-256 needs no salt and no slow hash). The
checksum, CRC-32 of all before it in 6 digits of base 62, is no secret: it tells a typing error from
a wrong key without a look into the database, as the keys of GitHub do.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import string
import zlib
from dataclasses import dataclass

_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_PREFIX, _SECRET, _CHECKSUM = 10, 36, 6
_FORM = re.compile(rf"perf_([0-9A-Za-z]{{{_PREFIX}}})_[0-9A-Za-z]{{{_SECRET + _CHECKSUM}}}")
# In any text, such as a log's: also with a mistake in it.
_ANYWHERE = re.compile(r"perf_([0-9A-Za-z]{10})_[0-9A-Za-z]{8,}")


@dataclass(frozen=True, repr=False)
class KeyText:
    """A key as its owner has it.

    Attributes:
        text: the whole, which is shown once and kept nowhere.
        prefix: what is public of it.
    """

    text: str
    prefix: str

    def __repr__(self) -> str:
        return f"KeyText({self.prefix})"

    @property
    def digest(self) -> str:
        """SHA-256 of the whole, in hexadecimal digits."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def new_key() -> KeyText:
    """A new key."""
    prefix, secret = (
        "".join(secrets.choice(_DIGITS) for _ in range(count)) for count in (_PREFIX, _SECRET)
    )
    start = f"perf_{prefix}_{secret}"
    return KeyText(start + _checksum(start), prefix)


def key_of(text: str) -> KeyText | None:
    """The key that a text is; None: it is none, or mistyped."""
    match = _FORM.fullmatch(text)
    if match is None or text[-_CHECKSUM:] != _checksum(text[:-_CHECKSUM]):
        return None
    return KeyText(text, match[1])


def without_keys(text: str) -> str:
    """The same text, with nothing but the prefix of any key in it."""
    return _ANYWHERE.sub(r"perf_\1_***", text)


def _checksum(text: str) -> str:
    rest, digits = zlib.crc32(text.encode()), ""
    for _ in range(_CHECKSUM):
        rest, digit = divmod(rest, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits
