"""Passwords against bcrypt hashes, in a thread of its own, with what was right kept for a while.

A check takes tens of milliseconds by design. Right ones are remembered by a hash that is keyed with
this process's own secret, so that a scraper pays once, and neither memory nor the time of a look-up
tells a password. A wrong password and an unknown user always pay.

Who guesses fills the queue, and must not keep out who knows: peers have their turns one after the
other, and where the queue is full, one of the peer that has most in it has to go.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import NamedTuple

import bcrypt

try:
    # hashlib has the same, but loads OpenSSL, which is 3.7 MB of resident memory.
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

MOST_REMEMBERED = 128
# Checks that may wait for the thread, and those of one peer among them.
MOST_WAITING = 32
MOST_OF_A_PEER = 4
# bcrypt looks at no more of a password.
LONGEST_PASSWORD = 72
# How long the end waits for a check that goes on: one of cost 14 takes a second.
LONGEST_CHECK_SECONDS = 5.0

# Gets whether the password is right; None where it was not looked at, as too many waited.
Report = Callable[[bool | None], None]


class _Check(NamedTuple):
    """A password to be checked, and all who wait for the same one."""

    key: bytes
    hashed: bytes
    password: bytes
    known: bool
    reports: list[Report]


class PasswordChecker:
    """Checks one password after the other."""

    def __init__(self) -> None:
        self._secret = os.urandom(32)
        self._remembered: dict[bytes, None] = {}
        self._lock = threading.Condition()
        # What waits, by peer; whose turn it is stands first.
        self._waiting: dict[str, deque[_Check]] = {}
        self._worker: threading.Thread | None = None
        self._ended = False

    def remembers(self, users: Mapping[bytes, bytes], user: bytes, password: bytes) -> bool:
        """Whether this password was right before, and the user's hash is still the same."""
        hashed = users.get(user, b"")
        return self._key(user, hashed, password) in self._remembered

    def check(
        self,
        users: Mapping[bytes, bytes],
        user: bytes,
        password: bytes,
        report: Report,
        peer: str = "",
    ) -> bool:
        """Check in the worker's thread, which calls ``report``; False when too many wait.

        Args:
            users: the hashes by name.
            user: who it is said to be.
            password: what is to be checked.
            report: is called in any thread, if this was true.
            peer: who asks.
        """
        known = user in users
        hashed = users[user] if known else self._decoy(users, user)
        key = self._key(user, hashed, password)
        given_up = None
        with self._lock:
            waiting = self._waiting.setdefault(peer, deque())
            for before in waiting:
                if before.key == key:
                    # A scraper's connections begin together, with one password.
                    before.reports.append(report)
                    return True
            if len(waiting) >= MOST_OF_A_PEER:
                return False
            if sum(map(len, self._waiting.values())) >= MOST_WAITING:
                given_up = self._give_up()
            waiting.append(_Check(key, hashed, password, known, [report]))
            self._lock.notify()
        for one in given_up.reports if given_up is not None else ():
            one(None)
        if self._worker is None:
            self._worker = threading.Thread(target=self._work, daemon=True, name="passwords")
            self._worker.start()
            atexit.register(self.close)
        return True

    def close(self) -> None:
        """Check no more: a check that goes on while Python ends would end it by a signal."""
        with self._lock:
            self._ended = True
            self._waiting.clear()
            self._lock.notify()
        if self._worker is not None:
            self._worker.join(LONGEST_CHECK_SECONDS)

    def _give_up(self) -> _Check:
        """Take the newest check from a peer of those that have most; the lock is held."""
        most = max(map(len, self._waiting.values()))
        longest = [waiting for waiting in self._waiting.values() if len(waiting) == most]
        # By chance, so that nobody can arrange to stay, or that others go. The module random
        # would bring OpenSSL with it.
        return longest[int.from_bytes(os.urandom(2), "big") % len(longest)].pop()

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

    def _next(self) -> _Check | None:
        """The check of the peer whose turn it is, which is the last one's afterwards; None at the
        end."""
        with self._lock:
            while not self._ended:
                for peer in list(self._waiting):
                    waiting = self._waiting.pop(peer)
                    if waiting:
                        check = waiting.popleft()
                        self._waiting[peer] = waiting
                        return check
                self._lock.wait()
        return None

    def _work(self) -> None:
        while (check := self._next()) is not None:
            try:
                right = bcrypt.checkpw(check.password[:LONGEST_PASSWORD], check.hashed)
            except ValueError:
                right = False
            right = right and check.known
            if right:
                with self._lock:
                    self._remember(check.key)
            for report in check.reports:
                report(right)

    def _remember(self, key: bytes) -> None:
        if len(self._remembered) >= MOST_REMEMBERED:
            del self._remembered[next(iter(self._remembered))]
        self._remembered[key] = None
