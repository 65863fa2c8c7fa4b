"""What a connection is sent: JSON, encoded once for all who see the same, as a WebSocket frame."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from websockets.frames import Frame, Opcode


def encoded(value: Mapping[str, Any]) -> bytes:
    """One object of a frame."""
    return msgspec.json.encode(value)


def frame(at: datetime, jobs: list[bytes], machines: list[bytes]) -> bytes:
    """A frame of objects that are encoded already.

    Args:
        at: when it is sent.
        jobs, machines: of ``encoded``.
    """
    when = msgspec.json.encode(at)
    body = b'{"type":"live","at":%b,"jobs":[%b],"machines":[%b]}' % (
        when,
        b",".join(jobs),
        b",".join(machines),
    )
    return bytes(Frame(Opcode.TEXT, body).serialize(mask=False))
