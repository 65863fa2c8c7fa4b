"""Where settings stand: a YAML file, the environment, the command line; the later beats.

What there is to set is said once, in ``report.schema.json``: types, defaults, help. Its path in the
file (``prometheus.tls.ca_file``) gives its environment variable
(``PERFANALYSIS_REPORT_PROMETHEUS_TLS_CA_FILE``) and its flag (``--prometheus-tls-ca-file``).
In the schema, ``x-expected`` is what a message says, ``x-path`` marks files (``folder``: folders;
relative ones start at the folder of the YAML file that names them), ``x-hidden`` what no message
may show, ``x-separators`` what else than a colon parts names from values behind a flag.
"""

from __future__ import annotations

import datetime
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, TypeChecker, ValidationError
from jsonschema.validators import extend

from perfanalysis.errors import InputError
from perfanalysis.schema_faults import place, unknown_key
from perfanalysis.strict_yaml import load_yaml

PREFIX = "PERFANALYSIS_REPORT_"
COMMAND_LINE = "command line"
ENVIRONMENT = "environment"
CONFIG_VARIABLE = f"{PREFIX}CONFIG"
SCHEMA: Mapping[str, Any] = json.loads(
    resources.files("reporter").joinpath("report.schema.json").read_bytes()
)
Layer = dict[str, Any]


def _is_number(_: TypeChecker, value: object) -> bool:
    # NaN is within all bounds.
    is_nan = isinstance(value, float) and math.isnan(value)
    return isinstance(value, int | float) and not isinstance(value, bool) and not is_nan


_VALIDATOR = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("number", _is_number),
)


@dataclass(frozen=True)
class ReportSetting:
    """One thing to set: its path in the file, and its part of the schema."""

    path: tuple[str, ...]
    schema: Mapping[str, Any]

    @property
    def variable(self) -> str:
        """Its environment variable."""
        return PREFIX + "_".join(self.path).upper()

    @property
    def flag(self) -> str:
        """Its flag."""
        return "--" + "-".join(self.path).replace("_", "-")


def settings(
    schema: Mapping[str, Any] = SCHEMA, path: tuple[str, ...] = ()
) -> Iterator[ReportSetting]:
    """Everything that can be set."""
    for name, part in schema["properties"].items():
        if "properties" in part:
            yield from settings(part, (*path, name))
        else:
            yield ReportSetting((*path, name), part)


def read_text(setting: ReportSetting, text: str, where: str, name: str) -> Any:
    """The value that stands in an environment variable or behind a flag.

    Lists stand between commas, mappings as ``Name: value`` lines; both may be written as YAML.

    Raises:
        InputError: it is not what the setting expects.
    """
    value: Any = text
    kinds = str(setting.schema.get("type", "string"))
    try:
        if text.lstrip().startswith(("{", "[")) and kinds in {"array", "object"}:
            value = load_yaml(text, where)
            value = [value] if kinds == "array" and isinstance(value, dict) else value
        elif kinds == "array":
            value = list(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
            value = value or text
        elif kinds == "object":
            signs = setting.schema.get("x-separators", ":")
            lines = [line for line in text.splitlines() if line.strip()]
            pairs = [[*re.split(f"[{signs}]", line, maxsplit=1), ""] for line in lines]
            value = {key.strip(): after.strip() for key, after, *_ in pairs}
        elif kinds == "boolean":
            value = {"true": True, "false": False}.get(text.strip().lower(), text)
        elif kinds in {"integer", "number"}:
            value = int(text) if kinds == "integer" else float(text)
    except (ValueError, InputError):
        value = text
    check(value, setting.schema, where, name)
    return resolved(value, setting.schema, Path())


def parse_file(text: bytes, where: str) -> Layer:
    """The settings of a YAML file's bytes; ``where`` is its name.

    Raises:
        InputError: it is no YAML, or holds something unusable; the field is named.
    """
    root = load_yaml(text, where)
    layer = _plain({} if root is None else root)
    check(layer, SCHEMA, where, "")
    found: Layer = resolved(layer, SCHEMA, Path(where).parent)
    return found


def from_environment(environment: Mapping[str, str]) -> Layer:
    """The settings of environment variables; an empty one counts as absent.

    Raises:
        InputError: one is unusable, or has the prefix and is no setting.
    """
    known = {setting.variable: setting for setting in settings()}
    layer: Layer = {}
    for variable in sorted(environment):
        text = environment[variable]
        if not variable.startswith(PREFIX) or variable == CONFIG_VARIABLE or not text:
            continue
        if variable not in known:
            raise InputError(ENVIRONMENT, variable, f"one of {', '.join(sorted(known))}")
        put(layer, known[variable].path, read_text(known[variable], text, ENVIRONMENT, variable))
    return layer


def put(layer: Layer, path: tuple[str, ...], value: Any) -> None:
    """Set one value of a layer."""
    *above, last = path
    for name in above:
        layer = layer.setdefault(name, {})
    layer[last] = value


def merged(*layers: Mapping[str, Any]) -> Layer:
    """Layers laid over each other; mappings with known keys are joined, all else is replaced."""

    def over(
        below: Mapping[str, Any], above: Mapping[str, Any], schema: Mapping[str, Any]
    ) -> Layer:
        result = dict(below)
        for key, value in above.items():
            part = schema["properties"][key]
            both = "properties" in part and key in result
            result[key] = over(result[key], value, part) if both else value
        return result

    found: Layer = {}
    for layer in layers:
        found = over(found, layer, SCHEMA)
    return found


def resolved(value: Any, schema: Mapping[str, Any], base: Path) -> Any:
    """A checked value, in which relative paths start at ``base``."""
    if schema.get("x-path"):
        return str(base / value)
    if isinstance(value, list):
        return [resolved(entry, schema["items"], base) for entry in value]
    if isinstance(value, dict):
        known = schema.get("properties", {})
        other = schema.get("additionalProperties", {})
        return {key: resolved(entry, known.get(key, other), base) for key, entry in value.items()}
    return value


def check(value: Any, schema: Mapping[str, Any], where: str, name: str) -> None:
    """Hold a value against its part of the schema.

    Args:
        value: as decoded.
        schema: see the module.
        where: file, environment or command line, for the message.
        name: the field that ``value`` is, "" for the whole file.

    Raises:
        InputError: it does not fit; the first misfit is named.
    """
    errors = sorted(
        _VALIDATOR(dict(schema)).iter_errors(value),
        key=lambda error: [str(step) for step in error.absolute_path],
    )
    if errors:
        raise _misfit(errors[0], where, name)


def _misfit(error: ValidationError, where: str, name: str) -> InputError:
    path = place(error.absolute_path, name)
    if unknown := unknown_key(error):
        return InputError(where, place([unknown[0]], path), f"one of {', '.join(unknown[1])}")
    schema = error.schema if isinstance(error.schema, dict) else {}
    if error.parent is not None and isinstance(error.parent.schema, dict):
        schema = error.parent.schema
    expected = schema.get("x-expected", "")
    if error.validator == "pattern" and "x-expected" not in schema:
        # The name of a mapping's key; its value is not shown.
        names = schema.get("x-names", "another name of a header")
        return InputError(where, path, names, error.instance)
    found = error.instance
    if schema.get("x-hidden") or "@" in str(found):
        return InputError(where, path, expected)
    return InputError(where, path, expected, found)


def _plain(value: Any) -> Any:
    """YAML's dates as texts."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    if isinstance(value, dict):
        return {str(key): _plain(entry) for key, entry in value.items()}
    return value
