"""Whether a page is one that Prometheus takes; independent of what either exporter is made of.

Source: Prometheus' document of exposition formats, text format 0.0.4, and Go's ParseFloat.
"""

from __future__ import annotations

import math
import re

_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
_VALUE = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|NaN|[+-]?Inf"
_SAMPLE = re.compile(rf"(({_NAME})(?:\{{(?:{_LABEL}(?:,{_LABEL})*)?\}})?) ({_VALUE})")
_COMMENT = re.compile(rf"# (?:HELP ({_NAME}) .*|TYPE ({_NAME}) (\w+))")
_TYPES = {
    "counter": ("",),
    "gauge": ("",),
    "untyped": ("",),
    "histogram": ("_bucket", "_sum", "_count"),
    "summary": ("", "_sum", "_count"),
}


def fault(page: bytes) -> str:
    """What is wrong with a page, or nothing."""
    try:
        text = page.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"no UTF-8: {error}"
    if not text.endswith("\n"):
        return "no line break at the end"
    checking = _Checking()
    for line in text[:-1].split("\n"):
        said = checking.comment(line) if line.startswith("#") else checking.sample(line)
        if said:
            return f"{said}: {line[:200]!r}"
    return ""


class _Checking:
    """What a page has shown so far."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._families: set[str] = set()
        self._names: tuple[str, ...] = ()

    def comment(self, line: str) -> str:
        match = _COMMENT.fullmatch(line)
        if match is None:
            return "no comment"
        if match[2]:
            if match[2] in self._families or match[3] not in _TYPES:
                return "a second TYPE, or none that there is"
            self._families.add(match[2])
            self._names = tuple(match[2] + suffix for suffix in _TYPES[match[3]])
        return ""

    def sample(self, line: str) -> str:
        match = _SAMPLE.fullmatch(line)
        if match is None:
            return "no sample"
        if match[2] not in self._names:
            return "a sample away from its family"
        if match[1] in self._seen:
            return "a series twice"
        self._seen.add(match[1])
        return (
            ""
            if "Inf" in match[3] or math.isfinite(float(match[3])) or match[3] == "NaN"
            else ("a number that no float holds")
        )
