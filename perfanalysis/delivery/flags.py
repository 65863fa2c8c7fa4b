"""Flags that describe an endpoint: of click, from the one list of settings."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import click

from perfanalysis.delivery.endpoint import Endpoint, check_url
from perfanalysis.delivery.endpoint_reading import Description, read_endpoint
from perfanalysis.endpoint_settings import (
    BEARER_FILE,
    FILE,
    HEADER_FILES,
    HEADERS,
    OLD,
    SETTINGS,
    VARIABLE,
    Setting,
    SettingPath,
    flag_of,
)
from perfanalysis.errors import InputError
from perfanalysis.renamed_option import RenamedOption

Command = Callable[..., Any]
_METAVARS = {VARIABLE: "NAME", HEADERS: "'NAME: VALUE'", HEADER_FILES: "'NAME: FILE'"}


@dataclass(frozen=True)
class EndpointFlags:
    """What flags said of one endpoint.

    Attributes:
        prefix: what its flags begin with, such as ``upload``.
        url_flag: the flag that names its URL.
        url: None when there is none.
        said: see ``Description``.
        variable: see ``read_endpoint``.
        old_url_flags: older names of ``url_flag``, which are taken and not shown.
    """

    prefix: str
    url_flag: str
    url: str | None = None
    said: Mapping[SettingPath, Any] = field(default_factory=dict)
    variable: str = ""
    old_url_flags: tuple[str, ...] = ()

    def spelled(self, path: SettingPath) -> str:
        """The flag of a setting."""
        return f"--{flag_of(path, self.prefix)}"

    def check(self) -> None:
        """See that no flag stands alone.

        Raises:
            InputError: one describes an endpoint that is not named.
        """
        if self.said and not self.url:
            raise InputError(self.spelled(next(iter(self.said))), "", f"{self.url_flag} beside it")

    def endpoint(self) -> Endpoint:
        """The endpoint; there is a URL.

        Raises:
            InputError: a flag is unusable.
        """
        url = check_url(self.url or "", self.url_flag)
        return read_endpoint(url, Description(self.said, self.spelled), variable=self.variable)


def endpoint_flags(
    parameter: str,
    endpoint: EndpointFlags,
    *,
    help: str,  # noqa: A002 - as click calls it
    envvar: str | Sequence[str] | None = None,
    old: Sequence[str] = (),
) -> Callable[[Command], Command]:
    """A decorator that adds the flags of an endpoint to a command.

    Args:
        parameter: of the command, gets ``EndpointFlags``.
        endpoint: the same before anything was given.
        help: of the flag that names the URL.
        envvar: the environment variable that names the URL, too; of several the first that is set.
        old: older words for some settings, which are taken and not shown.
    """
    url = click.option(
        endpoint.url_flag,
        f"{parameter}__url",
        cls=RenamedOption,
        old_names=endpoint.old_url_flags,
        metavar="URL",
        envvar=envvar,
        help=help,
    )
    options = {f"{parameter}__{'__'.join(one.path)}": one for one in SETTINGS}
    options |= {f"{parameter}__{w}": Setting((w,), OLD[w].kind, "") for w in old}

    def add(command: Command) -> Command:
        @functools.wraps(command)
        def with_endpoint(**values: Any) -> Any:
            given = {one.path: values.pop(name) for name, one in options.items()}
            said = {path: value for path, value in given.items() if value not in (None, ())}
            flags = replace(endpoint, url=values.pop(f"{parameter}__url"), said=said)
            return command(**{parameter: flags}, **values)

        found: Command = with_endpoint
        for name, one in reversed(options.items()):
            found = _option(endpoint, name, one)(found)
        added: Command = url(found)
        return added

    return add


def _option(endpoint: EndpointFlags, name: str, setting: Setting) -> Callable[[Command], Command]:
    text = setting.flag_help or setting.help
    if endpoint.variable and setting.path == BEARER_FILE:
        text = f"{text} Where no flag names a key: ${endpoint.variable}, if it is set."
    return click.option(
        endpoint.spelled(setting.path),
        name,
        type=click.Path(dir_okay=False) if setting.kind == FILE else None,
        metavar=_METAVARS.get(setting.kind),
        multiple=setting.kind in {HEADERS, HEADER_FILES},
        hidden=setting.path[0] in OLD,
        help=text,
    )
