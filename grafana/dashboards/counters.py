"""Whether an expression treats counters as counters, and gauges as gauges. Pure.

A counter by itself is a number since some start: only its growth says anything. A gauge goes up and
down: the rate of its changes, corrected for resets that never were, is nonsense.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import promql_parser as promql

from grafana.dashboards.promql import parse

# The type of a metric ("counter", "gauge", "untyped", "histogram"); None when it is not known.
Type = Callable[[str], "str | None"]

_OF_COUNTERS = frozenset({"rate", "irate", "increase", "resets"})
_OF_GAUGES = frozenset({"delta", "idelta", "deriv", "predict_linear"})
# These ask whether a series is there, and not what it says.
_ASK_PRESENCE = frozenset({"absent", "absent_over_time", "count", "group", "timestamp"})


def misused(expression: str, type_of: Type) -> list[str]:
    """What is wrong, in words; empty when nothing is.

    Args:
        expression: PromQL, with Grafana's variables or without.
        type_of: says which type a metric has.

    Raises:
        ValueError: it is no PromQL.
    """
    return list(_walk(parse(expression), type_of, presence=False))


def _walk(tree: object, type_of: Type, *, presence: bool) -> Iterator[str]:
    if isinstance(tree, promql.Call):
        yield from _call(tree, type_of, presence)
    elif isinstance(tree, promql.VectorSelector):
        if not presence and type_of(tree.name or "") == "counter":
            yield f"{tree.name}: a counter without rate or increase"
    elif isinstance(tree, promql.AggregateExpr):
        counts = presence or str(tree.op) in _ASK_PRESENCE
        yield from _walk(tree.expr, type_of, presence=counts)
    elif isinstance(tree, promql.BinaryExpr) and _is_growth(tree):
        return
    elif isinstance(tree, promql.BinaryExpr):
        # More than none ever: whether it has counted anything.
        right = tree.rhs
        ever = str(tree.op) == ">" and isinstance(right, promql.NumberLiteral) and right.val == 0
        yield from _walk(tree.lhs, type_of, presence=presence or ever)
        # What stands behind and or unless only filters.
        filters = str(tree.op) in ("and", "unless")
        yield from _walk(tree.rhs, type_of, presence=presence or filters)
    elif isinstance(tree, promql.ParenExpr | promql.UnaryExpr | promql.SubqueryExpr):
        yield from _walk(tree.expr, type_of, presence=presence)


def _is_growth(tree: promql.BinaryExpr) -> bool:
    """Whether it is a series less its own lowest value of late, which says by how much it rose."""
    left, right = tree.lhs, tree.rhs
    return (
        str(tree.op) == "-"
        and isinstance(left, promql.VectorSelector)
        and isinstance(right, promql.Call)
        and right.func.name == "min_over_time"
        and isinstance(right.args[0], promql.MatrixSelector)
        and str(right.args[0].vector_selector) == str(left)
    )


def _call(tree: promql.Call, type_of: Type, presence: bool) -> Iterator[str]:
    name = tree.func.name
    for argument in tree.args:
        if not isinstance(argument, promql.MatrixSelector):
            asks = presence or name in _ASK_PRESENCE
            yield from _walk(argument, type_of, presence=asks)
            continue
        metric = argument.vector_selector.name or ""
        kind = type_of(metric)
        if name in _OF_COUNTERS and kind == "gauge":
            yield f"{metric}: {name} of a gauge"
        if name in _OF_GAUGES and kind == "counter":
            yield f"{metric}: {name} of a counter"
