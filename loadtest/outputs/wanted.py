"""Which receivers were asked for, by flags or by a file."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema

from loadtest.outputs.grafana_live import KIND as GRAFANA_LIVE
from loadtest.outputs.grafana_live import push_url
from loadtest.outputs.options import OutputFlags
from perfanalysis.delivery.destinations import Destination, parse_labels
from perfanalysis.delivery.endpoint import Endpoint, check_url
from perfanalysis.delivery.endpoint_reading import in_file, read_endpoint
from perfanalysis.delivery.flags import EndpointFlags
from perfanalysis.errors import InputError
from perfanalysis.schema_faults import place, unknown_key
from perfanalysis.strict_yaml import load_yaml

UPLOAD, REMOTE_WRITE = "upload", "remote-write"
# Of the file of receivers, see perfanalysis.endpoint_settings.
OLD_WORDS = ("key_file", "key_variable", "username", "ca_file")
# Kind: the fields of the file of receivers that it does not have.
_NOT_OF_KIND = {UPLOAD: ("labels", "live"), REMOTE_WRITE: (), GRAFANA_LIVE: ("live",)}


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


@functools.cache
def validator() -> jsonschema.Draft202012Validator:
    """The checker of the file of receivers, ``loadtest/deliver.schema.json``."""
    text = resources.files("loadtest").joinpath("deliver.schema.json").read_text()
    return jsonschema.Draft202012Validator(json.loads(text))


def read_config(path: Path) -> list[Output]:
    """The receivers that a file names.

    Raises:
        InputError: it is missing, no YAML, or says something unusable; the field is named.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(str(path), "", f"a readable file ({error.strerror})") from error
    content = load_yaml(data, str(path))
    wrong = min(validator().iter_errors(content), key=lambda e: len(e.path), default=None)
    if wrong is not None:
        raise _misfit(path, wrong)
    return [_output(path, i, entry) for i, entry in enumerate(content["destinations"])]


def _misfit(path: Path, wrong: jsonschema.ValidationError) -> InputError:
    """What is wrong, but not what was found: it may be a key that stands in the wrong place."""
    field = place(wrong.path)
    if unknown := unknown_key(wrong):
        return InputError(str(path), place([unknown[0]], field), f"one of {', '.join(unknown[1])}")
    assert isinstance(wrong.schema, dict)
    expected = str(wrong.schema.get("x-expected") or wrong.schema["description"])
    return InputError(str(path), field, expected)


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
