"""Many live connections to a portal, in a process of their own: ``python -m`` this URL KEY ...

It says ``ready`` when all are open, reads till a line comes on standard input, and then writes the
frames and bytes of each second since as one object of JSON.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys

from websockets.asyncio.client import ClientConnection, connect

AT_ONCE = 50


class Watchers:
    """The connections.

    Args:
        url: of the WebSocket.
        key: of the portal.
    """

    def __init__(self, url: str, key: str) -> None:
        self._url, self._key = url, key
        self._room = asyncio.Semaphore(AT_ONCE)
        self._reading: list[asyncio.Task[None]] = []
        self.frames = self.bytes = self.ended = 0

    async def open(self, machine: str) -> None:
        """Open one more, which watches a machine."""
        async with self._room:
            connection = await connect(
                self._url,
                additional_headers={"Authorization": f"Bearer {self._key}"},
                proxy=None,
                compression=None,
                ping_interval=None,
                open_timeout=60,
            )
            await connection.send(json.dumps({"machines": [machine], "jobs": True}))
        self._reading.append(asyncio.create_task(self._read(connection)))

    async def _read(self, connection: ClientConnection) -> None:
        async for message in connection:
            self.frames += 1
            self.bytes += len(message)
        self.ended += 1


async def _watch(url: str, key: str, count: int, machines: list[str]) -> None:
    watchers = Watchers(url, key)
    await asyncio.gather(*(watchers.open(machines[i % len(machines)]) for i in range(count)))
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    watchers.frames = watchers.bytes = 0
    print("counting", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    found = {"frames": watchers.frames, "bytes": watchers.bytes, "ended": watchers.ended}
    print(json.dumps(found), flush=True)


def main() -> None:
    """Arguments: URL, how many connections, machines; the key comes by standard input."""
    url, count, *machines = sys.argv[1:]
    key = sys.stdin.readline().strip()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, int(count) + 500), hard))
    asyncio.run(_watch(url, key, int(count), machines))


if __name__ == "__main__":
    main()
