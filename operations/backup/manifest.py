"""What a backup tells of itself: its parts, and what was answered when they were made. Pure."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from perfanalysis import type_faults
from perfanalysis.errors import PerfAnalysisError

FORMAT = 1
Answer = dict[str, str]
"""What a source answered to one question: a value for each series, table or file."""


class Question(Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked of a source and of what was restored of it.

    Attributes:
        name: what messages call it.
        text: of a query; "" where the name says all.
        time: Unix seconds at which a query is evaluated; None: it has no time.
    """

    name: str
    text: str = ""
    time: float | None = None


class AskedQuestion(Struct, frozen=True, forbid_unknown_fields=True):
    """A question, and the source's answer while the backup was made."""

    question: Question
    answer: Answer


class Part(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One source in a backup.

    Attributes:
        source: its name.
        kind: of source.
        snapshot: restic's id of it.
        files: how many there are.
        size: in bytes, before restic packs them.
        version: of the server that made it; "" where there is none.
        asked: what was asked of it.
        facts: what a restore needs to know besides, such as the names of roles.
    """

    source: str
    kind: str
    snapshot: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
    files: int
    size: int
    version: str = ""
    asked: tuple[AskedQuestion, ...] = ()
    facts: dict[str, list[str]] = {}


class Manifest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One backup. It is written last: a set of parts without one is none.

    Attributes:
        set: the backup's name, which all its parts in restic have as a tag.
        time: Unix seconds at which it began.
        parts: one for each source.
        failed: the sources that could not be backed up.
        format: of this document.
    """

    set: str
    time: float
    parts: tuple[Part, ...]
    failed: tuple[str, ...] = ()
    format: int = FORMAT


def encode(manifest: Manifest) -> bytes:
    """As it is kept."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1)


def decode(data: bytes, where: str) -> Manifest:
    """The manifest that was kept.

    Args:
        data: of the file.
        where: what it is called in messages.

    Raises:
        PerfAnalysisError: it is none that this program can read.
    """
    try:
        tree = msgspec.json.decode(data)
        manifest = msgspec.convert(tree, Manifest, strict=False)
    except msgspec.ValidationError as error:
        raise PerfAnalysisError(str(type_faults.fault(error, tree, where))) from error
    except msgspec.DecodeError as error:
        raise PerfAnalysisError(f"{where}: expected a manifest in JSON ({error})") from error
    if manifest.format != FORMAT:
        raise PerfAnalysisError(
            f"{where}: expected format {FORMAT}, found {manifest.format}: another version of this"
            " program made the backup, and can read it"
        )
    return manifest
