"""Which receivers were asked for, by flags or by a file."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from loadtest.outputs.grafana_live import KIND as GRAFANA_LIVE
from loadtest.outputs.grafana_live import push_url
from loadtest.outputs.options import OutputFlags
from perfanalysis import type_faults
from perfanalysis.delivery.destinations import Destination, parse_labels
from perfanalysis.delivery.endpoint import Endpoint, check_url
from perfanalysis.delivery.endpoint_reading import in_file, read_endpoint
from perfanalysis.delivery.endpoint_record import EndpointRecord, Text, VariableName
from perfanalysis.delivery.flags import EndpointFlags
from perfanalysis.errors import InputError
from perfanalysis.strict_yaml import load_yaml

UPLOAD, REMOTE_WRITE = "upload", "remote-write"
# Of the file of receivers, see perfanalysis.endpoint_settings.
OLD_WORDS = ("key_file", "key_variable", "username", "ca_file")
# Kind: the fields of the file of receivers that it does not have.
_NOT_OF_KIND = {UPLOAD: ("labels", "live"), REMOTE_WRITE: (), GRAFANA_LIVE: ("live",)}


_MORE = "additionalProperties"


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


class _Receiver(EndpointRecord, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One entry of the file of receivers; what is empty was not said."""

    kind: Literal["upload", "remote-write", "grafana-live"]
    url: str
    key_file: Text = ""
    key_variable: VariableName = ""
    username: Text = ""
    ca_file: Text = ""
    labels: dict[str, str] = msgspec.field(default_factory=dict)
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
        msgspec.convert(content, _Receivers)
    except msgspec.ValidationError as error:
        raise _misfit(path, type_faults.place(error, content)) from error
    return [_output(path, i, entry) for i, entry in enumerate(content["destinations"])]


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
    expected = schema.get("x-expected") or schema["description"]
    return InputError(str(path), wrong.field, expected)


def _output(path: Path, index: int, entry: dict[str, Any]) -> Output:
    description = in_file(entry, f"{path}: destinations[{index}]", known=OLD_WORDS)
    kind = entry["kind"]
    for name in _NOT_OF_KIND[kind]:
        if name in entry:
            raise description.fault((name,), f"no such field with kind {kind}")
    labels = tuple(f"{name}={value}" for name, value in entry.get("labels", {}).items())
    url = check_url(entry["url"], f"{description.where}: url")
    endpoint = read_endpoint(url, description)
    live = kind != UPLOAD and entry.get("live", True)
    found = parse_labels(labels, f"{description.where}: labels")
    return Output(_destination(kind, endpoint), found, live)


def _destination(kind: str, endpoint: Endpoint) -> Destination:
    if kind == GRAFANA_LIVE:
        endpoint = replace(endpoint, url=push_url(endpoint.url))
    return Destination(kind, endpoint)


def _flagged(flags: OutputFlags) -> list[Output]:
    labels = parse_labels(flags.remote_write_label, "--remote-write-label")
    kinds: tuple[tuple[str, EndpointFlags, dict[str, str], bool], ...] = (
        (UPLOAD, flags.upload, {}, False),
        (REMOTE_WRITE, flags.remote_write, labels, flags.live),
        (GRAFANA_LIVE, flags.grafana_live, {}, flags.live),
    )
    return [
        Output(_destination(kind, given.endpoint()), labels_, live)
        for kind, given, labels_, live in kinds
        if given.url
    ]


def find_outputs(flags: OutputFlags) -> list[Output]:
    """All receivers that flags and file ask for; each one's keys are readable.

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
    return found
