"""Passwords against bcrypt hashes, in a thread of its own, with what was right kept for a while.

A check takes tens of milliseconds by design. Right ones are remembered by a hash that is keyed with
this process's own secret, so that a scraper pays once, and neither memory nor the time of a look-up
tells a password. A wrong password and an unknown user always pay.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from queue import SimpleQueue

import bcrypt

try:
    # hashlib has the same, but loads OpenSSL, which is 3.7 MB of resident memory.
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

MOST_REMEMBERED = 128
# Checks that may wait for the thread; whoever comes then is sent away.
MOST_WAITING = 16
# bcrypt looks at no more of a password.
LONGEST_PASSWORD = 72

Report = Callable[[bool], None]


class PasswordChecker:
    """Checks one password after the other."""

    def __init__(self) -> None:
        self._secret = os.urandom(32)
        self._remembered: dict[bytes, None] = {}
        self._waiting = 0
        self._lock = threading.Lock()
        self._queue: SimpleQueue[tuple[bytes, bytes, bytes, bool, Report]] = SimpleQueue()
        self._worker: threading.Thread | None = None

    def remembers(self, users: Mapping[bytes, bytes], user: bytes, password: bytes) -> bool:
        """Whether this password was right before, and the user's hash is still the same."""
        hashed = users.get(user, b"")
        return self._key(user, hashed, password) in self._remembered

    def check(
        self, users: Mapping[bytes, bytes], user: bytes, password: bytes, report: Report
    ) -> bool:
        """Check in the worker's thread, which calls ``report``; False when too many wait."""
        with self._lock:
            if self._waiting >= MOST_WAITING:
                return False
            self._waiting += 1
        known = user in users
        hashed = users[user] if known else self._decoy(users, user)
        self._queue.put((user, hashed, password, known, report))
        if self._worker is None:
            self._worker = threading.Thread(target=self._work, daemon=True, name="passwords")
            self._worker.start()
        return True

    def _key(self, *parts: bytes) -> bytes:
        keyed = blake2b(key=self._secret, digest_size=32)
        for part in parts:
            keyed.update(len(part).to_bytes(8, "big") + part)
        return keyed.digest()

    def _decoy(self, users: Mapping[bytes, bytes], user: bytes) -> bytes:
        """A hash for an unknown user that costs as much as that of a known one, always the same."""
        hashes = sorted(users.values())
        chosen = hashes[int.from_bytes(self._key(user), "big") % len(hashes)]
        return chosen[:29] + b"." * 31

    def _work(self) -> None:
        while True:
            user, hashed, password, known, report = self._queue.get()
            try:
                right = bcrypt.checkpw(password[:LONGEST_PASSWORD], hashed) and known
            except ValueError:
                right = False
            with self._lock:
                self._waiting -= 1
                if right:
                    self._remember(self._key(user, hashed, password))
            report(right)

    def _remember(self, key: bytes) -> None:
        if len(self._remembered) >= MOST_REMEMBERED:
            del self._remembered[next(iter(self._remembered))]
        self._remembered[key] = None
