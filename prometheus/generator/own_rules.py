"""The rules -> ``operations/doctor/own_rules.py``, by which the doctor knows those loaded. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from perfanalysis.fast_yaml import load_fast
from perfanalysis.promql.rule_shape import shape
from prometheus.generator.marked import COMMAND

_HEAD = f'''"""The names of our rules, with the shapes of their expressions (``rule_shape.py``).

Made by `{COMMAND}` from prometheus/alerts and prometheus/recording.
"""

from __future__ import annotations

'''
_WIDTH = 100


def own_rules_module(files: Iterable[str]) -> str:
    """The text of the module, as the formatter of code would have it.

    Args:
        files: the texts of all rule files.
    """
    shapes: dict[str, dict[str, set[str]]] = {"alert": {}, "record": {}}
    for text in files:
        for group in load_fast(text.encode())["groups"]:
            for rule in group["rules"]:
                kind = "alert" if "alert" in rule else "record"
                shapes[kind].setdefault(rule[kind], set()).add(shape(rule["expr"]))
    return _HEAD + "\n".join(
        [*_mapping("ALERTS", shapes["alert"]), *_mapping("RECORDED", shapes["record"]), ""]
    )


def _mapping(name: str, shapes: Mapping[str, set[str]]) -> Iterable[str]:
    yield f"{name}: dict[str, frozenset[str]] = {{"
    for rule, found in sorted(shapes.items()):
        words = [json.dumps(one) for one in sorted(found)]
        one_line = (
            f"    {json.dumps(rule)}: frozenset(({', '.join(words)}{',' * (len(words) == 1)})),"
        )
        if len(one_line) <= _WIDTH:
            yield one_line
        else:
            yield f"    {json.dumps(rule)}: frozenset("
            yield "        ("
            yield from (f"            {word}," for word in words)
            yield "        )"
            yield "    ),"
    yield "}"
