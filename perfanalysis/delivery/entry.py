"""One document of a spool, as its file has it. Pure.

SEQUENCE-BYTES[-TIME].entry is one line of JSON (idempotency key, content type, length and SHA-256
of the rest), and the document. TIME is that of its newest sample in milliseconds, where it has any.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

_SUFFIX = ".entry"


class Entry(NamedTuple):
    """One document of the spool.

    Attributes:
        path: of its file.
        sequence: its place in the queue.
        size: of its file, in bytes.
        newest: Unix time of its newest sample; None: it has no samples, or nobody said.
    """

    path: Path
    sequence: int
    size: int
    newest: float | None = None


@dataclass(frozen=True)
class Document:
    """What is sent: a body, its type, and the key by which a receiver knows it again."""

    body: bytes
    content_type: str
    idempotency_key: str


def file_name(sequence: int, size: int, newest: float | None) -> str:
    """The name of an entry's file."""
    moment = "" if newest is None else f"-{max(0, round(newest * 1000))}"
    return f"{sequence:020d}-{size}{moment}{_SUFFIX}"


def entry_of(folder: Path, file: str) -> Entry | None:
    """What the name of a file in a folder says of it; None: it is no entry."""
    stem, dot, _ = file.partition(_SUFFIX)
    sequence, _, rest = stem.partition("-")
    size, dash, moment = rest.partition("-")
    if not (dot and sequence.isdigit() and size.isdigit() and moment.isdigit() == bool(dash)):
        return None
    return Entry(folder / file, int(sequence), int(size), int(moment) / 1000 if dash else None)


def encode(document: Document) -> bytes:
    """The bytes of an entry's file."""
    head = {
        "idempotency_key": document.idempotency_key,
        "content_type": document.content_type,
        "length": len(document.body),
        "sha256": hashlib.sha256(document.body).hexdigest(),
    }
    return json.dumps(head).encode() + b"\n" + document.body


def decode(data: bytes) -> Document:
    """The document of an entry's file.

    Raises:
        ValueError: the file is damaged.
    """
    head, _, body = data.partition(b"\n")
    facts = json.loads(head)
    if not isinstance(facts, dict) or facts.get("length") != len(body):
        raise ValueError("its length is not what was written")
    if facts.get("sha256") != hashlib.sha256(body).hexdigest():
        raise ValueError("its checksum is not what was written")
    return Document(body, str(facts["content_type"]), str(facts["idempotency_key"]))
