"""Copies of fixture trees, spoiled in some files at a time."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.exporter.mutation.mutating import mutate

# Of a hundred files that are spoiled, so many are removed.
REMOVED_PERCENT = 4


class Spoiled(NamedTuple):
    """A file that was spoiled, and how."""

    path: Path
    how: str
    before: bytes


class MutantTree:
    """A copy of a tree that can be spoiled and mended."""

    def __init__(self, original: Path, copy: Path) -> None:
        shutil.copytree(original, copy, ignore=shutil.ignore_patterns("golden.txt"))
        self.path = copy
        self.files: dict[str, list[Path]] = {}
        for path in sorted(copy.rglob("*")):
            if path.is_file():
                kind = re.sub(r"[0-9a-f-]{8,}|[0-9]+", "N", str(path.relative_to(copy)))
                self.files.setdefault(kind, []).append(path)

    def spoil(self, count: int, random: Random) -> list[Spoiled]:
        """Spoil so many files, each of another kind, so that the many do not hide the few."""
        spoiled = []
        for kind in random.sample(sorted(self.files), min(count, len(self.files))):
            path = random.choice(self.files[kind])
            before = path.read_bytes()
            if random.randrange(100) < REMOVED_PERCENT:
                how = "removed"
                path.unlink()
            else:
                how, after = mutate(before, random)
                path.write_bytes(after)
            spoiled.append(Spoiled(path, how, before))
        return spoiled

    @staticmethod
    def mend(spoiled: list[Spoiled]) -> None:
        """Put the files back as they were."""
        for path, _, before in spoiled:
            path.write_bytes(before)
