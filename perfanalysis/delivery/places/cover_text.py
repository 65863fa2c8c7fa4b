"""What messages say of a report: plain text, HTML, JSON, and Slack's marks. Pure."""

from __future__ import annotations

import html
import json
import unicodedata
from datetime import UTC, datetime

from perfanalysis.delivery.places.document import Finished

# What Slack takes of one message; a verdict is far shorter.
_LONGEST_MESSAGE = 30_000


def one_line(text: str) -> str:
    """Text as one line: what controls something, or breaks lines, is a space."""
    kept = "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text)
    return " ".join(kept.split()) if kept != text else text


def plain_text(report: Finished, *, tables: bool) -> str:
    """The verdict as plain text, a sentence a paragraph.

    Args:
        report: of which it is.
        tables: whether tables are attached beside it.
    """
    cover = report.cover
    closing = cover.closing if tables else cover.alone
    head = "\n".join(part for part in (report.heading, cover.period) if part)
    return "\n\n".join([head, *map(one_line, cover.sentences), closing]) + "\n"


def html_text(report: Finished, *, tables: bool) -> str:
    """The same as HTML, for mail programs: no style sheet, nothing from elsewhere."""
    cover = report.cover
    closing = cover.closing if tables else cover.alone
    said = "".join(f"<p>{html.escape(sentence)}</p>\n" for sentence in cover.sentences)
    return (
        f"<html><body>\n<h2>{html.escape(report.heading)}</h2>\n"
        f"<p>{html.escape(cover.period)}</p>\n{said}<p>{html.escape(closing)}</p>\n"
        "</body></html>\n"
    )


def json_text(report: Finished) -> bytes:
    """The verdict for programs; times are UTC."""
    found = {
        "title": report.heading,
        "group": report.group or None,
        "from": _moment(report.start),
        "to": _moment(report.end),
        "verdict": list(report.cover.sentences),
        "digest": report.digest,
    }
    known = {name: value for name, value in found.items() if value is not None}
    return json.dumps(known, ensure_ascii=False).encode()


def slack_text(report: Finished) -> bytes:
    """A message that Slack's incoming webhooks take, and others that know their format."""
    cover = report.cover
    head = f"*{_escaped(report.heading)}*"
    parts = [head, *([_escaped(cover.period)] if cover.period else [])]
    text = "\n".join([*parts, *(f"• {_escaped(sentence)}" for sentence in cover.sentences)])
    return json.dumps({"text": text[:_LONGEST_MESSAGE]}, ensure_ascii=False).encode()


def _escaped(text: str) -> str:
    """As Slack wants it: these three signs are its marks for links, and nobody is called."""
    return one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
