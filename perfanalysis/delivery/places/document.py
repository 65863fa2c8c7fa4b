"""A finished report, as deliveries see it. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from perfanalysis.errors import PerfAnalysisError

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
}
CSV = "text/csv; charset=utf-8"
USUAL_NAME = "{title}-{to}-{digest}"


class DeliveryError(PerfAnalysisError):
    """A place did not take the report, and asking again would not help."""


class PassingError(DeliveryError):
    """A place did not take the report this time; ``wait`` is the seconds that it asked for."""

    def __init__(self, message: str, wait: float = 0.0) -> None:
        super().__init__(message)
        self.wait = wait


@dataclass(frozen=True)
class CoverNote:
    """What a message says of a report, in the report's language.

    Attributes:
        heading: the title; "" for that of the report.
        period: the report's range.
        sentences: its verdict.
        closing: that the report is attached, with its tables.
        alone: that the report is attached.
    """

    heading: str = ""
    period: str = ""
    sentences: tuple[str, ...] = ()
    closing: str = "The report is attached, with its tables as CSV."
    alone: str = "The report is attached."


@dataclass(frozen=True)
class Attachment:
    """A table of a report as CSV, and the name of its file."""

    name: str
    content: bytes


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
        cover: what messages say of it.
        tables: as CSV.
        zone: of the days in its names.
        group: the group of machines that it is of, where there is one for each.
    """

    content: bytes
    form: str
    title: str
    start: float
    end: float
    digest: str
    cover: CoverNote = CoverNote()
    tables: tuple[Attachment, ...] = ()
    zone: tzinfo = UTC
    group: str = ""

    @property
    def heading(self) -> str:
        """The title on one line, in the report's language."""
        return " ".join((self.cover.heading or self.title).split())

    @property
    def content_type(self) -> str:
        """For HTTP and e-mail."""
        return CONTENT_TYPES[self.form]

    def named(self, pattern: str) -> str:
        """A name with its placeholders filled in, and the ending of the format when it has none."""
        parts = {
            "{title}": _safe(self.title) or "report",
            "{group}": _safe(self.group) or "all",
            "{from}": _date(self.start, self.zone),
            "{to}": _date(self.end, self.zone),
            "{digest}": self.digest[:12],
        }
        name = re.sub(r"\{(title|group|from|to|digest)\}", lambda match: parts[match[0]], pattern)
        return name if name.endswith(f".{self.form}") else f"{name}.{self.form}"


def digest_of(parts: Iterable[bytes]) -> str:
    """The digest of what a report says; when it was made is no part of that."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _safe(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-.")


def _date(seconds: float, zone: tzinfo) -> str:
    return datetime.fromtimestamp(seconds, zone).strftime("%Y-%m-%d")
