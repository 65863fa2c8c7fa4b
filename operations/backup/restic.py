"""restic, which keeps what is backed up: its commands, and what they say.

Written for 0.14 (Debian 12) and later. It is asked for JSON, and its own words are passed on where
it fails. The key of the repository is a file; those of an S3 store are in the environment, as
restic's documentation has it ("Preparing a new repository").
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perfanalysis.errors import InputError, PerfAnalysisError

TAG, MANIFEST = "perfanalysis", "perfanalysis-manifest"
MANIFEST_FILE = "manifest.json"
_USER = re.compile(r"://[^/@\s]*@")


class ResticError(PerfAnalysisError):
    """restic could not do it."""


@dataclass(frozen=True)
class StoredPart:
    """What restic has of a part.

    Attributes:
        id: of its snapshot.
        time: when it was made, as RFC 3339 writes it.
        tags: of it.
    """

    id: str
    time: str
    tags: frozenset[str]


@dataclass(frozen=True)
class Sent:
    """What went into the repository: its snapshot's id, files, and bytes before packing."""

    id: str
    files: int
    size: int


class Repository:
    """A repository of restic.

    Args:
        place: a folder, or what restic calls a repository (``s3:https://HOST/BUCKET``).
        password_file: of its key.

    Raises:
        InputError: there is no restic here, or no such file.
    """

    def __init__(self, place: str, password_file: Path) -> None:
        self.place, self.shown = place, _USER.sub("://…@", place)
        self._password = password_file
        if shutil.which("restic") is None:
            raise InputError("restic", "", "the program on PATH (Debian's package is `restic`)")
        if not password_file.is_file():
            raise InputError(
                "password_file", "", "a file with the repository's key", str(password_file)
            )

    def make(self) -> bool:
        """Make the repository where there is none; whether it was made."""
        if self._run("cat", "config", may_fail=True).returncode == 0:
            return False
        self._run("init")
        return True

    def store(self, folder: Path, tags: Sequence[str], told: Callable[[float], None]) -> Sent:
        """Back up what is in a folder.

        Args:
            folder: its content lies at the top of the snapshot.
            tags: of the snapshot.
            told: gets the share that is done, now and then.

        Raises:
            ResticError: it failed, or some of the files could not be read.
        """
        with self._running("backup", "--json", *_tagged(tags), ".", cwd=folder) as lines:
            summary = None
            for line in lines:
                if line.get("message_type") == "status":
                    told(float(line.get("percent_done", 0.0)))
                elif line.get("message_type") == "summary":
                    summary = line
        if summary is None:
            raise ResticError(f"restic told no result of a backup to {self.shown}")
        snapshot = self._full_id(str(summary["snapshot_id"]))
        return Sent(
            snapshot, int(summary["total_files_processed"]), int(summary["total_bytes_processed"])
        )

    def store_manifest(self, data: bytes, tags: Sequence[str]) -> None:
        """Write the last part."""
        name = ("--stdin", "--stdin-filename", MANIFEST_FILE)
        self._run("backup", "--json", *name, *_tagged((*tags, MANIFEST)), data=data)

    def manifest(self, snapshot: str) -> bytes:
        """The manifest in a snapshot."""
        return self._run("dump", snapshot, MANIFEST_FILE).stdout

    def stored(self, *tags: str) -> list[StoredPart]:
        """The snapshots that have all these tags, the oldest first."""
        asked = ["--tag", ",".join((TAG, *tags))]
        found = json.loads(self._run("snapshots", "--json", *asked).stdout) or []
        return [
            StoredPart(one["id"], one["time"], frozenset(one.get("tags") or ())) for one in found
        ]

    def restore(self, snapshot: str, folder: Path) -> None:
        """Write a snapshot's files below a folder. restic checks each piece by its hash."""
        self._run("restore", snapshot, "--target", str(folder), "--quiet")

    def check(self, *, data: bool) -> None:
        """Look whether the repository is whole.

        Args:
            data: whether all that is packed is read, too.

        Raises:
            ResticError: it is not.
        """
        self._run("check", *(["--read-data"] if data else []))

    def to_forget(self, keep: Sequence[str]) -> list[str]:
        """The ids of manifests that a policy does not keep.

        Args:
            keep: of restic's flags: ``--keep-daily=7``.
        """
        asked = ("--tag", f"{TAG},{MANIFEST}", "--group-by", "")
        answer = self._run("forget", "--dry-run", "--json", *asked, *keep).stdout
        # It prints nothing at all where there is nothing to decide about.
        groups = json.loads(answer or b"[]") or []
        return [one["id"] for group in groups for one in group.get("remove") or ()]

    def forget(self, snapshots: Sequence[str]) -> None:
        """Remove snapshots, and what only they have."""
        self._run("forget", "--prune", *snapshots)

    def _full_id(self, begin: str) -> str:
        found = json.loads(self._run("snapshots", "--json", begin).stdout)
        return str(found[0]["id"])

    def _command(self, *words: str) -> list[str]:
        return ["restic", "--repo", self.place, "--password-file", str(self._password), *words]

    def _run(
        self, *words: str, data: bytes | None = None, may_fail: bool = False
    ) -> subprocess.CompletedProcess[bytes]:
        command = self._command(*words)
        if data is None:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, check=False
            )
        else:
            done = subprocess.run(command, input=data, capture_output=True, check=False)
        if done.returncode and not may_fail:
            raise self._failed(words[0], done.returncode, done.stderr)
        return done

    @contextmanager
    def _running(self, *words: str, cwd: Path) -> Iterator[Iterator[dict[str, Any]]]:
        with subprocess.Popen(
            self._command(*words),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            assert process.stdout
            assert process.stderr
            try:
                yield (_line(line) for line in process.stdout)
            except BaseException:
                process.terminate()
                raise
            said = process.stderr.read()
        if process.returncode:
            raise self._failed(words[0], process.returncode, said)

    def _failed(self, what: str, status: int, said: bytes) -> ResticError:
        lines = [line for line in said.decode(errors="replace").splitlines() if line.strip()]
        reason = _USER.sub("://…@", " ".join(lines[:2])) or f"status {status}"
        return ResticError(f"restic {what} of {self.shown} failed: {reason}")


def _tagged(tags: Sequence[str]) -> list[str]:
    return [word for tag in (TAG, *tags) for word in ("--tag", tag)]


def _line(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
