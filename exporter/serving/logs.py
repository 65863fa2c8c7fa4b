"""The exporter's log on standard error: plain lines, or as node_exporter writes them."""

from __future__ import annotations

import logging
import re
import sys
from time import gmtime, strftime

LEVELS = ("debug", "info", "warn", "error")
FORMATS = ("text", "logfmt", "json")

_NOT_PLAIN = re.compile(r'["\\\x00-\x1f\x7f]')


def quoted(text: str) -> str:
    """A text in double quotes, as both JSON and logfmt read it."""
    return f'"{_NOT_PLAIN.sub(lambda match: _escaped(match[0]), text)}"'


def _escaped(character: str) -> str:
    return f"\\{character}" if character in '"\\' else f"\\u{ord(character):04x}"


class StructuredFormatter(logging.Formatter):
    """One line a record with ``time``, ``level``, ``source`` and ``msg``, as Go's slog has them.

    Args:
        form: ``logfmt`` or ``json``.
    """

    def __init__(self, form: str) -> None:
        super().__init__()
        self._form = form

    def format(self, record: logging.LogRecord) -> str:
        """See ``logging.Formatter.format``."""
        seconds = strftime("%Y-%m-%dT%H:%M:%S", gmtime(record.created))
        time = f"{seconds}.{int(record.msecs):03}Z"
        level = "WARN" if record.levelno == logging.WARNING else record.levelname
        source = f"{record.filename}:{record.lineno}"
        message = record.getMessage()
        if record.exc_info:
            message += "\n" + self.formatException(record.exc_info)
        if self._form == "logfmt":
            return f"time={time} level={level} source={source} msg={quoted(message)}"
        pairs = {"time": time, "level": level, "source": source, "msg": message}
        return "{" + ",".join(f"{quoted(key)}:{quoted(pairs[key])}" for key in pairs) + "}"


def start_logging(level: str, form: str) -> None:
    """Write what is logged from this level on; ``level`` of ``LEVELS``, ``form`` of ``FORMATS``."""
    handler = logging.StreamHandler(sys.stderr)
    if form == "text":
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    else:
        handler.setFormatter(StructuredFormatter(form))
    number = logging.getLevelNamesMapping()[level.upper()]
    logging.basicConfig(level=number, handlers=[handler])
