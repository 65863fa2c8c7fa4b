"""A WebSocket protocol of uvicorn's that sends whole frames, and waits for no slow reader.

uvicorn (0.54) makes a frame for each send, and waits until a reader has room for it. Here a frame
that was made once is written to all its readers as it is, and a reader for whom more waits than
`MOST_WAITING_BYTES` is cut off: a close frame is all that it still gets, and then the end of the
connection, whether it reads or not.
"""

from __future__ import annotations

import socket

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

# Behind the kernel's own buffer, which is made as small: it would else hold megabytes of the past.
MOST_WAITING_BYTES = 64 << 10
END_SECONDS = 3.0
WIRE = "perfanalysis.live"


class FrameWire:
    """The sending end of one connection.

    Args:
        protocol: of the connection.
    """

    def __init__(self, protocol: LiveProtocol) -> None:
        self._protocol = protocol

    def offer(self, frame: bytes) -> bool:
        """Send a whole frame, of any size; False: too much waits for this reader already."""
        protocol = self._protocol
        if protocol.close_sent or protocol.transport.is_closing():
            return True
        if protocol.transport.get_write_buffer_size() > MOST_WAITING_BYTES:
            return False
        protocol.transport.write(frame)
        return True

    def drop(self, code: int, reason: str) -> None:
        """End the connection."""
        self._protocol.cut_off(code, reason)


class LiveProtocol(WebSocketsSansIOProtocol):
    """uvicorn's protocol, whose scope has a `FrameWire` among its extensions."""

    def handle_connect(self, event: Request) -> None:
        """Of uvicorn: the head of a request is there."""
        super().handle_connect(event)
        if not self.close_sent:
            plain = self.transport.get_extra_info("socket")
            if plain is not None:
                plain.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, MOST_WAITING_BYTES)
            extensions: dict[str, object] = self.scope["extensions"]  # type: ignore[assignment]
            extensions[WIRE] = FrameWire(self)

    def cut_off(self, code: int, reason: str) -> None:
        """Send a close frame and wait for its answer for seconds at most."""
        if self.close_sent or self.transport.is_closing():
            return
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(END_SECONDS, self.transport.abort)

    def shutdown(self) -> None:
        """Of uvicorn: the server ends."""
        super().shutdown()
        # What does not read would hold the server up.
        self.loop.call_later(END_SECONDS, self.transport.abort)
