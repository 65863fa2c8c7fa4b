"""Objects with large arrays through a pipe: an array after the other, and never all of them twice.

``Connection.send`` holds all that it sends as one piece of bytes, and so does who receives it:
with a report of a thousand machines, three times what their samples need.
"""

from __future__ import annotations

import pickle
from multiprocessing.connection import Connection
from typing import Any

# Of an array, in bytes; smaller ones are no trouble.
_LARGE = 4096


def send(pipe: Connection, sent: object) -> None:
    """Send an object; ``receive`` has to be what reads it.

    Raises:
        OSError: nobody reads.
    """
    arrays: list[memoryview] = []

    def stays(buffer: pickle.PickleBuffer) -> bool:
        view = buffer.raw()
        if view.nbytes < _LARGE:
            return True
        arrays.append(view)
        return False

    rest = pickle.dumps(sent, protocol=5, buffer_callback=stays)
    pipe.send([view.nbytes for view in arrays])
    for view in arrays:
        pipe.send_bytes(view)
    pipe.send_bytes(rest)


def receive(pipe: Connection) -> Any:
    """What ``send`` sent.

    Raises:
        EOFError: the other end was closed.
    """
    arrays = [bytearray(size) for size in pipe.recv()]
    for array in arrays:
        pipe.recv_bytes_into(array)
    # It comes from a process of our own, as what ``Connection.recv`` reads does.
    return pickle.loads(pipe.recv_bytes(), buffers=arrays)  # noqa: S301
