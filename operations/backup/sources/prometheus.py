"""Prometheus: by the snapshot that its API makes (docs "TSDB Admin APIs")."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import requests

from operations.backup.manifest import Answer, AskedQuestion, Question
from operations.backup.sources.admin import post
from operations.backup.sources.promql import EngineSide, fresh, questions
from operations.backup.sources.servers import free_port, program, running
from operations.backup.sources.source import BackupSide, SourceError, Staged
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.promql.access import Access
from perfanalysis.promql.answers import QueryError
from perfanalysis.promql.engine import Engine

BLOCKS = Question("blocks, with their series and samples")
# For all that one block holds.
READ_SECONDS = 1800.0
# Of a longer block so much is read where not all is: one that nobody has put together yet is whole.
PART_MS = 3 * 3_600_000
_HINT = "Prometheus makes snapshots where it runs with --web.enable-admin-api"


@dataclass(frozen=True)
class BlocksSide:
    """An engine over a folder of blocks, whose own figures are asked for, too."""

    engine: EngineSide
    folder: Path

    def ask(self, question: Question) -> Answer:
        """See ``BackupSide``."""
        if question.name == BLOCKS.name:
            return _blocks(self.folder)
        return self.engine.ask(question)


@dataclass(frozen=True)
class PrometheusSource:
    """See ``BackupSource``.

    Attributes:
        name: see ``BackupSource``.
        endpoint: of its API, with the admin's part.
        data: its folder (``--storage.tsdb.path``), on this machine.
        queries: that are asked of both sides besides.
        program: a Prometheus that proves the backup; "": that on PATH.
        now: Unix seconds; questions are asked for a time before it.
        reads_all: whether a proof reads all that long blocks hold, and not only a part of each.
    """

    name: str
    endpoint: Endpoint
    data: Path
    queries: Sequence[str]
    program: str
    now: float
    reads_all: bool = False
    kind: ClassVar[str] = "prometheus"

    @contextmanager
    def staged(self, scratch: Path) -> Iterator[Staged]:
        """See ``BackupSource``: the snapshot is made of hard links, and goes when it is stored."""
        del scratch
        side = EngineSide(Engine(Access(self.endpoint)))
        asked = [AskedQuestion(one, side.ask(one)) for one in questions(self.now, self.queries)]
        made = post(self.endpoint, "/api/v1/admin/tsdb/snapshot", self.name, _HINT)
        folder = self.data / "snapshots" / str(made.get("data", {}).get("name", ""))
        if not folder.is_dir() or folder.parent == folder:
            raise SourceError(
                f"{self.name}: {folder}: expected the snapshot that Prometheus made: `data` must be"
                " its --storage.tsdb.path, and readable here"
            )
        try:
            asked.append(AskedQuestion(BLOCKS, _blocks(folder)))
            yield Staged(folder, asked, side.engine.version())
        finally:
            remove(self.name, folder)

    def live(self) -> BackupSide | None:
        """See ``BackupSource``: the past does not change until it is deleted."""
        return EngineSide(Engine(Access(self.endpoint)))

    @contextmanager
    def restored(
        self, folder: Path, scratch: Path, facts: dict[str, list[str]]
    ) -> Iterator[BackupSide]:
        """See ``BackupSource``. Nothing is scraped, and nothing is too old to be kept."""
        del facts
        port, config = free_port(), scratch / "prometheus.yml"
        config.write_text("{}\n")
        command = [
            program("prometheus", self.program),
            f"--config.file={config}",
            f"--storage.tsdb.path={folder}",
            "--storage.tsdb.retention.time=100y",
            # With so long a retention it would put the blocks together, a minute after its start:
            # they would be others than the backup's, and it would take memory and CPU time.
            "--storage.tsdb.min-block-duration=2h",
            "--storage.tsdb.max-block-duration=2h",
            f"--query.timeout={READ_SECONDS:g}s",
            f"--web.listen-address=127.0.0.1:{port}",
        ]

        def answers() -> bool:
            url = f"http://127.0.0.1:{port}/-/ready"
            return requests.get(url, timeout=5).ok

        with running(command, scratch / "log", answers):
            patient = fresh(port, timeout_seconds=READ_SECONDS).engine
            read_through(self.name, patient, folder, whole=self.reads_all)
            yield BlocksSide(fresh(port), folder)


def read_through(name: str, engine: Engine, folder: Path, *, whole: bool) -> None:
    """Have an engine read what blocks hold: it compares each chunk with its checksum.

    What was damaged before it was backed up comes back just so, and few queries would meet it.

    Args:
        name: of the source, for messages.
        engine: over the blocks.
        folder: of the blocks.
        whole: all of long blocks, too; else a part of each, another one each time.

    Raises:
        SourceError: a part of a block cannot be read.
    """
    for path in sorted(folder.glob("*/meta.json")):
        try:
            meta = json.loads(path.read_bytes())
            # A block holds what is before its end, and a range what is after its begin.
            last, length = int(meta["maxTime"]) - 1, int(meta["maxTime"]) - int(meta["minTime"])
            if not whole and length > PART_MS:
                last, length = last - secrets.randbelow(length - PART_MS + 1), PART_MS
            # Of all functions over a range the one that keeps names (see `promql.py`).
            engine.query(f'count(last_over_time({{__name__!=""}}[{length}ms]))', last / 1000)
        except (ValueError, KeyError, TypeError) as error:
            raise SourceError(
                f"{name}: block {path.parent.name}: no meta.json ({error})"
            ) from error
        except QueryError as error:
            raise SourceError(
                f"{name}: block {path.parent.name} cannot be read through, and was so when it was"
                f" backed up: {error}"
            ) from error


def remove(name: str, folder: Path) -> None:
    """Remove a snapshot: its links keep blocks on the disk that retention has given up.

    Args:
        name: of the source, for messages.
        folder: of the snapshot.

    Raises:
        SourceError: it stays, and somebody has to remove it.
    """
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise SourceError(
            f"{name}: {folder}: the snapshot cannot be removed ({error.strerror or error}), and"
            " keeps its blocks on the disk: remove it, and let this user write there"
        ) from error


def _blocks(folder: Path) -> Answer:
    """Of each block what it says of itself; a damaged one says nothing."""
    found = {}
    for path in sorted(folder.glob("*/meta.json")):
        try:
            meta = json.loads(path.read_bytes())
            stats = meta["stats"]
            found[meta["ulid"]] = (
                f"{meta['minTime']} to {meta['maxTime']}, {stats.get('numSeries', 0)} series,"
                f" {stats.get('numSamples', 0)} samples"
            )
        except (ValueError, KeyError, TypeError):
            found[path.parent.name] = "no meta.json that can be read"
    return found
