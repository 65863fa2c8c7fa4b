"""Which receivers were asked for, by flags or by a file."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from loadtest.outputs.grafana_live import KIND as GRAFANA_LIVE
from loadtest.outputs.grafana_live import push_url
from loadtest.outputs.options import OutputFlags
from perfanalysis import type_faults
from perfanalysis.delivery.credentials import Credentials
from perfanalysis.delivery.destinations import Destination, check_url, parse_headers, parse_labels
from perfanalysis.errors import InputError
from perfanalysis.strict_yaml import load_yaml

UPLOAD, REMOTE_WRITE = "upload", "remote-write"
KEY_VARIABLES = {
    UPLOAD: "PERFANALYSIS_UPLOAD_KEY",
    REMOTE_WRITE: "PERFANALYSIS_REMOTE_WRITE_KEY",
    GRAFANA_LIVE: "PERFANALYSIS_GRAFANA_LIVE_TOKEN",
}
# Kind: the fields of the file of receivers that it does not have.
_NOT_OF_KIND = {UPLOAD: ("labels", "live"), REMOTE_WRITE: (), GRAFANA_LIVE: ("live",)}


_MORE = "additionalProperties"
Text = Annotated[str, Meta(min_length=1)]


@dataclass(frozen=True)
class Output:
    """One receiver of results.

    Attributes:
        destination: where it is.
        labels: of every series, for remote write and Grafana Live.
        live: whether it gets the progress of a run.
    """

    destination: Destination
    labels: dict[str, str] = field(default_factory=dict)
    live: bool = False

    @property
    def results(self) -> bool:
        """Whether it gets results."""
        return self.destination.kind != GRAFANA_LIVE


class _Receiver(Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of the file of receivers; what is empty was not said."""

    kind: Literal["upload", "remote-write", "grafana-live"]
    url: str
    key_file: Text = ""
    key_variable: Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] = ""
    username: Text = ""
    ca_file: Text = ""
    headers: dict[str, str] = {}
    labels: dict[str, str] = {}
    live: bool = True


class _Receivers(Struct, frozen=True, forbid_unknown_fields=True):
    """The file of receivers; ``loadtest/deliver.schema.json`` says the same for editors."""

    destinations: Annotated[list[_Receiver], Meta(min_length=1)]


def read_config(path: Path) -> list[Output]:
    """The receivers that a file names.

    Raises:
        InputError: it is missing, no YAML, or says something unusable; the field is named.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(str(path), "", f"a readable file ({error.strerror})") from error
    content = _with_text_keys(load_yaml(data, str(path)))
    try:
        receivers = msgspec.convert(content, _Receivers).destinations
    except msgspec.ValidationError as error:
        raise _misfit(path, type_faults.place(error, content)) from error
    entries = zip(receivers, content["destinations"], strict=True)
    return [_output(path, i, one, set(said)) for i, (one, said) in enumerate(entries)]


def _with_text_keys(value: Any) -> Any:
    """The same content; YAML takes the name ``5`` for a number."""
    if isinstance(value, dict):
        return {str(key): _with_text_keys(entry) for key, entry in value.items()}
    return [_with_text_keys(entry) for entry in value] if isinstance(value, list) else value


def _misfit(path: Path, wrong: type_faults.Place) -> InputError:
    """What is wrong, but not what was found: it may be a key that stands in the wrong place."""
    text = resources.files("loadtest").joinpath("deliver.schema.json").read_text()
    schema = json.loads(text)
    for step in wrong.steps:
        known = schema.get("properties", {})
        schema = schema["items"] if isinstance(step, int) else known.get(step) or schema[_MORE]
    if wrong.unknown:
        field = f"{wrong.field}.{wrong.unknown}".lstrip(".")
        return InputError(str(path), field, f"one of {', '.join(schema['properties'])}")
    return InputError(str(path), wrong.field, schema["description"])


def _output(path: Path, index: int, one: _Receiver, said: set[str]) -> Output:
    where = f"{path}: destinations[{index}]"
    if one.key_file and one.key_variable:
        raise InputError(where, "key_variable", "this or key_file, not both")
    for name in _NOT_OF_KIND[one.kind]:
        if name in said:
            raise InputError(where, name, f"no such field with kind {one.kind}")
    lines = tuple(f"{name}: {value}" for name, value in one.headers.items())
    labels = tuple(f"{name}={value}" for name, value in one.labels.items())
    url = check_url(one.url, f"{where}: url")
    destination = Destination(
        one.kind,
        push_url(url) if one.kind == GRAFANA_LIVE else url,
        Credentials(one.key_file, one.key_variable, one.username),
        parse_headers(lines, f"{where}: headers"),
        _ca_file(one.ca_file, f"{where}: ca_file"),
    )
    live = one.kind != UPLOAD and one.live
    return Output(destination, parse_labels(labels, f"{where}: labels"), live)


def _ca_file(path: str | None, where: str) -> str:
    if path and not Path(path).is_file():
        raise InputError(where, "", "a file of certificates", path)
    return path or ""


def _credentials(kind: str, file: str | None, username: str = "") -> Credentials:
    variable = KEY_VARIABLES[kind]
    if not file and variable not in os.environ:
        if username:
            expected = f"--{kind}-key-file or ${variable} beside it"
            raise InputError(f"--{kind}-username", "", expected)
        return Credentials()
    return Credentials(file or "", "" if file else variable, username)


def _flagged(flags: OutputFlags) -> list[Output]:
    found = (_upload(flags), _remote_write(flags), _grafana_live(flags))
    return [output for output in found if output is not None]


def _upload(flags: OutputFlags) -> Output | None:
    if not flags.upload_url:
        return None
    return Output(
        Destination(
            UPLOAD,
            check_url(flags.upload_url, "--upload-url"),
            _credentials(UPLOAD, flags.upload_key_file),
            parse_headers(flags.upload_header, "--upload-header"),
            _ca_file(flags.upload_ca_file, "--upload-ca-file"),
        )
    )


def _remote_write(flags: OutputFlags) -> Output | None:
    if not flags.remote_write_url:
        return None
    user = flags.remote_write_username or ""
    return Output(
        Destination(
            REMOTE_WRITE,
            check_url(flags.remote_write_url, "--remote-write-url"),
            _credentials(REMOTE_WRITE, flags.remote_write_key_file, user),
            parse_headers(flags.remote_write_header, "--remote-write-header"),
            _ca_file(flags.remote_write_ca_file, "--remote-write-ca-file"),
        ),
        parse_labels(flags.remote_write_label, "--remote-write-label"),
        flags.live,
    )


def _grafana_live(flags: OutputFlags) -> Output | None:
    if not flags.grafana_live_url:
        return None
    return Output(
        Destination(
            GRAFANA_LIVE,
            push_url(check_url(flags.grafana_live_url, "--grafana-live-url")),
            _credentials(GRAFANA_LIVE, flags.grafana_live_token_file),
            ca_file=_ca_file(flags.grafana_live_ca_file, "--grafana-live-ca-file"),
        ),
        live=flags.live,
    )


def find_outputs(flags: OutputFlags) -> list[Output]:
    """All receivers that flags and file ask for; each one's key is readable.

    Raises:
        InputError: one is unusable, or comes twice, or a flag has no receiver.
    """
    found = _flagged(flags)
    if flags.deliver_config:
        found += read_config(flags.deliver_config)
    names = set()
    for output in found:
        destination = output.destination
        if destination.name in names:
            raise InputError(destination.shown, "", "each receiver once")
        names.add(destination.name)
        destination.credentials.key()
    return found
