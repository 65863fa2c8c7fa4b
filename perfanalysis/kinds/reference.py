"""The machine against which metrics state the work of every other, kind by kind.

It stands for no more than a unit: any machine that all kernels were measured on would do. It must
not change while a store keeps series of it; its name is a label of ``perf_kind_info``.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

import msgspec

from perfanalysis.kinds.machine import Machine


@cache
def reference() -> Machine:
    """The reference machine, with every figure that kinds with metrics know."""
    text = resources.files("perfanalysis.kinds") / "reference.json"
    return msgspec.json.decode(text.read_bytes(), type=Machine)
