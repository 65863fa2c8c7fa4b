"""A real VictoriaMetrics, alone or behind its proxy vmauth."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from demo.servers import DemoServer, free_port
from tests.grafana.hour.stores import victoria_program

SECONDS = 60


@contextmanager
def victoria(folder: Path, *flags: str) -> Iterator[str]:
    """The URL of an empty VictoriaMetrics with its default retention of a month."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    words = [f"-storageDataPath={folder / 'victoria'}", f"-httpListenAddr=127.0.0.1:{port}", *flags]
    with _running([str(victoria_program()), *words], url, folder / "victoria.log"):
        ended = threading.Event()
        flushing = threading.Thread(target=_flush, args=(url, ended))
        flushing.start()
        try:
            yield url
        finally:
            ended.set()
            flushing.join()


def _flush(url: str, ended: threading.Event) -> None:
    """Have what was sent found at once, and not after seconds."""
    while not ended.wait(0.2):
        requests.get(f"{url}/internal/force_flush", timeout=SECONDS)


@contextmanager
def vmauth(folder: Path, store: str, *, reads: bool = True) -> Iterator[str]:
    """The URL of a vmauth before a store, which lets a user write, and read unless told.

    Their password is ``open sesame`` and their name ``writer``.
    """
    paths = ["/api/v1/write", *(["/api/v1/query", "/api/v1/query_range"] if reads else [])]
    listed = ", ".join(f'"{path}"' for path in paths)
    configuration = folder / "vmauth.yml"
    configuration.write_text(
        "users:\n- username: writer\n  password: open sesame\n"
        f"  url_map: [{{src_paths: [{listed}], url_prefix: '{store}'}}]\n"
    )
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    program = victoria_program().with_name("vmauth")
    words = [f"-auth.config={configuration}", f"-httpListenAddr=127.0.0.1:{port}"]
    with _running([str(program), *words], url, folder / "vmauth.log"):
        yield url


@contextmanager
def _running(command: list[str], url: str, log: Path) -> Iterator[None]:
    server = DemoServer(Path(command[0]).name, command, log, outlives=False)

    def healthy() -> bool:
        try:
            return requests.get(f"{url}/health", timeout=2).ok
        except requests.RequestException:
            return False

    try:
        server.wait_until(healthy, "readiness", SECONDS)
        yield
    finally:
        server.stop()
