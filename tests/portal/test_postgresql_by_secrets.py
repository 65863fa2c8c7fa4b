"""PostgreSQL with passwords and TLS, by libpq's own files and variables, never by a URL."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.conftest import REPOSITORY
from tests.exporter.serving.certificates import Authority
from tests.portal import postgres
from tests.portal.postgres import OWNER, SERVING, Postgres
from tests.portal.running import running
from tests.postgresql_programs import programs

pytestmark = pytest.mark.e2e
ROLES = REPOSITORY / "deploy" / "images" / "portal-roles.sql"
PASSWORDS = {OWNER: "owner's:own", SERVING: "serving's\\own"}
ONLY_TLS_AND_PASSWORDS = """\
host all postgres 127.0.0.1/32 trust
hostssl all all 127.0.0.1/32 scram-sha-256
"""


@dataclass(frozen=True)
class Secured:
    """A server that lets nobody in without TLS and password; libpq's files for each role."""

    server: Postgres
    database: str
    folder: Path

    def url(self, role: str) -> str:
        return f"postgresql://{role}@127.0.0.1:{self.server.port}/{self.database}"

    def environment(self, role: str, **more: str) -> dict[str, str]:
        settings = {
            "PGPASSFILE": str(self.folder / role),
            "PGSSLMODE": "verify-full",
            "PGSSLROOTCERT": str(self.folder / "ca.pem"),
        }
        return {**os.environ, **settings, **more}

    def portal(self, role: str, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        command = [shutil.which("perfanalysis") or ".venv/bin/perfanalysis", "portal", *words]
        return subprocess.run(
            [*command, "--database", self.url(role)],
            capture_output=True,
            text=True,
            check=False,
            cwd=REPOSITORY,
            env=self.environment(role, **more),
        )


def value(server: Postgres, setting: str) -> Path:
    with psycopg.connect(server.url("postgres", "postgres")) as connection:
        row = connection.execute(f"SHOW {setting}".encode()).fetchone()
    assert row is not None
    return Path(row[0])


def run_roles(server: Postgres, folder: Path) -> None:
    """The file that Compose's PostgreSQL runs when it is made, with the secret at another place."""
    found = programs()
    assert found is not None
    secret = folder / "serving-password"
    secret.write_text(PASSWORDS[SERVING])
    script = folder / "roles.sql"
    script.write_text(ROLES.read_text().replace("/run/secrets/portal_password", str(secret)))
    words = ["--no-psqlrc", "--set=ON_ERROR_STOP=1", f"--file={script}"]
    done = subprocess.run(
        [found / "psql", server.url("postgres", "postgres"), *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def wait_for_tls(found: Secured) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(found.url(SERVING), sslmode="disable").close()
        except psycopg.OperationalError as error:
            if "no encryption" in str(error):
                return
        assert time.monotonic() < until, "the server does not ask for TLS"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    if programs() is None:
        pytest.skip("no PostgreSQL here: scripts/setup-tests brings Debian's")
    folder = tmp_path_factory.mktemp("secured")
    issued = Authority(folder).issue_server()
    with postgres.server() as server:
        server.run(f"DROP ROLE {SERVING}")
        run_roles(server, folder)
        owners = PASSWORDS[OWNER].replace("'", "''")
        server.run(f"ALTER ROLE {OWNER} PASSWORD '{owners}'")
        data = value(server, "data_directory")
        for source, name in ((issued.certificate, "server.crt"), (issued.key, "server.key")):
            shutil.copyfile(source, data / name)
            (data / name).chmod(0o600)
            owner = data.stat()
            os.chown(data / name, owner.st_uid, owner.st_gid)
        value(server, "hba_file").write_text(ONLY_TLS_AND_PASSWORDS)
        server.run("ALTER SYSTEM SET ssl = on")
        server.run("SELECT pg_reload_conf()")
        for role, password in PASSWORDS.items():
            escaped = password.replace("\\", "\\\\").replace(":", "\\:")
            (folder / role).write_text(f"127.0.0.1:{server.port}:*:{role}:{escaped}\n")
            (folder / role).chmod(0o600)
        found = Secured(server, server.database(), folder)
        wait_for_tls(found)
        yield found


def test_it_migrates_and_serves(secured: Secured, monkeypatch: pytest.MonkeyPatch) -> None:
    done = secured.portal(OWNER, "migrate", f"--grant-to={SERVING}")
    assert done.returncode == 0, done.stderr
    key = secured.portal(SERVING, "tenant", "create", "ops", "--operator").stdout.strip()
    for name, said in secured.environment(SERVING).items():
        monkeypatch.setenv(name, said)
    with running(secured.folder / "run", secured.url(SERVING), "--no-first-key") as portal:
        assert portal.ask("GET", "/readyz").status_code == 200
        assert portal.ask("GET", "/api/v1/keys/own", key=key).json()["tenant"] == "ops"
        assert all(password not in portal.log for password in PASSWORDS.values())


def test_the_role_that_serves_is_bound(secured: Secured) -> None:
    with psycopg.connect(secured.server.url("postgres", "postgres")) as connection:
        found = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolcanlogin "
            "FROM pg_roles WHERE rolname = 'portal'"
        ).fetchone()
    assert found == (False, False, False, False, True)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"PGSSLMODE": "disable"}, "no encryption"),
        ({"PGSSLROOTCERT": "OTHER"}, "certificate verify failed"),
        ({"PGPASSFILE": "/nonexistent/pgpass"}, "password"),
    ],
)
def test_who_cannot_come_in_is_told_in_one_line(
    secured: Secured, tmp_path: Path, changes: dict[str, str], expected: str
) -> None:
    other = str(Authority(tmp_path).path)
    changes = {name: other if said == "OTHER" else said for name, said in changes.items()}
    done = secured.portal(SERVING, "tenant", "list", **changes)
    assert done.returncode == 1
    assert expected in done.stderr
    assert len(done.stderr.splitlines()) == 1
