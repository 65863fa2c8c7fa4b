"""Finds what a reference names, imports it, and makes a collector of it."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Protocol

from exporter.collecting import Flags
from exporter.plugins.settings import COLLECTOR, EXPECTED, PluginReference
from exporter.plugins.shipped.families import BY_PLUGIN
from exporter.sources.files import Paths
from perfanalysis.errors import InputError

GROUP = "perfanalysis.collectors"
_FLAG = f"--{COLLECTOR.name}"


class Collecting(Protocol):
    """A collector or registry of prometheus_client."""

    def collect(self) -> Iterable[Any]:
        """The families of now."""
        ...


Make = Callable[[], Collecting]
MakeShipped = Callable[[Flags, Paths], Collecting]


def maker_of(reference: PluginReference, flags: Flags, paths: Paths) -> Make:
    """What imports a plug-in and makes its collector, to be called in a thread that may hang.

    It raises ``InputError`` where the reference names nothing that is one, and else whatever the
    plug-in raises.

    Args:
        reference: what to make.
        flags: of the command, for what is shipped.
        paths: where the machine's trees are, for what is shipped.

    Raises:
        InputError: no plug-in has that name.
    """
    if reference.module:
        return lambda: _made(_attribute(reference.module, reference.name), reference)
    if reference.name in BY_PLUGIN:
        return lambda: _shipped(reference.name, flags, paths)
    offered = _offered(reference.name)
    return lambda: _of_package(offered, reference)


def _offered(name: str) -> EntryPoint:
    points = entry_points(group=GROUP)
    found = [point for point in points if point.name == name]
    if len(found) > 1:
        packages = ", ".join(sorted(point.dist.name for point in found if point.dist))
        raise InputError(_FLAG, "", f"MODULE:NAME, as several packages offer it ({packages})", name)
    if not found:
        names = ", ".join(sorted({*BY_PLUGIN, *points.names}))
        raise InputError(_FLAG, "", f"{EXPECTED} (there are {names})", name)
    return found[0]


def _shipped(name: str, flags: Flags, paths: Paths) -> Collecting:
    return _SHIPPED[name]()(flags, paths)


def _processes() -> MakeShipped:
    from exporter.plugins.shipped import processes

    return processes.make


def _sensors() -> MakeShipped:
    from exporter.plugins.shipped import sensors

    return sensors.make


def _users() -> MakeShipped:
    from exporter.plugins.shipped import users

    return users.make


# Each is loaded for who wants it.
_SHIPPED: Mapping[str, Callable[[], MakeShipped]] = {
    "processes": _processes,
    "sensors": _sensors,
    "users": _users,
}


def _of_package(point: EntryPoint, reference: PluginReference) -> Collecting:
    """As its package says: what is wrong about that is no fault of the flag."""
    try:
        return _made(_attribute(point.module, point.attr), reference)
    except InputError as error:
        raise RuntimeError(f"{point.value} of the package's metadata: {error}") from error


def _attribute(module: str, name: str) -> Any:
    try:
        found: Any = importlib.import_module(module)
    except ModuleNotFoundError as error:
        missing = error.name or ""
        if module == missing or module.startswith(f"{missing}."):
            expected = "a module that Python can import (see --collector.python.path)"
            raise InputError(_FLAG, "", expected, module) from error
        # It is another module that it needs.
        raise
    for part in name.split("."):
        if not hasattr(found, part):
            raise InputError(_FLAG, "", f"a name in the module {module}", name)
        found = getattr(found, part)
    return found


def _made(found: Any, reference: PluginReference) -> Collecting:
    """A collector or registry as it is, or what a class or function gives without arguments."""
    if isinstance(found, type) or not _collects(found):
        if not callable(found):
            _refuse(reference)
        _refuse_arguments(found, reference)
        found = found()
    if not _collects(found):
        _refuse(reference)
    collecting: Collecting = found
    return collecting


def _collects(found: Any) -> bool:
    return callable(getattr(found, "collect", None))


def _refuse_arguments(found: Any, reference: PluginReference) -> None:
    try:
        signature = inspect.signature(found)
    except ValueError:
        # Nothing is known of it before it is called.
        return
    try:
        signature.bind()
    except TypeError as error:
        expected = f"what can be called without arguments ({error}): a function that gives it"
        raise InputError(_FLAG, "", expected, reference.shown) from error


def _refuse(reference: PluginReference) -> None:
    expected = "a collector or registry of prometheus_client, or a class or function that gives one"
    raise InputError(_FLAG, "", expected, reference.shown)
