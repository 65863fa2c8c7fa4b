"""The command line of the report: one flag for each setting, made from the schema."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from perfanalysis.moments import parse_time
from perfanalysis.renamed_option import RenamedOption
from reporter.settings.report import Config, config_of, read_file
from reporter.settings.sources import (
    COMMAND_LINE,
    CONFIG_VARIABLE,
    ENVIRONMENT,
    PREFIX,
    Layer,
    ReportSetting,
    from_environment,
    merged,
    put,
    read_text,
    settings,
)
from reporter.settings.time_zone import USUAL, zone_of

Command = TypeVar("Command", bound=Callable[..., Any])
# As all other commands have them; the names of the settings are taken, too, and not shown.
_SHOWN = {
    "--prometheus-url": "--prometheus",
    "--prometheus-headers": "--prometheus-header",
    "--prometheus-header-files": "--prometheus-header-file",
    "--labels": "--label",
}
_PATHS = {False: "TEXT", True: "FILE", "folder": "DIRECTORY"}
_METAVARS = {"array": "A,B,…", "object": "'NAME: VALUE'", "integer": "N", "number": "NUMBER"}


@dataclass(frozen=True)
class Given:
    """All settings of one call.

    Attributes:
        config: of all places.
        layer: the same as they would stand in a file.
        origins: where each top-level setting that was given stands, for messages.
    """

    config: Config
    layer: Layer
    origins: Mapping[str, str]

    def where(self, name: str) -> str:
        """The place that has a top-level setting, for a message."""
        return self.origins.get(name, COMMAND_LINE)


def _parameter(setting: ReportSetting) -> str:
    return "setting_" + "__".join(setting.path)


def setting_flags(but: frozenset[str] = frozenset()) -> Callable[[Command], Command]:
    """A decorator that adds ``--config`` and a flag for each setting.

    Args:
        but: settings that this command does not have.
    """

    def decorate(command: Command) -> Command:
        for setting in reversed([s for s in settings() if s.path[0] not in but]):
            command = _option(setting)(command)
        return click.option(
            "--config",
            "config_file",
            type=click.Path(path_type=Path, dir_okay=False),
            envvar=CONFIG_VARIABLE,
            help="YAML file with settings; the environment beats it, and flags beat both.",
        )(command)

    return decorate


def _option(setting: ReportSetting) -> Callable[[Command], Command]:
    schema = setting.schema
    text = schema["description"]
    if "default" in schema and schema.get("type") != "boolean":
        text = f"{text.rstrip('.')}; default: {schema['default']}."
    shown = _SHOWN.get(setting.flag, setting.flag)
    kind = schema.get("type")
    if kind == "boolean":
        names = f"{setting.flag}/--no-{setting.flag.removeprefix('--')}"
        return click.option(names, _parameter(setting), default=None, help=text)
    several = kind == "object" or setting.path == ("deliver",)
    metavar = "|".join(schema["enum"]) if "enum" in schema else _METAVARS.get(str(kind))
    if setting.path == ("deliver",):
        metavar = "'{folder: {path: …}}'"
    elif "x-separators" in schema:
        metavar = "NAME=VALUE"
    elif schema.get("additionalProperties", {}).get("x-path"):
        metavar = "'NAME: FILE'"
    elif metavar is None:
        metavar = _PATHS[schema.get("x-path", False)]
    return click.option(
        shown,
        _parameter(setting),
        cls=RenamedOption,
        old_names=(setting.flag,) if shown != setting.flag else (),
        multiple=several,
        metavar=metavar,
        help=text,
    )


def given(config_file: Path | None, flags: Mapping[str, Any]) -> Given:
    """The settings of file, environment and command line.

    Raises:
        InputError: one of them is unusable; the message says which, and where it stands.
    """
    layers: list[tuple[str, Layer]] = []
    if config_file:
        layers.append((str(config_file), read_file(config_file)))
    layers.extend(((ENVIRONMENT, from_environment(os.environ)), (COMMAND_LINE, _typed(flags))))
    origins = {name: where for where, layer in layers for name in layer}
    layer = merged(*(layer for _, layer in layers))
    _check_times(layers, str(layer.get("time_zone", USUAL)), origins)
    return Given(config_of(layer, str(config_file or COMMAND_LINE)), layer, origins)


def _check_times(
    layers: Sequence[tuple[str, Layer]], time_zone: str, origins: Mapping[str, str]
) -> None:
    """Check the times of the range where each of them stands, in the zone that another may name.

    Raises:
        InputError: one is none, or there is no such zone.
    """

    def field(where: str, name: str) -> str:
        flag = "--" + name.replace("_", "-")
        return {COMMAND_LINE: flag, ENVIRONMENT: f"{PREFIX}{name.upper()}"}.get(where, name)

    stands = origins.get("time_zone", COMMAND_LINE)
    zone = zone_of(time_zone, stands, field(stands, "time_zone"))
    for where, layer in layers:
        for name in ("from", "to"):
            if name in layer:
                parse_time(str(layer[name]), where, field(where, name), now=0.0, zone=zone)


def _typed(flags: Mapping[str, Any]) -> Layer:
    layer: Layer = {}
    for setting in settings():
        value = flags.get(_parameter(setting))
        if value is None or value == ():
            continue
        flag = _SHOWN.get(setting.flag, setting.flag)
        if setting.path == ("deliver",):
            found = [read_text(setting, text, COMMAND_LINE, flag) for text in value]
            put(layer, setting.path, [entry for part in found for entry in part])
            continue
        if isinstance(value, tuple):
            value = "\n".join(value)
        elif isinstance(value, bool):
            value = str(value).lower()
        put(layer, setting.path, read_text(setting, value, COMMAND_LINE, flag))
    return layer
