"""Documents of older versions, as the newest one has them. Pure.

Each version but the newest has a step to the next; a document goes through all steps from its own
version on. What an old version did not say stays unknown. The policy is in
docs/loadtest-results.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from perfanalysis.errors import InputError
from perfanalysis.results.document import SCHEMA_VERSION

Tree = dict[str, Any]
VERSIONS = tuple(range(1, SCHEMA_VERSION + 1))


def version_of(tree: Tree, where: str) -> int:
    """The version that a document says to be of.

    Raises:
        InputError: it is none that can be read.
    """
    version = tree.get("schema_version")
    if type(version) is not int or version not in VERSIONS:
        known = f"{', '.join(map(str, VERSIONS[:-1]))} or {VERSIONS[-1]}"
        raise InputError(where, "schema_version", f"{known}, which this program reads", version)
    return version


def upgraded(tree: Tree, where: str) -> Tree:
    """The same document in the newest version; the argument stays as it is.

    Raises:
        InputError: its version is unknown, or has not what the document holds.
    """
    for version in range(version_of(tree, where), SCHEMA_VERSION):
        tree = _STEPS[version](tree, where) | {"schema_version": version + 1}
    return tree


def _from_1(tree: Tree, where: str) -> Tree:
    """Version 2 added slices as blocks and curves of other programs; all else is the same."""
    if "imported" in tree:
        raise InputError(where, "schema_version", "2 or 3, as curves of other programs have it", 1)
    return tree


def _from_2(tree: Tree, where: str) -> Tree:
    """Version 3 added the worker ladder and the rate at full load for minutes."""
    del where
    return tree


_STEPS: Mapping[int, Callable[[Tree, str], Tree]] = {1: _from_1, 2: _from_2}
