"""Which metrics and labels a PromQL expression uses, and whether those exist.

Pure: expressions and known families in, faults in words out. The labels of every part of an
expression are worked out from its leaves, so that a ``by (...)``, an ``on (...)`` or a legend that
asks for a label that cannot be there is found as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import promql_parser as promql

# What Prometheus puts on every series of a target, what an external store adds, and by what people
# tell whose machines they are.
TARGET_LABELS = frozenset({"instance", "job", "cluster", "region", "tenant", "team"})
# Series that Prometheus makes for each target by itself.
SCRAPE_METRICS = frozenset({"up", "scrape_duration_seconds", "scrape_samples_scraped"})
# Variables of Grafana that stand where PromQL wants a duration.
_DURATIONS = re.compile(r"\$__(rate_interval|interval|range)\b|\$\{__(rate_interval|range)\}")
# Variables that stand where PromQL wants a number.
_NUMBERS = re.compile(r"\$per\b")
_LEGEND_LABEL = re.compile(r"\{\{\s*([a-zA-Z_]\w*)\s*\}\}")
_KEEPS_LEFT = frozenset({"and", "unless"})
# Aggregations that pick series and change none.
_KEEPS_SERIES = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})

Labels = frozenset[str]
# The labels of a metric of that name, without those of its target; None when there is none.
Known = Callable[[str], "frozenset[str] | None"]


def parse(expression: str) -> promql.Expr:
    """The syntax tree of an expression; Grafana's interval variables stand for five minutes,
    and its variables for numbers for 1.

    Raises:
        ValueError: it is no PromQL; the text says where.
    """
    return promql.parse(_NUMBERS.sub("1", _DURATIONS.sub("5m", expression)))


def faults(expression: str, known: Known, legend: str = "") -> list[str]:
    """What is wrong with an expression, in words; empty when nothing is.

    Args:
        expression: PromQL, with Grafana's variables or without.
        known: says which labels a metric has.
        legend: Grafana's legend format; its labels must be in the result.
    """
    try:
        tree = parse(expression)
    except ValueError as error:
        return [f"no PromQL: {error}"]
    reader = _Reader(known)
    result = reader.labels(tree)
    missing = set(_LEGEND_LABEL.findall(legend)) - result
    return reader.faults + [f"legend: no label {name!r} in the result" for name in sorted(missing)]


def result_labels(expression: str, known: Known) -> Labels:
    """The labels that the result of an expression can have.

    Raises:
        ValueError: it is no PromQL.
    """
    return _Reader(known).labels(parse(expression))


def joined(*sources: Mapping[str, frozenset[str]] | Known) -> Known:
    """One ``Known`` of several, the first that knows a metric being right."""

    def known(name: str) -> frozenset[str] | None:
        for source in sources:
            labels = source.get(name) if isinstance(source, Mapping) else source(name)
            if labels is not None:
                return labels
        return None

    return known


# No `up` has a provider: one that is asked for it passes where every provider is wanted (.*).
_MAY_BE_MISSING: dict[str, Labels] = {"up": frozenset({"provider"})}


class _Reader:
    """Walks a tree once; ``faults`` fills on the way."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self.faults: list[str] = []

    def labels(self, tree: object) -> Labels:  # noqa: PLR0911 - one for each kind of node
        """The labels that this part of the expression can have."""
        if isinstance(tree, promql.VectorSelector):
            return self._selector(tree)
        if isinstance(tree, promql.MatrixSelector):
            return self._selector(tree.vector_selector)
        if isinstance(tree, promql.ParenExpr | promql.UnaryExpr | promql.SubqueryExpr):
            return self.labels(tree.expr)
        if isinstance(tree, promql.AggregateExpr):
            return self._aggregate(tree)
        if isinstance(tree, promql.BinaryExpr):
            return self._binary(tree)
        if isinstance(tree, promql.Call):
            return self._call(tree)
        return frozenset()

    def _selector(self, tree: promql.VectorSelector) -> Labels:
        if not tree.name:
            self.faults.append(f"a selector without a metric's name: {tree}")
            return TARGET_LABELS
        own = frozenset() if tree.name in SCRAPE_METRICS else self._known(tree.name)
        if own is None:
            self.faults.append(f"no metric {tree.name!r}")
            return TARGET_LABELS
        labels = own | TARGET_LABELS
        asked = frozenset(matcher.name for matcher in tree.matchers.matchers)
        self._need(labels, asked - _MAY_BE_MISSING.get(tree.name, frozenset()), tree.name)
        return labels

    def _aggregate(self, tree: promql.AggregateExpr) -> Labels:
        inside = self.labels(tree.expr)
        self.labels(tree.param)
        modifier = tree.modifier
        named = list(modifier.labels) if modifier else []
        self._need(inside, named, str(tree.op))
        if str(tree.op) in _KEEPS_SERIES:
            return inside
        if modifier is None:
            return frozenset()
        if modifier.type == promql.AggModifierType.By:
            return frozenset(named)
        return inside - frozenset(named)

    def _binary(self, tree: promql.BinaryExpr) -> Labels:
        left, right = self.labels(tree.lhs), self.labels(tree.rhs)
        operator = str(tree.op)
        if operator == "or":
            return left | right
        if _is_scalar(tree.lhs) or _is_scalar(tree.rhs):
            return left | right
        matching = tree.modifier.matching if tree.modifier else None
        named: Labels = frozenset(matching.labels) if matching else frozenset()
        self._need(left, named, f"the left side of {operator}")
        self._need(right, named, f"the right side of {operator}")
        on = matching is not None and matching.type == promql.LabelModifierType.Include
        if not on and left - named != right - named:
            only = sorted((left - named) ^ (right - named))
            self.faults.append(f"the sides of {operator} cannot match: only one has {only}")
        if operator in _KEEPS_LEFT:
            return left
        return self._matched(tree, left, right, named, on)

    def _matched(
        self, tree: promql.BinaryExpr, left: Labels, right: Labels, named: Labels, on: bool
    ) -> Labels:
        card = tree.modifier.card if tree.modifier else promql.VectorMatchCardinality.OneToOne
        many, one = left, right
        if card == promql.VectorMatchCardinality.OneToMany:
            many, one = right, left
        elif card != promql.VectorMatchCardinality.ManyToOne:
            return named if on else left - named
        copied = list((tree.modifier.group_labels if tree.modifier else None) or [])
        self._need(one, copied, "the side of one")
        return many | frozenset(copied)

    def _call(self, tree: promql.Call) -> Labels:
        name = tree.func.name
        inside: Labels = frozenset()
        for argument in tree.args:
            inside |= self.labels(argument)
        if name in ("scalar", "time", "vector"):
            return frozenset()
        texts = [
            argument.val for argument in tree.args if isinstance(argument, promql.StringLiteral)
        ]
        if name == "label_replace":
            self._need(inside, texts[2:3], name)
            return inside | {texts[0]}
        if name == "label_join":
            self._need(inside, texts[2:], name)
            return inside | {texts[0]}
        return inside - {"le"} if name == "histogram_quantile" else inside

    def _need(self, there: Labels, named: frozenset[str] | list[str], where: str) -> None:
        for label in sorted(frozenset(named) - there - {"__name__"}):
            self.faults.append(f"{where}: no label {label!r}")


def _is_scalar(tree: object) -> bool:
    """Whether a part of an expression is a single number."""
    if isinstance(tree, promql.ParenExpr | promql.UnaryExpr):
        return _is_scalar(tree.expr)
    if isinstance(tree, promql.BinaryExpr):
        return _is_scalar(tree.lhs) and _is_scalar(tree.rhs)
    if isinstance(tree, promql.Call):
        return tree.func.name in ("scalar", "time")
    return isinstance(tree, promql.NumberLiteral)
