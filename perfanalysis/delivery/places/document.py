"""A finished report, as deliveries see it. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from perfanalysis.errors import PerfAnalysisError

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
}
USUAL_NAME = "{title}-{to}-{digest}"


class DeliveryError(PerfAnalysisError):
    """A place did not take the report, and asking again would not help."""


class PassingError(DeliveryError):
    """A place did not take the report this time; ``wait`` is the seconds that it asked for."""

    def __init__(self, message: str, wait: float = 0.0) -> None:
        super().__init__(message)
        self.wait = wait


@dataclass(frozen=True)
class Finished:
    """A report.

    Attributes:
        content: its bytes.
        form: pdf, html, json or csv.
        title: of its settings.
        start: of its range, Unix seconds.
        end: of its range, Unix seconds.
        digest: the same for reports that say the same, see ``digest_of``; hexadecimal.
    """

    content: bytes
    form: str
    title: str
    start: float
    end: float
    digest: str

    @property
    def content_type(self) -> str:
        """For HTTP and e-mail."""
        return CONTENT_TYPES[self.form]

    def named(self, pattern: str) -> str:
        """A name with its placeholders filled in, and the ending of the format when it has none."""
        parts = {
            "{title}": re.sub(r"[^A-Za-z0-9._-]+", "-", self.title).strip("-.") or "report",
            "{from}": _date(self.start),
            "{to}": _date(self.end),
            "{digest}": self.digest[:12],
        }
        name = re.sub(r"\{(title|from|to|digest)\}", lambda match: parts[match[0]], pattern)
        return name if name.endswith(f".{self.form}") else f"{name}.{self.form}"


def digest_of(parts: Iterable[bytes]) -> str:
    """The digest of what a report says; when it was made is no part of that."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _date(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")
