"""Flags that a command gets together, as one record."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Command = Callable[..., Any]


def grouped(
    name: str,
    record: type[DataclassInstance],
    options: Sequence[Callable[[Command], Command]],
    prefix: str = "",
) -> Callable[[Command], Command]:
    """A decorator that adds flags to a command.

    Args:
        name: of the command's parameter that gets the record.
        record: has a field for each flag.
        options: the flags, in the order of the help.
        prefix: of the flags' parameters before the fields' names, where other flags have the same.
    """
    names = [field.name for field in fields(record)]

    def add(command: Command) -> Command:
        @functools.wraps(command)
        def with_record(**values: Any) -> Any:
            given = record(**{field: values.pop(prefix + field) for field in names})
            return command(**{name: given}, **values)

        found: Command = with_record
        for option in reversed(options):
            found = option(found)
        return found

    return add
