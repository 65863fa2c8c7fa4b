"""YAML that this repository or a program wrote: read by libyaml, a tenth of the time.

What people write is read by ``perfanalysis.strict_yaml``: its messages are its own, and it survives
what is nested too deep.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

# PyYAML from a distribution's sources may be without libyaml.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_fast(text: bytes | str) -> Any:
    """The one document of a text.

    Raises:
        yaml.YAMLError: it is no YAML.
    """
    return yaml.load(text, _LOADER)  # noqa: S506 - it makes plain values only


def load_all_fast(text: bytes | str) -> Iterator[Any]:
    """The documents of a text, in order.

    Raises:
        yaml.YAMLError: it is no YAML.
    """
    return iter(yaml.load_all(text, _LOADER))
