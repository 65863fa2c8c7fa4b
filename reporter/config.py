"""What a report is to show: a YAML file, overridden by the command line.

prometheus:
  url: http://localhost:9090
title: Price-performance of the web tier
notes: Prices are list prices of March.
machines: [web-1, web-2]     # all that Prometheus knows when absent
from: now-24h                # or 2026-03-01T00:00:00Z, or Unix seconds
to: now
kernel: rmw
purchase: on_demand
page_size: A4                # or Letter
template: comparison         # or executive, machine, fleet, regression, capacity, container
templates: my-templates      # a folder with templates of your own
logo: my-templates/logo.svg
baseline: web-1              # the machine that others are compared with
language: en                 # or de
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from perfanalysis.errors import InputError
from perfanalysis.inventory import PURCHASE_OPTIONS
from reporter.language import LANGUAGES

PAGE_SIZES = ("A4", "Letter")
_WORD = re.compile(r"[a-z0-9][a-z0-9_-]*")
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_RELATIVE = re.compile(r"now(?:-(\d+(?:\.\d+)?)([smhdw]))?")


@dataclass(frozen=True)
class Config:
    """The settings of one report; times are as written, see ``parse_time``."""

    url: str = "http://localhost:9090"
    title: str = "Price-performance report"
    notes: str = ""
    machines: tuple[str, ...] = field(default=())
    start: str = "now-24h"
    end: str = "now"
    kernel: str = "rmw"
    purchase: str = "on_demand"
    page_size: str = "A4"
    template: str = "comparison"
    templates: Path | None = None
    logo: Path | None = None
    baseline: str = ""
    language: str = "en"

    def range(self, now: float, where: str) -> tuple[float, float]:
        """Start and end in Unix seconds.

        Raises:
            InputError: a time cannot be read, or the range is empty.
        """
        start, end = (
            parse_time(self.start, now, where, "from"),
            parse_time(self.end, now, where, "to"),
        )
        if start >= end:
            raise InputError(where, "from", f"a time before 'to' ({self.end})", self.start)
        return start, end


def parse_time(text: str, now: float, where: str, name: str) -> float:
    """Read ``now``, ``now-6h``, RFC 3339 or Unix seconds, as Unix seconds.

    Args:
        text: the time as written; an RFC 3339 time without a zone is UTC.
        now: what ``now`` means, in Unix seconds.
        where: the file or command line that holds it, for the message.
        name: the field or flag, for the message.

    Raises:
        InputError: it is none of these.
    """
    if match := _RELATIVE.fullmatch(text.strip()):
        return now - (float(match[1]) * _UNITS[match[2]] if match[1] else 0.0)
    try:
        return float(text)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        expected = "a time such as now-6h, 2026-03-01T00:00:00Z or Unix seconds"
        raise InputError(where, name, expected, text) from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def read_config(path: Path) -> Config:
    """Read and check a report's YAML file.

    Raises:
        InputError: it is missing, no YAML, or holds something unusable; the field is named.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        raise InputError(str(path), "", f"a readable report file ({error.strerror})") from error
    return parse_config(text, str(path))


def parse_config(text: bytes, where: str) -> Config:
    """Build a config from the bytes of its file; ``where`` is used in messages only.

    Raises:
        InputError: see ``read_config``.
    """
    try:
        root = yaml.safe_load(text)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(where, "", f"valid YAML ({reason})") from error
    if root is None:
        root = {}
    if not isinstance(root, dict):
        raise InputError(where, "", "a mapping of settings", type(root).__name__)
    config = Config()
    for key, value in root.items():
        config = _set(config, key, value, where)
    return config


def _set(config: Config, key: object, value: object, where: str) -> Config:
    match key:
        case "prometheus":
            if not isinstance(value, dict) or set(value) - {"url"}:
                raise InputError(where, "prometheus", "a mapping with the key 'url'", value)
            return replace(config, url=url(value.get("url"), where, "prometheus.url"))
        case "machines":
            if not isinstance(value, list) or not all(isinstance(n, str) and n for n in value):
                raise InputError(where, "machines", "a list of machine names", value)
            return replace(config, machines=tuple(value))
        case "from" | "to":
            if isinstance(value, datetime):
                value = value.isoformat()
            text = str(value) if isinstance(value, int | float) else value
            if not isinstance(text, str):
                raise InputError(where, key, "a time", value)
            parse_time(text, 0.0, where, key)
            return replace(config, start=text) if key == "from" else replace(config, end=text)
    if not isinstance(key, str) or key not in _SCALARS:
        known = ", ".join(("prometheus", *_SCALARS, "machines", "from", "to"))
        raise InputError(where, str(key), f"one of {known}")
    found: Config = replace(config, **{key: _SCALARS[key](value, where, key)})
    return found


def _text(value: object, where: str, name: str) -> str:
    if not isinstance(value, str) or (name != "notes" and not value):
        raise InputError(where, name, "text", value)
    return value


def _path(value: object, where: str, name: str) -> Path:
    """A path, relative to the folder of the file that has it."""
    if not isinstance(value, str) or not value:
        raise InputError(where, name, "a path", value)
    return Path(where).parent / value


def url(value: object, where: str, name: str) -> str:
    """An http or https URL.

    Raises:
        InputError: it is none.
    """
    if not isinstance(value, str) or not re.fullmatch(r"https?://[^\s/]+(/\S*)?", value):
        raise InputError(where, name, "a URL such as http://localhost:9090", value)
    return value


def choice(value: object, options: tuple[str, ...], where: str, name: str) -> str:
    """One of some words.

    Raises:
        InputError: it is none of them.
    """
    if not isinstance(value, str) or value not in options:
        raise InputError(where, name, f"one of {', '.join(options)}", value)
    return value


def template_name(value: object, where: str, name: str) -> str:
    """The name of a template, without its ending.

    Raises:
        InputError: it is no word.
    """
    if not isinstance(value, str) or not _WORD.fullmatch(value):
        raise InputError(where, name, "a template's name such as comparison", value)
    return value


_SCALARS: dict[str, Callable[[object, str, str], Any]] = {
    "title": _text,
    "notes": _text,
    "kernel": _text,
    "baseline": _text,
    "purchase": lambda value, where, name: choice(value, PURCHASE_OPTIONS, where, name),
    "page_size": lambda value, where, name: choice(value, PAGE_SIZES, where, name),
    "language": lambda value, where, name: choice(value, LANGUAGES, where, name),
    "template": template_name,
    "templates": _path,
    "logo": _path,
}
