"""``--backfill``: blocks for Prometheus's data folder, made by promtool, two hours at a time.

promtool reads a file once for every two hours that it covers. So each two hours are a file of
their own, and no more than two of those stand on the disk at a time.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

from importing.captures import Snapshot
from importing.refusals import OUT_OF_ORDER, Refusals
from importing.series import Numbering
from importing.spooling import ValueSpool
from importing.text import seconds_text
from importing.workplace import Workplace
from perfanalysis.atomic_write import write_atomically
from perfanalysis.dying_with_us import dying_with_us
from perfanalysis.errors import InputError, PerfAnalysisError

# The time that a block of Prometheus covers (tsdb: DefaultBlockDuration).
BLOCK_SECONDS = 7200
# A record may come so much after the end of its two hours.
GRACE_SECONDS = 60
# Of Prometheus, where no flag and no configuration says another (storage.tsdb.retention.time).
DEFAULT_RETENTION_DAYS = 15
FOLDER = "perfanalysis-imports"
_BUILT, _DONE = "built", "done"


def find_promtool(given: str | None) -> str:
    """The program promtool: the one given, else that on PATH.

    Raises:
        InputError: there is none.
    """
    found = shutil.which(given or "promtool")
    if found is None:
        where = "--promtool" if given else "promtool"
        expected = (
            "Prometheus's tool promtool, on PATH or named by --promtool (it is in Debian's package "
            "prometheus; in a checkout `make setup` puts it below .tools)"
        )
        raise InputError(where, "", expected, given)
    return found


class Backfill:
    """Blocks of all snapshots, put into a data folder at the end.

    Args:
        data: Prometheus's data folder.
        name: of this import: the same for the same files.
        promtool: the program; None for that on PATH.
        refusals: told of snapshots that came too late.

    Raises:
        InputError: the data folder cannot be used, or there is no promtool.
        PerfAnalysisError: the same import is running.
    """

    def __init__(self, data: Path, name: str, promtool: str | None, refusals: Refusals) -> None:
        if not data.is_dir():
            raise InputError("--backfill", "", "a folder: Prometheus's data", str(data))
        self._promtool = find_promtool(promtool)
        self._data = data
        imports = data / FOLDER
        try:
            imports.mkdir(exist_ok=True)
        except OSError as error:
            expected = f"a folder that can be written to ({error.strerror})"
            raise InputError("--backfill", "", expected, str(data)) from error
        self._work = Workplace(imports / name, "--backfill")
        self._blocks = self._work.folder / "blocks"
        self._refusals = refusals
        self._numbering = Numbering()
        self._spools: dict[int, ValueSpool] = {}
        self._ended = 0
        self._samples = 0

    @property
    def state(self) -> str:
        """``built`` when only the moving of blocks is left, ``done``, else "" ."""
        for state in (_DONE, _BUILT):
            if (self._work.folder / state).exists():
                return state
        return ""

    def begin(self) -> None:
        """Forget what an interrupted import has left."""
        self._work.clear()
        self._blocks.mkdir()

    def take(self, snapshot: Snapshot) -> None:
        """Keep the samples of a snapshot, and make the blocks that nothing more can come for.

        Raises:
            PerfAnalysisError: promtool failed.
        """
        start = int(snapshot.time // BLOCK_SECONDS) * BLOCK_SECONDS
        if start < self._ended:
            if snapshot.batches:
                expected = "snapshots of all files in the order of time"
                where = f"{snapshot.machine.name} at {snapshot.time:.15g}"
                self._refusals.add(OUT_OF_ORDER, InputError(where, "", expected))
            return
        for earlier in sorted(self._spools):
            if earlier + BLOCK_SECONDS + GRACE_SECONDS <= snapshot.time:
                self._build(earlier)
        spool = self._spools.get(start)
        if spool is None:
            spool = self._spools[start] = ValueSpool(self._work.folder / f"values-{start}")
        time = seconds_text(snapshot.time)
        for batch in snapshot.batches:
            numbers, suffixes = self._numbering.of(snapshot.machine.name, batch.series)
            spool.add(numbers, batch.values, suffixes, time)

    def _build(self, start: int) -> None:
        spool = self._spools.pop(start)
        self._ended = max(self._ended, start + BLOCK_SECONDS)
        text = self._work.folder / f"metrics-{start}.om"
        with text.open("wb") as out:
            spool.write(self._numbering.table, out)
        self._samples += spool.samples
        spool.close()
        if spool.samples:
            self._run_promtool(text)
        text.unlink()

    def _run_promtool(self, text: Path) -> None:
        # It must not go on writing here when this process was killed, and the import is begun anew.
        command = [*dying_with_us("KILL"), self._promtool, "tsdb", "create-blocks-from"]
        command += ["openmetrics", "--quiet"]
        # A terminal's Ctrl-C is ours to answer.
        made = subprocess.run(
            [*command, str(text), str(self._blocks)],
            check=False,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        if made.returncode:
            said = " ".join(f"{made.stderr} {made.stdout}".split())[-300:]
            raise PerfAnalysisError(
                f"promtool could not make blocks (status {made.returncode}): {said}"
            )

    def finish(self) -> str:
        """Make the last blocks and move all into the data folder; says what was done.

        Raises:
            PerfAnalysisError: promtool failed.
            OSError: a file cannot be written or moved.
        """
        for start in sorted(self._spools):
            self._build(start)
        _sync(self._blocks)
        write_atomically(self._work.folder / _BUILT, b"")
        return f"{self._data}: {self._samples} samples in {self.move()}"

    def move(self) -> str:
        """Move the blocks that are still here into the data folder; says how many those were.

        It says, too, how long a retention has to be to keep them, where this import is why: that of
        the Prometheus is not known here, since its data folder does not tell it.

        Raises:
            OSError: one cannot be moved.
        """
        owner = self._data.stat()
        before = _days_covered(self._data)
        moved = 0
        for block in sorted(self._blocks.iterdir()):
            if os.geteuid() == 0 and owner.st_uid:
                _give(block, owner.st_uid, owner.st_gid)
            block.rename(self._data / block.name)
            moved += 1
        write_atomically(self._work.folder / _DONE, b"")
        days = _days_covered(self._data)
        said = f"{moved} blocks"
        if days > max(before, DEFAULT_RETENTION_DAYS):
            said += (
                f"; Prometheus deletes the oldest unless its retention is above {days:.1f} days "
                f"({DEFAULT_RETENTION_DAYS} by default)"
            )
        return said

    def close(self) -> None:
        """Let others use the folder; what stands there tells the next run what is left to do."""
        for spool in self._spools.values():
            spool.close()
        if self.state:
            self._work.release()
        else:
            self._work.remove()


def _days_covered(data: Path) -> float:
    """Days from the end of a folder's oldest block to that of its newest; 0 without blocks."""
    ends = []
    for path in data.glob("*/meta.json"):
        # A running Prometheus compacts and deletes blocks meanwhile.
        with suppress(OSError, ValueError, KeyError, TypeError):
            ends.append(int(json.loads(path.read_bytes())["maxTime"]))
    return (max(ends) - min(ends)) / 86_400_000 if ends else 0.0


def _give(folder: Path, user: int, group: int) -> None:
    """Prometheus compacts and deletes blocks in the end, and must be able to."""
    os.chown(folder, user, group)
    for path in folder.rglob("*"):
        os.chown(path, user, group)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
