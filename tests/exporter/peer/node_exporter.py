"""A real node_exporter on a free loopback port."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Self

from benchmarks.exporters import ADDRESS


def tree_flags(tree: Path) -> list[str]:
    """The flags that point either exporter at a fixture tree."""
    flags = [
        f"--path.procfs={tree / 'proc'}",
        f"--path.sysfs={tree / 'sys'}",
        f"--path.rootfs={tree}",
        f"--path.udev.data={tree / 'udev' / 'data'}",
    ]
    if (tree / "text").is_dir():
        flags.append(f"--collector.textfile.directory={tree / 'text'}")
    return flags


class NodeExporter:
    """A process that serves; a context manager that ends it. May die, which ``page`` tells."""

    def __init__(self, program: Path, flags: Sequence[str], log: Path) -> None:
        self.log = log
        self._command = [str(program), "--web.listen-address=127.0.0.1:0", *flags]
        self.start()

    def start(self) -> None:
        """Start the process, or start it again after it died."""
        with self.log.open("w") as stream:
            self.process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stderr=stream, text=True
            )
        end = time.monotonic() + 30
        while not (match := re.search(ADDRESS, self.log.read_text())):
            assert self.process.poll() is None, self.log.read_text()[-2000:]
            assert time.monotonic() < end, "node_exporter does not listen"
            time.sleep(0.005)
        self.address = match[1]
        host, _, port = match[1].rpartition(":")
        self._connection = HTTPConnection(host, int(port), timeout=30)

    def page(self) -> tuple[int, bytes] | None:
        """Status and body of a scrape, or None when the process ended instead."""
        try:
            self._connection.request("GET", "/metrics")
            response = self._connection.getresponse()
            return response.status, response.read()
        except (OSError, HTTPException):
            self._connection.close()
            self.process.wait(30)
            return None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(30)
