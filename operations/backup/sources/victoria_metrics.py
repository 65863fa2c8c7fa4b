"""VictoriaMetrics, single node: by its own snapshot (docs "How to work with snapshots")."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import requests

from operations.backup.manifest import AskedQuestion
from operations.backup.sources.admin import post
from operations.backup.sources.promql import EngineSide, fresh, questions
from operations.backup.sources.servers import free_port, program, running
from operations.backup.sources.source import BackupSide, SourceError, Staged
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.promql.access import Access
from perfanalysis.promql.engine import Engine

_HINT = "is it VictoriaMetrics, single node, and may this key make snapshots?"


@dataclass(frozen=True)
class VictoriaMetricsSource:
    """See ``BackupSource``.

    Attributes:
        name: see ``BackupSource``.
        endpoint: of its API.
        data: its folder (``-storageDataPath``), on this machine.
        queries: that are asked of both sides besides.
        program: a VictoriaMetrics that proves the backup; "": that on PATH.
        now: Unix seconds; questions are asked for a time before it.
    """

    name: str
    endpoint: Endpoint
    data: Path
    queries: Sequence[str]
    program: str
    now: float
    kind: ClassVar[str] = "victoria-metrics"

    @contextmanager
    def staged(self, scratch: Path) -> Iterator[Staged]:
        """See ``BackupSource``: its snapshot is made of links to folders, which are followed."""
        side = EngineSide(Engine(Access(self.endpoint)))
        asked = [AskedQuestion(one, side.ask(one)) for one in questions(self.now, self.queries)]
        name = str(post(self.endpoint, "/snapshot/create", self.name, _HINT).get("snapshot", ""))
        folder = self.data / "snapshots" / name
        try:
            if not name or not folder.is_dir():
                raise SourceError(
                    f"{self.name}: {folder}: expected the snapshot that VictoriaMetrics made:"
                    " `data` must be its -storageDataPath, and readable here"
                )
            copy = scratch / "data"
            shutil.copytree(folder, copy, copy_function=_linked)
            yield Staged(copy, asked, side.engine.version())
        finally:
            if name:
                post(self.endpoint, f"/snapshot/delete?snapshot={name}", self.name, _HINT)

    def live(self) -> BackupSide | None:
        """See ``BackupSource``: the past does not change until it is deleted."""
        return EngineSide(Engine(Access(self.endpoint)))

    @contextmanager
    def restored(
        self, folder: Path, scratch: Path, facts: dict[str, list[str]]
    ) -> Iterator[BackupSide]:
        """See ``BackupSource``. Nothing is too old to be kept."""
        del facts
        port = free_port()
        command = [
            program("victoria-metrics", self.program),
            f"-storageDataPath={folder}",
            f"-httpListenAddr=127.0.0.1:{port}",
            "-retentionPeriod=100y",
            "-memory.allowedPercent=20",
        ]

        def answers() -> bool:
            url = f"http://127.0.0.1:{port}/health"
            return requests.get(url, timeout=5).ok

        with running(command, scratch / "log", answers):
            yield fresh(port)


def _linked(source: str, target: str) -> None:
    # Nobody writes to a part of VictoriaMetrics once it is there.
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
