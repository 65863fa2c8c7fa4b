"""Create, verify, restore, list and prune, over a database and a folder, with a real restic."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from msgspec.structs import replace

from operations.backup.restic import MANIFEST, Repository, ResticError
from operations.backup.sets import manifests, prune
from operations.backup.settings import read_settings
from operations.backup.verifying import verify
from tests.operations.backup.conftest import Backups
from tests.operations.backup.quick_keys import make_quick

CHECK_FAILED = r"restic check of .* failed"
Make = Callable[..., Backups]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "prices.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE price (id INTEGER PRIMARY KEY, amount TEXT)")
        rows = [(f"0.{number:04}",) for number in range(500)]
        connection.executemany("INSERT INTO price (amount) VALUES (?)", rows)
        connection.commit()
    return path


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    folder = tmp_path / "spool"
    (folder / "below").mkdir(parents=True)
    (folder / "a.json").write_text("{}")
    (folder / "below" / "b.json").write_text("[1]")
    (folder / "link").symlink_to("a.json")
    return folder


@pytest.fixture
def sources(database: Path, spool: Path) -> list[dict[str, str]]:
    return [
        {"kind": "sqlite", "name": "prices", "path": str(database)},
        {"kind": "folder", "name": "spool", "path": str(spool)},
    ]


@pytest.fixture
def backups(make_backups: Make, sources: list[dict[str, str]]) -> Backups:
    return make_backups(*sources)


def test_a_backup_is_made_proven_and_restored(
    make_backups: Make, sources: list[dict[str, str]], tmp_path: Path
) -> None:
    backups = make_backups(*sources, is_new=True)
    assert not backups.repository.exists()
    name = backups.create()
    proofs = backups.verify()
    assert {source: (one["faults"], one["values"]) for source, one in proofs.items()} == {
        "prices": ([], 1),
        "spool": ([], 2),
    }
    target = tmp_path / "restored"
    assert backups.run("restore", "--source=spool", f"--target={target}") == 0
    assert f"spool of {name}" in backups.capsys.readouterr().out
    assert (target / "below" / "b.json").read_text() == "[1]"
    assert backups.run("restore", "--source=spool", f"--target={target}") == 2
    assert "a folder that is empty" in backups.capsys.readouterr().err
    assert backups.run("restore", "--source=none", f"--target={target / 'x'}") == 2
    assert "(prices, spool)" in backups.capsys.readouterr().err
    metrics = backups.textfile.read_text()
    assert 'perf_backup_verified{source="prices"} 1.0' in metrics
    assert 'perf_backup_last_verified_timestamp_seconds{source="spool"}' in metrics


def test_the_repository_of_the_tests_opens_by_its_password_alone(
    backups: Backups, empty_repository: Path
) -> None:
    repository = Repository(str(backups.repository), backups.folder / "password")
    repository.check(data=True)
    (backups.folder / "password").write_text("another\n")
    with pytest.raises(ResticError):
        repository.check(data=True)
    with pytest.raises(InvalidSignature):
        make_quick(empty_repository, "another")


def test_a_database_that_is_written_to_is_backed_up_at_one_moment(
    backups: Backups, database: Path
) -> None:
    ended = threading.Event()

    def write() -> None:
        # Pairs in one transaction each: a copy of no one moment would have an odd number.
        with closing(sqlite3.connect(database, timeout=30)) as connection:
            while not ended.is_set():
                rows = [("1",), ("2",)]
                connection.executemany("INSERT INTO price (amount) VALUES (?)", rows)
                connection.commit()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        backups.create()
    finally:
        ended.set()
        writer.join()
    assert backups.verify()["prices"]["faults"] == []
    target = backups.folder / "restored"
    assert backups.run("restore", "--source=prices", f"--target={target}") == 0
    with closing(sqlite3.connect(target / "database.sqlite")) as connection:
        (rows,) = connection.execute("SELECT count(*) FROM price").fetchone()
    assert rows % 2 == 0
    with closing(sqlite3.connect(database)) as connection:
        (now,) = connection.execute("SELECT count(*) FROM price").fetchone()
    assert 500 <= rows <= now


def test_one_source_that_cannot_be_read_does_not_keep_the_others(
    backups: Backups, database: Path
) -> None:
    database.rename(database.with_suffix(".away"))
    assert backups.run("create") == 1
    assert "prices: not backed up" in backups.capsys.readouterr().err
    proofs = backups.verify(1)
    assert proofs["spool"]["faults"] == []
    assert proofs["prices"]["faults"] == ["it could not be backed up at that time"]
    metrics = backups.textfile.read_text()
    assert 'perf_backup_last_created_timestamp_seconds{source="prices"}' not in metrics
    assert 'perf_backup_verified{source="prices"} 0.0' in metrics


def test_damage_is_found(backups: Backups) -> None:
    backups.create()
    repository = Repository(str(backups.repository), backups.folder / "password")
    packs = sorted((backups.repository / "data").rglob("*"))
    pack = max((one for one in packs if one.is_file()), key=lambda one: one.stat().st_size)
    whole = pack.read_bytes()
    pack.chmod(0o600)
    middle = len(whole) // 2
    pack.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
    assert backups.run("verify") == 1
    said = "".join(backups.capsys.readouterr())
    assert re.search(r"restic (restore|check) of .* failed", said)
    assert 'perf_backup_verified{source="prices"} 0.0' in backups.textfile.read_text()
    with pytest.raises(ResticError, match=CHECK_FAILED):
        repository.check(data=True)
    pack.write_bytes(whole)
    repository.check(data=True)
    (backups.folder / "password").write_text("hunter2\n")
    with pytest.raises(ResticError) as caught:
        repository.stored()
    assert "hunter2" not in str(caught.value)


@pytest.mark.long
@pytest.mark.parametrize("left", ["a part", "nothing"])
def test_a_piece_that_is_cut_off_or_gone_is_found(backups: Backups, left: str) -> None:
    """restic 0.14 tries to read such a piece again and again, for some 45 s."""
    backups.create()
    repository = Repository(str(backups.repository), backups.folder / "password")
    packs = sorted((backups.repository / "data").rglob("*"))
    pack = max((one for one in packs if one.is_file()), key=lambda one: one.stat().st_size)
    pack.chmod(0o600)
    pack.unlink() if left == "nothing" else pack.write_bytes(pack.read_bytes()[:-100])
    with pytest.raises(ResticError, match=CHECK_FAILED):
        repository.check(data=True)


def test_a_restored_database_that_has_other_rows_is_not_proven(
    backups: Backups, database: Path
) -> None:
    # Two backups: the manifest of one beside the data of the other is what a mix-up would be.

    backups.create()
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("UPDATE price SET amount = '9' WHERE id = 7")
        connection.commit()
    backups.create()
    settings = read_settings(backups.folder / "backup.yaml")
    repository = Repository(settings.repository, settings.password_file)
    first, second = manifests(repository)
    mixed = tuple(
        replace(part, snapshot=other.snapshot)
        for part, other in zip(first.parts, second.parts, strict=True)
    )
    said: list[str] = []
    proofs = verify(
        repository, replace(first, parts=mixed), settings.sources, backups.folder, said.append
    )
    by_name = {one.source: one for one in proofs}
    assert by_name["spool"].is_proven
    assert "rows of each table: price: expected 500 rows" in by_name["prices"].faults[0]


def test_list_and_prune_take_whole_backups(backups: Backups) -> None:
    names = [backups.create() for _ in range(3)]
    assert backups.run("list", "--json") == 0
    found = json.loads(backups.capsys.readouterr().out)
    assert [one["set"] for one in found] == names
    assert [part["source"] for part in found[0]["parts"]] == ["prices", "spool"]
    assert backups.run("verify", f"--set={names[0]}") == 0
    assert backups.run("prune") == 0
    said = backups.capsys.readouterr().out
    assert said.splitlines()[-2:] == [f"removed {names[0]}", f"removed {names[1]}"]
    assert backups.run("list") == 0
    shown = backups.capsys.readouterr().out
    assert (names[2] in shown, names[1] in shown) == (True, False)
    assert backups.verify()["prices"]["faults"] == []
    assert backups.run("prune") == 0
    assert "all backups are kept" in backups.capsys.readouterr().out
    assert backups.run("verify", f"--set={names[0]}") == 2


def test_a_backup_that_did_not_end_is_none(backups: Backups) -> None:
    name = backups.create()

    repository = Repository(str(backups.repository), backups.folder / "password")
    repository.forget([repository.stored(MANIFEST)[0].id])
    assert backups.run("list") == 0
    assert "no backup yet" in backups.capsys.readouterr().out
    assert backups.run("verify") == 1
    assert "has no backup yet" in backups.capsys.readouterr().err
    # It may still be going on.
    assert backups.run("prune") == 0
    assert "all backups are kept" in backups.capsys.readouterr().out

    assert prune(repository, ["--keep-last=1"], 4e9, 0.0) == [name]
    assert repository.stored() == []


def test_without_restic_the_command_says_what_is_missing(
    backups: Backups, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert backups.run("list") == 2
    assert "Debian's package is `restic`" in backups.capsys.readouterr().err


def test_a_store_takes_backups_and_gives_them_back(
    make_backups: Make, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from moto.server import ThreadedMotoServer

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "k")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        backups = make_backups({"kind": "folder", "name": "spool", "path": str(spool)}, is_new=True)
        backups.place = f"s3:http://{host}:{port}/backups/perfanalysis"
        backups.create()
        assert backups.verify()["spool"]["values"] == 2
    finally:
        server.stop()
    assert backups.run("list") == 1
    assert "hunter2" not in backups.capsys.readouterr().err
