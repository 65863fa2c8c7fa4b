"""YAML that people write: safe types only, each key once, and what is wrong named with its line."""

from __future__ import annotations

from typing import Any

import yaml

from perfanalysis.errors import InputError

# Aliases counted in: a few lines of them can stand for billions of values, or for a list in itself.
MOST_VALUES = 1_000_000


class _Loader(yaml.SafeLoader):
    """Refuses a key that comes twice, of which YAML libraries take the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Of PyYAML: a mapping."""
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(
                    problem="a key that is no text", problem_mark=key.start_mark
                )
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    problem=f"the key {key.value!r} comes twice", problem_mark=key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


class _TextLoader(_Loader):
    """The same, and 0.1 stays the text "0.1": what is money must not become a float."""

    yaml_implicit_resolvers: dict[Any, Any] = {}  # noqa: RUF012 - as PyYAML declares it


def load_yaml(data: bytes | str, where: str, *, texts: bool = False) -> Any:
    """The one document of a text; ``where`` is the name of its file, for messages.

    Args:
        data: the text.
        where: see above.
        texts: whether what stands there stays as it is written, and is no number, date or null.

    Raises:
        InputError: it is no YAML, or too much of it. The message holds nothing of the text but a
            key, for what stands beside it may be a secret.
    """
    try:
        root = yaml.load(data, _TextLoader if texts else _Loader)  # noqa: S506 - it derives from SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = f"line {mark.line + 1}" if mark is not None else ""
        raise InputError(where, line, f"valid YAML ({error.problem})") from error
    except yaml.YAMLError as error:
        raise InputError(where, "", "valid YAML in UTF-8") from error
    except ValueError as error:
        raise InputError(where, "", "valid YAML, with dates that a calendar has") from error
    except RecursionError as error:
        raise InputError(where, "", "valid YAML, not nested as deep") from error
    _refuse_too_many(root, where)
    return root


def _refuse_too_many(root: Any, where: str) -> None:
    left, count = [root], 0
    while left:
        value = left.pop()
        count += 1
        if count > MOST_VALUES:
            raise InputError(where, "", f"at most {MOST_VALUES} values, those of aliases counted")
        if isinstance(value, dict):
            left.extend(value.values())
        elif isinstance(value, list):
            left.extend(value)
