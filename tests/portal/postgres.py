"""A real PostgreSQL, of Debian's package, in a temporary folder; root starts it as nobody."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg

from demo.servers import free_port
from tests.postgresql_programs import programs

OWNER, SERVING = "portal_owner", "portal"
_NUMBERS = itertools.count(1)


@dataclass
class Postgres:
    """A server that runs."""

    port: int
    begin: Callable[[], subprocess.Popen[bytes]]
    process: subprocess.Popen[bytes]
    made: list[str] = field(default_factory=list)

    def stop(self) -> None:
        """Fast: it does not wait until its clients have gone."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)

    def start(self) -> None:
        """Again, with the same data."""
        self.process = self.begin()
        _wait(self)

    def hold(self) -> None:
        """Have it and all its processes do nothing, with their connections open."""
        for process in self._processes():
            process.suspend()

    def release(self) -> None:
        for process in self._processes():
            process.resume()

    def _processes(self) -> list[psutil.Process]:
        first = psutil.Process(self.process.pid)
        return [first, *first.children(recursive=True)]

    def url(self, role: str, database: str) -> str:
        return f"postgresql://{role}@127.0.0.1:{self.port}/{database}"

    def run(self, statement: str, database: str = "postgres") -> None:
        """As its superuser, outside of a transaction."""
        with psycopg.connect(self.url("postgres", database), autocommit=True) as connection:
            connection.execute(statement.encode())

    def database(self, template: str = "template0") -> str:
        """The name of a new one, which the owner's role owns."""
        name = f"portal_{next(_NUMBERS)}"
        self.run(f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {template}")
        return name


@contextmanager
def server(*, durable: bool = False) -> Iterator[Postgres]:
    """A server with the roles that own and serve; ``durable``: what it commits is on the disk."""
    folder = programs()
    assert folder is not None
    home = Path(tempfile.mkdtemp(prefix="portal-postgres-"))
    who = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.getuid() == 0 else {}
    if who:
        shutil.chown(home, "nobody", "nogroup")
    data, port = home / "data", free_port()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": home, **who}
    made = [folder / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"]
    subprocess.run([*made, "--locale=C.UTF-8"], check=True, **quiet)  # type: ignore[call-overload]
    settings = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
    settings |= {
        "fsync": "on" if durable else "off",
        "max_connections": 100,
        "shared_buffers": "32MB",
    }
    flags = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]

    def begin() -> subprocess.Popen[bytes]:
        return subprocess.Popen([folder / "postgres", "-D", data, *flags], **quiet)  # type: ignore[call-overload, no-any-return]

    found = Postgres(port, begin, begin())
    try:
        _wait(found)
        for role in (OWNER, SERVING):
            found.run(f"CREATE ROLE {role} LOGIN")
        yield found
    finally:
        found.stop()
        shutil.rmtree(home, ignore_errors=True)


def _wait(found: Postgres) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            found.run("SELECT 1")
        except psycopg.OperationalError:
            assert time.monotonic() < until, "PostgreSQL does not answer"
            time.sleep(0.05)
        else:
            return
