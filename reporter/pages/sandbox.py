"""Where templates run: they may come from elsewhere than the code, and see the report's data only.

Jinja's own sandbox keeps a template from Python's inner parts, and lets it call whatever it is
handed. What it is handed leads to settings, and from there to the keys of the engine and to paths,
which read, write and delete; an array writes files, too. So an attribute is given out only where
its owner is known to hold nothing but data.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
from jinja2.sandbox import SandboxedEnvironment

# Packages whose objects hold data, or what a template itself makes.
_DATA = frozenset({"builtins", "collections", "datetime", "jinja2", "markupsafe", "reporter"})
# Of the shared ground: estimates, and what an engine answered; not how it is reached.
_GROUND = ("perfanalysis.estimates.", "perfanalysis.promql.answers")
# Of numpy's arrays and numbers: what computes, and does not write files.
_OF_ARRAYS = frozenset(
    [
        "argmax",
        "argmin",
        "cumsum",
        "item",
        "max",
        "mean",
        "min",
        "ndim",
        "round",
        "shape",
        "size",
        "std",
        "sum",
        "tolist",
        "var",
    ]
)


class Sandbox(SandboxedEnvironment):
    """Jinja's sandbox, which also refuses what reads, writes, or knows a key."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether a template may have an attribute of an object."""
        if not super().is_safe_attribute(obj, attr, value):
            return False
        if isinstance(obj, np.ndarray | np.generic):
            return attr in _OF_ARRAYS
        module = type(obj).__module__
        if module.partition(".")[0] not in _DATA and not module.startswith(_GROUND):
            return False
        return not isinstance(obj, type | ModuleType)
