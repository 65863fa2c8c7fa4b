"""The disk of the portal's database is full: what is handed in then waits, and nothing is lost."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from portal.migrations.running import migrate
from portal.records.opening import open_engine, url_of
from portal.tenancy.provisioning import provision
from tests.chaos.disks import fill, small_disk
from tests.chaos.parts import seconds_until
from tests.chaos.recovery import Recoveries
from tests.chaos.replicated import servers
from tests.chaos.test_database_fails_over import Writers, prepared
from tests.portal.postgres import SERVING
from tests.portal.running import running
from tests.portal.test_nothing_lost import stored
from tests.postgresql_programs import programs

pytestmark = [pytest.mark.e2e, pytest.mark.long]


@contextmanager
def postgresql(place: Path) -> Iterator[tuple[str, str]]:
    if programs() is None:
        pytest.skip("no PostgreSQL here")
    with servers("primary", place=place) as (primary,):
        primary.start()
        yield primary.url(SERVING, "portal"), prepared(primary)


@contextmanager
def sqlite(place: Path) -> Iterator[tuple[str, str]]:
    url = f"sqlite:///{place}/portal.sqlite"
    engine = open_engine(url_of(url, "test"))
    migrate(engine)
    _, key = provision(engine, None, "one", is_operator=True)
    engine.dispose()
    yield url, key.text


@pytest.mark.parametrize(("kind", "mebibytes"), [(postgresql, 160), (sqlite, 8)])
def test_the_databases_disk_is_full(
    kind: object, mebibytes: int, tmp_path: Path, recoveries: Recoveries
) -> None:
    # Where nobody may go in: a temporary folder of pytest's is root's alone.
    with (
        tempfile.TemporaryDirectory(prefix="chaos-disk-") as name,
        small_disk(_opened(Path(name)), mebibytes) as disk,
        kind(disk) as (url, key),  # type: ignore[operator]
    ):
        with running(tmp_path, url) as portal, Writers(portal, key) as given:
            given.until(20)
            filler = fill(disk)
            seconds_until(lambda: given.answers & {500, 503}, "an answer that there is no room")
            filler.unlink()
            recoveries.note(f"disk of {url.partition(':')[0]} full", given.until(1))
            given.until(20)
        with running(tmp_path / "again", url) as portal:
            found = stored(portal, key)
        assert set(given.acknowledged) <= set(found)
        assert len(found) == len(set(found))
        assert given.answers <= {0, 200, 201, 503}


def _opened(folder: Path) -> Path:
    os.chmod(folder, 0o755)  # noqa: PTH101 - the folder is Path's
    return folder
