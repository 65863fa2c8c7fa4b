"""A PostgreSQL with a standby that follows it, of Debian's package; root starts both as nobody."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from demo.servers import free_port
from tests.portal.postgres import OWNER, SERVING
from tests.postgresql_programs import programs

SECONDS = 60


@dataclass
class Server:
    """One PostgreSQL: ``words`` go before its command, such as those of a network namespace."""

    home: Path
    name: str
    host: str = "127.0.0.1"
    words: Sequence[str] = ()
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        return self.home / self.name

    def run(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """As its superuser, outside of a transaction; rows, if there are any."""
        url = f"postgresql://postgres@{self.host}:{self.port}/{database}?connect_timeout=2"
        with psycopg.connect(url, autocommit=True) as connection:
            found = connection.execute(statement.encode())
            return found.fetchall() if found.description else []

    def start(self) -> None:
        settings = {
            "port": self.port,
            "listen_addresses": self.host,
            "unix_socket_directories": "",
            "shared_buffers": "32MB",
            "max_connections": 100,
        }
        flags = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command = [*self.words, *_as_nobody(), str(_folder() / "postgres"), "-D", str(self.data)]
        with (self.home / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen([*command, *flags], stderr=log, cwd=self.home)
        until = time.monotonic() + SECONDS
        while True:
            try:
                self.run("SELECT 1")
            except psycopg.OperationalError:
                assert time.monotonic() < until, (self.home / f"{self.name}.log").read_text()
                assert self.process.poll() is None, (self.home / f"{self.name}.log").read_text()
                time.sleep(0.05)
            else:
                return

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Fast by SIGINT; SIGKILL is what a machine does that loses its power."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(SECONDS)

    def new_database(self, name: str) -> None:
        """An empty one, with the roles that own and serve."""
        for role in (OWNER, SERVING):
            self.run(f"CREATE ROLE {role} LOGIN")
        self.run(f"CREATE DATABASE {name} OWNER {OWNER}")

    def url(self, role: str, database: str) -> str:
        return f"postgresql://{role}@{self.host}:{self.port}/{database}"


def follow(primary: Server, standby: Server) -> None:
    """Have a standby begin with a copy, and be waited for by each commit from now on."""
    url = f"host={primary.host} port={primary.port} user=postgres"
    backup = [_folder() / "pg_basebackup", "-d", url, "-D", standby.data, "-R", "-c", "fast"]
    subprocess.run([*_as_nobody(), *map(str, backup)], check=True, cwd=standby.home)
    standby.start()
    primary.run("ALTER SYSTEM SET synchronous_standby_names = '*'")
    primary.run("SELECT pg_reload_conf()")
    until = time.monotonic() + SECONDS
    while primary.run("SELECT sync_state FROM pg_stat_replication") != [("sync",)]:
        assert time.monotonic() < until, "the standby does not follow"
        time.sleep(0.05)


@contextmanager
def servers(*names: str, place: Path | None = None, **more: Any) -> Iterator[list[Server]]:
    """Servers that are not started yet, in a folder of a place; the first has its data folder."""
    home = Path(tempfile.mkdtemp(prefix="chaos-postgres-", dir=place))
    if os.getuid() == 0:
        shutil.chown(home, "nobody", "nogroup")
    made = [Server(home, name, **more) for name in names]
    words = [*_as_nobody(), str(_folder() / "initdb"), "-D", str(made[0].data), "-U", "postgres"]
    words += ["-A", "trust", "-E", "UTF8", "-N", "--locale=C.UTF-8"]
    subprocess.run(words, check=True, cwd=home, stdout=subprocess.DEVNULL)
    if "host" in more:
        with (made[0].data / "pg_hba.conf").open("a") as rules:
            rules.write("host all all samenet trust\nhost replication all samenet trust\n")
    try:
        yield made
    finally:
        for one in made:
            with suppress(subprocess.TimeoutExpired):
                one.stop()
        shutil.rmtree(home, ignore_errors=True)


def _folder() -> Path:
    found = programs()
    assert found is not None
    return found


def _as_nobody() -> list[str]:
    if os.getuid():
        return []
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"]
