"""Command lines of flags and values alone, read without click.

Nearly every exporter is started with such a line. click holds 1.7 MB for good, 7 % of the resident
memory of a process that serves, and takes a tenth of its start; so it is loaded for who asks for
help or a sub-command, and for who has made a mistake, which it explains.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from exporter.collecting import Flag, Flags
from exporter.flags import LOG, known_flags


class _NotPlainError(Exception):
    """click has to read it."""


def read_plainly(arguments: Sequence[str]) -> Flags | None:
    """The values of all flags, as click gives them; None for what has to be read by click.

    Args:
        arguments: the command line, in our words.
    """
    known = known_flags(arguments)
    switches = [switch for switch, _ in known.switches]
    values: dict[str, Any] = {flag.variable: flag.default for flag in (*known.flags, *switches)}
    values |= {flag.variable: flag.default for flag, _ in LOG}
    takers = {f"--{flag.name}": flag for flag in (*known.flags, *(flag for flag, _ in LOG))}
    turned = {name: (flag, True) for name, flag in takers.items() if isinstance(flag.default, bool)}
    turned |= {f"--{switch.name}": (switch, True) for switch in switches}
    turned |= {f"--no-{flag.name}": (flag, False) for flag, _ in list(turned.values())}
    given: dict[str, list[str]] = {}
    rest = iter(arguments)
    try:
        for argument in rest:
            if argument in turned:
                flag, values[flag.variable] = turned[argument]
                continue
            name, value = _split(argument, rest)
            if name in turned or name not in takers:
                return None
            given.setdefault(name, []).append(value)
        for name, words in given.items():
            values[takers[name].variable] = _value(takers[name], words)
    except _NotPlainError:
        return None
    return values


def _split(argument: str, rest: Iterator[str]) -> tuple[str, str]:
    name, equals, value = argument.partition("=")
    if not equals:
        value = next(rest, "-")
        if value.startswith("-"):
            raise _NotPlainError
    return name, value


def _value(flag: Flag, words: Sequence[str]) -> Any:
    """What the words behind a flag mean; of several the last one, unless it takes several."""
    if isinstance(flag.default, tuple):
        return tuple(words)
    if any(flag is one and not set(words) <= set(choices) for one, choices in LOG):
        raise _NotPlainError
    if not isinstance(flag.default, int | float):
        return words[-1]
    try:
        return type(flag.default)(words[-1])
    except ValueError:
        raise _NotPlainError from None
