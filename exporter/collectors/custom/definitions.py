"""One metric of the file: its name, type, labels, and how its value is found."""

from __future__ import annotations

import re
from typing import cast

import jmespath

from exporter.collectors.custom.fields import Node
from exporter.collectors.custom.metrics import Metric
from exporter.collectors.custom.selections import VALUE, Column, Expression, JsonPath, Selection
from perfanalysis.exposition.families import OF_THE_SERVER, Family, FamilyType

TYPES = ("counter", "gauge", "untyped")
SELECTIONS = ("regex", "column", "jmespath")
_BESIDE = {"regex": (), "column": ("line", "separator"), "jmespath": ("item_labels",)}
_KEYS = ("name", "type", "help", "unit", "labels", "scale")
_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_UNIT = re.compile(r"[a-z][a-z0-9_]*")
# Suffixes that mean something else in the exposition formats.
_RESERVED = ("_bucket", "_count", "_sum", "_created", "_info")


def make_metric(node: Node, from_path: tuple[str, ...]) -> Metric:
    """The metric of an entry.

    Args:
        node: the entry.
        from_path: the labels that the file's path gives.

    Raises:
        InputError: a field is unusable.
    """
    every = [*_KEYS, *SELECTIONS, *(key for keys in _BESIDE.values() for key in keys)]
    node.check_keys(every)
    kind = _type(node.child("type"))
    name = _name(node.child("name"), kind)
    unit = _unit(node.child("unit"), name)
    selection = _selection(node)
    fixed = node.child("labels").texts()
    labels = (*fixed, *from_path, *selection.labels)
    _check_labels(node, labels)
    scale = node.child("scale").number(1.0, -1e30, 1e30, "a number")
    if scale == 0:
        node.child("scale").refuse("a number other than 0")
    if scale < 0 and kind == "counter":
        node.child("scale").refuse("a number above 0, for it is a counter")
    text = node.child("help").text("what the metric means")
    family = Family(name, kind, text, labels, unit, node.file)
    return Metric(family, tuple(fixed.values()), selection, scale)


def _type(node: Node) -> FamilyType:
    if node.value not in TYPES:
        node.refuse(f"one of {', '.join(TYPES)}")
    return cast("FamilyType", node.value)


def _name(node: Node, kind: str) -> str:
    if not isinstance(node.value, str) or not _NAME.fullmatch(node.value):
        node.refuse("a metric's name of letters, digits and _")
    name = node.value
    if name.startswith(("perf_", "__")):
        node.refuse("a name that does not begin with perf_ or __, which are not yours")
    if name in OF_THE_SERVER:
        node.refuse("a name that Prometheus does not write by itself")
    if kind == "counter" and not name.endswith("_total"):
        node.refuse("a name that ends in _total, for it is a counter")
    if kind != "counter" and name.endswith("_total"):
        node.refuse("a name that does not end in _total, for it is no counter")
    if name.endswith(_RESERVED):
        node.refuse(f"a name that does not end in one of {', '.join(_RESERVED)}")
    return name


def _unit(node: Node, name: str) -> str:
    if node.value is None or node.value == "":
        return ""
    unit = node.text("a unit")
    if not _UNIT.fullmatch(unit):
        node.refuse("a unit of small letters, such as seconds")
    if not name.removesuffix("_total").endswith(f"_{unit}"):
        node.refuse("the unit that the name ends in (before _total)")
    return unit


def _check_labels(node: Node, labels: tuple[str, ...]) -> None:
    for label in labels:
        where = Node(node.file, f"{node.place}.labels", label)
        if not _NAME.fullmatch(label) or label.startswith("__"):
            where.refuse("labels of letters, digits and _ that do not begin with __")
        if labels.count(label) > 1:
            where.refuse("each label once, over labels, path_labels, groups and item_labels")


def _selection(node: Node) -> Selection:
    given = [key for key in SELECTIONS if node.has(key)]
    if len(given) != 1:
        node.refuse(f"exactly one of {', '.join(SELECTIONS)}")
    for key, beside in _BESIDE.items():
        for other in beside:
            if key != given[0] and node.has(other):
                node.child(other).refuse(f"{key} beside it")
    if given[0] == "regex":
        return _expression(node.child("regex"))
    if given[0] == "column":
        return _column(node)
    return _json_path(node)


def _expression(node: Node) -> Expression:
    pattern = node.pattern()
    named = pattern.names
    if named and VALUE not in named:
        node.refuse(f"a group named {VALUE} beside those named like labels")
    if not named and pattern.groups != 1:
        node.refuse(f"exactly one group, or named ones: (?P<{VALUE}>...)")
    return Expression(pattern)


def _column(node: Node) -> Column:
    line: int | str = 1
    if node.has("line"):
        child = node.child("line")
        line = child.text() if isinstance(child.value, str) else child.whole()
    separator = None
    if node.has("separator"):
        child = node.child("separator")
        if not isinstance(child.value, str) or not child.value:
            child.refuse("text that parts the columns")
        separator = child.value
    return Column(node.child("column").whole(), line, separator)


def _json_path(node: Node) -> JsonPath:
    child = node.child("jmespath")
    labels: tuple[str, ...] = ()
    if node.has("item_labels"):
        labels = tuple(entry.text("a label") for entry in node.child("item_labels").items())
        if VALUE in labels:
            node.child("item_labels").refuse(f"labels other than {VALUE}")
    expression = child.text("a JMESPath expression")
    try:
        return JsonPath(expression, labels)
    except (jmespath.exceptions.JMESPathError, ValueError) as error:
        said = " ".join(str(error).split())[:160]
        child.refuse(f"a JMESPath expression ({said})")
