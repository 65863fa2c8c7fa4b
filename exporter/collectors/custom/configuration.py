"""Reads the file of custom metrics; whatever is wrong is said with its field, before any starts."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from exporter.collectors.custom.definitions import make_metric
from exporter.collectors.custom.endpoints import KEYS as ENDPOINT_KEYS
from exporter.collectors.custom.endpoints import endpoint_of
from exporter.collectors.custom.fields import Node
from exporter.collectors.custom.metrics import (
    CommandSource,
    FileSource,
    HttpSource,
    Metric,
    Schedule,
    Source,
)
from perfanalysis.errors import InputError
from perfanalysis.exposition.catalogue import Catalogue
from perfanalysis.exposition.openmetrics import TOTAL, stem_of
from perfanalysis.strict_yaml import load_yaml

LARGEST = 1 << 20
MOST_SOURCES = 100
KINDS = ("file", "command", "http")
_ALWAYS = ("metrics",)
_POLLED = ("interval", "timeout", "max_age")
_KEYS = {
    "file": ("file", "path_labels", *_ALWAYS),
    "command": ("command", "environment", *_POLLED, *_ALWAYS),
    "http": ("http", *ENDPOINT_KEYS, *_POLLED, *_ALWAYS),
}
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Names:
    """The names of a file's metrics, each once and none of the catalogue's."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._places: dict[str, str] = {}

    def take(self, name: str, metric: Node) -> None:
        """Take a metric's name.

        Raises:
            InputError: another one has it.
        """
        if name in self._places:
            metric.child("name").refuse(f"a name of its own (also at {self._places[name]})")
        counter = self._catalogue.find(name + TOTAL)
        if self._catalogue.find(name) is not None or (counter and counter.type == "counter"):
            metric.child("name").refuse("a name that no other collector of the exporter uses")
        self._places[name] = metric.place

    def has(self, name: str) -> bool:
        """Whether a metric of the file or of the catalogue has a name."""
        return name in self._places or self._catalogue.find(name) is not None


def read_configuration(path: Path, catalogue: Catalogue) -> tuple[Source, ...]:
    """Read and check the file; none of its metrics may have a name of the catalogue.

    Raises:
        InputError: it is missing, no YAML, or says something unusable; the message names the field.
    """
    try:
        with path.open("rb") as stream:
            text = stream.read(LARGEST + 1)
    except OSError as error:
        expected = f"a readable file of custom metrics ({error.strerror})"
        raise InputError(str(path), "", expected) from None
    if len(text) > LARGEST:
        raise InputError(str(path), "", f"at most {LARGEST} bytes")
    return parse_configuration(text, str(path), catalogue)


def parse_configuration(text: bytes, file: str, catalogue: Catalogue) -> tuple[Source, ...]:
    """The sources of a file's bytes; ``file`` is used in messages only.

    Raises:
        InputError: see ``read_configuration``.
    """
    names = Names(catalogue)
    root = Node(file, "", load_yaml(text, file))
    root.check_keys(("sources",))
    entries = root.child("sources").items()
    if len(entries) > MOST_SOURCES:
        root.child("sources").refuse(f"at most {MOST_SOURCES} sources")
    sources = [_source(entry, names) for entry in entries]
    return tuple(
        replace(source, metrics=tuple(_strict(metric, names) for metric in source.metrics))
        for source in sources
    )


def _strict(metric: Metric, names: Names) -> Metric:
    """A metric as OpenMetrics can have it, too, where the name of a counter is without ``_total``:
    beside another metric of that name it is none that has a type."""
    family = metric.family
    if family.type != "counter" or not names.has(stem_of(family)):
        return metric
    return replace(metric, family=family._replace(type="untyped"))


def _source(node: Node, names: Names) -> Source:
    """One source; ``names`` has the metrics of those before."""
    if not isinstance(node.value, dict):
        node.refuse(f"a mapping with one of {', '.join(KINDS)}")
    kinds = [kind for kind in KINDS if kind in node.value]
    if len(kinds) != 1:
        node.refuse(f"exactly one of {', '.join(KINDS)}")
    node.check_keys(_KEYS[kinds[0]])
    if kinds[0] == "file":
        return _file_source(node, names)
    if kinds[0] == "command":
        return _command_source(node, names)
    return HttpSource(endpoint_of(node), _schedule(node), _metrics(node, names, ()))


def _metrics(node: Node, names: Names, from_path: tuple[str, ...]) -> tuple[Metric, ...]:
    metrics = []
    for entry in node.child("metrics").items():
        metric = make_metric(entry, from_path)
        names.take(metric.family.name, entry)
        metrics.append(metric)
    return tuple(metrics)


def _file_source(node: Node, names: Names) -> FileSource:
    path = node.child("file").text("the absolute path of a file, or a pattern of paths")
    if not path.startswith("/"):
        node.child("file").refuse("an absolute path")
    if not node.has("path_labels"):
        if any(character in path for character in "*?["):
            node.child("path_labels").refuse(
                "a regular expression with named groups, for file is a pattern"
            )
        return FileSource(path, None, (), _metrics(node, names, ()))
    pattern = node.child("path_labels").pattern()
    labels = pattern.names
    if not labels:
        node.child("path_labels").refuse("at least one named group, (?P<label>...)")
    return FileSource(path, pattern, labels, _metrics(node, names, labels))


def _command_source(node: Node, names: Names) -> CommandSource:
    command = node.child("command")
    if isinstance(command.value, str):
        command.refuse("a list of the program and its arguments (no shell reads it)")
    arguments = []
    for entry in command.items():
        if not isinstance(entry.value, str) or "\0" in entry.value:
            entry.refuse("text (put numbers and true or false into quotes)")
        arguments.append(entry.value)
    if not arguments[0].startswith("/"):
        command.items()[0].refuse("the program's absolute path")
    environment = node.child("environment").texts()
    for name in environment:
        if not _VARIABLE.fullmatch(name):
            Node(node.file, f"{node.place}.environment", name).refuse("names of variables")
    return CommandSource(
        tuple(arguments),
        tuple(environment.items()),
        _schedule(node),
        _metrics(node, names, ()),
    )


def _schedule(node: Node) -> Schedule:
    interval = node.child("interval").number(60, 1, 86400, "seconds")
    default = min(10.0, interval)
    timeout = node.child("timeout").number(default, 0.1, interval, "seconds, at most the interval,")
    max_age = node.child("max_age").number(10 * interval, interval, 1e9, "seconds")
    return Schedule(interval, timeout, max_age)
