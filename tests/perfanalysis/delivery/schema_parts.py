"""The settings of an endpoint as parts of JSON schemas, from the one list of them."""

from __future__ import annotations

from typing import Any

from perfanalysis.endpoint_settings import (
    FILE,
    HEADER_FILES,
    HEADERS,
    OLD,
    SETTINGS,
    SKIP_VERIFY,
    TEXT,
    VARIABLE,
    SettingPath,
)

Part = dict[str, Any]
EXPECTED = {
    FILE: "a path",
    TEXT: "a user's name as text (in quotes when it is a number)",
    VARIABLE: "the name of an environment variable",
    HEADERS: "a mapping of header names to texts (credentials have settings of their own)",
    HEADER_FILES: "a mapping of header names to files",
}
# What ours to set is, by the reader of all files.
NAMES = (
    "^(?!([Aa]uthorization|[Cc]ontent-[A-Za-z]+|[Hh]ost|[Ii]dempotency-[Kk]ey)$)"
    "[A-Za-z0-9!#$%&'*+.^_`|~-]+$"
)
ABOVE = {
    "basic_auth": (
        "Basic authentication.",
        "a mapping with the keys username and password_file or password_variable",
    ),
    "tls": ("TLS with the server.", "a mapping with some of the keys {}"),
}
INSECURE = (
    "INSECURE: take any certificate for the engine's; who sits between reads the keys and writes"
    " the figures."
)


def part(kind: str, text: str, *, names: bool) -> Part:
    """One setting."""
    found: Part = {"type": "string", "minLength": 1, "description": text}
    if kind in {HEADERS, HEADER_FILES}:
        found = {"type": "object"}
        if names:
            found["propertyNames"] = {"pattern": NAMES}
        if kind == HEADERS:
            value = {"type": "string", "pattern": "^[\\x20-\\x7e]*$(?!\\n)"}
            value |= {"x-expected": "one line of ASCII text", "x-hidden": True}
        else:
            value = part(FILE, "The file that holds the value.", names=False)
        found |= {"additionalProperties": value, "description": text}
    if kind == VARIABLE:
        found["pattern"] = "^[A-Za-z_][A-Za-z0-9_]*$"
    found["x-expected"] = EXPECTED[kind]
    if kind == FILE:
        found["x-path"] = True
    elif kind == VARIABLE:
        # It may be the key itself.
        found["x-hidden"] = True
    return found


def old_part(word: str) -> Part:
    """An older word."""
    old = OLD[word]
    today = ".".join(old.meaning)
    if old.with_user != old.meaning:
        today += f", or {'.'.join(old.with_user)} where there is a username"
    return part(old.kind, f"Older word for {today}.", names=False)


def endpoint_parts(
    *, without: tuple[str, ...] = (), old: tuple[str, ...] = (), insecure: bool, names: bool
) -> Part:
    """All settings but some, in the order of the list."""
    found: Part = {}
    for path, kind, text, _ in SETTINGS:
        if path[0] not in without:
            _into(found, path, part(kind, text, names=names))
    if insecure:
        switch = {"type": "boolean", "default": False, "description": INSECURE}
        _into(found, SKIP_VERIFY, {**switch, "x-expected": "true or false"})
    for above in found.values():
        if "{}" in above["x-expected"]:
            above["x-expected"] = above["x-expected"].format(", ".join(above["properties"]))
    return found | {word: old_part(word) for word in old}


def _into(found: Part, path: SettingPath, made: Part) -> None:
    if len(path) == 1:
        found[path[0]] = made
        return
    above, name = path
    text, expected = ABOVE[above]
    empty: Part = {"type": "object", "description": text, "additionalProperties": False}
    found.setdefault(above, {**empty, "properties": {}, "x-expected": expected})
    found[above]["properties"][name] = made
