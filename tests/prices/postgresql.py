"""A real PostgreSQL of Debian's package, in a folder of its own, on a free port."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from demo.servers import DemoServer, free_port
from tests.postgresql_programs import programs

PASSWORD = "an open secret"
USER = "book-keeper"
SECONDS = 30.0


@contextmanager
def database() -> Iterator[str]:
    """URL of an empty database that takes only its password; without it."""
    where = programs()
    if where is None:
        pytest.skip("no PostgreSQL here: scripts/setup-tests brings Debian's")
    folder = tempfile.TemporaryDirectory(prefix="perfanalysis-postgresql-")
    with folder as name, _serving(where, Path(name)) as url:
        yield url


@contextmanager
def _serving(where: Path, folder: Path) -> Iterator[str]:
    data, secret = folder / "data", folder / "secret"
    secret.write_text(PASSWORD)
    # It refuses to run as root.
    other = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]
    account = other if os.geteuid() == 0 else []
    if account:
        os.chown(folder, 65534, 65534)
        os.chown(secret, 65534, 65534)
    made = [str(where / "initdb"), "-D", str(data), "-U", USER, f"--pwfile={secret}"]
    made += ["--auth=scram-sha-256", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"]
    subprocess.run([*account, *made], check=True, capture_output=True, cwd="/")
    port = free_port()
    served = [str(where / "postgres"), "-D", str(data), "-p", str(port), "-h", "127.0.0.1"]
    served += ["-c", f"unix_socket_directories={data}", "-c", "fsync=off"]
    log = folder / "log"
    server = DemoServer("postgres", [*account, *served], log, outlives=False)
    try:
        server.wait_until(
            lambda: "ready to accept connections" in log.read_text(),
            "to accept connections",
            SECONDS,
        )
        yield f"postgresql://{USER}@127.0.0.1:{port}/postgres"
    finally:
        server.stop()
